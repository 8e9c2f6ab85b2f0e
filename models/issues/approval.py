"""Approvals (決裁): a named person's yes, or no, to exactly one content digest."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from ..staff import member as members
from ..staff.audit import AuditEntry
from ..staff.member import Member
from ..staff.permission import Permission, Scope
from ..store.base import Base
from ..store.clock import now
from ..store.errors import Forbidden, Invalid
from ..store.phrase import phrase
from .content_digest import ContentDigest
from .issue import Issue
from .issue_state import IssueState
from .issue_words import wrong_state
from .review import block_remark, route_progress, submission, substitute, text_writers
from .review.route_progress import Bench, RouteProgress, Seat, StepProgress, Yes
from .review.submission import Submission
from .review.substitute import Substitute

VOIDED = "void approval"
"""What the audit log calls a change that makes yeses void."""


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
    """How far yeses to exactly *content* have brought the issue on its route; None: to what is known to be there.

    The yes of somebody who has written, changed or submitted it since, or has taken it over, counts no more. Nor does
    any from before it was last sent back, or submitted.
    """
    submitted, decisions = submission.last(session, issue), history(session, issue)
    writers = text_writers.find(session, [(issue, submitted)])[issue.id] if decisions else set[int]()
    counting = _of_submission(submitted, decisions)
    digest = content.whole if content else _known(counting, _changes(session, [issue]).get(issue.id))
    return _progress(issue, digest, submitted, counting, writers)


def last_known(session: Session, issue: Issue) -> str:
    """The digest of what those were asked about who are asked now; empty before the first decision.

    That is what was decided on last, or what it was changed to since (:func:`models.issues.workflow.ask_anew`).
    """
    counting = _of_submission(submission.last(session, issue), history(session, issue))
    if issue.in_repair:  # What was said before the letters were made was not about the repair.
        counting = [one for one in counting if issue.prepared_at is None or one.at > issue.prepared_at]
    return _known(counting, _changes(session, [issue]).get(issue.id))


def _of_submission(submitted: Submission | None, decisions: Sequence[Approval]) -> list[Approval]:
    return [one for one in decisions if submitted is None or one.submission_id == submitted.id]


def _known(counting: Sequence[Approval], change: AuditEntry | None) -> str:
    if not counting:
        return ""
    return str(change.detail["digest"]) if change is not None and change.at >= counting[-1].at else counting[-1].digest


def _changes(session: Session, issues: Sequence[Issue]) -> dict[int, AuditEntry]:
    """By issue, the entry of the last change that made yeses void, whose digest is that of the content then."""
    ids = {f"issue/{one.id}": one.id for one in issues}
    query = select(AuditEntry).where(AuditEntry.subject.in_(ids), AuditEntry.action == VOIDED)
    return {ids[entry.subject]: entry for entry in session.scalars(query.order_by(AuditEntry.number))}


def _progress(
    issue: Issue, digest: str, submitted: Submission | None, counting: Sequence[Approval], writers: Collection[int]
) -> RouteProgress:
    yeses: list[Yes] = []
    for one in counting:
        if one.decision is Decision.RETURNED:
            yeses.clear()
        elif one.digest == digest and one.member_id not in writers and not issue.is_written_by(one.member_id):
            yeses.append(Yes(one.member_id, one.in_place_of_id))
    return route_progress.along(submission.route_of(issue, submitted), yeses)


def bench(session: Session, issue: Issue) -> Bench:
    """Everybody who could say yes to the issue today."""
    approvers = members.list_approvers(session, issue.newsletter_id)
    writers = text_writers.find(session, [(issue, submission.last(session, issue))])[issue.id]
    return _bench(issue, approvers, substitute.list_in_force(session, issue.newsletter_id), writers)


def _bench(
    issue: Issue, approvers: Sequence[Member], substitutes: Sequence[Substitute], writers: Collection[int]
) -> Bench:  # fmt: skip
    authors = {*writers, *(one.id for one in approvers if issue.is_written_by(one.id))}
    return Bench({one.id: one for one in approvers}, substitutes, authors)


def is_author(session: Session, issue: Issue, member_id: int) -> bool:
    """Whether what would be mailed is this person's own work, in which they have no say."""
    if issue.is_written_by(member_id):
        return True
    return member_id in text_writers.find(session, [(issue, submission.last(session, issue))])[issue.id]


def asked(session: Session, issue: Issue, content: ContentDigest | None) -> list[Member]:
    """Who is asked for a yes to *content* now: at the step that is open, and no sooner."""
    return [seat.member for seat in bench(session, issue).asked(progress(session, issue, content))]


def stuck(session: Session, issue: Issue) -> list[StepProgress]:
    """The steps of an issue that waits for a decision which too few people are left to complete."""
    return bench(session, issue).stuck(progress(session, issue, None))


def list_stuck(session: Session, scope: Scope) -> list[Issue]:
    """The issues in review which cannot get every yes that their routes want; as many queries for one as for all."""
    if not scope:
        return []
    query = select(Issue).where(Issue.state == IssueState.IN_REVIEW, scope.where(Issue.newsletter_id))
    waiting = session.scalars(query.options(selectinload(Issue.newsletter)).order_by(Issue.id)).all()
    if not waiting:
        return []
    submitted, decisions = submission.last_of(session, waiting), _histories(session, waiting)
    changes = _changes(session, waiting)
    writers = text_writers.find(session, [(one, submitted.get(one.id)) for one in waiting])
    newsletters = {one.newsletter_id for one in waiting}
    approvers, substitutes = members.approvers_of(session, newsletters), substitute.list_in_force(session, *newsletters)

    def is_stuck(one: Issue) -> bool:
        here = [found for found in substitutes if found.newsletter_id == one.newsletter_id]
        could = _bench(one, approvers[one.newsletter_id], here, writers[one.id])
        counting = _of_submission(submitted.get(one.id), decisions[one.id])
        known = _known(counting, changes.get(one.id))
        return bool(could.stuck(_progress(one, known, submitted.get(one.id), counting, writers[one.id])))

    return list(filter(is_stuck, waiting))


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
    return _histories(session, [issue])[issue.id]


def _histories(session: Session, issues: Sequence[Issue]) -> dict[int, list[Approval]]:
    found: dict[int, list[Approval]] = {one.id: [] for one in issues}
    query = select(Approval).where(Approval.issue_id.in_(found))
    named = (selectinload(Approval.member), selectinload(Approval.in_place_of))
    for decision in session.scalars(query.options(*named).order_by(Approval.id)):
        found[decision.issue_id].append(decision)
    return found


def _check(session: Session, issue: Issue, member: Member, content: ContentDigest, seen: str | None) -> None:
    if not member.may(Permission.APPROVE, issue.newsletter_id):
        raise Forbidden("only an approver may decide on an issue")
    if is_author(session, issue, member.id):
        raise Forbidden("whoever wrote an issue, or a part of it, or submitted it cannot approve it")
    if not issue.awaits_decision:
        first = phrase("Have it submitted first (`kairan issue submit {id}`)", id=issue.id)
        raise wrong_state(issue, phrase("be decided on"), first if issue.state is IssueState.DRAFT else None)
    if seen not in (None, content.whole):
        raise Invalid("the issue has changed since you opened it: read it again, then decide")
