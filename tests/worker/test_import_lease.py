"""How long a worker holds an import: as long as it works on it, and nobody waits for the row meanwhile."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.exports import reader_export
from models.exports.reader_export import ExportFormat, ReaderExport
from models.imports import examine, excel_file, import_lease, import_steps
from models.imports.import_job import ImportJob, ImportState
from models.issues.newsletter import Newsletter
from models.store import db
from tests.worker.test_imports import HEADING, act, look, map_all, people, upload, uploader, workbook
from worker import imports


class Slow:
    """A step that takes as long as a test wants."""

    def __init__(self, step: Any) -> None:
        self._step, self.begun, self.may_end = step, threading.Event(), threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        self.begun.set()
        assert self.may_end.wait(60)
        return self._step(*arguments)


def acquire(import_id: int) -> ImportJob | None:
    """What another worker gets; it must not wait for anybody."""
    with db.session_scope() as session:
        session.execute(text("SET LOCAL lock_timeout = '1s'"))
        return import_lease.acquire(session, import_id)


def renewed(import_id: int, times: int) -> None:
    """Wait until the lease was renewed so often."""
    for _ in range(times):
        before = look(import_id).lease_until
        while look(import_id).lease_until == before:
            threading.Event().wait(0.02)


def test_a_first_pass_that_outlasts_the_lease_keeps_it(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    one = upload(HEADING + people(3))
    map_all(one)
    monkeypatch.setattr(import_lease, "SECONDS", 2.0)
    monkeypatch.setattr(import_lease, "BEAT", 0.5)
    slow = Slow(examine.look_through)
    monkeypatch.setattr(examine, "look_through", slow)
    with ThreadPoolExecutor(1) as beside:
        work = beside.submit(imports.work, one)
        assert slow.begun.wait(60)
        try:
            renewed(one, 5)  # longer than the lease
            assert acquire(one) is None
        finally:
            slow.may_end.set()
        work.result()
    assert look(one).state is ImportState.CHECKED


def test_a_first_pass_ends_soon_after_its_import_is_cancelled(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = upload(HEADING + people(3))
    map_all(one)
    monkeypatch.setattr(import_lease, "BEAT", 0.1)
    monkeypatch.setattr(examine, "_PORTION", 1)
    passed: list[int] = []
    tell = examine.CsvFile.records

    def endless(self: Any, counts: Any, *more: Any) -> Any:
        first, *_rest = tell(self, counts, *more)
        act(one, import_steps.cancel)
        while True:
            passed.append(1)
            yield first

    monkeypatch.setattr(examine.CsvFile, "records", endless)
    imports.work(one)
    assert passed
    assert look(one).state is ImportState.CANCELLED


def test_a_workbook_that_is_read_holds_nobody_up(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    other = upload(HEADING + people(3))
    map_all(other)
    with monkeypatch.context() as small:
        small.setattr(import_steps, "WORKBOOK_AT_ONCE", 0)
        one = upload(workbook(["メールアドレス"], ["a@example.jp"]), "list.xlsx")
    slow = Slow(excel_file.to_csv)
    monkeypatch.setattr(excel_file, "to_csv", slow)
    with ThreadPoolExecutor(1) as beside:
        work = beside.submit(imports.work, one)
        assert slow.begun.wait(60)
        try:
            assert acquire(other) is None  # one works at a time
            with db.session_scope() as session:  # the lease has ended, as on a busy machine
                session.execute(text("SET LOCAL lock_timeout = '1s'"))
                session.execute(text("UPDATE import_job SET lease_until = now() WHERE id = :one"), {"one": one})
            act(one, import_steps.cancel)
        finally:
            slow.may_end.set()
        work.result()
    job = look(one)
    assert (job.state, job.file_id) == (ImportState.CANCELLED, None)
    imports.work(other)
    assert look(other).state is ImportState.CHECKED


def test_nobody_waits_for_a_busy_row(database: Engine) -> None:
    one = upload(HEADING + people(3))
    map_all(one)
    with db.session_scope() as session:
        newsletter = session.get_one(ImportJob, one).newsletter
        asked = reader_export.ask(session, newsletter, uploader(session), ExportFormat.CSV, None, "ja").id
    assert isinstance(newsletter, Newsletter)
    with db.session_scope() as session:
        session.get(ImportJob, one, with_for_update=True)
        session.get(ReaderExport, asked, with_for_update=True)
        assert acquire(one) is None
        with db.session_scope() as beside:
            beside.execute(text("SET LOCAL lock_timeout = '1s'"))
            assert reader_export.acquire(beside, asked) is None
    with db.session_scope() as session, db.session_scope() as beside:
        assert session.scalar(text(f"SELECT pg_advisory_xact_lock({import_lease._ALONE}) IS NOT NULL"))
        beside.execute(text("SET LOCAL lock_timeout = '1s'"))
        assert import_lease.acquire(beside, one) is None
