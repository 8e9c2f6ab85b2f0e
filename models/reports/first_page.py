"""What the staff's first page tells: what goes out next, what is going out, how the last issue did; in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, defer, joinedload

from ..deliveries import progress
from ..deliveries.delivery import Batch, BatchState
from ..deliveries.preparation import Preparation
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..staff.permission import Scope
from . import issue_report
from .issue_report import IssueReport

MOST_NEXT = 5
MOST_ON_THE_WAY = 10
_ON_THE_WAY = (IssueState.PREPARING, IssueState.SENDING, IssueState.PAUSED)


class NextIssue(NamedTuple):
    """An issue in the timetable."""

    issue: Issue
    readers: int | None
    """How many letters the newsletter's last issue had; None before the first. Counting anew would take too long."""


class IssueOnItsWay(NamedTuple):
    """An issue that is going out."""

    issue: Issue
    percent: int | None
    """How much of it has an outcome; None while it is being prepared."""


def next_out(session: Session, scope: Scope) -> list[NextIssue]:
    """The issues that go out next, the earliest first."""
    query = _issues(scope, IssueState.SCHEDULED).order_by(Issue.scheduled_at, Issue.id).limit(MOST_NEXT)
    found = session.scalars(query).all()
    usual = _last_sizes(session, {one.newsletter_id for one in found})
    return [NextIssue(one, usual.get(one.newsletter_id)) for one in found]


def on_the_way(session: Session, scope: Scope) -> list[IssueOnItsWay]:
    """The issues that are going out now, or were stopped on the way."""
    found = session.scalars(_issues(scope, *_ON_THE_WAY).order_by(Issue.id.desc()).limit(MOST_ON_THE_WAY)).all()
    counted = {one.id: progress.percent_counted(session, one) for one in found if one.state is IssueState.SENDING}
    lacking = [one.id for one in found if counted.get(one.id) is None and one.state is not IssueState.PREPARING]
    known = {**counted, **_by_batches(session, lacking)}
    return [IssueOnItsWay(one, known.get(one.id)) for one in found]


def last_sent(session: Session, scope: Scope) -> tuple[Issue, IssueReport] | None:
    """The issue that went out last, with the numbers of its own report."""
    query = _issues(scope, IssueState.SENT).where(Issue.sent_at.is_not(None)).order_by(Issue.sent_at.desc()).limit(1)
    found = session.scalar(query)
    return (found, issue_report.in_one_line(session, found)) if found is not None else None


def _issues(scope: Scope, *states: IssueState) -> Select[Issue]:
    return (
        select(Issue)
        .where(scope.where(Issue.newsletter_id), Issue.state.in_(states))
        .options(joinedload(Issue.newsletter), defer(Issue.blocks_json))
    )


def _last_sizes(session: Session, newsletter_ids: Iterable[int]) -> dict[int, int]:
    """By newsletter, how many letters its last issue had."""
    wanted = list(newsletter_ids)
    if not wanted:
        return {}
    query = (
        select(Issue.newsletter_id, Preparation.targeted - Preparation.left_out)
        .join(Preparation, Preparation.issue_id == Issue.id)
        .where(Issue.newsletter_id.in_(wanted))
        .ext(distinct_on(Issue.newsletter_id))
        .order_by(Issue.newsletter_id, Preparation.at.desc())
    )
    return {newsletter: int(letters) for newsletter, letters in session.execute(query)}


def _by_batches(session: Session, issue_ids: Sequence[int]) -> dict[int, int]:
    """By issue, the percentage of letters in batches that are done: some hundred rows instead of a million."""
    if not issue_ids:
        return {}
    done = func.sum(Batch.size).filter(Batch.state == BatchState.DONE)
    query = select(Batch.issue_id, func.coalesce(done, 0), func.sum(Batch.size)).group_by(Batch.issue_id)
    found = session.execute(query.where(Batch.issue_id.in_(issue_ids)))
    return {issue: int(100 * part // whole) for issue, part, whole in found if whole}
