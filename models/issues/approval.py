"""Approvals (決裁): a named person's yes, or no, to exactly one content digest."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from ..staff.member import Member, Role
from ..store.base import Base
from ..store.clock import now
from ..store.errors import Forbidden, Invalid, WrongState
from .issue import Issue
from .issue_state import IssueState


class Decision(enum.Enum):
    """What an approver said."""

    APPROVED = "approved"
    RETURNED = "returned"


class Approval(Base):
    """One decision. Rows are only ever added."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    digest: Mapped[str] = mapped_column(String(64))
    decision: Mapped[Decision]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)

    member: Mapped[Member] = relationship()

    __table_args__ = (Index("ix_approval_issue_id_digest", "issue_id", "digest"),)


def approve(session: Session, issue: Issue, member: Member, seen_digest: str, note: str = "") -> Approval:
    """Say yes to the content whose digest the approver saw; enough of them make the issue approved.

    A paused issue whose repair is approved stays paused: see :mod:`models.issues.repair`.

    Raises:
        Forbidden: the member is no approver, or wrote the issue, or changed it last.
        WrongState: neither the issue nor a repair of it waits for a decision.
        Invalid: the content has changed since the approver saw it.
    """
    _check(issue, member, seen_digest)
    approval = Approval(issue_id=issue.id, member=member, digest=seen_digest, decision=Decision.APPROVED, note=note)
    session.add(approval)
    session.flush()
    if issue.state is IssueState.IN_REVIEW and count(session, issue) >= issue.newsletter.approvals_needed:
        issue.transition_to(IssueState.APPROVED)
    return approval


def send_back(session: Session, issue: Issue, member: Member, seen_digest: str, note: str) -> Approval:
    """Return the issue, or the repair of a paused one, to its author (差戻し) with a note that says what to change."""
    _check(issue, member, seen_digest)
    approval = Approval(issue_id=issue.id, member=member, digest=seen_digest, decision=Decision.RETURNED, note=note)
    session.add(approval)
    if issue.state is IssueState.IN_REVIEW:
        issue.transition_to(IssueState.DRAFT)
    return approval


def count(session: Session, issue: Issue) -> int:
    """How many people have approved exactly the present content, since it was last sent back."""
    last_return = (
        select(func.max(Approval.id))
        .where(Approval.issue_id == issue.id, Approval.decision == Decision.RETURNED)
        .scalar_subquery()
    )
    return (
        session.scalar(
            select(func.count(func.distinct(Approval.member_id))).where(
                Approval.issue_id == issue.id,
                Approval.digest == issue.digest,
                Approval.decision == Decision.APPROVED,
                Approval.id > func.coalesce(last_return, 0),
            )
        )
        or 0
    )


def history(session: Session, issue: Issue) -> Sequence[Approval]:
    """Every decision on an issue with the member who made it, the oldest first."""
    query = select(Approval).where(Approval.issue_id == issue.id).options(selectinload(Approval.member))
    return session.scalars(query.order_by(Approval.id)).all()


def _check(issue: Issue, member: Member, seen_digest: str) -> None:
    if Role.APPROVER not in member.roles:
        raise Forbidden("only an approver may decide on an issue")
    if issue.is_written_by(member.id) and issue.newsletter.approvals_needed > 0:
        raise Forbidden("whoever wrote an issue, or changed it last, cannot approve it")
    if not issue.awaits_decision:
        raise WrongState(f"issue {issue.number}", issue.state.value, "be decided on")
    if seen_digest != issue.digest:
        raise Invalid("the issue has changed since you opened it: read it again, then decide")
