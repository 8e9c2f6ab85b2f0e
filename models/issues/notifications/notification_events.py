"""Who is told of what happens to an issue or a lane. Each is called in the transaction of the event itself.

Nobody is told of what they have just done themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...staff import member as members
from ...staff.audit import AuditEntry
from ...staff.member import Member
from ...staff.permission import Permission
from .. import approval
from ..approval import Approval
from ..content_digest import ContentDigest
from ..issue import Issue
from ..issue_state import IssueState
from .notification import Notification, NotificationKind, end, tell

K = NotificationKind
SUBMITTED = "submit issue"
"""The act of the audit log by which an issue comes to its approvers."""


def approval_asked(
    session: Session, issue: Issue, actor: Member | str, entry: AuditEntry, content: ContentDigest | None = None
) -> None:
    """An issue, or its repair, waits for a decision: by everybody who may approve it and is not one of its authors.

    Arguments:
        content: what waits, where it is known: whoever has said yes to exactly this already is not asked again, unless
            enough have and it was submitted anew.
    """
    done = {one.member_id for one in approval.given(session, issue, content)} if content else set()
    _ask(session, issue, actor, _event(entry), done if len(done) < issue.newsletter.approvals_needed else set())


def ask_latecomers(session: Session) -> None:
    """Ask those who have come to be approvers since an issue was submitted, as where somebody takes over an office."""
    for issue in session.scalars(select(Issue).where(Issue.state == IssueState.IN_REVIEW)):
        submitted = select(AuditEntry).where(AuditEntry.subject == f"issue/{issue.id}", AuditEntry.action == SUBMITTED)
        entry = session.scalar(submitted.order_by(AuditEntry.number.desc()).limit(1))
        if entry is None:
            continue
        told = select(Notification.member_id).where(
            Notification.kind == K.APPROVAL_ASKED, Notification.event == _event(entry)
        )
        decided = select(Approval.member_id).where(Approval.issue_id == issue.id, Approval.at >= entry.at)
        known = {*session.scalars(told), *session.scalars(decided)}
        late = [one for one in _may_approve(session, issue) if one.id not in known]
        by = session.get(Member, entry.member_id) if entry.member_id else None
        tell(session, K.APPROVAL_ASKED, _event(entry), late, issue=issue, by=by)


def _may_approve(session: Session, issue: Issue) -> list[Member]:
    return [one for one in members.list_approvers(session, issue.newsletter_id) if not issue.is_written_by(one.id)]


def _ask(session: Session, issue: Issue, actor: Member | str, event: str, done: Set[int]) -> None:
    """Ask everybody who may approve it, but *done* and its authors; what was told before waits no longer."""
    end(session, issue=issue)
    asked = [one for one in _may_approve(session, issue) if one.id not in done]
    tell(session, K.APPROVAL_ASKED, event, asked, issue=issue, by=actor)


def approved(
    session: Session, issue: Issue, actor: Member | str, entry: AuditEntry, content: ContentDigest | None = None
) -> None:
    """Somebody said yes, or an issue needs no approval. Once that is enough, authors and senders are told.

    Arguments:
        content: of what was approved; None where nobody must approve it.
    """
    if isinstance(actor, Member):
        end(session, K.APPROVAL_ASKED, issue=issue, member=actor)
    repaired = issue.state is IssueState.PAUSED
    if content and approval.count(session, issue, content) < issue.newsletter.approvals_needed:
        return
    end(session, issue=issue)
    senders = _senders(session, issue)
    if repaired:
        tell(session, K.APPROVED, _event(entry), [*_authors(session, issue), *senders], issue=issue, by=actor)
        return
    told = {one.id for one in senders}
    tell(session, K.READY_TO_SEND, _event(entry), senders, issue=issue, by=actor)
    authors = [one for one in _authors(session, issue) if one.id not in told]
    tell(session, K.APPROVED, _event(entry), authors, issue=issue, by=actor)


def sent_back(session: Session, issue: Issue, actor: Member | str, entry: AuditEntry, reason: str) -> None:
    """An issue, or its repair, is with its authors again: an approver's decision, or what was approved has changed."""
    end(session, issue=issue)
    tell(session, K.SENT_BACK, _event(entry), _authors(session, issue), issue=issue, by=actor, reason=reason)


def not_prepared(session: Session, issue: Issue, entry: AuditEntry, reason: str) -> None:
    """An issue, or its repair, could not be prepared, or missed its time.

    Told are whoever scheduled it, the senders, and the authors, who alone can change what it says.
    """
    end(session, issue=issue)
    scheduler = session.get(Member, issue.scheduler_id) if issue.scheduler_id else None
    people = [*_senders(session, issue), *_authors(session, issue), *([scheduler] if scheduler else [])]
    tell(session, K.NOT_PREPARED, _event(entry), people, issue=issue, reason=reason)


def issue_stopped(session: Session, issue: Issue, entry: AuditEntry) -> None:
    """The sender has paused an issue by itself; ``trouble`` says why."""
    tell(session, K.ISSUE_STOPPED, _event(entry), _senders(session, issue), issue=issue, reason=issue.trouble)


def lane_stopped(session: Session, lane: tuple[str, str], event: str, reason: str) -> None:
    """The sender has paused a lane by itself.

    Arguments:
        lane: its slug and name.
        event: a name that this pause has alone.
    """
    people = members.list_with(session, Permission.EDIT_DELIVERY, None)
    tell(session, K.LANE_STOPPED, event, people, lane=lane, reason=reason)


def repair_changed(session: Session, issue: Issue, actor: Member | str) -> None:
    """A paused issue was changed for the readers who have not got it yet, or is again as they have it."""
    if not issue.in_repair or not issue.newsletter.approvals_needed:
        end(session, K.APPROVAL_ASKED, K.SENT_BACK, issue=issue)
        return
    _ask(session, issue, actor, f"repair/{issue.digest}", set())


def done(session: Session, issue: Issue) -> None:
    """An issue was scheduled, went on or was cancelled: nothing of it waits for anybody now."""
    end(session, *(kind for kind in K if kind is not K.APPROVED), issue=issue)


def _event(entry: AuditEntry) -> str:
    """The event of an act: no other has the number of its entry in the audit log."""
    return f"audit/{entry.number}"


def _authors(session: Session, issue: Issue) -> Iterable[Member]:
    ids = {issue.author_id, issue.editor_id, issue.submitter_id} - {None}
    return session.scalars(select(Member).where(Member.id.in_(ids))).all() if ids else ()


def _senders(session: Session, issue: Issue) -> Iterable[Member]:
    return members.list_with(session, Permission.SEND, issue.newsletter_id)
