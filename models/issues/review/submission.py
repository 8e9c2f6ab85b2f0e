"""Submissions (起案): each time that an issue was handed to its approvers, with the reason and the route of then.

A route that is changed later is that of later submissions: what was begun is decided as it was begun. Yeses count
for the submission that they were given to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ...staff.member import Member
from ...store.base import Base
from ...store.clock import now
from ..issue import Issue
from . import approval_route
from .approval_route import ApprovalRoute

LONGEST_NOTE = 2000


class Submission(Base):
    """One time that an issue was handed to its approvers."""

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    """None where a command did it for nobody."""
    note: Mapped[str] = mapped_column(default="")
    """Why it is to be sent (起案理由)."""
    route_steps: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))

    member: Mapped[Member | None] = relationship(foreign_keys=[member_id])
    withdrawn_by: Mapped[Member | None] = relationship(foreign_keys=[withdrawn_by_id])

    __table_args__ = (Index("ix_submission_issue_id_id", "issue_id", "id"),)

    @property
    def route(self) -> ApprovalRoute:
        """The route that it takes."""
        return approval_route.parse(self.route_steps)


def open_one(session: Session, issue: Issue, member: Member | None, note: str) -> Submission:
    """Write down that *issue* is handed in, with the newsletter's route for its kind as it is now."""
    route = approval_route.of_kind(issue.newsletter.approval_routes, issue.kind)
    made = Submission(issue_id=issue.id, member_id=member.id if member else None, note=note[:LONGEST_NOTE],
                      route_steps=route.stored())  # fmt: skip
    session.add(made)
    session.flush()
    return made


def last(session: Session, issue: Issue) -> Submission | None:
    """The latest submission of an issue; None where there was none yet."""
    return last_of(session, [issue]).get(issue.id)


def last_of(session: Session, issues: Iterable[Issue]) -> dict[int, Submission]:
    """The latest submissions by the ids of issues, in one query; those that never were submitted are missing."""
    query = select(Submission).where(Submission.issue_id.in_([one.id for one in issues]))
    query = query.ext(distinct_on(Submission.issue_id)).order_by(Submission.issue_id, Submission.id.desc())
    return {one.issue_id: one for one in session.scalars(query)}


def list_all(session: Session, issue: Issue) -> Sequence[Submission]:
    """Every submission of an issue, the oldest first."""
    return session.scalars(select(Submission).where(Submission.issue_id == issue.id).order_by(Submission.id)).all()


def route_of(issue: Issue, submitted: Submission | None) -> ApprovalRoute:
    """The route that decisions on *issue* take now.

    That of its submission. A repair of a paused issue is not submitted: it goes by the newsletter's present route, so
    that people who have left stop no correction.
    """
    if submitted is None or issue.in_repair:
        return approval_route.of_kind(issue.newsletter.approval_routes, issue.kind)
    return submitted.route
