"""Who is told of what happens to an issue or a lane. Each is called in the transaction of the event itself.

Nobody is told of what they have just done themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ...staff import member as members
from ...staff.audit import AuditEntry
from ...staff.member import Member
from ...staff.permission import Permission
from .. import approval
from ..content_digest import ContentDigest
from ..issue import Issue
from ..issue_state import IssueState
from ..review import submission
from .notification import Notification, NotificationKind, end, tell

K = NotificationKind


def approval_asked(
    session: Session, issue: Issue, actor: Member | str, entry: AuditEntry, content: ContentDigest | None = None
) -> None:
    """An issue, or its repair, waits for a decision: by those whom the open step of its route asks, and nobody else.

    Arguments:
        content: what waits, where that may have yeses already: a repair.
    """
    end(session, issue=issue)
    _ask(session, issue, actor, _event(entry), content)


def keep_asking(session: Session) -> None:
    """Ask those who are asked only since an issue was submitted, and let others be, as the days go by.

    Somebody takes over an office, loses a role, begins to substitute. Where too few are left who may say yes,
    administrators are told.
    """
    for issue in session.scalars(select(Issue).where(Issue.state == IssueState.IN_REVIEW)):
        told = set(session.scalars(_asked_still(issue).with_only_columns(Notification.member_id)))
        asked = {one.id: one for one in approval.asked(session, issue, None)}
        for one in members.list_approvers(session, issue.newsletter_id):  # Others do not see it for now, see .inbox.
            if one.id in told - asked.keys():
                end(session, K.APPROVAL_ASKED, issue=issue, member=one)
        submitted = submission.last(session, issue)
        by = submitted.member if submitted else None
        event = f"submission/{submitted.id if submitted else 0}/{len(approval.progress(session, issue, None).yeses)}"
        late = [one for number, one in asked.items() if number not in told]
        tell(session, K.APPROVAL_ASKED, event, late, issue=issue, by=by)
        _tell_stuck(session, issue)


def _asked_still(issue: Issue) -> Select[Notification]:
    waits = Notification.kind == K.APPROVAL_ASKED, Notification.ended_at.is_(None)
    return select(Notification).where(Notification.issue_id == issue.id, *waits)


def _ask(session: Session, issue: Issue, actor: Member | str | None, event: str, content: ContentDigest | None) -> None:
    """Ask those whom the open step asks."""
    tell(session, K.APPROVAL_ASKED, event, approval.asked(session, issue, content), issue=issue, by=actor)
    _tell_stuck(session, issue)


def _tell_stuck(session: Session, issue: Issue) -> None:
    """Tell administrators of an issue that cannot get every yes; once for each submission."""
    if not approval.stuck(session, issue):
        end(session, K.APPROVAL_STUCK, issue=issue)
        return
    submitted = submission.last(session, issue)
    admins = members.list_with(session, Permission.EDIT_NEWSLETTER, issue.newsletter_id)
    tell(session, K.APPROVAL_STUCK, f"stuck/{issue.id}/{submitted.id if submitted else 0}", admins, issue=issue)


def approved(
    session: Session, issue: Issue, actor: Member | str, entry: AuditEntry, content: ContentDigest | None = None
) -> None:
    """Somebody said yes, or an issue needs no approval. Once that is enough, authors and senders are told.

    Where it completes a step, the people of the next one are asked.

    Arguments:
        content: of what was approved; None where nobody must approve it.
    """
    if isinstance(actor, Member):
        end(session, K.APPROVAL_ASKED, issue=issue, member=actor)
    repaired = issue.state is IssueState.PAUSED
    if content and (at := approval.progress(session, issue, content).open_step):
        if not at.yeses:
            end(session, K.APPROVAL_ASKED, issue=issue)
            submitted = submission.last(session, issue)
            _ask(session, issue, submitted.member if submitted else None, _event(entry), content)
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


def withdrawn(session: Session, issue: Issue, actor: Member | str, entry: AuditEntry, asked: Iterable[Member]) -> None:
    """An issue was taken back (引戻し): nobody is asked any more, and who was is told why.

    Arguments:
        asked: whom its route asked until then.
    """
    end(session, issue=issue)
    tell(session, K.WITHDRAWN, _event(entry), asked, issue=issue, by=actor)


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


def complained(session: Session, issue: Issue) -> None:
    """A reader has complained about a letter of *issue*. Senders and authors are told of the first one."""
    people = [*_senders(session, issue), *_authors(session, issue)]
    tell(session, K.COMPLAINED, f"complaints/{issue.id}", people, issue=issue)


def complaints_many(session: Session, issue: Issue, entry: AuditEntry, reason: str) -> None:
    """So many readers have complained about *issue* that providers may refuse it. That the first one did is no news."""
    complaints_end(session, issue)
    people = [*_senders(session, issue), *_authors(session, issue)]
    tell(session, K.COMPLAINTS_MANY, _event(entry), people, issue=issue, reason=reason)


def complaints_end(session: Session, issue: Issue) -> None:
    """What was told of complaints about *issue* waits no longer: more is told now."""
    end(session, K.COMPLAINED, K.COMPLAINTS_MANY, issue=issue)


def repair_changed(session: Session, issue: Issue, actor: Member | str) -> None:
    """A paused issue was changed for the readers who have not got it yet, or is again as they have it."""
    if not issue.in_repair:
        end(session, K.APPROVAL_ASKED, K.SENT_BACK, K.APPROVAL_STUCK, issue=issue)
        return
    end(session, issue=issue)
    _ask(session, issue, actor, f"repair/{issue.digest}", ContentDigest({}))


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
