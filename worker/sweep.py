"""The sweep: whatever was lost is found again in the rows. Running it often, or twice at once, does no harm."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.bounces import returned_mail
from models.bounces.alarms import complaint_alarm, lane_alarm
from models.bounces.events import provider_event
from models.deliveries import kept_certificate, lane, lease, orphan_notifications
from models.deliveries.delivery import Batch, BatchState
from models.deliveries.letters import letter_tally
from models.deliveries.relays import relay_test
from models.exports import reader_export
from models.imports import import_lease
from models.issues import due_issue, repair
from models.issues import issue as issues
from models.issues.calendar import slot_opening
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.notifications import inbox, notification_events, notification_letters
from models.readers import address_change, signup
from models.sender_domain import domain_check
from models.staff import audit, audit_retention
from models.store import enqueue, last_sweep
from models.store.db import session_scope
from templates.content import change_effects

from .sending import batch_store, transactional

MOST_BATCHES = 50
"""Batches named at one sweep. Workers name their own next ones, so this only has to outrun what gets lost."""


def sweep() -> None:
    """Name again what waits: issues that are due, batches without a worker, single letters; and close what is done.

    That it has ended is noted, so that somebody hears of a worker or timetable that hangs.
    """
    with session_scope() as session:
        due_issue.enqueue_due(session)
        repair.enqueue_requested(session)
        for issue_id in _issues_in(session, IssueState.PREPARING):
            enqueue.enqueue(session, enqueue.PREPARE, issue_id)
        lane.resume_rested(session)
        for batch_id in lease.next_due(session, limit=MOST_BATCHES):
            enqueue.enqueue(session, enqueue.DELIVER, batch_id)
        if transactional.is_due(session):
            enqueue.enqueue(session, enqueue.TRANSACTIONAL)
        for test_id in relay_test.waiting(session):
            enqueue.enqueue(session, enqueue.TEST_RELAY, test_id)
        for import_id in import_lease.waiting(session):
            enqueue.enqueue(session, enqueue.WORK_ON_IMPORT, import_id)
        for export_id in reader_export.waiting(session):
            enqueue.enqueue(session, enqueue.EXPORT_READERS, export_id)
        for check_id in domain_check.waiting(session):
            enqueue.enqueue(session, enqueue.EXAMINE_DOMAINS, check_id)
        if provider_event.is_waiting(session):
            enqueue.enqueue(session, enqueue.FOLLOW_EVENTS)
        finished = _without_batches(session)
    with session_scope() as session:
        lane_alarm.judge(session)
        complained = complaint_alarm.on_their_way(session)
    for issue_id in complained:
        with session_scope() as session:
            complaint_alarm.judge(session, issue_id)
    for issue_id in finished:
        with session_scope() as session:
            batch_store.finish_issue(session, issue_id)
    last_sweep.note()


def _issues_in(session: Session, state: IssueState) -> list[int]:
    return list(session.scalars(select(Issue.id).where(Issue.state == state)))


def _without_batches(session: Session) -> list[int]:
    """Issues that are being sent and have nothing left to send."""
    busy = select(Batch.id).where(Batch.issue_id == Issue.id, Batch.state == BatchState.OPEN).exists()
    return list(session.scalars(select(Issue.id).where(Issue.state == IssueState.SENDING, ~busy)))


def forget_unconfirmed(portion: int = 1000) -> int:
    """Forget sign-ups that nobody confirmed, *portion* of them a transaction; answer how many. And old addresses."""
    with session_scope() as session:
        address_change.forget_old_addresses(session)
    forgotten = 0
    while True:
        with session_scope() as session:
            found = signup.expire_unconfirmed(session, portion)
            if found:
                audit.record(session, "worker", "forget unconfirmed", count=found)
        if not found:
            return forgotten
        forgotten += found


def forget_returned_mail() -> None:
    """Forget returned messages, events and sums of letters that are kept no longer, a portion of them a transaction."""
    for forget_old in (returned_mail.forget_old, provider_event.forget_old, letter_tally.forget_old):
        left = True
        while left:
            with session_scope() as session:
                left = forget_old(session) > 0


def maintain_audit_log() -> None:
    """Write down the head of a day that is over, and cut away days that are older than AUDIT_RETENTION_DAYS."""
    with session_scope() as session:
        audit.close_past(session)
        if (first := audit_retention.first_kept()) is not None:
            audit_retention.cut(session, first)


def draw_certificates() -> None:
    """Draw the certificates of issues with many letters that are done, so that their pages need not."""
    with session_scope() as session:
        waiting = kept_certificate.undrawn(session)
    for issue_id in waiting:
        with session_scope() as session:
            kept_certificate.draw(session, issues.get(session, issue_id))


def open_drafts() -> None:
    """Open the drafts of monthly slots whose time has come; what goes wrong with one newsletter stops no other."""
    with session_scope() as session:
        waiting = slot_opening.list_due(session)
    for newsletter_id in waiting:
        with session_scope() as session:
            slot_opening.open_due(session, newsletter_id)


def post_notifications() -> None:
    """Put letters about what waits into the outbox, and forget what is old.

    First it looks for what no step of the workflow tells: schedules whose sender has gone, new approvers, and changes
    by an update. Each issue and each person's letter is a transaction of its own: what goes wrong with one letter keeps
    no other waiting.
    """
    with session_scope() as session:
        orphan_notifications.update(session)
        again = change_effects.list_in_review(session)
    for issue_id in again:
        with session_scope() as session:
            change_effects.look_again(session, issue_id, "sweep")
    with session_scope() as session:
        notification_events.keep_asking(session)
        inbox.forget_old(session)
        waiting = notification_letters.list_waiting(session)
    for member_id in waiting:
        with session_scope() as session:
            notification_letters.post(session, member_id)
