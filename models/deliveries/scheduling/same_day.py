"""Other issues on one day that the same readers would get."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from ...issues.issue import Issue
from ...issues.issue_state import SENT_STATES, IssueKind, IssueState
from ...readers.subscriber import Subscription, SubscriptionState
from ...store.clock import start_of_day, tokyo_date

_TAKING_PLACE = frozenset({IssueState.SCHEDULED, IssueState.PREPARING, *SENT_STATES})


def others(session: Session, issue: Issue, at: datetime) -> Sequence[Issue]:
    """The issues that are planned for the day (in Asia/Tokyo) of *at*, or went out on it, to readers of *issue* too.

    Issues of one newsletter to two audiences have no reader in common; segments are not compared. Those of another
    newsletter count where somebody subscribes to both. A correction follows its issue at once, and has none.
    """
    if issue.kind is IssueKind.CORRECTION:
        return []
    start, time = start_of_day(tokyo_date(at)), func.coalesce(Issue.prepared_at, Issue.scheduled_at)
    mine = Issue.newsletter_id == issue.newsletter_id
    if issue.audience:
        mine = and_(mine, Issue.audience.in_(("", issue.audience)))
    query = (
        select(Issue)
        .join(Issue.newsletter)
        .options(contains_eager(Issue.newsletter))
        .where(Issue.id != issue.id, Issue.state.in_(_TAKING_PLACE), time >= start, time < start + timedelta(days=1))
        .where(or_(mine, Issue.newsletter_id.in_(_sharing(session, issue, start))))
    )
    return session.scalars(query.order_by(time, Issue.id)).all()


def _sharing(session: Session, issue: Issue, start: datetime) -> list[int]:
    """The other newsletters with an issue on the day from *start* that have a reader in common with *issue*'s."""
    time = func.coalesce(Issue.prepared_at, Issue.scheduled_at)
    busy = select(Issue.newsletter_id).where(
        Issue.newsletter_id != issue.newsletter_id, Issue.state.in_(_TAKING_PLACE), time >= start,
        time < start + timedelta(days=1),
    )  # fmt: skip
    one, other = aliased(Subscription), aliased(Subscription)
    found = []
    for newsletter_id in session.scalars(busy.distinct()):
        shared = (
            select(one.id)
            .join(other, other.subscriber_id == one.subscriber_id)
            .where(one.newsletter_id == issue.newsletter_id, one.state == SubscriptionState.ACTIVE)
            .where(other.newsletter_id == newsletter_id, other.state == SubscriptionState.ACTIVE)
            .limit(1)
        )
        if session.scalar(shared) is not None:
            found.append(newsletter_id)
    return found
