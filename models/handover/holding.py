"""What a person holds that somebody else goes on with when they leave, and what of it passes to a successor.

Issues that are not out yet, proposed corrections, the place among a newsletter's approvers with the reviews that wait,
schedules, and open invitations. Passkeys, authenticator apps and sessions are a person's own and end with their access;
there are no keys for programs yet.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer, selectinload

from ..deliveries.proposal import Proposal
from ..issues import approval, issue_words
from ..issues.approval import Approval, Decision
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..staff.invitation import Invitation
from ..staff.member import Member
from ..staff.permission import Permission, Role, Scope
from ..store.clock import now

OPEN = (IssueState.DRAFT, IssueState.IN_REVIEW, IssueState.APPROVED, IssueState.SCHEDULED, IssueState.PAUSED)
"""States of issues that somebody still answers for; what is going out or is out keeps its author."""


class HoldingKind(enum.Enum):
    """What can be passed on, each kind as a whole."""

    ISSUES = "issues"
    CORRECTIONS = "corrections"
    APPROVALS = "approvals"
    """Places among approvers, and with them the reviews that wait there."""
    SCHEDULES = "schedules"
    INVITATIONS = "invitations"


class StayReason(enum.Enum):
    """Why something does not pass."""

    APPROVED_BY_SUCCESSOR = "approved by successor"
    """Who has said yes to it does not become its author."""
    EVERY_NEWSLETTER = "every newsletter"
    """It belongs to all newsletters, and whoever hands over does not manage all of them."""


@dataclass(frozen=True)
class Holding:
    """One thing that passes, or stays."""

    kind: HoldingKind
    newsletter_id: int | None
    """None: all newsletters, or (of an invitation) several."""
    issue: Issue | None = None
    proposal: Proposal | None = None
    invited: Member | None = None
    stays: StayReason | None = None

    @property
    def is_place(self) -> bool:
        """Whether it is a place among approvers, and no review."""
        return self.kind is HoldingKind.APPROVALS and self.issue is None

    @property
    def subject(self) -> str:
        """What the audit log calls it."""
        if self.invited is not None:
            return f"member/{self.invited.id}"
        if self.issue is not None:
            return f"issue/{self.issue.id}"
        return f"newsletter/{self.newsletter_id or 'all'}"

    @property
    def called(self) -> str:
        """What a command calls it."""
        if self.invited is not None:
            return self.invited.address
        if self.issue is not None:
            return f"{issue_words.called(self.issue)} {self.issue.subject}"
        return "approver for all newsletters" if self.newsletter_id is None else f"approver for {self.subject}"

    @property
    def shown(self) -> str:
        """Everything about it that a page shows, as one line."""
        issue = self.issue
        at = issue.scheduled_at.timestamp() if issue and issue.scheduled_at else 0
        about = [issue.state.value, issue.subject, f"{at:.0f}"] if issue else []
        proposed = [str(self.proposal.id), self.proposal.value] if self.proposal else []
        return "\t".join([self.kind.value, self.subject, str(self.stays), *about, *proposed])


@dataclass(frozen=True)
class Holdings:
    """What somebody holds, as it was looked at for one successor."""

    passing: tuple[Holding, ...] = ()
    staying: tuple[Holding, ...] = ()
    digest: str = field(init=False)
    """SHA-256 of what a page shows of it (64 hex digits)."""

    def __post_init__(self) -> None:
        """Work the digest out."""
        lines = sorted(one.shown for one in (*self.passing, *self.staying))
        object.__setattr__(self, "digest", sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest())

    def of(self, kind: HoldingKind) -> list[Holding]:
        """What passes of one kind."""
        return [one for one in self.passing if one.kind is kind]

    @property
    def kinds(self) -> list[HoldingKind]:
        """The kinds of which something passes."""
        return [kind for kind in HoldingKind if any(one.kind is kind for one in self.passing)]


def list_held(
    session: Session, leaver: Member, successor: Member | None, scope: Scope, *, lock: bool = False
) -> Holdings:
    """What *leaver* holds among the newsletters in *scope*.

    Arguments:
        successor: who would get it; None where nobody is chosen yet.
        lock: whether the rows of issues, proposals and invitations are locked, in the order of their ids. That comes
            before any entry of the audit log, whose lock others ask for while they hold such a row.
    """
    found = [
        *_issues(session, leaver, successor, scope, lock),
        *_corrections(session, leaver, successor, scope, lock),
        *_approvals(session, leaver, scope),
        *_schedules(session, leaver, scope, lock),
        *_invitations(session, leaver, scope, lock),
    ]
    return Holdings(tuple(one for one in found if not one.stays), tuple(one for one in found if one.stays))


def _issues(session: Session, leaver: Member, successor: Member | None, scope: Scope, lock: bool) -> Iterator[Holding]:
    query = select(Issue).where(Issue.author_id == leaver.id, Issue.state.in_(OPEN), scope.where(Issue.newsletter_id))
    issues = _issues_of(session, query, lock)
    approved = approved_by(session, successor, [one.id for one in issues if one.state is not IssueState.DRAFT])
    for one in issues:
        stays = StayReason.APPROVED_BY_SUCCESSOR if one.id in approved else None
        yield Holding(HoldingKind.ISSUES, one.newsletter_id, one, stays=stays)


def _corrections(
    session: Session, leaver: Member, successor: Member | None, scope: Scope, lock: bool
) -> Iterator[Holding]:
    query = (
        select(Proposal, Issue)
        .join(Issue, Issue.id == Proposal.issue_id)
        .where(Proposal.proposer_id == leaver.id, Proposal.decided_at.is_(None), scope.where(Issue.newsletter_id))
        .order_by(Proposal.id)
    )
    if lock:
        query = query.with_for_update(of=Proposal).execution_options(populate_existing=True)
    for proposal, issue in session.execute(query):
        said_yes = successor is not None and successor.id in proposal.approver_ids
        stays = StayReason.APPROVED_BY_SUCCESSOR if said_yes else None
        yield Holding(HoldingKind.CORRECTIONS, issue.newsletter_id, issue, proposal, stays=stays)


def _approvals(session: Session, leaver: Member, scope: Scope) -> Iterator[Holding]:
    places = sorted({one.newsletter_id for one in leaver.grants if one.role is Role.APPROVER}, key=lambda at: at or 0)
    passing = [place for place in places if place in scope]
    for place in places:
        if place in scope:
            yield Holding(HoldingKind.APPROVALS, place)
        elif place is None:
            yield Holding(HoldingKind.APPROVALS, None, stays=StayReason.EVERY_NEWSLETTER)
    if not passing or (None in places and None not in passing):
        return  # a place for all newsletters stays, and with it every review
    for one in list_waiting(session, leaver):
        if one.newsletter_id in scope:
            yield Holding(HoldingKind.APPROVALS, one.newsletter_id, one)


def list_waiting(session: Session, member: Member) -> list[Issue]:
    """The issues that wait for a yes or no of *member* (決裁待ち): their route asks them now."""
    if not (able := member.scope(Permission.APPROVE)):
        return []
    waiting = (Issue.state == IssueState.IN_REVIEW) | ((Issue.state == IssueState.PAUSED) & Issue.in_repair)
    found = _issues_of(session, select(Issue).where(waiting, able.where(Issue.newsletter_id)), lock=False)
    return [one for one in found if member in approval.asked(session, one, None)]


def _schedules(session: Session, leaver: Member, scope: Scope, lock: bool) -> Iterator[Holding]:
    mine = (Issue.scheduler_id == leaver.id) & (Issue.state == IssueState.SCHEDULED)
    for one in _issues_of(session, select(Issue).where(mine, scope.where(Issue.newsletter_id)), lock):
        yield Holding(HoldingKind.SCHEDULES, one.newsletter_id, one)


def _invitations(session: Session, leaver: Member, scope: Scope, lock: bool) -> Iterator[Holding]:
    """Who is invited without a role yet is seen by those alone who manage all newsletters."""
    query = (
        select(Member)
        .join(Invitation, Invitation.member_id == Member.id)
        .where(
            Invitation.invited_by_id == leaver.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(),
        )
    )
    query = query.order_by(Member.id)
    if lock:
        query = query.with_for_update(of=Invitation).execution_options(populate_existing=True)
    for one in session.scalars(query):
        at = {grant.newsletter_id for grant in one.grants} or {None}
        if all(newsletter_id in scope for newsletter_id in at):
            yield Holding(HoldingKind.INVITATIONS, next(iter(at)) if len(at) == 1 else None, invited=one)


def _issues_of(session: Session, query: Select[Issue], lock: bool) -> Sequence[Issue]:
    ordered = query.order_by(Issue.id).options(selectinload(Issue.newsletter), defer(Issue.blocks_json))
    if lock:
        ordered = ordered.with_for_update(of=Issue, key_share=True).execution_options(populate_existing=True)
    return session.scalars(ordered).all()


def approved_by(session: Session, member: Member | None, issue_ids: list[int]) -> set[int]:
    """The issues to which *member* has said yes since they were last sent back."""
    if member is None or not issue_ids:
        return set()
    yes: set[int] = set()
    query = select(Approval.issue_id, Approval.member_id, Approval.decision).where(Approval.issue_id.in_(issue_ids))
    for issue_id, by, decision in session.execute(query.order_by(Approval.id)):
        if decision is Decision.RETURNED:
            yes.discard(issue_id)
        elif by == member.id:
            yes.add(issue_id)
    return yes
