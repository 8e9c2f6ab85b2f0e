"""Signing up: asked for on a form, confirmed from the letter that goes to the address (double opt-in).

Whoever sends the form learns nothing about an address: a known one, an unknown one and a suppressed one are answered
alike. Only the owner of the mailbox sees the difference, in the letter.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import settings

from ..issues.newsletter import Newsletter
from ..outbox import transactional
from ..store import token
from ..store.clock import now
from ..store.errors import WrongState
from ..store.mail_address import MailAddress
from ..store.phrase import phrase
from ..store.token import BadToken, ExpiredToken, Purpose, address_hash
from . import (
    address_change,
    consent,
    erasure,
    pending_sign_up,
    preferences,
    signup_limit,
    subscriber,
    suppression,
    unsubscribe,
)
from .consent import Consent, ConsentKind
from .pending_sign_up import PendingSignUp
from .profile import Profile
from .signup_limit import ALREADY_SUBSCRIBED, CONFIRMATION
from .subscriber import Subscriber, Subscription, SubscriptionState

WELCOME = "welcome"
DAY = 24 * 3600
UNCONFIRMED = "unconfirmed"
GRACE = timedelta(days=1)
"""Between the link's end and forgetting: who comes late is told that the link has expired."""


def sign_up(
    session: Session,
    newsletter: Newsletter,
    address: MailAddress,
    profile: Profile,
    *,
    agreed: str,
    source: str = "form",
    client: str = "",
    user_agent: str = "",
) -> None:
    """Take what somebody entered on the form, and write to the address.

    The answers are kept apart from the reader until the address's owner confirms: anybody can enter any address.

    Arguments:
        agreed: the words that the person agreed to, as shown.
        client, user_agent: the address and agent of the request.

    Raises:
        WrongState: the newsletter takes no sign-ups.
        SignUpsBusy: more come in than letters may go out.
    """
    if not newsletter.open_to_signup:
        raise WrongState(newsletter.name, phrase("closed to sign-ups"), phrase("be subscribed to"))
    signup_limit.check_busy(session, address.domain)
    if suppression.blocks_signup(session, address.key, newsletter.id):
        return
    subscription = find_or_add_subscription(session, newsletter, find_or_add_subscriber(session, address))
    if subscription.state is SubscriptionState.ACTIVE:
        _post(session, subscription, ALREADY_SUBSCRIBED, profile.language, **reader_links(subscription))
        return
    if signup_limit.is_reached(session, address.key, newsletter.id):
        return  # Without a letter nobody could confirm this.
    if subscription.state is SubscriptionState.ENDED:
        subscription.reopen()
    consent.record(
        session, subscription, ConsentKind.REQUESTED, text=agreed, source=source, client=client, user_agent=user_agent
    )
    seconds = settings.get().confirm_days * DAY
    link = token.make_expiring(Purpose.CONFIRM, subscription.id, seconds)
    pending_sign_up.add(subscription, profile, agreed, token.read(Purpose.CONFIRM, link).issue)
    _post(
        session,
        subscription,
        CONFIRMATION,
        profile.language,
        link=f"{_base()}/confirm/{link}",
        expires=(now() + timedelta(seconds=seconds)).isoformat(),
        asked=now().isoformat(),
    )


def find_by_link(session: Session, confirmation: str, *, lock: bool = False) -> Subscription:
    """The subscription that a confirmation link is about.

    Raises:
        ExpiredToken: the link's time is over, its sign-up was confirmed and the subscription has ended since, or the
            address was another one when it was mailed.
        BadToken: it was never good.
        AddressSuppressed: the address came to be one that is never mailed.
    """
    number = token.read_expiring(Purpose.CONFIRM, confirmation)
    if lock:
        subscriber.lock(session, session.scalar(select(Subscription.subscriber_id).where(Subscription.id == number)))
    subscription = session.get(Subscription, number, populate_existing=lock)
    if subscription is None or subscription.subscriber.address is None:
        raise BadToken("the link is about nobody that we know")
    claim, seconds = token.read(Purpose.CONFIRM, confirmation), settings.get().confirm_days * DAY
    if address_change.went_elsewhere(session, subscription.subscriber, claim, seconds):
        raise ExpiredToken("the link went to another address")
    if subscription.state is SubscriptionState.ACTIVE:
        return subscription
    if subscription.state is SubscriptionState.ENDED or pending_answers(subscription, confirmation) is None:
        raise ExpiredToken("the sign-up of this link has ended since")
    suppression.check(session, subscription.subscriber.address_key, subscription.newsletter)
    return subscription


