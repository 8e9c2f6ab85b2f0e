"""Sign-ups that nobody confirmed: forgotten once the link has expired, as nobody agreed to our keeping them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

import settings

from ..store.clock import now
from . import erasure
from .consent import Consent, ConsentKind
from .subscriber import Subscription, SubscriptionState

UNCONFIRMED = "unconfirmed"
GRACE = timedelta(days=1)
"""Between the link's end and forgetting: who comes late is told that the link has expired."""
AT_ONCE = 1000


def forget(session: Session) -> int:
    """End sign-ups whose link expired a day ago, and empty the readers who never had another; returns how many.

    At most a thousand at once: call it again until it returns 0. The address may be entered again at any time.
    """
    expired = now() - timedelta(days=settings.get().confirm_days) - GRACE
    asked_since = exists().where(
        Consent.subscriber_id == Subscription.subscriber_id,
        Consent.newsletter_id == Subscription.newsletter_id,
        Consent.kind == ConsentKind.ASKED,
        Consent.at > expired,
    )
    stale = session.scalars(
        select(Subscription)
        .where(Subscription.state == SubscriptionState.PENDING, Subscription.created_at <= expired, ~asked_since)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for subscription in stale:
        subscription.end(UNCONFIRMED)
        subscription.asked = {}
        reader = subscription.subscriber
        if all(one.ended_reason == UNCONFIRMED for one in reader.subscriptions):
            erasure.erase(session, reader, suppress=False)
    return len(stale)
