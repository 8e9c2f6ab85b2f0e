"""Working on imports of lists: reading, trying, taking in, taking back. Each batch is a transaction of its own.

A worker that dies loses nothing: another one reads the list from its beginning and goes on behind the last batch.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.imports import (
    examine,
    import_batch,
    import_lease,
    import_steps,
    list_sweep,
    pipeline,
    undo_import,
)
from models.imports.import_batch import Work
from models.imports.import_job import ImportJob, ImportState
from models.imports.import_lease import ImportStopped
from models.imports.list_start import shown
from models.imports.pipeline import Turn
from models.imports.subscribers import ImportCounts, ParsedBatch
from models.staff import audit
from models.store import enqueue, kept_file
from models.store.clock import now
from models.store.db import session_scope
from models.store.errors import Invalid, KairanError
from models.store.phrase import Phrase, phrase

from . import shutdown

log = structlog.get_logger(__name__)

Check = Callable[[], None]
"""Raises :class:`.ImportStopped` where the import is somebody else's by now, or nobody's."""


def work(import_id: int) -> None:
    """Do what waits for an import, if nobody does it already."""
    with session_scope() as session:
        job = import_lease.acquire(session, import_id)
        if job is None:
            return
        state, epoch = job.state, job.epoch
    with shutdown.Busy(), import_lease.kept(import_id, epoch) as check:
        try:
            _STEPS[state](import_id, epoch, check)
        except ImportStopped:
            return
        except OperationalError:  # the database is away: the lease ends, and somebody goes on
            raise
        except KairanError as error:
            _fail(import_id, epoch, error.phrase)
        except Exception:
            log.exception("an import failed", import_id=import_id)
            _fail(import_id, epoch, phrase("something went wrong on our side; the log of the worker says more"))
    with session_scope() as session:
        for other in import_lease.waiting(session)[:1]:
            enqueue.enqueue(session, enqueue.WORK_ON_IMPORT, other)


def forget_old() -> None:
    """Forget lists that have been kept for long enough, and what imports changed."""
    with session_scope() as session:
        list_sweep.forget_old(session)


def _read(import_id: int, epoch: int, _check: Check) -> None:
    """Read how the list begins. A workbook takes a minute, in which nobody must wait for the import."""
    with import_steps.folder() as place:
        with session_scope() as session:
            unread = import_steps.unread_list(session, import_lease.renew(session, import_id, epoch), place)
        looked = unread.look()
        with session_scope() as session:
            file_id = import_steps.keep_csv(session, looked)
            import_steps.keep_look(session, import_lease.renew(session, import_id, epoch), looked, file_id)


def _try(import_id: int, epoch: int, check: Check) -> None:
    """Read the whole list, and count what would become of it."""
    with session_scope() as session:
        job = import_lease.renew(session, import_id, epoch)
        job.settled, job.counts, job.first_refused = 0, {}, []
        kept_file.remove(session, job.refused_id)
        job.refused_id = kept_file.make(session)
    if _go_through(import_id, epoch, import_batch.foresee, check):
        with session_scope() as session:
            job = import_lease.renew(session, import_id, epoch)
            job.trial, job.counts, job.settled = job.counts, {}, 0
            job.move(ImportState.CHECKED, from_=(ImportState.MAPPED,), wanted=phrase("be tried"))


def _run(import_id: int, epoch: int, check: Check) -> None:
    if not _go_through(import_id, epoch, import_batch.store, check):
        return
    with session_scope() as session:
        job = import_lease.renew(session, import_id, epoch)
        job.move(ImportState.DONE, from_=(ImportState.RUNNING,), wanted=phrase("be run"))
        job.ended_at = now()
        _record(session, job, "import subscribers", **job.counts)


def _go_through(import_id: int, epoch: int, work: Work, check: Check) -> bool:
    """Read the list and do *work* with each batch that is not through yet; returns whether it came to the end.

    Raises:
        ImportStopped: the import was cancelled, or is somebody else's.
    """
    with import_steps.folder() as place:
        with session_scope() as session:
            job = import_lease.renew(session, import_id, epoch)
            if job.file_id is None:
                raise Invalid("the command that took this list in has ended half-way: import the list again")
            import_batch.load(job)
            import_steps.write_to(session, job, place / "list")
        file, told, settled = import_batch.open_list(job, place / "list"), import_batch.told(job), job.settled
        found, questions = examine.look_through(file, told, check)
        if questions.words:
            _ask(import_id, epoch, [
                [*key, shown(word.heading), shown(word.typed), len(word.lines)]
                for key, word in questions.words.items()
            ])  # fmt: skip
            return False
        importer = import_batch.importer(job, found)

        def store(parsed: ParsedBatch, turn: Turn) -> ImportCounts:
            with session_scope() as session:
                if parsed.reached <= settled:
                    import_lease.renew(session, import_id, epoch)
                    return ImportCounts()
                return work(session, import_id, epoch, importer, parsed, turn)

        _note_records(import_id, epoch, found.counts.records)
        with closing(pipeline.take_in(examine.rows(file, found, told), importer, store)) as stored:
            if not any(shutdown.is_requested() for _batch in stored):
                return True
    _give_back(import_id, epoch)
    return False


def _note_records(import_id: int, epoch: int, records: int) -> None:
    with session_scope() as session:
        import_lease.renew(session, import_id, epoch).records = records


def _ask(import_id: int, epoch: int, words: list[list[object]]) -> None:
    """Ask what status words mean; nothing goes on before somebody has said it."""
    with session_scope() as session:
        job = import_lease.renew(session, import_id, epoch)
        job.asked = words[:100]
        job.move(ImportState.READ, from_=(ImportState.MAPPED,), wanted=phrase("be tried"))


def _give_back(import_id: int, epoch: int) -> None:
    with session_scope() as session:
        import_lease.renew(session, import_id, epoch).lease_until = None


def _undo(import_id: int, epoch: int, _check: Check) -> None:
    taken_back = 0
    while True:
        with session_scope() as session:
            job = import_lease.renew(session, import_id, epoch)
            number = undo_import.take_back(session, job)
            taken_back += number
            if not number:
                job.move(ImportState.UNDONE, from_=(ImportState.UNDOING,), wanted=phrase("be undone"))
                import_steps.forget_list(session, job)
                _record(session, job, "import undone", readers=taken_back)
                return None
        if shutdown.is_requested():
            return _give_back(import_id, epoch)


def _fail(import_id: int, epoch: int, why: Phrase) -> None:
    with session_scope() as session:
        try:
            job = import_lease.renew(session, import_id, epoch)
        except ImportStopped:
            return
        job.problem, job.ended_at = why.say(import_batch.spoken(job)), now()
        job.move(ImportState.FAILED, from_=(job.state,), wanted=phrase("fail"))
        _record(session, job, "import failed", problem=why.say("en")[:500])


def _record(session: Session, job: ImportJob, act: str, **details: object) -> None:
    subject = f"newsletter/{job.newsletter_id}"
    audit.record(session, job.member or "worker", act, subject, **{"import": job.id, "file": job.name}, **details)


_STEPS = {
    ImportState.UPLOADED: _read,
    ImportState.MAPPED: _try,
    ImportState.RUNNING: _run,
    ImportState.UNDOING: _undo,
}
