"""Unsubscribing (RFC 8058, 特定電子メール法): one step, at once, and again without harm."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

import settings

from ..outbox import transactional
from ..store import token
from ..store.token import BadToken, Purpose
from . import address_change, consent, suppression
from .consent import ConsentKind
from .subscriber import Subscription, SubscriptionState
from .suppression import SuppressionReason

GOODBYE = "goodbye"
UNSUBSCRIBED = "unsubscribed"


class LeavingLink(NamedTuple):
    """What an unsubscribe link is about."""

    subscriber_id: int
    issue_id: int
    """The issue of the letter that it stood in; 0 for a letter without one."""
    newsletter_id: int
    """The newsletter of a letter without an issue; 0 where the issue tells it, and in letters of an older version."""


def link(subscription: Subscription) -> str:
    """A token that leaves this newsletter and no other: for letters without an issue, and for pages."""
    return token.make(Purpose.LEAVE, subscription.newsletter_id, subscription.subscriber_id)


def read_link(typed: str) -> LeavingLink:
    """What the token in an unsubscribe link says.

    Raises:
        BadToken: it was never good.
    """
    try:
        claim = token.read(Purpose.LEAVE, typed)
    except BadToken:
        claim = token.read(Purpose.UNSUBSCRIBE, typed)
        return LeavingLink(claim.subscriber, claim.issue, 0)
    return LeavingLink(claim.subscriber, 0, claim.issue)


def subscriptions(session: Session, subscriber_id: int, newsletter_id: int | None = None) -> list[Subscription]:
    """What a reader subscribes to or did, in the order of signing up; one newsletter's only where it is given."""
    query = select(Subscription).where(Subscription.subscriber_id == subscriber_id).order_by(Subscription.id)
    if newsletter_id is not None:
        query = query.where(Subscription.newsletter_id == newsletter_id)
    return list(session.scalars(query))


def unsubscribe(
    session: Session, subscription: Subscription, *, source: str, client: str = "", user_agent: str = ""
) -> bool:
    """End a subscription and see to it that no list brings it back. Returns whether anything changed.

    Arguments:
        source: ``one-click`` for a mail program's button, ``page`` for ours, ``mail`` for a letter.
        client, user_agent: the address and agent of the request, where there was one.
    """
    subscriber = subscription.subscriber
    if subscriber.address_key is None:
        return False
    told = {"source": source, "client": client, "user_agent": user_agent}
    is_by_list = suppression.make_own(session, subscription)
    if subscription.state is SubscriptionState.ENDED and subscription.ended_reason == UNSUBSCRIBED and not is_by_list:
        return False
    subscription.end(UNSUBSCRIBED)
    # Also where a list or returned mail has ended it: who has asked to leave is not brought back by staff.
    subscription.ended_reason = UNSUBSCRIBED
    suppression.suppress(
        session, subscriber.address_key, SuppressionReason.UNSUBSCRIBED, newsletter_id=subscription.newsletter_id
    )
    consent.record(session, subscription, ConsentKind.WITHDRAWN, **told)
    return True


def post_goodbye(session: Session, subscription: Subscription) -> None:
    """Write to the reader that the subscription has ended: somebody with a forwarded letter may have done it."""
    subscriber, newsletter = subscription.subscriber, subscription.newsletter
    if subscriber.address is None:
        return
    transactional.post(
        session,
        GOODBYE,
        subscriber.address,
        language=subscriber.language,
        newsletter_id=newsletter.id,
        subscriber_id=subscriber.id,
        signup=f"{settings.get().base_url.rstrip('/')}/subscribe/{newsletter.slug}",
        name=address_change.name_in_letters(session, subscriber),
    )
