"""Schedules whose sender has gone: an issue goes out in somebody's name, or waits to be taken over (人事異動).

Who scheduled an issue answers for its going out. Where that person has left, or may no longer send this newsletter, it
stays in the timetable, shown to staff, and is not prepared. One that a command scheduled for nobody waits for nobody.
What was approved keeps the approver's name; that somebody has left voids no approval.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from ..issues import issue_words
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..issues.notifications import notification as notifications
from ..issues.notifications.notification import NotificationKind
from ..staff import audit
from ..staff.member import Member
from ..staff.permission import EVERY_NEWSLETTER, Permission, Scope, roles_with
from ..staff.role_grant import RoleGrant
from ..store.clock import now
from ..store.errors import WrongState
from ..store.phrase import phrase


def is_orphaned(session: Session, issue: Issue) -> bool:
    """Whether an issue is in the timetable in the name of somebody who may not send it any more."""
    return session.scalar(select(Issue.id).where(Issue.id == issue.id, _orphaned())) is not None


def list_orphaned(session: Session, scope: Scope = EVERY_NEWSLETTER) -> Sequence[Issue]:
    """The issues that wait for somebody to take them over, in the order of their times."""
    query = select(Issue).options(selectinload(Issue.newsletter)).where(scope.where(Issue.newsletter_id), _orphaned())
    return session.scalars(query.order_by(Issue.scheduled_at, Issue.id)).all()


def scheduler(session: Session, issue: Issue) -> Member | None:
    """Who scheduled an issue; None where a command did, for nobody."""
    return session.get(Member, issue.scheduler_id) if issue.scheduler_id else None


def take_over(session: Session, issue: Issue, member: Member) -> bool:
    """Let an issue go out in the name of *member*; the caller has locked it, and asked whether they may send it.

    Returns:
        whether it stays in the timetable. Where its time has passed while it waited, it is taken out, so that nothing
        goes out at an hour that nobody chose.

    Raises:
        WrongState: it does not wait for anybody.
    """
    if not is_orphaned(session, issue):
        first = phrase("Somebody may have taken it over meanwhile")
        raise WrongState(issue_words.called(issue), phrase("not without a sender"), phrase("be taken over"), first)
    notifications.end(session, NotificationKind.ORPHANED, issue=issue)
    before, at = scheduler(session, issue), issue.scheduled_at
    issue.scheduler_id = member.id
    late = at is None or at <= now()
    if late:
        issue.unschedule()
    audit.record(session, member, "take over schedule", f"issue/{issue.id}", digest=issue.digest,
                 before=before.address if before else "", at=at.isoformat() if at else "", late=late)  # fmt: skip
    return not late


def _orphaned() -> ColumnElement[bool]:
    here = or_(RoleGrant.newsletter_id.is_(None), RoleGrant.newsletter_id == Issue.newsletter_id)
    able = (
        select(Member.id)
        .join(RoleGrant, RoleGrant.member_id == Member.id)
        .where(Member.id == Issue.scheduler_id, Member.may_enter, RoleGrant.role.in_(roles_with(Permission.SEND)), here)
    )
    waiting = (Issue.state == IssueState.SCHEDULED) & Issue.scheduler_id.is_not(None)
    return waiting & ~able.exists()
