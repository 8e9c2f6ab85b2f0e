"""Several processes judge again what one would, and leave the same verdicts and roll-ups."""

from __future__ import annotations

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
    assert [found.changed for found in reclassify_pool.run(PUBLISHED, processes=2)][-1] == 0


def test_nothing_to_judge_is_no_round(database: Engine) -> None:
    assert list(reclassify_pool.run(PUBLISHED)) == []
