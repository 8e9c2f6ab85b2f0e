"""What a calendar shows: issues at their times, monthly slots that are still empty, and what has no time yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, load_only

from ...staff.permission import Scope
from ...store.clock import now, start_of_day
from ..issue import Issue
from ..issue_state import IssueState
from ..newsletter import Newsletter
from . import monthly_slot
from .slot_opening import OpenedSlot

MOST_WITHOUT_TIME = 50
MOVABLE = frozenset({IssueState.APPROVED, IssueState.SCHEDULED})
"""States in which a sender may choose another time."""
_SHOWN = (
    Issue.number, Issue.kind, Issue.state, Issue.language, Issue.subject, Issue.audience, Issue.newsletter_id,
    Issue.scheduled_at, Issue.prepared_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One line of a day: an issue, or a slot without one."""

    at: datetime
    newsletter: Newsletter
    issue: Issue | None = None
    slot: str = ""
    """The name of the monthly slot that is empty yet."""
    settled: bool = False
    """Whether it is in the timetable or out; otherwise a slot only plans it for then."""


def between(session: Session, newsletters: Sequence[Newsletter], first: date, last: date) -> list[CalendarEntry]:
    """The entries from *first* to *last* (days in Asia/Tokyo, both included), by their times; by two queries.

    Arguments:
        newsletters: those whose issues are shown.
    """
    by_id = {one.id: one for one in newsletters}
    time = func.coalesce(Issue.prepared_at, Issue.scheduled_at, OpenedSlot.at)
    query = (
        select(Issue, time)
        .outerjoin(OpenedSlot, OpenedSlot.issue_id == Issue.id)
        .where(
            Issue.newsletter_id.in_(by_id), time >= start_of_day(first), time < start_of_day(last + timedelta(days=1))
        )
        .options(load_only(*_SHOWN))
    )
    found = [
        CalendarEntry(at, by_id[one.newsletter_id], one, settled=bool(one.prepared_at or one.scheduled_at))
        for one, at in session.execute(query)
        if one.state is not IssueState.CANCELLED or one.prepared_at
    ]
    return sorted([*found, *_empty(session, newsletters, first, last)], key=lambda one: (one.at, one.newsletter.id))


def _empty(session: Session, newsletters: Sequence[Newsletter], first: date, last: date) -> list[CalendarEntry]:
    """Slots from now on whose drafts are not yet opened."""
    dates = [
        (one, due) for one in newsletters for due in monthly_slot.between(monthly_slot.read(one.slots), first, last)
    ]
    if not dates:
        return []
    query = select(OpenedSlot.newsletter_id, OpenedSlot.name, OpenedSlot.month)
    opened = {
        (newsletter, name, month)
        for newsletter, name, month in session.execute(
            query.where(OpenedSlot.month.in_({due.month for _, due in dates}))
        )
    }
    return [
        CalendarEntry(due.at, one, slot=due.slot.name)
        for one, due in dates
        if due.at > now() and (one.id, due.slot.name, due.month) not in opened
    ]


def without_time(session: Session, scope: Scope, newsletter_id: int | None = None) -> Sequence[Issue]:
    """Approved issues that nobody has scheduled yet, the oldest first."""
    query = (
        select(Issue)
        .join(Issue.newsletter)
        .options(contains_eager(Issue.newsletter), load_only(*_SHOWN))
        .where(scope.where(Issue.newsletter_id), Issue.state == IssueState.APPROVED)
    )
    if newsletter_id is not None:
        query = query.where(Issue.newsletter_id == newsletter_id)
    return session.scalars(query.order_by(Issue.id).limit(MOST_WITHOUT_TIME)).all()
