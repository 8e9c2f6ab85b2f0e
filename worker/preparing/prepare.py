"""Preparing: an issue whose time has come becomes editions, deliveries and batches, frozen in one transaction."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import settings
from models.deliveries import handover, lane, preparation, progress
from models.deliveries.delivery import Batch
from models.deliveries.preparation import DeliveryGroup, Preparation
from models.deliveries.progress import LaneCounts
from models.issues import due_issue, send_time, workflow
from models.issues import issue as issues
from models.issues.block import Only
from models.issues.block import conditions as conditions_of
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.notifications import notification_events
from models.issues.review import send_window
from models.staff import audit
from models.store import broker, db, enqueue
from models.store.clock import now
from models.store.errors import Invalid, NotFound
from models.store.phrase import phrase
from templates.content import calendar_words, compose, digest
from templates.content.letter import Letter
from templates.content.links import LinkRow
from templates.content.variant import Variant

from ..sending import dkim_keys
from .editions import render_edition, stored_links

log = structlog.get_logger(__name__)

MAX_CONDITIONS = 62
"""Different conditions of blocks in one issue: as many as a bigint has bits to spare."""
_LOCK = 0x70726570  # the first half of an advisory lock; the second is the issue


def prepare(issue_id: int) -> None:
    """Freeze an issue and name its batches. Asking twice, or for an issue that is not due, does no harm.

    One whose sender has gone stays in the timetable until somebody takes it over (:mod:`models.deliveries.handover`).
    An issue that cannot be rendered is a draft again, with the reason for staff; nothing of it is kept or sent.

    Raises:
        NotFound: there is no such issue.
        sqlalchemy.exc.DBAPIError: the database failed; the issue stays in preparation and the sweep asks again.
    """
    with db.session_scope() as session:
        issue = issues.get(session, issue_id, lock=True)
        if handover.is_orphaned(session, issue):
            log.warning("issue waits: whoever scheduled it may not send it any more", issue=issue_id)
            return
        _unschedule_missed(session, issue)
        due_issue.begin_preparing(session, issue_id)
    try:
        counts = _freeze(issue_id)
    except (DBAPIError, NotFound):
        raise
    except Exception as error:  # Whatever it is: the issue stays unsent, and staff see why.
        log.exception("issue could not be prepared", issue=issue_id)
        _fail(issue_id, error)
    else:
        if counts is not None:
            progress.reset(broker.client(), issue_id, counts)
            _record(issue_id, counts)


def _record(issue_id: int, counts: LaneCounts) -> None:
    """In a transaction of its own: the one that freezes sees the log as it was, and an entry follows the last one."""
    with db.session_scope() as session:
        record_prepared(session, issue_id, counts)


def record_prepared(session: Session, issue_id: int, counts: LaneCounts) -> None:
    """Write into the audit log that an issue was prepared, for so many readers."""
    readers: Counter[str] = Counter()
    for (_lane, state), number in counts.items():
        readers[state.value] += number
    audit.record(session, "worker", "prepare issue", f"issue/{issue_id}", **readers)


def _unschedule_missed(session: Session, issue: Issue) -> None:
    """Take an issue out of the timetable whose time passed long ago: nothing ran then, so somebody chooses anew."""
    at = issue.scheduled_at
    if issue.state is IssueState.SCHEDULED and at is not None and at < now() - send_time.MISSED:
        issue.trouble = calendar_words.missed(at, issue.newsletter.staff_language)
        workflow.unschedule(session, issue, workflow.TIMETABLE)
        log.warning("issue missed its time", issue=issue.id)


def _freeze(issue_id: int) -> LaneCounts | None:
    """Write everything in one transaction; None where somebody else is at it, or has done it."""
    engine = db.engine().execution_options(isolation_level="REPEATABLE READ")
    with Session(engine, expire_on_commit=False) as session, session.begin():
        if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK, issue_id))):
            return None
        issue = issues.get(session, issue_id, lock=True)
        return freeze(session, issue) if issue.state is IssueState.PREPARING else None


def freeze(session: Session, issue: Issue) -> LaneCounts:
    """Write editions, deliveries and batches of an issue in preparation; returns the letters by lane and state.

    The caller has locked the issue, and commits.

    Raises:
        Invalid: it cannot be sent as it is.
    """
    conditions = conditions_of(issue.blocks)
    if len(conditions) > MAX_CONDITIONS:
        raise Invalid(
            phrase(
                "the issue has {count} different conditions: at most {max_conditions} work",
                count=len(conditions),
                max_conditions=MAX_CONDITIONS,
            )
        )
    whole = compose.everything(session, issue)
    digest.check_approved(session, issue, whole)  # Approvers said yes to exactly this, or nothing is sent.
    send_window.check_inside(issue, send_window.beginning(issue))
    dkim_keys.signer(issue.newsletter)  # Better now than when letters wait for it.
    groups = preparation.freeze(session, issue, conditions, settings.get().batch_size, _starts(session, issue))
    editions = _render_all(session, issue, whole, conditions, groups)
    batches = _enqueue_batches(session, issue)
    targeted = sum(group.size for group in groups)
    left_out = sum(group.size for group in groups if group.left_out)
    if targeted == left_out:
        raise Invalid("nobody would get this issue: look at its audience and segment, and at who subscribes")
    session.add(
        Preparation(
            issue_id=issue.id,
            targeted=targeted,
            left_out=left_out,
            editions=editions,
            batches=batches,
        )
    )
    issue.begin_sending()
    log.info("issue prepared", issue=issue.id, readers=targeted, left_out=left_out, batches=batches)
    return progress.count_by_lane(session, issue.id)


def _render_all(
    session: Session, issue: Issue, whole: Letter, conditions: Sequence[Only], groups: Sequence[DeliveryGroup]
) -> int:
    """Make the editions that readers get, and return how many."""
    wanted = sorted({(group.edition, group.met) for group in groups if group.edition})
    found: tuple[LinkRow, ...] = ()
    for number, met in wanted:
        variant = Variant.of_bits(issue, conditions, met)
        made, found = render_edition(compose.narrow(whole, variant), found)
        made.number = number
        made.variant = variant.stored(conditions)
        session.add(made)
    session.add_all(stored_links(issue, found))
    session.flush()
    return len(wanted)


def _starts(session: Session, issue: Issue) -> dict[int, datetime]:
    """When lanes begin that do not begin at once: a full hour is when everybody else sends, too."""
    if issue.scheduled_at is None or issue.scheduled_at.minute:
        return {}
    return {
        one.id: now() + timedelta(seconds=random.uniform(0, one.jitter_seconds))  # noqa: S311  not a secret
        for one in lane.list_all(session)
        if one.jitter_seconds
    }


def _enqueue_batches(session: Session, issue: Issue) -> int:
    """Nudge a worker for every batch, and return how many; without any, the sweep that calls the issue sent."""
    batches = session.scalars(
        select(Batch.id).where(Batch.issue_id == issue.id).order_by(Batch.number, Batch.lane_id)
    ).all()
    for batch_id in batches:
        enqueue.enqueue(session, enqueue.DELIVER, batch_id)
    if not batches:
        enqueue.enqueue(session, enqueue.SWEEP)
    return len(batches)


def _fail(issue_id: int, error: Exception) -> None:
    with db.session_scope() as session:
        issue = issues.get(session, issue_id, lock=True)
        if issue.state is IssueState.PREPARING:
            foreseen = error.say(issue.newsletter.staff_language) if isinstance(error, Invalid) else ""
            trouble = foreseen or f"unforeseen: {type(error).__name__}: {error}"
            issue.fail_preparing(trouble[:2000])
            entry = audit.record(session, "worker", "fail preparing", f"issue/{issue.id}")
            notification_events.not_prepared(session, issue, entry, issue.trouble)
