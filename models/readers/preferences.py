"""What a reader may change, and ask for, on the page that every letter links to."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import settings

from ..outbox import transactional
from ..outbox.transactional import TransactionalLetter
from ..store import token
from ..store.clock import now
from ..store.token import BadToken, Purpose
from . import consent
from .consent import ConsentKind
from .profile import Profile
from .subscriber import Subscriber, Subscription

OWN_DATA = "own_data"
COPIES_PER_DAY = 3
DATA_LINK_LIFETIME = timedelta(days=1)


def find_by_link(session: Session, link: str, *, lock: bool = False) -> tuple[Subscriber, int]:
    """The reader whom a preferences link is about, and the issue whose letter it stood in (0: none).

    Raises:
        BadToken: the link was never good, or the reader's data were erased.
    """
    claim = token.read(Purpose.PREFERENCES, link)
    reader = session.get(Subscriber, claim.subscriber, with_for_update=lock or None)
    if reader is None or reader.address is None:
        raise BadToken("the link is about nobody that we know")
    return reader, claim.issue


def change(
    session: Session, subscription: Subscription, profile: Profile, *, client: str = "", user_agent: str = ""
) -> None:
    """Take over what the reader entered. A change of what is kept about reading is written down as evidence.

    Arguments:
        profile: every answer anew; an empty one empties what was there.
        client, user_agent: the address and agent of the request.
    """
    refused = subscription.subscriber.tracking_refused
    profile.apply(subscription, keep_existing=False)
    if profile.tracking_refused != refused:
        consent.record(
            session,
            subscription,
            ConsentKind.CHANGED,
            text="individual tracking refused" if profile.tracking_refused else "individual tracking allowed",
            source="preferences",
            client=client,
            user_agent=user_agent,
        )


def request_own_data(session: Session, subscription: Subscription) -> None:
    """Write to the reader where a copy of their data can be fetched.

    The copy tells what somebody has read, and letters are passed on with their links; only the mailbox's owner may
    have it. More than three letters a day are not written.
    """
    reader = subscription.subscriber
    assert reader.address is not None
    today = TransactionalLetter.created_at > now() - timedelta(days=1)
    posted = select(func.count()).where(
        TransactionalLetter.subscriber_id == reader.id, TransactionalLetter.kind == OWN_DATA, today
    )
    if (session.scalar(posted) or 0) >= COPIES_PER_DAY:
        return
    link = token.make_expiring(Purpose.DATA, reader.id, int(DATA_LINK_LIFETIME.total_seconds()))
    transactional.post(
        session,
        OWN_DATA,
        reader.address,
        language=reader.language,
        newsletter_id=subscription.newsletter_id,
        subscriber_id=reader.id,
        link=f"{settings.get().base_url.rstrip('/')}/data/{link}",
        expires=(now() + DATA_LINK_LIFETIME).isoformat(),
        name=reader.name,
    )


def find_by_data_link(session: Session, link: str) -> Subscriber:
    """The reader whose copy a link is for.

    Raises:
        ExpiredToken: the link's time is over.
        BadToken: it was never good, or the reader's data were erased.
    """
    reader = session.get(Subscriber, token.read_expiring(Purpose.DATA, link))
    if reader is None or reader.address is None:
        raise BadToken("the link is about nobody that we know")
    return reader
