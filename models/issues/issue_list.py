"""Lists of issues: what staff see in their overview, and what belongs to one issue or newsletter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, selectinload

from ..staff.permission import EVERY_NEWSLETTER, Scope
from .issue import Issue
from .issue_state import IssueState

PER_PAGE = 30
_ACTIVE = (IssueState.PREPARING, IssueState.SENDING, IssueState.PAUSED)


class IssuePage(NamedTuple):
    """One page of a list; ``more`` where another one follows."""

    issues: Sequence[Issue]
    more: bool


def page(session: Session, number: int, state: IssueState | None = None, scope: Scope = EVERY_NEWSLETTER) -> IssuePage:
    """Page *number* (from 1) of the issues in *scope*, or of those in one state: being sent first, then the newest."""
    query = select(Issue).options(selectinload(Issue.newsletter)).where(scope.where(Issue.newsletter_id))
    if state:
        query = query.where(Issue.state == state)
    query = query.order_by(Issue.state.in_(_ACTIVE).desc(), Issue.id.desc())
    found = session.scalars(query.offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)).all()
    return IssuePage(found[:PER_PAGE], len(found) > PER_PAGE)


def count_by_state(session: Session, scope: Scope = EVERY_NEWSLETTER) -> dict[IssueState, int]:
    """How many issues in *scope* are in each state; states without any are missing."""
    query = select(Issue.state, func.count()).where(scope.where(Issue.newsletter_id))
    return dict(session.execute(query.group_by(Issue.state)).all())


def corrections(session: Session, issue: Issue) -> Sequence[Issue]:
    """The corrections of an issue in any state, drafts included, the oldest first."""
    return session.scalars(select(Issue).where(Issue.correction_of_id == issue.id).order_by(Issue.id)).all()


def latest(session: Session, newsletter_id: int) -> Issue | None:
    """The issue of a newsletter with the highest number, in whatever state."""
    query = select(Issue).where(Issue.newsletter_id == newsletter_id).order_by(Issue.number.desc())
    return session.scalar(query.limit(1))


def newest_of(session: Session, newsletter_id: int, most: int = 100) -> Sequence[Issue]:
    """The issues of a newsletter with the highest numbers, in whatever state; without their blocks."""
    query = select(Issue).where(Issue.newsletter_id == newsletter_id).options(defer(Issue.blocks_json))
    return session.scalars(query.order_by(Issue.number.desc()).limit(most)).all()


def first_prepared_at(session: Session, newsletter_id: int) -> datetime | None:
    """When the first issue of a newsletter was prepared; None before that."""
    return session.scalar(select(func.min(Issue.prepared_at)).where(Issue.newsletter_id == newsletter_id))
