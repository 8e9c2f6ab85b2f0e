"""Imports that a command does: stored like those of pages, but for the list, so that they are seen there and undone."""

from __future__ import annotations

import dataclasses

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..issues.newsletter import Newsletter
from ..staff import audit
from ..store import kept_file
from ..store.clock import now
from ..store.phrase import phrase
from . import import_job, import_lease, import_steps
from .import_job import MOST_EVIDENCE, ImportJob, ImportState
from .subscribers import ImportCounts


def start(session: Session, newsletter: Newsletter, name: str, source: str, headings: list[str]) -> ImportJob:
    """Begin one, and hold it.

    Arguments:
        name: what the list is called.
        source: where the consent came from, for lines that do not say it.
        headings: those of the list.

    Raises:
        WrongState: another import changes the newsletter's readers now.
    """
    _end_dead(session, newsletter.id)
    job = ImportJob(newsletter_id=newsletter.id, name=name[:200], evidence=source[:MOST_EVIDENCE], headings=headings)
    job.state, job.started_at, job.refused_id = ImportState.RUNNING, now(), kept_file.make(session)
    import_steps.add_running(session, job)
    import_lease.hold(session, job)
    return job


def end(session: Session, import_id: int, epoch: int, counts: ImportCounts, command: str) -> None:
    """The list is through.

    Raises:
        ImportStopped: it was cancelled meanwhile.
    """
    job = import_lease.renew(session, import_id, epoch)
    job.records, job.ended_at = job.settled, now()
    job.move(ImportState.DONE, from_=(ImportState.RUNNING,), wanted=phrase("be run"))
    subject = f"newsletter/{job.newsletter_id}"
    audit.record(session, command, "import subscribers", subject, file=job.name, **dataclasses.asdict(counts))


def _end_dead(session: Session, newsletter_id: int) -> None:
    """Give up a command that was killed half-way, where no worker has done so yet."""
    job = import_job.changing(session, newsletter_id)
    if job is None or job.file_id is not None or job.state is not ImportState.RUNNING or job.lease_until is None:
        return
    if job.lease_until < session.execute(select(func.clock_timestamp())).scalar_one():
        job.move(ImportState.FAILED, from_=(ImportState.RUNNING,), wanted=phrase("fail"))
        job.ended_at = now()
        session.flush()
