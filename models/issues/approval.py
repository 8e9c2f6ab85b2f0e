"""Approvals (決裁): a named person's yes, or no, to exactly one content digest."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from ..staff import member as members
from ..staff.member import Member
from ..staff.permission import Permission
from ..store.base import Base
from ..store.clock import now
from ..store.errors import Forbidden, Invalid
from ..store.phrase import phrase
from .content_digest import ContentDigest
from .issue import Issue
from .issue_state import IssueState
from .issue_words import wrong_state


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
    """Of everything that is mailed: :class:`ContentDigest`."""
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The digests of its parts, to say what has changed since. Empty in approvals from before these were kept."""
    decision: Mapped[Decision]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)

    member: Mapped[Member] = relationship()

    __table_args__ = (Index("ix_approval_issue_id_digest", "issue_id", "digest"),)


def approve(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str = "", seen: str | None = None
) -> Approval:
    """Say yes to *content*; enough of them make the issue approved.

    A paused issue whose repair is approved stays paused: see :mod:`models.issues.repair`.

    Arguments:
        content: of what would be mailed now.
        seen: the digest that the approver saw, where that may be another one.

    Raises:
        Forbidden: the member is no approver, or wrote, changed or submitted the issue, or has said yes and others must.
        WrongState: neither the issue nor a repair of it waits for a decision.
        Invalid: the content has changed since the approver saw it.
    """
    _check(issue, member, content, seen)
    done = given(session, issue, content)
    # Enough of them are from before it was changed and changed back: it was submitted anew, so one is said again.
    again = issue.state is IssueState.IN_REVIEW and len(done) >= issue.newsletter.approvals_needed
    if member.id in {one.member_id for one in done} and not again:
        raise Forbidden("you have approved this already: somebody else must say the other yes")
    approval = _record(session, issue, member, content, Decision.APPROVED, note)
    if issue.state is IssueState.IN_REVIEW and count(session, issue, content) >= issue.newsletter.approvals_needed:
        issue.transition_to(IssueState.APPROVED)
    return approval


def send_back(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str, seen: str | None = None
) -> Approval:
    """Return the issue, or the repair of a paused one, to its author (差戻し) with a note that says what to change."""
    _check(issue, member, content, seen)
    approval = _record(session, issue, member, content, Decision.RETURNED, note)
    if issue.state is IssueState.IN_REVIEW:
        issue.transition_to(IssueState.DRAFT)
    return approval


def _record(
    session: Session, issue: Issue, member: Member, content: ContentDigest, decision: Decision, note: str
) -> Approval:
    approval = Approval(issue_id=issue.id, member=member, digest=content.whole, parts=dict(content.parts),
                        decision=decision, note=note)  # fmt: skip
    session.add(approval)
    session.flush()
    return approval


def given(session: Session, issue: Issue, content: ContentDigest) -> list[Approval]:
    """Each person's yes to exactly *content*, since the issue was last sent back.

    The yes of somebody who has written, changed or submitted it since, or has taken it over, counts no more.
    """
    found: dict[int, Approval] = {}
    for one in history(session, issue):
        if one.decision is Decision.RETURNED:
            found.clear()
        elif one.digest == content.whole and not _is_own(issue, one.member_id):
            found.setdefault(one.member_id, one)
    return list(found.values())


def asked(session: Session, issue: Issue, content: ContentDigest) -> list[Member]:
    """The approvers who may say yes to *content* and have not yet."""
    done = {one.member_id for one in given(session, issue, content)}
    approvers = members.list_approvers(session, issue.newsletter_id)
    return [one for one in approvers if one.id not in done and not _is_own(issue, one.id)]


def count(session: Session, issue: Issue, content: ContentDigest) -> int:
    """How many people have approved exactly *content*, since the issue was last sent back."""
    return len(given(session, issue, content))


def last_approved(session: Session, issue: Issue) -> Approval | None:
    """The last yes to any content of the issue."""
    query = select(Approval).where(Approval.issue_id == issue.id, Approval.decision == Decision.APPROVED)
    return session.scalar(query.order_by(Approval.id.desc()).limit(1))


def is_returned(session: Session, issue: Issue, content: ContentDigest) -> bool:
    """Whether the last decision on the issue sent exactly *content* back."""
    last = next(reversed(history(session, issue)), None)
    return last is not None and last.decision is Decision.RETURNED and last.digest == content.whole


def history(session: Session, issue: Issue) -> Sequence[Approval]:
    """Every decision on an issue with the member who made it, the oldest first."""
    query = select(Approval).where(Approval.issue_id == issue.id).options(selectinload(Approval.member))
    return session.scalars(query.order_by(Approval.id)).all()


def _is_own(issue: Issue, member_id: int) -> bool:
    """Whether somebody else must say the yes, as the issue is this person's."""
    return issue.newsletter.approvals_needed > 0 and issue.is_written_by(member_id)


def _check(issue: Issue, member: Member, content: ContentDigest, seen: str | None) -> None:
    if not member.may(Permission.APPROVE, issue.newsletter_id):
        raise Forbidden("only an approver may decide on an issue")
    if _is_own(issue, member.id):
        raise Forbidden("whoever wrote an issue, changed it last or submitted it cannot approve it")
    if not issue.awaits_decision:
        first = phrase("Have it submitted first (`kairan issue submit {id}`)", id=issue.id)
        raise wrong_state(issue, phrase("be decided on"), first if issue.state is IssueState.DRAFT else None)
    if seen not in (None, content.whole):
        raise Invalid("the issue has changed since you opened it: read it again, then decide")
