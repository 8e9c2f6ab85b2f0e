"""Approvals (決裁): a named person's yes, or no, to exactly one content digest."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from ..staff import member as members
from ..staff.member import Member
from ..staff.permission import Permission, Scope
from ..store.base import Base
from ..store.clock import now
from ..store.errors import Forbidden, Invalid
from ..store.phrase import phrase
from . import newsletter_edit
from .articles import article_use
from .content_digest import ContentDigest
from .issue import Issue
from .issue_state import IssueState
from .issue_words import wrong_state
from .review import block_remark, route_progress, submission, substitute
from .review.route_progress import Bench, RouteProgress, Seat, StepProgress, Yes
from .review.submission import Submission
from .versions import content_version


class Decision(enum.Enum):
    """What an approver said."""

    APPROVED = "approved"
    RETURNED = "returned"


class Approval(Base):
    """One decision. Rows are only ever added."""

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"))
    """What was decided on; None in drafts' decisions from before submissions were kept, which count no more."""
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    in_place_of_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    """For whom it was said by a substitute (代理); None: in the own name."""
    digest: Mapped[str] = mapped_column(String(64))
    """Of everything that is mailed: :class:`ContentDigest`."""
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The digests of its parts, to say what has changed since. Empty in approvals from before these were kept."""
    words: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    """What was read, as :attr:`.ContentDigest.words`; empty in approvals from before these were kept."""
    decision: Mapped[Decision]
    note: Mapped[str] = mapped_column(default="")
    remarks: Mapped[list[Any]] = mapped_column(default=list)
    """What is to be changed at which block: see :mod:`.review.block_remark`."""
    at: Mapped[datetime] = mapped_column(default=now)

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    in_place_of: Mapped[Member | None] = relationship(foreign_keys=[in_place_of_id])

    __table_args__ = (Index("ix_approval_issue_id_digest", "issue_id", "digest"),)


def approve(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str = "", seen: str | None = None
) -> Approval:
    """Say yes to *content*; the last one that the issue's route wants makes the issue approved.

    A paused issue whose repair is approved stays paused: see :mod:`models.issues.repair`.

    Arguments:
        content: of what would be mailed now.
        seen: the digest that the approver saw, where that may be another one.

    Raises:
        Forbidden: the member is no approver, or wrote, changed or submitted the issue, or has changed an article or the
            newsletter since it was submitted, or is not asked at this step.
        WrongState: neither the issue nor a repair of it waits for a decision.
        Invalid: the content has changed since the approver saw it.
    """
    _check(session, issue, member, content, seen)
    seat = _seat(session, issue, member, progress(session, issue, content))
    approval = _record(session, issue, member, content, Decision.APPROVED, note, seat.in_place_of_id)
    if issue.state is IssueState.IN_REVIEW and progress(session, issue, content).is_complete:
        issue.transition_to(IssueState.APPROVED)
    return approval


def send_back(
    session: Session,
    issue: Issue,
    member: Member,
    content: ContentDigest,
    note: str,
    seen: str | None = None,
    remarks: Mapping[int, str] | None = None,
) -> Approval:
    """Return the issue, or the repair of a paused one, to its author (差戻し) with a note that says what to change.

    Whoever is asked now may do so, and whoever has said yes in this round already.

    Arguments:
        remarks: more of that, by the number of the block that it is about, from 1.

    Raises:
        Forbidden, WrongState, Invalid: see :func:`approve`; or there is no such block.
    """
    _check(session, issue, member, content, seen)
    so_far = progress(session, issue, content)
    in_place_of = None
    if not so_far.has_said_yes(member.id):
        in_place_of = _seat(session, issue, member, so_far).in_place_of_id
    approval = _record(session, issue, member, content, Decision.RETURNED, note, in_place_of)
    approval.remarks = block_remark.of_blocks(issue.blocks, remarks or {}, content.block_words)
    if issue.state is IssueState.IN_REVIEW:
        issue.transition_to(IssueState.DRAFT)
    return approval


def _record(
    session: Session, issue: Issue, member: Member, content: ContentDigest, decision: Decision, note: str,
    in_place_of_id: int | None,
) -> Approval:  # fmt: skip
    submitted = submission.last(session, issue)
    approval = Approval(issue_id=issue.id, submission_id=submitted.id if submitted else None, member=member,
                        in_place_of_id=in_place_of_id, digest=content.whole, parts=dict(content.parts),
                        words=[list(one) for one in content.words], decision=decision, note=note)  # fmt: skip
    session.add(approval)
    session.flush()
    return approval


def _seat(session: Session, issue: Issue, member: Member, so_far: RouteProgress) -> Seat:
    """The seat that *member* is asked in now.

    Raises:
        Forbidden: they are not asked.
    """
    asked_now = bench(session, issue).asked(so_far)
    for seat in asked_now:
        if seat.member.id == member.id:
            return seat
    if so_far.is_complete and issue.state is IssueState.IN_REVIEW:
        return Seat(member)  # It needs nobody's yes any more, and waits for somebody who says so.
    if so_far.has_said_yes(member.id):
        raise Forbidden("you have approved this already: somebody else must say the other yes")
    names = "、".join(seat.member.name for seat in asked_now) or "—"
    raise Forbidden(phrase("you are not asked at this step of the route; asked now: {names}", names=names))


def progress(session: Session, issue: Issue, content: ContentDigest | None) -> RouteProgress:
    """How far yeses to exactly *content* have brought the issue on its route; None: to what was decided on last.

    The yes of somebody who has written, changed or submitted it since, or has taken it over, counts no more. Nor does
    any from before it was last sent back, or submitted.
    """
    submitted = submission.last(session, issue)
    decisions = [one for one in history(session, issue) if submitted is None or one.submission_id == submitted.id]
    digest = content.whole if content else (decisions[-1].digest if decisions else "")
    changers = _late_writers(session, issue, submitted) if decisions else set()
    yeses: list[Yes] = []
    for one in decisions:
        if one.decision is Decision.RETURNED:
            yeses.clear()
        elif one.digest == digest and one.member_id not in changers and not issue.is_written_by(one.member_id):
            yeses.append(Yes(one.member_id, one.in_place_of_id))
    return route_progress.along(submission.route_of(issue, submitted), yeses)


def bench(session: Session, issue: Issue) -> Bench:
    """Everybody who could say yes to the issue today."""
    approvers = {one.id: one for one in members.list_approvers(session, issue.newsletter_id)}
    authors = _late_writers(session, issue, submission.last(session, issue))
    authors |= {one for one in approvers if issue.is_written_by(one)}
    return Bench(approvers, substitute.list_in_force(session, issue.newsletter_id), authors)


def is_author(session: Session, issue: Issue, member_id: int) -> bool:
    """Whether what would be mailed is this person's own work, in which they have no say."""
    submitted = submission.last(session, issue)
    return issue.is_written_by(member_id) or member_id in _late_writers(session, issue, submitted)


