"""Readers of whom a list says that they left, or cannot be reached: whatever another list says, they are not mailed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..readers import consent, subscriber, suppression
from ..readers.consent import Consent, ConsentKind
from ..readers.subscriber import Subscriber, Subscription, SubscriptionState
from ..readers.suppression import SuppressionReason
from .reader_status import ReaderStatus

REASONS = {
    ReaderStatus.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
    ReaderStatus.BOUNCED: SuppressionReason.BOUNCED,
    ReaderStatus.COMPLAINED: SuppressionReason.COMPLAINED,
    ReaderStatus.BLOCKED: SuppressionReason.STAFF,
}


def stop(session: Session, newsletter_id: int, left: Mapping[str, ReaderStatus], name: str) -> int:
    """Suppress addresses for this newsletter, and end subscriptions that only a list began; returns how many.

    Who confirmed the address on our own pages stays: that was said to us. So does a sign-up that waits for its
    confirmation.

    Arguments:
        left: why, by hash of the address.
        name: what the list is called.
    """
    if not left:
        return 0
    confirmed = exists().where(
        Consent.subscriber_id == Subscription.subscriber_id,
        Consent.newsletter_id == newsletter_id,
        Consent.kind == ConsentKind.CONFIRMED,
    )
    found = session.execute(
        select(Subscriber.address_hash, Subscription, confirmed)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(
            Subscriber.address_hash.in_(left),
            Subscription.newsletter_id == newsletter_id,
            Subscription.state == SubscriptionState.ACTIVE,
        )
        .order_by(Subscriber.id)
    ).all()
    kept = set()
    for hashed, subscription, is_own in found:
        assert hashed is not None
        if is_own:
            kept.add(hashed)
        elif subscriber.lock(session, subscription.subscriber_id) is not None:
            subscription.end(left[hashed].value)
            consent.record(session, subscription, ConsentKind.WITHDRAWN, source=f"list {name}")
    stopped = {hashed: REASONS[status] for hashed, status in left.items() if hashed not in kept}
    if stopped:
        suppression.suppress_hashes(session, stopped, newsletter_id=newsletter_id, note=f"list {name}")
    return len(stopped)
