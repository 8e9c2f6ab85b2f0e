"""What monitoring reads of the database: how much there is of what, and how much waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..issues import issue_list
from ..issues.issue_state import IssueState
from ..issues.newsletter import Newsletter
from ..outbox.transactional import TransactionalLetter, TransactionalState
from ..readers.subscriber import Subscription, SubscriptionState
from ..store.clock import now
from ..tracking.hit import WaitingHit


class SystemCounts(NamedTuple):
    """Counts of one moment."""

    subscriptions: Sequence[tuple[str, SubscriptionState, int]]
    """Slug of the newsletter, state, and how many."""
    issues: dict[IssueState, int]
    transactional_waiting: int
    """Transactional letters that wait to be sent."""
    transactional_delay: float
    """Seconds by which the first of them is late."""
    hits_waiting: int
    """Hits that the database keeps while the broker is down."""


def read(session: Session) -> SystemCounts:
    """The counts as they are now."""
    subscriptions = session.execute(
        select(Newsletter.slug, Subscription.state, func.count())
        .select_from(Subscription)
        .join(Newsletter)
        .group_by(Newsletter.slug, Subscription.state)
    )
    waiting, oldest = session.execute(
        select(func.count(), func.min(TransactionalLetter.due_at)).where(
            TransactionalLetter.state == TransactionalState.QUEUED
        )
    ).one()
    return SystemCounts(
        [(slug, state, count) for slug, state, count in subscriptions],
        issue_list.count_by_state(session),
        waiting,
        max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0,
        session.scalar(select(func.count()).select_from(WaitingHit)) or 0,
    )