def _late_writers(session: Session, issue: Issue, submitted: Submission | None) -> set[int]:
    """Who has changed what would be mailed since it was submitted: words that nobody else answers for yet.

    That is an article, the sender, look or topics of the newsletter, or the issue itself, which a repair changes
    without a submission.
    """
    if submitted is None:
        return set()
    changed = article_use.writers_since(session, issue, submitted.at)
    changed |= newsletter_edit.changers_since(session, issue.newsletter_id, submitted.at)
    return changed | content_version.members_since(session, issue, submitted.at)


def asked(session: Session, issue: Issue, content: ContentDigest | None) -> list[Member]:
    """Who is asked for a yes to *content* now: at the step that is open, and no sooner."""
    return [seat.member for seat in bench(session, issue).asked(progress(session, issue, content))]


def stuck(session: Session, issue: Issue) -> list[StepProgress]:
    """The steps of an issue that waits for a decision which too few people are left to complete."""
    return bench(session, issue).stuck(progress(session, issue, None))


def list_stuck(session: Session, scope: Scope) -> list[Issue]:
    """The issues in review which cannot get every yes that their routes want."""
    if not scope:
        return []
    waiting = select(Issue).where(Issue.state == IssueState.IN_REVIEW, scope.where(Issue.newsletter_id))
    return [one for one in session.scalars(waiting.order_by(Issue.id)) if stuck(session, one)]


def is_complete(session: Session, issue: Issue, content: ContentDigest) -> bool:
    """Whether exactly *content* has every yes that its route wants."""
    return progress(session, issue, content).is_complete


def last_approved(session: Session, issue: Issue) -> Approval | None:
    """The last yes to any content of the issue."""
    query = select(Approval).where(Approval.issue_id == issue.id, Approval.decision == Decision.APPROVED)
    return session.scalar(query.order_by(Approval.id.desc()).limit(1))


def last_returned(session: Session, issue: Issue) -> Approval | None:
    """The last decision on the issue, where that sent it back."""
    last = next(reversed(history(session, issue)), None)
    return last if last is not None and last.decision is Decision.RETURNED else None


def is_returned(session: Session, issue: Issue, content: ContentDigest) -> bool:
    """Whether the last decision on the issue sent exactly *content* back."""
    last = last_returned(session, issue)
    return last is not None and last.digest == content.whole


def history(session: Session, issue: Issue) -> Sequence[Approval]:
    """Every decision on an issue with the member who made it, the oldest first."""
    query = select(Approval).where(Approval.issue_id == issue.id)
    named = (selectinload(Approval.member), selectinload(Approval.in_place_of))
    return session.scalars(query.options(*named).order_by(Approval.id)).all()


def _check(session: Session, issue: Issue, member: Member, content: ContentDigest, seen: str | None) -> None:
    if not member.may(Permission.APPROVE, issue.newsletter_id):
        raise Forbidden("only an approver may decide on an issue")
    if is_author(session, issue, member.id):
        raise Forbidden("whoever wrote an issue, changed it last or submitted it cannot approve it")
    if not issue.awaits_decision:
        first = phrase("Have it submitted first (`kairan issue submit {id}`)", id=issue.id)
        raise wrong_state(issue, phrase("be decided on"), first if issue.state is IssueState.DRAFT else None)
    if seen not in (None, content.whole):
        raise Invalid("the issue has changed since you opened it: read it again, then decide")
