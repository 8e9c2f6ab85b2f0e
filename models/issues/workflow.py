"""The workflow of an issue, each step with its entry in the audit log.

Pages and commands both go this way, so that nobody can take a step past the log, and whoever must know is told.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ..staff import audit
from ..staff.audit import AuditEntry
from ..staff.member import Member
from ..store import enqueue
from ..store.clock import now
from . import approval
from .content_digest import ContentDigest
from .issue import Issue
from .issue_state import IssueState
from .notifications import notification_events

Actor = Member | str
"""A person, or the name of a command."""
SENDER = "sender"
"""The actor where sending stops by itself."""
TIMETABLE = "timetable"
"""The actor where the time of an issue passed long ago."""


def submit(session: Session, issue: Issue, actor: Actor, content: ContentDigest | None = None) -> None:
    """Hand a draft to the approvers; where the newsletter needs no approval it is approved at once.

    Whoever submits it answers for it, and so counts as an author.

    Arguments:
        content: of what would be mailed, where it is known: see :func:`.notification_events.approval_asked`.
    """
    issue.submit()
    if isinstance(actor, Member):
        issue.submitter_id = actor.id
    if issue.newsletter.approvals_needed == 0:
        issue.transition_to(IssueState.APPROVED)
    entry = _record(session, issue, actor, "submit issue")
    if issue.state is IssueState.APPROVED:
        notification_events.approved(session, issue, actor, entry)
    else:
        notification_events.approval_asked(session, issue, actor, entry, content)


def approve(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str = "", seen: str | None = None
) -> None:
    """See :func:`models.issues.approval.approve`."""
    approval.approve(session, issue, member, content, note, seen)
    entry = _record(session, issue, member, "approve issue", content.whole)
    notification_events.approved(session, issue, member, entry, content)


def send_back(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str, seen: str | None = None
) -> None:
    """See :func:`models.issues.approval.send_back`."""
    approval.send_back(session, issue, member, content, note, seen)
    entry = _record(session, issue, member, "send back issue", content.whole)
    notification_events.sent_back(session, issue, member, entry, note)


def return_changed(session: Session, issue: Issue, actor: Actor, reason: str) -> None:
    """Make an issue a draft again whose approval is void, with the reason in words."""
    issue.fail_preparing(reason)
    entry = _record(session, issue, actor, "void approval", reason=reason)
    notification_events.sent_back(session, issue, actor, entry, reason)


def schedule(session: Session, issue: Issue, at: datetime, actor: Actor) -> None:
    """Put an approved issue into the timetable; *at* is aware."""
    issue.schedule(at)
    issue.scheduler_id = actor.id if isinstance(actor, Member) else None
    if at <= now():
        enqueue.enqueue(session, enqueue.PREPARE, issue.id)
    _record(session, issue, actor, "schedule issue", at=at.isoformat())
    notification_events.done(session, issue)


def unschedule(session: Session, issue: Issue, actor: Actor) -> None:
    """Take it out of the timetable. Where the timetable does so itself, ``trouble`` says why."""
    issue.unschedule()
    entry = _record(session, issue, actor, "unschedule issue")
    if actor == TIMETABLE:
        notification_events.not_prepared(session, issue, entry, issue.trouble)


def pause(session: Session, issue: Issue, actor: Actor) -> None:
    """Stop sending within a window."""
    issue.pause()
    entry = _record(session, issue, actor, "pause issue")
    if actor == SENDER:
        notification_events.issue_stopped(session, issue, entry)


def resume(session: Session, issue: Issue, actor: Actor) -> None:
    """Go on sending."""
    issue.resume()
    enqueue.enqueue(session, enqueue.SWEEP)
    _record(session, issue, actor, "resume issue")
    notification_events.done(session, issue)


def cancel(session: Session, issue: Issue, actor: Actor) -> None:
    """Send no more of it, for good."""
    issue.cancel()
    enqueue.enqueue(session, enqueue.SWEEP)
    _record(session, issue, actor, "cancel issue")
    notification_events.done(session, issue)


def _record(session: Session, issue: Issue, actor: Actor, action: str, digest: str = "", **detail: str) -> AuditEntry:
    return audit.record(session, actor, action, f"issue/{issue.id}", digest=digest or issue.digest, **detail)
