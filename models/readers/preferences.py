"""What a reader may change, and ask for, on the page that every letter links to."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import settings

from ..issues.issue import Issue
from ..outbox import transactional
from ..outbox.transactional import TransactionalLetter
from ..store import token
from ..store.clock import now
from ..store.token import BadToken, Claim, ExpiredToken, Purpose
from . import address_change, consent, subscriber
from .address_change import is_before
from .consent import ConsentKind
from .link_rights import ReaderLink, ReaderLinkKind
from .profile import Profile
from .subscriber import Subscriber, Subscription

OWN_DATA = "own_data"
FRESH_LINK = "fresh_link"
ERASURE = "erasure"
LETTERS_PER_DAY = 3
"""So many letters of a kind somebody with a reader's link may cause in a day."""
DAY = 24 * 3600


def find_by_link(session: Session, link: str, *, lock: bool = False) -> ReaderLink:
    """What a link to the preferences is, by its letter, its age and what became of the address since.

    Raises:
        BadToken: the link was never good, or the reader's data were erased.
    """
    purpose, claim = _read(link)
    number, newsletter_id = claim.subscriber, None
    if purpose is Purpose.CHOICES:
        subscription = session.get(Subscription, claim.subscriber)
        number, newsletter_id = (subscription.subscriber_id, subscription.newsletter_id) if subscription else (0, None)
    reader = subscriber.lock(session, number) if lock else session.get(Subscriber, number)
    if reader is None or reader.address is None:
        raise BadToken("the link is about nobody that we know")
    switch = address_change.last_switch(session, reader)
    kind = ReaderLinkKind.OLD_LETTER
    if purpose is Purpose.PREFERENCES:
        issue = session.get(Issue, claim.issue) if claim.issue else None
        newsletter_id = issue.newsletter_id if issue else None
        if issue and _may_choose(issue, switch.undone_at):
            kind = ReaderLinkKind.LETTER
    elif claim.issue >= now().timestamp():
        if purpose is Purpose.CHOICES and not is_before(claim, choices_seconds(), switch.undone_at):
            kind = ReaderLinkKind.LETTER
        elif purpose is Purpose.MAILBOX and not is_before(claim, DAY, switch.switched_at):
            kind = ReaderLinkKind.MAILBOX
    return ReaderLink(kind, reader, newsletter_id, address_change.held_until(session, reader))


def _may_choose(issue: Issue, undone_at: datetime | None) -> bool:
    """Whether the links of an issue's letters are good for more than leaving."""
    sent_at = issue.sent_at or issue.prepared_at or now()
    # An issue that takes hours is sent when its last letter is: this one may have gone to the other mailbox before.
    written_at = issue.prepared_at or sent_at
    recent = sent_at + timedelta(days=settings.get().letter_link_days) > now()
    return recent and not (undone_at and written_at <= undone_at)


def choices_seconds() -> int:
    """How long the link of a single letter, such as a welcome, may choose."""
    return settings.get().letter_link_days * DAY


def _read(link: str) -> tuple[Purpose, Claim]:
    for purpose in (Purpose.PREFERENCES, Purpose.CHOICES):
        try:
            return purpose, token.read(purpose, link)
        except BadToken:
            continue
    return Purpose.MAILBOX, token.read(Purpose.MAILBOX, link)


def change(
    session: Session,
    subscription: Subscription,
    profile: Profile,
    *,
    details: bool = True,
    client: str = "",
    user_agent: str = "",
) -> None:
    """Take over what the reader entered. A change of what is kept about reading is written down as evidence.

    Arguments:
        profile: every answer anew; an empty one empties what was there.
        details: whether the name and other details are among the answers; else they stay as they are.
        client, user_agent: the address and agent of the request.
    """
    refused = subscription.subscriber.tracking_refused
    if not details:
        profile = profile.without_details(subscription)
    profile.apply(subscription, keep_existing=False)
    if profile.tracking_refused != refused:
        consent.record(
            session,
            subscription,
            ConsentKind.CHANGED,
            text=consent.TRACKING_REFUSED if profile.tracking_refused else consent.TRACKING_ALLOWED,
            source="preferences",
            client=client,
            user_agent=user_agent,
        )


def request_fresh_link(session: Session, subscription: Subscription) -> None:
    """Write to the reader a link of a day, which shows and changes everything: who opens it has the mailbox."""
    _post(session, subscription, FRESH_LINK, Purpose.MAILBOX, "p", f"?newsletter={subscription.newsletter.slug}")


def request_own_data(session: Session, subscription: Subscription) -> None:
    """Write to the reader where a copy of their data can be fetched.

    The copy tells what somebody has read, and letters are passed on with their links; only the mailbox's owner may
    have it.
    """
    _post(session, subscription, OWN_DATA, Purpose.DATA, "data")


def request_erasure(session: Session, subscription: Subscription) -> None:
    """Write to the reader where their data can be erased: nobody else may bring that about."""
    _post(session, subscription, ERASURE, Purpose.ERASE, "erase")


def _post(
    session: Session, subscription: Subscription, kind: str, purpose: Purpose, path: str, query: str = ""
) -> None:
    """Post a letter with a link that works for a day; no more than three of a kind in a day."""
    reader = subscription.subscriber
    assert reader.address is not None
    today = TransactionalLetter.created_at > now() - timedelta(days=1)
    posted = select(func.count()).where(
        TransactionalLetter.subscriber_id == reader.id, TransactionalLetter.kind == kind, today
    )
    if (session.scalar(posted) or 0) >= LETTERS_PER_DAY:
        return
    transactional.post(
        session,
        kind,
        reader.address,
        language=reader.language,
        newsletter_id=subscription.newsletter_id,
        subscriber_id=reader.id,
        link=f"{settings.get().base_url.rstrip('/')}/{path}/{token.make_expiring(purpose, reader.id, DAY)}{query}",
        expires=(now() + timedelta(seconds=DAY)).isoformat(),
        name=address_change.name_in_letters(session, reader),
    )


def find_by_data_link(session: Session, link: str) -> Subscriber:
    """The reader whose copy a link is for. Raises what :func:`find_by_erasure_link` does."""
    return _find_by_mailed_link(session, Purpose.DATA, link)


class AlreadyErased(BadToken):
    """The link has done what it is for, and its time is not over."""


def find_by_erasure_link(session: Session, link: str, *, lock: bool = False) -> Subscriber:
    """The reader whose data a link may erase.

    Raises:
        ExpiredToken: the link's time is over, or the address was another one when it was mailed.
        AlreadyErased: the reader's data were erased.
        BadToken: it was never good.
        AddressHeld: the address was changed lately.
    """
    return _find_by_mailed_link(session, Purpose.ERASE, link, lock=lock)


def _find_by_mailed_link(session: Session, purpose: Purpose, link: str, *, lock: bool = False) -> Subscriber:
    number = token.read_expiring(purpose, link)
    reader = subscriber.lock(session, number) if lock else session.get(Subscriber, number)
    if reader is None or reader.address is None:
        erased = session.get(Subscriber, number)
        raise AlreadyErased("the data were erased") if erased else BadToken("the link is about nobody that we know")
    address_change.check_not_held(session, reader)
    if address_change.went_elsewhere(session, reader, token.read(purpose, link), DAY):
        raise ExpiredToken("the link went to another address")
    return reader
