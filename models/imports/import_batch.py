"""One batch of an import in one transaction: readers, counts, refused lines and how far it is, or nothing at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from ..store.language import Language
from . import import_lease, list_start, reader_status, refused_rows
from .csv_file import CsvFile
from .examine import Findings, Told
from .import_job import ImportJob
from .list_start import AnyFile
from .pipeline import Turn
from .subscribers import ImportCounts, Importer, ParsedBatch


def open_list(job: ImportJob, path: Path) -> CsvFile:
    """The list of an import whose columns are known."""
    return AnyFile(
        path,
        Importer(job.newsletter).custom,
        given=list_start.numbered(len(job.headings)) if job.headless else (),
        holds=job.mapping["columns"],
        chosen_encoding=job.encoding,
        called=job.name,
    )


def told(job: ImportJob) -> Told:
    """What somebody has said of status words."""
    return {int(place): reader_status.told(words) for place, words in job.mapping["words"].items()}


def importer(job: ImportJob, found: Findings) -> Importer:
    """What reads and stores the lines of an import."""
    return Importer(
        job.newsletter,
        source=job.evidence,
        audience=job.mapping["audience"],
        language=job.mapping["language"],
        left=found.left,
        name=job.name,
        spoken=spoken(job),
    )


def spoken(job: ImportJob) -> Language:
    """The language of who uploaded the list, in which it is said what is wrong with a line."""
    own = job.member.language if job.member is not None else ""
    return "en" if own == "en" else "ja" if own == "ja" else job.newsletter.staff_language


def load(job: ImportJob) -> None:
    """Read all that an import asks of its newsletter, while the session is open."""
    of = job.newsletter
    _loaded = of.audiences, of.known_topics, of.merged_topics, spoken(job)


def store(
    session: Session, import_id: int, epoch: int, importer: Importer, parsed: ParsedBatch, turn: Turn
) -> ImportCounts:
    """Store a batch.

    Arguments:
        epoch: with which the import is held.
        turn: waits until the batches before are committed.

    Raises:
        ImportStopped: the import was cancelled, or is somebody else's.
        TimeoutError: the turn did not come.
    """
    outcome = importer.store_parsed(session, parsed, import_id)
    turn()
    _note(session, import_lease.renew(session, import_id, epoch), parsed, outcome)
    return outcome


def foresee(
    session: Session, import_id: int, epoch: int, importer: Importer, parsed: ParsedBatch, turn: Turn
) -> ImportCounts:
    """Count what would become of a batch; arguments and errors as of :func:`store`."""
    outcome, filled = importer.foresee(session, parsed)
    turn()
    job = import_lease.renew(session, import_id, epoch)
    _note(session, job, parsed, outcome)
    job.counts = {**job.counts, "filled": job.counts.get("filled", 0) + filled}
    return outcome


Work = Callable[[Session, int, int, Importer, ParsedBatch, Turn], ImportCounts]


def _note(session: Session, job: ImportJob, parsed: ParsedBatch, outcome: ImportCounts) -> None:
    before = job.counts
    refused_rows.keep(session, job, parsed.refused, before.get("refused", 0))
    more = dataclasses.asdict(outcome)
    job.counts = {**before, **{name: before.get(name, 0) + number for name, number in more.items()}}
    job.settled = parsed.reached
