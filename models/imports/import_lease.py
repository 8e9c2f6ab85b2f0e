"""How a worker holds an import, and learns that it has lost it: cancelled by somebody, or taken over by another worker.

One at a time in the whole installation, so that a long list keeps no more than one process from sending letters. Nobody
waits here for somebody else: a process that did would send none meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta
from threading import Event, Thread

from sqlalchemy import func, or_, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ..store.db import session_scope
from ..store.errors import KairanError
from ..store.phrase import phrase
from .import_job import WORKING, ImportJob

SECONDS = 30.0
"""After so long without a sign of its worker, an import goes on elsewhere."""
BEAT = 5.0
"""Seconds between two signs."""
_ALONE = 0x696D706F  # of an advisory lock: who looks for work does so alone


class ImportStopped(KairanError):
    """The import is no longer this worker's."""


def acquire(session: Session, import_id: int) -> ImportJob | None:
    """Begin to work on an import; None where there is nothing to do, or somebody works on it or on another one.

    None as well where somebody else looks for work or changes the import at this moment: the sweep names it again.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_ALONE))):
        return None
    moment = _database_time(session)
    held = select(ImportJob.id).where(ImportJob.state.in_(WORKING), ImportJob.lease_until > moment).limit(1)
    if session.scalar(held) is not None:
        return None
    free = {"key_share": True, "skip_locked": True}
    job = session.get(ImportJob, import_id, with_for_update=free, populate_existing=True)
    if job is None or job.state not in WORKING:
        return None
    hold(session, job)
    return job


def hold(session: Session, job: ImportJob) -> None:
    """Hold an import from now on; whoever held it before finds that out."""
    job.epoch += 1
    job.lease_until = _database_time(session) + timedelta(seconds=SECONDS)
    session.flush()


def renew(session: Session, import_id: int, epoch: int) -> ImportJob:
    """The import, locked until the commit and held for longer.

    Raises:
        ImportStopped: it was cancelled, or another worker has it.
    """
    job = session.get(ImportJob, import_id, with_for_update={"key_share": True}, populate_existing=True)
    if job is None or job.epoch != epoch:
        raise _stopped()
    job.lease_until = _database_time(session) + timedelta(seconds=SECONDS)
    return job


@contextmanager
def kept(import_id: int, epoch: int) -> Iterator[Callable[[], None]]:
    """Hold an import for as long as a block runs, by a sign every :data:`BEAT` seconds, whatever the block does.

    Yields: a function that raises :class:`ImportStopped` once the import is lost, for a block that takes long.
    """
    over, lost = Event(), Event()

    def check() -> None:
        if lost.is_set():
            raise _stopped()

    thread = Thread(target=copy_context().run, args=(_give_signs, import_id, epoch, over, lost), name="import lease")
    thread.start()
    try:
        yield check
    finally:
        over.set()
        thread.join()


def _give_signs(import_id: int, epoch: int, over: Event, lost: Event) -> None:
    while not over.wait(BEAT):
        try:
            with session_scope() as session:
                session.execute(text("SET LOCAL lock_timeout = '2s'"))  # whoever changes the import holds it for us
                renew(session, import_id, epoch)
        except ImportStopped:
            lost.set()
            return
        except OperationalError:
            continue  # Somebody holds the row, or the database is away: the lease outlasts several missed signs.


def _stopped() -> ImportStopped:
    return ImportStopped(phrase("the import was stopped, or another worker goes on with it"))


def waiting(session: Session) -> list[int]:
    """Imports that nobody works on, the oldest first."""
    free = or_(ImportJob.lease_until.is_(None), ImportJob.lease_until < func.clock_timestamp())
    return list(session.scalars(select(ImportJob.id).where(ImportJob.state.in_(WORKING), free).order_by(ImportJob.id)))


def _database_time(session: Session) -> datetime:
    found: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return found
