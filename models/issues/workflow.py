"""The workflow of an issue, each step with its entry in the audit log.

Pages and commands both go this way, so that nobody can take a step past the log, and whoever must know is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from ..staff import audit
from ..staff.audit import AuditEntry
from ..staff.member import Member
from ..store import enqueue
from ..store.clock import now
from ..store.errors import Forbidden
from ..store.phrase import phrase
from . import approval
from .content_digest import ContentDigest
from .issue import Issue
from .issue_state import IssueState
from .issue_words import wrong_state
from .notifications import notification_events
from .review import send_window, submission

Actor = Member | str
"""A person, or the name of a command."""
SENDER = "sender"
"""The actor where sending stops by itself."""
TIMETABLE = "timetable"
"""The actor where the time of an issue passed long ago."""


def submit(
    session: Session,
    issue: Issue,
    actor: Actor,
    note: str = "",
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> None:
    """Hand a draft to the approvers (起案); where its route has no step it is approved at once.

    Whoever submits it answers for it, and so counts as an author.

    Arguments:
        note: why it is to be sent, for the approvers.
        not_before, not_after: the window of sending (aware) that is approved with it; None: no limit on that side.

    Raises:
        Invalid: nothing can be sent in the window.
        WrongState: it is no draft.
    """
    send_window.check(not_before, not_after)
    issue.submit()
    issue.not_before, issue.not_after = not_before, not_after
    if isinstance(actor, Member):
        issue.submitter_id = actor.id
    submitted = submission.open_one(session, issue, actor if isinstance(actor, Member) else None, note)
    if not submitted.route.steps:
        issue.transition_to(IssueState.APPROVED)
    entry = _record(session, issue, actor, "submit issue", **({"note": note} if note else {}))
    if issue.state is IssueState.APPROVED:
        notification_events.approved(session, issue, actor, entry)
    else:
        notification_events.approval_asked(session, issue, actor, entry)


def withdraw(session: Session, issue: Issue, actor: Actor) -> None:
    """Take an issue back from its approvers (引戻し): it is a draft again, and yeses that were given count no more.

    One that is approved and not yet in the timetable can be taken back, too, as when its window turns out wrong.

    Raises:
        Forbidden: *actor* neither wrote nor submitted it.
        WrongState: it is not with its approvers.
    """
    if isinstance(actor, Member) and not issue.is_written_by(actor.id):
        raise Forbidden("only whoever wrote or submitted an issue takes it back: an approver sends it back instead")
    if issue.state not in (IssueState.IN_REVIEW, IssueState.APPROVED):
        raise wrong_state(issue, phrase("be taken back"))
    asked = approval.asked(session, issue, None) if issue.state is IssueState.IN_REVIEW else []
    issue.transition_to(IssueState.DRAFT)
    if (submitted := submission.last(session, issue)) is not None:
        submitted.withdrawn_at = now()
        submitted.withdrawn_by_id = actor.id if isinstance(actor, Member) else None
    entry = _record(session, issue, actor, "withdraw issue")
    notification_events.withdrawn(session, issue, actor, entry, asked)


def approve(
    session: Session, issue: Issue, member: Member, content: ContentDigest, note: str = "", seen: str | None = None
) -> None:
    """See :func:`models.issues.approval.approve`."""
    made = approval.approve(session, issue, member, content, note, seen)
    place_of = {"place_of": made.in_place_of.address} if made.in_place_of else {}
    entry = _record(session, issue, member, "approve issue", content.whole, **place_of)
    notification_events.approved(session, issue, member, entry, content)


def send_back(
    session: Session,
    issue: Issue,
    member: Member,
    content: ContentDigest,
    note: str,
    seen: str | None = None,
    remarks: Mapping[int, str] | None = None,
) -> None:
    """See :func:`models.issues.approval.send_back`."""
    made = approval.send_back(session, issue, member, content, note, seen, remarks)
    entry = _record(session, issue, member, "send back issue", content.whole)
    at_blocks = [f"{one['number']}: {one['text']}" for one in made.remarks]
    notification_events.sent_back(session, issue, member, entry, "\n".join(filter(None, (note, *at_blocks))))


def return_changed(session: Session, issue: Issue, actor: Actor, reason: str) -> None:
    """Make an issue a draft again whose approval is void, with the reason in words."""
    issue.fail_preparing(reason)
    entry = _record(session, issue, actor, approval.VOIDED, reason=reason)
    notification_events.sent_back(session, issue, actor, entry, reason)


def ask_anew(session: Session, issue: Issue, actor: Actor, content: ContentDigest, reason: str) -> None:
    """Ask for decisions on *content*, which what is decided on has been changed to, with the reason in words.

    Yeses to other content count no more, so that another step of the route may be open.
    """
    entry = _record(session, issue, actor, approval.VOIDED, content.whole, reason=reason)
    submitted = submission.last(session, issue)
    by = submitted.member if submitted and submitted.member else ""
    notification_events.approval_asked(session, issue, by, entry, content)


def schedule(session: Session, issue: Issue, at: datetime, actor: Actor) -> None:
    """Put an approved issue into the timetable; *at* is aware.

    Raises:
        Invalid: approvers let it go out at other times.
        WrongState: it is not approved.
    """
    issue.schedule(at)
    send_window.check_inside(issue, at)
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
