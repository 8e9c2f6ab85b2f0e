"""The workflow of an issue, each step with its entry in the audit log.

Pages and commands both go this way, so that nobody can take a step past the log.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ..staff import audit
from ..staff.member import Member
from ..store import enqueue
from ..store.clock import now
from . import approval
from .content_digest import ContentDigest
from .issue import Issue
from .issue_state import IssueState

Actor = Member | str
"""A person, or the name of a command."""


def submit(session: Session, issue: Issue, actor: Actor) -> None:
    """Hand a draft to the approvers; where the newsletter needs no approval it is approved at once.

    Whoever submits it answers for it, and so counts as an author.
    """
    issue.submit()
    if isinstance(actor, Member):
        issue.submitter_id = actor.id
    if issue.newsletter.approvals_needed == 0:
        issue.transition_to(IssueState.APPROVED)
    _record(session, issue, actor, "submit issue")


def approve(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str = "", seen: str | None = None
) -> None:
    """See :func:`models.issues.approval.approve`."""
    approval.approve(session, issue, member, content, note, seen)
    _record(session, issue, member, "approve issue", content.whole)


def send_back(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str, seen: str | None = None
) -> None:
    """See :func:`models.issues.approval.send_back`."""
    approval.send_back(session, issue, member, content, note, seen)
    _record(session, issue, member, "send back issue", content.whole)


def return_changed(session: Session, issue: Issue, actor: Actor, reason: str) -> None:
    """Make an issue a draft again whose approval is void, with the reason in words."""
    issue.fail_preparing(reason)
    _record(session, issue, actor, "void approval", reason=reason)


def schedule(session: Session, issue: Issue, at: datetime, actor: Actor) -> None:
    """Put an approved issue into the timetable; *at* is aware."""
    issue.schedule(at)
    issue.scheduler_id = actor.id if isinstance(actor, Member) else None
    if at <= now():
        enqueue.enqueue(session, enqueue.PREPARE, issue.id)
    _record(session, issue, actor, "schedule issue", at=at.isoformat())


def unschedule(session: Session, issue: Issue, actor: Actor) -> None:
    """Take it out of the timetable."""
    issue.unschedule()
    _record(session, issue, actor, "unschedule issue")


def pause(session: Session, issue: Issue, actor: Actor) -> None:
    """Stop sending within a window."""
    issue.pause()
    _record(session, issue, actor, "pause issue")


def resume(session: Session, issue: Issue, actor: Actor) -> None:
    """Go on sending."""
    issue.resume()
    enqueue.enqueue(session, enqueue.SWEEP)
    _record(session, issue, actor, "resume issue")


def cancel(session: Session, issue: Issue, actor: Actor) -> None:
    """Send no more of it, for good."""
    issue.cancel()
    enqueue.enqueue(session, enqueue.SWEEP)
    _record(session, issue, actor, "cancel issue")


def _record(session: Session, issue: Issue, actor: Actor, action: str, digest: str = "", **detail: str) -> None:
    audit.record(session, actor, action, f"issue/{issue.id}", digest=digest or issue.digest, **detail)
