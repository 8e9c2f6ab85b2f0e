"""What a run reads from the database and writes into it: taking a batch, steps on its way, giving it back.

Each is one short transaction that holds the batch's lease once. These are plain functions that may block; the sender
calls them in a thread while letters are on the wire.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import structlog
from redis.exceptions import RedisError
from sqlalchemy.orm import Session

import settings
from models.bounces import consequences, dead_addresses
from models.bounces.alarms import lane_alarm
from models.deliveries import claim as claims
from models.deliveries import finish, lease, outcome, progress
from models.deliveries.claim import ClaimedDelivery, ClaimedWindow
from models.deliveries.delivery import BatchState, DeliveryState
from models.deliveries.delivery_result import DeliveryResult
from models.deliveries.lane import Lane
from models.deliveries.lease import BatchStatus, Fenced, Lease
from models.issues import issue as issues
from models.issues import workflow
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.store import broker, enqueue
from models.store.clock import now
from models.store.db import session_scope
from models.store.errors import Invalid

from .. import process_name
from . import dkim_keys, journal, rate_limit, relay_shares, retry
from .dkim import Signer
from .relay_shares import WeightedRelay

log = structlog.get_logger(__name__)


class Assignment(NamedTuple):
    """A batch that was taken, and what is needed to send it."""

    lease: Lease
    status: BatchStatus
    relays: list[WeightedRelay]
    newsletter: Newsletter
    signer: Signer | None
    readers: list[tuple[int, bool]]
    """Whose letters are due, and whether each was put off before."""
    connections: int


class LaneFull(NamedTuple):
    """Others hold all connections that a lane may have."""

    lane_id: int


class Step(NamedTuple):
    """What came of a step."""

    status: BatchStatus | None
    """What staff have decided; None where the database was not asked, as there was nothing to do."""
    asked: int = 0
    """So many of the readers are dealt with."""
    claimed: Sequence[ClaimedDelivery] = ()
    wait: float = 0.0
    """Seconds until a limit lets more letters out; 0 where there are some."""


def take(batch_id: int, wanted: int) -> Assignment | LaneFull | None:
    """Take a batch, and settle what its last worker has left behind.

    Arguments:
        wanted: so many connections are asked for.

    Returns:
        None where there is nothing to do; :class:`Full` where others hold all connections that its lane may have.

    Raises:
        redis.exceptions.RedisError: the journal cannot be read; the batch stays as it is.
    """
    broker.client().ping()  # Without a journal nothing is sent, so do not even take it.
    with session_scope() as session:
        found = lease.lane_of(session, batch_id)
    if found is None:
        return None
    allowed = hold_connections(found, wanted)
    if not allowed:
        return LaneFull(found.id)
    with session_scope() as session:
        acquired = lease.acquire(
            session, batch_id, process_name.name(), settings.get().lease_seconds, process_name.has_ended
        )
        if acquired is not None:
            taken, status = acquired
            # The row is locked: the former worker, if it lives, cannot record between our reading and our settling.
            left = journal.begin(broker.client(), taken)
            results, unsent = left.settle(claims.orphans(session, taken))
            counts = outcome.record(session, taken, results, retry.give_up())
            claims.requeue(session, taken, unsent)
            assignment = _load(session, taken, status, allowed)
    if acquired is None:
        release_connections(found)
        return None
    if results or unsent:
        words = {state.value: number for state, number in counts.items() if number}
        log.warning("settled what a worker left behind", batch=taken.batch_id, unsent=len(unsent), **words)
        _add_progress(taken, counts)
    journal.clear(broker.client(), taken)
    return assignment


def _load(session: Session, taken: Lease, status: BatchStatus, allowed: int) -> Assignment:
    """What is needed to send a batch, and whose letters are due."""
    if status.state is IssueState.CANCELLED:
        claims.close_remaining(session, taken)
    newsletter = session.get_one(Newsletter, taken.newsletter_id)
    relays, signer, status = _relays_and_signer(session, newsletter, taken, status)
    readers = claims.pending(session, taken) if status.may_send else []
    return Assignment(taken, status, relays, newsletter, signer, readers, allowed)


def _relays_and_signer(
    session: Session, newsletter: Newsletter, taken: Lease, status: BatchStatus
) -> tuple[list[WeightedRelay], Signer | None, BatchStatus]:
    """Relays, and what signs the letters. Where one of them cannot be had the issue is paused, and staff see why."""
    try:
        return relay_shares.relays_in_use(session), dkim_keys.signer(newsletter), status
    except Invalid as error:
        log.error("letters cannot be signed or handed over", newsletter=newsletter.slug, error=str(error))
        issue = issues.get(session, taken.issue_id, lock=True)
        if issue.state is IssueState.SENDING:
            issue.trouble = error.say(newsletter.staff_language)
            workflow.pause(session, issue, workflow.SENDER)
        return [], None, replace(status, state=IssueState.PAUSED)


def hold_connections(held: Lane, wanted: int) -> int:
    """Hold, or go on to hold, up to *wanted* of a lane's connections; how many there are for this process.

    Raises:
        redis.exceptions.RedisError: Redis does not answer.
    """
    seconds = int(settings.get().lease_seconds) + 1
    return rate_limit.connections(broker.client(), held, process_name.name(), wanted, seconds)


def release_connections(held: Lane) -> None:
    """Give back a lane's connections, and name the batch that others may send over them."""
    if held.connections is None:
        return
    rate_limit.connections(broker.client(), held, process_name.name(), 0, 1)
    with session_scope() as session:
        for batch_id in lease.next_due(session, lane_id=held.id):
            enqueue.enqueue(session, enqueue.DELIVER, batch_id)


