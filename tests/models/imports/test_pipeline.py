"""Batches of a list by two connections: side by side, committed in order, and never for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.imports import pipeline
from models.imports.csv_file import CsvRow
from models.imports.pipeline import Turn
from models.imports.subscribers import ImportCounts, Importer, ParsedBatch
from models.readers.subscriber import Subscriber
from models.store import db
from tests.sample import make_newsletter, make_reader

Store = Callable[[ParsedBatch, Turn], ImportCounts]


@pytest.fixture
def take_in(session: Session, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, Store], list[int]]:
    """Takes in a list of so many lines, one a batch; returns how far the list was at each batch that is through."""
    monkeypatch.setattr("models.imports.subscribers.BATCH", 1)
    importer = Importer(make_newsletter(session), source="窓口の申込書")

    def run(lines: int, store: Store) -> list[int]:
        rows: Iterator[CsvRow] = (CsvRow(n, {"address": f"reader{n}@example.jp"}) for n in range(1, lines + 1))
        return [parsed.reached for parsed, _outcome in pipeline.take_in(rows, importer, store)]

    return run


def test_two_are_at_work_at_once_and_each_takes_its_turn(take_in: Callable[[int, Store], list[int]]) -> None:
    together, done = Barrier(2, timeout=30), []
    second_is_ready = Event()

    def store(parsed: ParsedBatch, turn: Turn) -> ImportCounts:
        if parsed.reached <= 2:
            together.wait()
        if parsed.reached == 1:
            assert second_is_ready.wait(30)
        if parsed.reached == 2:
            second_is_ready.set()
        turn()
        done.append(parsed.reached)
        return ImportCounts(added=1)

    assert take_in(7, store) == done == [1, 2, 3, 4, 5, 6, 7]


def test_what_goes_wrong_with_one_stops_those_behind(take_in: Callable[[int, Store], list[int]]) -> None:
    done = []

    def store(parsed: ParsedBatch, turn: Turn) -> ImportCounts:
        if parsed.reached == 2:
            raise ValueError("this one")
        turn()
        done.append(parsed.reached)
        return ImportCounts(added=1)

    with pytest.raises(ValueError, match="this one"):
        take_in(9, store)
    assert done == [1]


def test_nobody_waits_for_ever_for_whoever_waits_for_them(
    database: Engine, take_in: Callable[[int, Store], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds a reader of the first batch and wants one of the second, which waits for the first."""
    monkeypatch.setattr(pipeline, "PATIENCE", 0.5)
    with db.session_scope() as session:
        of = make_newsletter(session, "other")
        readers = [make_reader(session, of, f"{name}@example.jp").subscriber_id for name in ("first", "second")]
    held, second_holds, tries = Event(), Event(), []

    def lock(session: Session, which: int) -> None:
        session.execute(select(Subscriber.id).where(Subscriber.id == readers[which]).with_for_update())

    def somebody() -> None:
        with db.session_scope() as session:
            lock(session, 0)
            held.set()
            assert second_holds.wait(30)
            lock(session, 1)

    def store(parsed: ParsedBatch, turn: Turn) -> ImportCounts:
        tries.append(parsed.reached)
        with db.session_scope() as session:
            if parsed.reached <= 2:
                assert held.wait(30)
                lock(session, parsed.reached - 1)
            if parsed.reached == 2:
                second_holds.set()
            turn()
        return ImportCounts(added=1)

    other = Thread(target=somebody)
    other.start()
    assert take_in(3, store) == [1, 2, 3]
    other.join(30)
    assert not other.is_alive()
    assert tries.count(1) == 1
    assert tries.count(2) == 2
