"""Writing exports of readers: one transaction that sees one moment, and a file that is there whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.exports import reader_export, reader_rows
from models.exports.reader_export import ExportFormat, ExportState, ExportStopped
from models.imports import refused_rows
from models.store import kept_file, workbook
from models.store.clock import now
from models.store.db import session_scope, snapshot
from models.store.errors import KairanError
from models.store.phrase import Phrase, phrase

log = structlog.get_logger(__name__)

_BEAT = 5.0
"""Seconds between two signs of life."""


def write(export_id: int) -> None:
    """Write an export, if nobody does it already."""
    with session_scope() as session:
        found = reader_export.acquire(session, export_id)
        if found is None:
            return
        epoch = found.epoch
    try:
        _write(export_id, epoch)
    except (ExportStopped, OperationalError):
        return  # who has it goes on with it, or the sweep names it again
    except KairanError as error:
        _fail(export_id, epoch, error.phrase)
    except Exception:
        log.exception("an export failed", export_id=export_id)
        _fail(export_id, epoch, phrase("something went wrong on our side; the log of the worker says more"))


def forget_old() -> None:
    """Delete files whose link has ended."""
    with session_scope() as session:
        reader_export.forget_old(session)


def _write(export_id: int, epoch: int) -> None:
    with TemporaryFile() as file:
        with snapshot() as session:
            export = session.get_one(reader_export.ReaderExport, export_id)
            counted = _CountedRows(reader_rows.rows(session, export), export_id, epoch)
            rows: Iterable[Sequence[object]] = _headed(reader_rows.heading(export), counted)
            if export.format is ExportFormat.CSV:
                for piece in refused_rows.as_csv(rows):
                    file.write(piece)
            else:
                workbook.write(file, rows)
        file.seek(0)
        with session_scope() as session:
            file_id = kept_file.make(session)
            kept_file.write(session, file_id, file)
            done = reader_export.renew(session, export_id, epoch)
            done.state, done.ready_at, done.file_id, done.readers = ExportState.READY, now(), file_id, counted.number


def _headed(heading: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield heading
    yield from rows


class _CountedRows:
    """Rows that are counted, and give a sign of life while they are read."""

    def __init__(self, rows: Iterator[list[object]], export_id: int, epoch: int) -> None:
        self._rows, self._export_id, self._epoch = rows, export_id, epoch
        self.number = 0

    def __iter__(self) -> Iterator[list[object]]:
        beat = time.monotonic()
        for row in self._rows:
            self.number += 1
            if self.number % 1000 == 0 and time.monotonic() - beat > _BEAT:
                beat = time.monotonic()
                with session_scope() as session:
                    reader_export.renew(session, self._export_id, self._epoch)
            yield row


def _fail(export_id: int, epoch: int, why: Phrase) -> None:
    with session_scope() as session:
        failed = _held(session, export_id, epoch)
        if failed is not None:
            failed.state, failed.problem = ExportState.FAILED, why.say("en" if failed.language == "en" else "ja")


def _held(session: Session, export_id: int, epoch: int) -> reader_export.ReaderExport | None:
    try:
        return reader_export.renew(session, export_id, epoch)
    except ExportStopped:
        return None
