"""Leases: how a worker holds a batch, and how it learns that it has lost it.

Acquiring a lease raises the batch's ``epoch``, a fencing token (Kleppmann, Designing Data-Intensive Applications,
chapter 8): a worker that writes with an older one gets :class:`Fenced` and must stop. Leases are measured by the
database's clock alone, so that a worker whose clock jumps neither loses nor steals one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..store.clock import monotonic, now
from ..store.db import NO_KEY_UPDATE
from ..store.errors import KairanError
from ..store.phrase import phrase
from .delivery import Batch, BatchState
from .lane import Lane

WORKER_STATES = frozenset({IssueState.SENDING, IssueState.SENT, IssueState.PAUSED, IssueState.CANCELLED})
"""States of an issue in which its batches may need a worker, if only to clear up after one that died."""
SENDING_STATES = frozenset({IssueState.SENDING, IssueState.SENT})
"""States in which letters go out; in ``sent``, those that staff send again."""


_RENEW = text(
    "UPDATE batch SET lease_until = clock_timestamp() + make_interval(secs => :seconds) "
    "WHERE id = :id AND epoch = :epoch RETURNING id"
)
_STATUS = (
    select(Issue.state, Issue.rate, Lane).join(Lane, Lane.id == bindparam("lane")).where(Issue.id == bindparam("issue"))
)


class Fenced(KairanError):
    """Another worker has taken the batch over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A batch, held by one worker."""

    batch_id: int
    issue_id: int
    newsletter_id: int
    lane_id: int
    epoch: int


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """What staff have decided since the last look."""

    state: IssueState
    rate: float | None
    """Letters per second for the whole issue, or None."""
    lane: Lane
    held_until: float
    """Until this moment of :func:`.clock.monotonic` nobody else can have taken the batch."""

    @property
    def may_send(self) -> bool:
        """Whether letters may go out."""
        return self.state in SENDING_STATES and self.lane.paused_at is None


def lane_of(session: Session, batch_id: int) -> Lane | None:
    """The lane of a batch; None where there is no such batch, or it is done."""
    query = select(Lane).join(Batch, Batch.lane_id == Lane.id)
    return session.scalar(query.where(Batch.id == batch_id, Batch.state == BatchState.OPEN))


def acquire(
    session: Session, batch_id: int, worker: str, seconds: float, is_dead: Callable[[str], bool] = lambda _: False
) -> tuple[Lease, BatchStatus] | None:
    """Acquire the lease of a batch that is due and that nobody holds; its row stays locked until the commit.

    Arguments:
        worker: name of the worker that acquires it.
        seconds: how long the lease lasts unless it is renewed.
        is_dead: whether the worker of a name is known to be dead, so that its lease need not run out first.

    Returns:
        The lease and what staff have decided, or None where the batch is done, not due yet, or held, or its issue is
        not going out.
    """
    begun = monotonic()
    batch = session.get(Batch, batch_id, with_for_update=NO_KEY_UPDATE, populate_existing=True)
    if batch is None or batch.state is BatchState.DONE:
        return None
    if batch.lease_until and batch.lease_until > _database_time(session) and not is_dead(batch.worker or ""):
        return None
    issue = session.get_one(Issue, batch.issue_id)
    # What is left of a cancelled issue is closed at once, not when it would have been tried again.
    if issue.state not in WORKER_STATES or (batch.due_at > now() and issue.state is not IssueState.CANCELLED):
        return None
    batch.epoch += 1
    batch.worker = worker
    batch.lease_until = _database_time(session) + timedelta(seconds=seconds)
    session.flush()
    lease = Lease(batch.id, issue.id, issue.newsletter_id, batch.lane_id, batch.epoch)
    return lease, _status(session, lease, begun + seconds)


def renew(session: Session, lease: Lease, seconds: float) -> BatchStatus:
    """Renew the lease, lock the batch's row until the commit, and read what staff have decided.

    Raises:
        Fenced: another worker has it.
    """
    begun = monotonic()
    values = {"id": lease.batch_id, "epoch": lease.epoch, "seconds": seconds}
    if session.execute(_RENEW, values).first() is None:
        raise Fenced(
            phrase("batch {batch_id} was taken over from epoch {epoch}", batch_id=lease.batch_id, epoch=lease.epoch)
        )
    return _status(session, lease, begun + seconds)


def look_again(session: Session, lease: Lease, status: BatchStatus) -> BatchStatus:
    """What staff have decided, and what was stopped since *status* was read in this transaction."""
    session.flush()
    return _status(session, lease, status.held_until)


def release(session: Session, lease: Lease, not_before: datetime | None = None) -> BatchState:
    """Release the lease: the batch is done where nothing is left to send, else open for the next worker.

    The caller holds the lease: it has called :func:`renew` in this transaction.

    Arguments:
        not_before: when letters that are still queued may go on; at once where None.
    """
    remaining = session.execute(
        text(
            "SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')) AS queued, "
            "min(due_at) FILTER (WHERE state = 'deferred') AS due "
            "FROM delivery WHERE batch_id = :batch"
        ),
        {"batch": lease.batch_id},
    ).one()
    batch = session.get_one(Batch, lease.batch_id, populate_existing=True)
    batch.worker = batch.lease_until = None
    if remaining.queued:
        batch.due_at = not_before or now()
    elif remaining.due:
        batch.due_at = remaining.due
    else:
        batch.state = BatchState.DONE
    session.flush()
    return batch.state


def next_due(
    session: Session,
    *,
    issue_id: int | None = None,
    lane_id: int | None = None,
    except_lanes: Sequence[int] = (),
    limit: int = 1,
) -> list[int]:
    """Batches that are open and due, that nobody holds, and whose letters may go out; the oldest first.

    Of a paused issue these are only batches that a dead worker has left behind; of a cancelled one, those that must
    still be closed.

    Arguments:
        issue_id: only those of this issue.
        lane_id: only those of this lane.
        except_lanes: none of these lanes.
        limit: how many at most.
    """
    orphaned = Batch.lease_until.is_not(None)
    query = (
        select(Batch.id)
        .join(Issue, Issue.id == Batch.issue_id)
        .join(Lane, Lane.id == Batch.lane_id)
        .where(Batch.state == BatchState.OPEN, or_(Batch.due_at <= now(), Issue.state == IssueState.CANCELLED))
        .where(or_(Batch.lease_until.is_(None), Batch.lease_until < func.clock_timestamp()))
        .where(
            or_(
                Issue.state.in_(SENDING_STATES) & Lane.paused_at.is_(None),
                Issue.state == IssueState.CANCELLED,
                Issue.state.in_(WORKER_STATES) & orphaned,
            )
        )
        .order_by(Batch.due_at, Batch.id)
        .limit(limit)
    )
    if issue_id is not None:
        query = query.where(Batch.issue_id == issue_id)
    if lane_id is not None:
        query = query.where(Batch.lane_id == lane_id)
    if except_lanes:
        query = query.where(Batch.lane_id.not_in(except_lanes))
    return list(session.scalars(query))


def _status(session: Session, lease: Lease, held_until: float) -> BatchStatus:
    state, rate, lane = session.execute(_STATUS, {"issue": lease.issue_id, "lane": lease.lane_id}).one()
    return BatchStatus(state, rate, lane, held_until)


def _database_time(session: Session) -> datetime:
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment
