"""`kairan hits import`: two imports of one log, a log of hits that still wait, one id on two requests, clocks apart."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine, func, select, text

from models.reports import period, ranking
from models.reports.ranking import Query
from models.store import token
from models.store.db import session_scope
from models.store.token import Purpose
from models.tracking.hit import STREAM, Hit
from models.tracking.rules import Verdict
from tests import sample_requests
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import PUBLISHED, SampleNewsletter
from tests.servers import ROOT
from worker.tracking import ingest


@pytest.fixture
def made(database: Engine, redis_client: Redis) -> SampleNewsletter:
    with session_scope() as session:
        return sample_newsletter.create(session, reader_count=30)


def line(made: SampleNewsletter, reader: int, link: int, seconds: float, **more: str) -> str:
    """A click as an access log keeps it, so long after the letter was delivered."""
    path = f"/c/{link}/{token.make(Purpose.CLICK, made.issues[0].id, made.readers[reader])}"
    at = PUBLISHED + timedelta(seconds=seconds)
    headers = {"User-Agent": sample_requests.CHROME, **sample_requests.BROWSER}
    return json.dumps({"time": at.isoformat(), "url": path, "client": "198.51.100.7", "headers": headers, **more})


def log(folder: Path, lines: list[str], name: str = "access.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def start(file: Path) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "ops.cli", "hits", "import", str(file)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def run(file: Path) -> str:
    process = start(file)
    told, _ = process.communicate()
    assert process.returncode == 0, told
    return told


def counts(made: SampleNewsletter) -> tuple[int, list[int]]:
    """Stored hits, and each article's readers."""
    with session_scope() as session:
        places = ranking.compute(session, Query(made.newsletter.slug, period.year(2021))).places
        return session.scalar(select(func.count()).select_from(Hit)) or 0, [place.readers for place in places]


def test_case_8_two_imports_of_one_log_are_one(made: SampleNewsletter, tmp_path: Path) -> None:
    """At once, and then a longer log in another order."""
    lines = [line(made, reader, 1 + reader % 2, 3600 + 60 * reader) for reader in range(20)]
    file = log(tmp_path, lines)
    both = [start(file), start(file)]
    told = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert sum(int(one.split()[0]) for one in told) == 20, told
    assert counts(made) == (20, [10, 10])
    longer = log(tmp_path, [*lines[::-1], line(made, 25, 1, 9000)], "longer.jsonl")
    assert run(longer).startswith("1 new, 20 known before")
    assert counts(made) == (21, [11, 10])


def test_case_8_a_log_of_hits_that_still_wait(made: SampleNewsletter, redis_client: Redis, tmp_path: Path) -> None:
    """The log tells whole seconds; what waits has a part of one, and comes in later."""
    lines, waiting = [], []
    for reader in range(20):
        lines.append(line(made, reader, 1, 3600 + 60 * reader))
        at = PUBLISHED + timedelta(seconds=3600 + 60 * reader, microseconds=1 + 45_000 * reader)
        waiting.append(sample_newsletter.click(made.issues[0].id, made.readers[reader], 1, at))
    other = sample_newsletter.click(made.issues[0].id, made.readers[0], 2, PUBLISHED + timedelta(seconds=3600.5))
    for hit in (*waiting, other):
        redis_client.xadd(STREAM, {"h": hit.pack()})
    assert run(log(tmp_path, lines)).startswith("20 new, 0 known before")
    assert ingest.ingest_all() == 1, "another link in the same second is another hit"
    assert redis_client.xlen(STREAM) == 0
    assert counts(made) == (21, [20, 1])
    assert run(log(tmp_path, lines)).startswith("0 new, 20 known before")


def test_case_8_one_id_on_two_requests_loses_none(made: SampleNewsletter, tmp_path: Path) -> None:
    same = {"id": "7" * 32}
    lines = [line(made, 0, 1, 3600, **same), line(made, 0, 2, 3600, **same), line(made, 1, 1, 3600, **same)]
    lines += [line(made, 0, 1, 7200, **same), lines[0]]
    file = log(tmp_path, lines)
    assert run(file).startswith("4 new, 1 known before")
    assert run(file).startswith("0 new, 5 known before")
    assert counts(made) == (4, [2, 1])


@pytest.mark.parametrize("minutes", [-7, -2, 2, 7])
def test_case_8_a_front_end_whose_clock_is_apart(made: SampleNewsletter, tmp_path: Path, minutes: int) -> None:
    """Two front ends serve the same readers; the second one's clock is ahead, or behind."""
    apart = 60 * minutes
    right = [line(made, reader, 1, 1200 + 30 * reader) for reader in range(20)]
    other = [line(made, reader, 1 + reader % 2, 1500 + 30 * reader + apart) for reader in range(10, 30)]
    run(log(tmp_path, right))
    run(log(tmp_path, other, "other.jsonl"))
    assert counts(made) == (40, [25, 10]), "a reader who came through both is one"
    with session_scope() as session:
        assert set(session.scalars(select(Hit.verdict))) == {Verdict.HUMAN}
        assert session.scalar(text("SELECT count(*) FROM stray_hit")) == 0


def test_case_8_a_click_before_its_delivery_is_kept(made: SampleNewsletter, tmp_path: Path) -> None:
    """A front end that is five minutes behind sees the quickest readers come before the letter."""
    run(log(tmp_path, [line(made, reader, 1, 120 + 60 * reader - 300) for reader in range(10)]))
    with session_scope() as session:
        found = session.execute(select(Hit.verdict, Hit.at).order_by(Hit.at)).all()
    assert len(found) == 10
    early = [verdict for verdict, at in found if at <= PUBLISHED]
    assert Verdict.HUMAN not in early, "nobody can tell them from a gateway, which looks before it delivers"
    assert {verdict for verdict, at in found if at > PUBLISHED + timedelta(minutes=1)} == {Verdict.HUMAN}