def step(
    taken: Lease,
    status: BatchStatus,
    results: Sequence[DeliveryResult],
    readers: Sequence[tuple[int, bool]],
    *,
    look: bool,
) -> Step:
    """Write down *results*, and claim the letters of as many of *readers*, from the first, as the limits let out now.

    Arguments:
        look: renew the lease and look at what staff have decided, even where nothing is written or claimed.

    Raises:
        Fenced: somebody else has the batch; nothing was written.
    """
    grant = rate_limit.take(broker.client(), taken, status, len(readers)) if readers else rate_limit.Grant(0, 0)
    asked = readers[: grant.letters]
    if not (results or asked or look):
        return Step(None, wait=grant.wait)
    with session_scope() as session:
        status = lease.renew(session, taken, settings.get().lease_seconds)
        counts = outcome.record(session, taken, results, retry.give_up())
        # What was recorded may have stopped the lane or the issue: then nothing more is claimed.
        status = lease.look_again(session, taken, status)
        window = claims.claim(session, taken, [reader for reader, _ in asked]) if asked and status.may_send else None
    if results:
        _after_recording(taken, counts)
    if window is None:
        rate_limit.give_back(broker.client(), taken, status, len(asked))
        return Step(status, wait=grant.wait)
    _after_claiming(taken, status, asked, window)
    return Step(status, len(asked), window.copies)


def _after_claiming(
    taken: Lease, status: BatchStatus, asked: Sequence[tuple[int, bool]], window: ClaimedWindow
) -> None:
    """Return what the limits let out and nobody needs, and count."""
    if spared := len(asked) - len(window.copies):
        rate_limit.give_back(broker.client(), taken, status, spared)
    again = sum(put_off for _, put_off in asked)
    changes = {
        DeliveryState.DEFERRED: -again,
        DeliveryState.QUEUED: again - window.left_out,
        DeliveryState.SUPPRESSED: window.left_out,
    }
    progress.add(broker.client(), taken.issue_id, taken.lane_id, changes, window.left_out)


def _after_recording(taken: Lease, counts: Counter[DeliveryState]) -> None:
    """Count, and pause the lane where too many of its letters met unknown mailboxes."""
    _add_progress(taken, counts)
    if counts[DeliveryState.BOUNCED]:
        with session_scope() as session:
            lane_alarm.judge(session, taken.lane_id)


def give_back(
    taken: Lease, results: Sequence[DeliveryResult], unsent: Sequence[ClaimedDelivery], seconds: float
) -> None:
    """Write down *results*, queue again what was claimed and not sent, release the batch, and name what comes next.

    Arguments:
        unsent: letters that never came near the wire.
        seconds: how long the batch must rest where letters are left.

    Raises:
        Fenced: somebody else has the batch; nothing was written.
    """
    with session_scope() as session:
        lease.renew(session, taken, settings.get().lease_seconds)
        counts = outcome.record(session, taken, results, retry.give_up())
        claims.requeue(session, taken, [(delivery.subscriber_id, delivery.attempt) for delivery in unsent])
        state = lease.release(session, taken, now() + timedelta(seconds=seconds) if seconds else None)
        if state is BatchState.OPEN:
            if taken.batch_id in lease.next_due(session, issue_id=taken.issue_id, limit=1000):
                enqueue.enqueue(session, enqueue.DELIVER, taken.batch_id)
        else:
            finish_issue(session, taken.issue_id)
    if results:
        _after_recording(taken, counts)
    with suppress(Fenced, RedisError):  # Somebody has taken it already, or Redis has lost it.
        journal.drop(broker.client(), taken)


def next_due(lane_id: int | None = None, except_lanes: Sequence[int] = ()) -> int | None:
    """A batch that waits for a worker: of this lane, or of any but those."""
    with session_scope() as session:
        return next(iter(lease.next_due(session, lane_id=lane_id, except_lanes=except_lanes)), None)


def _add_progress(taken: Lease, counts: Counter[DeliveryState]) -> None:
    answered = sum(counts.values()) - counts[DeliveryState.QUEUED]
    changes = {**counts, DeliveryState.QUEUED: -answered}
    progress.add(broker.client(), taken.issue_id, taken.lane_id, changes, answered)


def finish_issue(session: Session, issue_id: int) -> None:
    """Call the issue sent where nothing of it is left to send; then addresses that do not exist are mailed no more."""
    if finish.finish(session, issue_id):
        consequences.amend_waiting(session, issue_id)
        dead_addresses.suppress_dead(session, issue_id)
