"""Several processes judge again what one would, and leave the same verdicts and roll-ups."""

from __future__ import annotations

import multiprocessing
import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from models.store.db import session_scope
from models.tracking import ingest, reclassify
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import PUBLISHED
from tests.models.tracking.test_ingest import (
    stored_daily_hits,
    stored_daily_readers,
    stored_unique_readers,
    verdicts,
)
from tests.models.tracking.test_reclassify import reclassify_since
from worker.tracking import reclassify_pool

READERS = 20


@pytest.fixture
def stored(database: Engine) -> int:
    """Two clicks of each reader, of which a third came at once after a delivery that is known only now; the copies."""
    with session_scope() as session:
        made = sample_newsletter.create(session, issue_count=1, reader_count=READERS)
        at, issue = PUBLISHED + timedelta(hours=3), made.issues[0].id
        hits = [
            sample_newsletter.click(issue, reader, link, at + timedelta(minutes=n, seconds=40 * link))
            for n, reader in enumerate(made.readers)
            for link in (1, 2)
        ]
        ingest.store_incoming(session, hits)
    with session_scope() as session:
        session.execute(
            text("UPDATE delivery SET at = :at + (subscriber_id - :first + 0.6) * interval '1 minute' "
                 "WHERE subscriber_id % 3 = 0"),
            {"at": at, "first": made.readers[0]},
        )  # fmt: skip
    return READERS


def everything(session: Session) -> tuple[object, ...]:
    """All verdicts, and all that counts them."""
    readings = sorted(session.execute(text("SELECT * FROM reading")).all(), key=repr)
    counted = text("SELECT * FROM readership WHERE readers <> 0")
    return (
        verdicts(session), stored_daily_hits(session), stored_unique_readers(session), stored_daily_readers(session),
        readings, sorted(session.execute(counted).all(), key=repr),
    )  # fmt: skip


@pytest.mark.parametrize("copies_a_chunk", [3, 1000])
def test_processes_change_what_one_would(
    stored: int, database: Engine, monkeypatch: pytest.MonkeyPatch, copies_a_chunk: int
) -> None:
    with Session(database) as session:
        before = everything(session)
        changed = reclassify_since(session, PUBLISHED)
        expected = everything(session)
        session.rollback()
    assert changed > 0
    assert before != expected
    monkeypatch.setattr(reclassify, "CHUNK", copies_a_chunk)
    monkeypatch.setattr(reclassify_pool, "ROUND", 2)
    rounds = []
    for done in reclassify_pool.run(PUBLISHED, processes=2):
        rounds.append(done)
        with session_scope() as session:
            assert ingest.try_lock(session), "between rounds, hits that came in are stored"
    assert rounds[-1] == (stored, changed)
    with Session(database) as session:
        assert everything(session) == expected
    assert run_to_end() == 0


def run_in_small_rounds() -> None:
    """As a process of its own does, in rounds of two chunks."""
    reclassify.CHUNK, reclassify_pool.ROUND = 2, 2
    for _ in reclassify_pool.run(PUBLISHED, processes=2):
        pass


def test_a_run_that_is_killed_is_followed_by_another(stored: int, database: Engine) -> None:
    """One that is writing when its leader dies ends before the next run begins; nothing is counted twice."""
    with Session(database) as session:
        before = everything(session)
        reclassify_since(session, PUBLISHED)
        expected = everything(session)
        session.rollback()
    killed = multiprocessing.get_context("spawn").Process(target=run_in_small_rounds)
    with Session(database) as other:
        hold = text("SELECT FROM hit WHERE reader = :reader FOR UPDATE")
        readers = sorted(other.scalars(text("SELECT subscriber_id FROM delivery WHERE subscriber_id % 3 = 0")))
        other.execute(hold, {"reader": readers[len(readers) // 2]})
        killed.start()
        waits = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as watching:
            while not watching.scalar(waits):
                assert killed.is_alive()
                time.sleep(0.05)
        killed.kill()
        killed.join()
        other.rollback()
    with Session(database) as session:
        assert everything(session) not in (before, expected)
    assert run_to_end() > 0
    with Session(database) as session:
        assert everything(session) == expected
    assert run_to_end() == 0


def run_to_end() -> int:
    """How many verdicts a run changes."""
    return [found.changed for found in reclassify_pool.run(PUBLISHED, processes=2)][-1]


def test_what_a_run_has_left_behind_is_given_up(stored: int, database: Engine) -> None:
    with session_scope() as session:
        leader, chosen = reclassify.lead(session), reclassify.next_copies(session, PUBLISHED)
    with session_scope() as session, pytest.raises(RuntimeError, match="has ended"):
        reclassify.reclassify_beside(session, chosen, leader)


def test_nothing_to_judge_is_no_round(database: Engine) -> None:
    assert list(reclassify_pool.run(PUBLISHED)) == []