def confirm(session: Session, confirmation: str, *, client: str = "", user_agent: str = "") -> Subscription:
    """The owner of the address has pressed the button. Doing it twice changes nothing.

    Raises:
        ExpiredToken, BadToken, AddressSuppressed: as :func:`find_by_link`.
    """
    subscription = find_by_link(session, confirmation, lock=True)
    answers = pending_answers(subscription, confirmation)
    if subscription.state is SubscriptionState.ACTIVE or answers is None:
        return subscription
    profile, agreed = answers
    reader = subscription.subscriber
    if address_change.held_until(session, reader):
        profile = profile.without_details(subscription)
    profile.apply(subscription, keep_existing=True)
    subscription.activate()
    suppression.lift(
        session, reader, subscription.newsletter_id, actor="reader", why="the reader confirmed a new sign-up"
    )
    consent.record(session, subscription, ConsentKind.CONFIRMED, text=agreed, client=client, user_agent=user_agent)
    post_welcome(session, subscription)
    return subscription


def post_welcome(session: Session, subscription: Subscription) -> None:
    """Write to a reader whose subscription has begun, with the links to the preferences and to leaving."""
    reader = subscription.subscriber
    archive = f"{_base()}/archive/{subscription.newsletter.slug}" if subscription.newsletter.public_archive else ""
    _post(
        session,
        subscription,
        WELCOME,
        reader.language,
        **reader_links(subscription),
        archive=archive,
        name=address_change.name_in_letters(session, reader),
    )


def pending_answers(subscription: Subscription, confirmation: str) -> PendingSignUp | None:
    """What the sign-up that a link was made for says; None where there is none any more."""
    return pending_sign_up.find(subscription, token.read(Purpose.CONFIRM, confirmation).issue)


def reader_links(subscription: Subscription) -> dict[str, str]:
    """Links to the preferences and to unsubscribing, for letters without an issue."""
    choices = token.make_expiring(Purpose.CHOICES, subscription.id, preferences.choices_seconds())
    return {
        "preferences": f"{_base()}/p/{choices}?newsletter={subscription.newsletter.slug}",
        "unsubscribe": f"{_base()}/u/{unsubscribe.link(subscription)}",
    }


def _base() -> str:
    return settings.get().base_url.rstrip("/")


def find_or_add_subscriber(session: Session, address: MailAddress) -> Subscriber:
    """The reader with an address, made where there is none; two forms sent at once make one."""
    session.execute(
        insert(Subscriber)
        .values(
            address=address.text,
            address_key=address.key,
            address_hash=address_hash(address.key),
            domain=address.domain,
        )
        .on_conflict_do_nothing(index_elements=[Subscriber.address_key])
    )
    return session.scalars(
        select(Subscriber).where(Subscriber.address_key == address.key).with_for_update(key_share=True)
    ).one()


def find_or_add_subscription(session: Session, newsletter: Newsletter, subscriber: Subscriber) -> Subscription:
    """The reader's subscription; the reader's row is locked, so nobody else makes one meanwhile."""
    found = session.scalar(
        select(Subscription).where(
            Subscription.subscriber_id == subscriber.id, Subscription.newsletter_id == newsletter.id
        )
    )
    if found is None:
        found = Subscription(subscriber=subscriber, newsletter=newsletter)
        session.add(found)
        session.flush()
    return found


def _post(session: Session, subscription: Subscription, kind: str, language: str, **values: str) -> None:
    """Post a letter to the reader, unless the address has had enough of them for now."""
    subscriber, newsletter_id = subscription.subscriber, subscription.newsletter_id
    assert subscriber.address is not None
    if kind == ALREADY_SUBSCRIBED and signup_limit.is_reached(session, subscriber.address_key or "", newsletter_id):
        return
    transactional.post(
        session,
        kind,
        subscriber.address,
        language=language,
        newsletter_id=newsletter_id,
        subscriber_id=subscriber.id,
        **values,
    )


def expire_unconfirmed(session: Session, limit: int = 1000) -> int:
    """End sign-ups whose link expired a day ago, and empty the readers who never had another; returns how many.

    At most *limit* at once: call it again until it returns 0. The address may be entered again at any time.
    """
    expired = now() - timedelta(days=settings.get().confirm_days) - GRACE
    asked_since = exists().where(
        Consent.subscriber_id == Subscription.subscriber_id,
        Consent.newsletter_id == Subscription.newsletter_id,
        Consent.kind == ConsentKind.REQUESTED,
        Consent.at > expired,
    )
    stale = session.scalars(
        select(Subscription)
        .where(Subscription.state == SubscriptionState.PENDING, Subscription.created_at <= expired, ~asked_since)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for subscription in stale:
        subscription.end(UNCONFIRMED)
        reader = subscription.subscriber
        all_ended = all(one.state is SubscriptionState.ENDED for one in reader.subscriptions)
        if all_ended and all(one.ended_reason == UNCONFIRMED for one in reader.subscriptions):
            erasure.erase(session, reader, suppress=False)
    return len(stale)
