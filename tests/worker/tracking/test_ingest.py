"""Ingesting hits: exactly once, whichever process is killed, and however many come at once."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import NamedTuple

import pytest
from redis import Redis
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from models import migrations
from models.reports import period, ranking, reach
from models.reports.ranking import Query
from models.store import broker, clock, token
from models.store.db import session_scope
from models.store.token import Purpose
from models.tracking import ingest as storing
from models.tracking.hit import STREAM, Hit, RejectedHit
from ops.run import postgres_user
from ops.run.child_process import CannotStart, ChildProcess
from ops.run.embedded import Postgres, Valkey
from tests.conftest import set_environment
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import PUBLISHED, SampleNewsletter
from tests.servers import ROOT, free_port, start_web
from worker.tracking import ingest


@pytest.fixture
def made(database: Engine, redis_client: Redis) -> SampleNewsletter:
    with session_scope() as session:
        return sample_newsletter.create(session)


def stored() -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(Hit)) or 0


def test_the_stream_is_stored_and_emptied(made: SampleNewsletter, redis_client: Redis) -> None:
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=1))
    for entry in [hit] * 1000 + [
        sample_newsletter.click(made.issues[0].id, made.readers[1], 1, PUBLISHED + timedelta(days=2))
    ]:
        redis_client.xadd(STREAM, {"h": entry.pack()})
    assert ingest.ingest_all() == 2
    assert redis_client.xlen(STREAM) == 0
    with session_scope() as session:
        (place,) = ranking.compute(session, Query(made.newsletter.slug, period.year(2021))).places
    assert place.readers == 2
    assert ingest.ingest_all() == 0


def test_garbage_in_the_stream_is_rejected(made: SampleNewsletter, redis_client: Redis) -> None:
    good = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=1))
    redis_client.xadd(STREAM, {"x": b"\xff\x00"})
    redis_client.xadd(STREAM, {"h": b"\xff\x00"})
    redis_client.xadd(STREAM, {"h": good.pack()})
    assert ingest.ingest_all() == 1
    with session_scope() as session:
        assert session.scalars(select(RejectedHit.reason)).all() == ["this is no hit"] * 2


def test_a_hit_that_the_database_refuses_holds_up_nobody(made: SampleNewsletter, redis_client: Redis) -> None:
    """An unforeseen fault: found by halving, rejected, and the others stored."""
    with session_scope() as session:
        session.execute(text("ALTER TABLE hit ADD CONSTRAINT unforeseen CHECK (link <> 3)"))
    try:
        for number in range(1, 6):
            hit = sample_newsletter.click(
                made.issues[0].id, made.readers[number], number, PUBLISHED + timedelta(days=1)
            )
            redis_client.xadd(STREAM, {"h": hit.pack()})
        assert ingest.ingest_all() == 4
        with session_scope() as session:
            assert session.scalars(select(RejectedHit.reason)).all() == ["refused: CheckViolation"]
    finally:
        with session_scope() as session:
            session.execute(text("ALTER TABLE hit DROP CONSTRAINT unforeseen"))


def test_two_workers_exclude_each_other(made: SampleNewsletter, redis_client: Redis) -> None:
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=1))
    redis_client.xadd(STREAM, {"h": hit.pack()})
    with session_scope() as session:
        storing.lock(session)
        assert ingest.ingest_all() == 0
    assert ingest.ingest_all() == 1


def test_maintenance_makes_partitions_and_counts_deliveries(made: SampleNewsletter) -> None:
    ingest.maintain()
    with session_scope() as session:
        received = session.scalars(select(reach.Reach.received).where(reach.Reach.scope == 0)).all()
    assert received == [6, 6]
    ingest.maintain()


class Servers(NamedTuple):
    """Real servers that keep their addresses when they are killed and started again."""

    postgres: Postgres
    valkey: Valkey


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Servers for this test: a database that survives being killed."""
    folder = Path(tempfile.mkdtemp(prefix="kh-", dir="/tmp"))
    folder.chmod(0o755)
    before = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL", "KAIRAN_DATA")}
    both = Servers(Postgres(folder / "postgres"), Valkey(folder / "valkey"))
    set_environment(DATABASE_URL=both.postgres.start(), REDIS_URL=both.valkey.start(), KAIRAN_DATA=str(folder / "data"))
    migrations.upgrade()
    yield both
    set_environment(**before)
    both.valkey.stop()
    both.postgres.stop()
    rmtree(folder)


def kill(server: Postgres | Valkey) -> list[str]:
    """Kill a server (SIGKILL); returns the command that it was started with."""
    assert server.child
    command: list[str] = server.child._process.args  # type: ignore[assignment]
    os.kill(server.child.pid, signal.SIGKILL)
    return command


def revive(server: Postgres | Valkey, command: list[str]) -> None:
    """Start it again at the same address. Orphans of the database may hold it up for a moment."""
    assert server.child
    server.child.stop()
    postgres = isinstance(server, Postgres)
    owner = postgres_user.user_for(server.data) if isinstance(server, Postgres) else None
    until = time.monotonic() + 60
    while True:
        stop = signal.SIGINT if postgres else signal.SIGTERM
        server.child = ChildProcess("server", command, log=server.log, user=owner, stop_signal=stop)
        try:
            server.child.wait_until(server.answers, seconds=30)
        except CannotStart:
            assert time.monotonic() < until
            server.child.stop()
            time.sleep(0.2)
        else:
            return


class Load:
    """Readers who click without pause; each answer is counted."""

    def __init__(self, port: int, paths: list[str]) -> None:
        self._port, self._paths = port, paths
        self._end = threading.Event()
        self.answers = 0
        self.others: list[object] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(4)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        random = Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self._end.is_set():
            try:
                connection.request("GET", random.choice(self._paths), headers={"User-Agent": "Browser"})
                answer = connection.getresponse()
                answer.read()
            except OSError as error:  # Nothing came within 30 seconds, or the connection broke.
                self.others.append(error)
                return
            with self._lock:
                if answer.status == 302:
                    self.answers += 1
                else:
                    self.others.append(answer.status)
            time.sleep(0.002)
        connection.close()


INGESTER = """
import time
from worker.tracking import ingest
while True:
    try:
        ingest.ingest_all()
    except Exception as error:  # as the worker does: a task that fails is tried again by the next one
        print(repr(error), flush=True)
    time.sleep(0.02)
"""


def start_ingester() -> subprocess.Popen[bytes]:
    """A process that ingests hits."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", INGESTER], env=environment, stdout=subprocess.DEVNULL)


@pytest.mark.slow
def test_as_many_hits_as_answers_whoever_is_killed(servers: Servers) -> None:
    """SIGKILL of the ingester, the broker and the database, one after another and two at once, under load."""
    with session_scope() as session:
        made = sample_newsletter.create(session, reader_count=300)
    port = free_port()
    web = start_web(servers.valkey.folder / "web.log", port)
    issue = made.issues[0].id
    paths = [f"/c/{link}/{token.make(Purpose.CLICK, issue, reader)}" for reader in made.readers for link in (1, 2, 3)]
    ingester = start_ingester()
    load = Load(port, paths)
    try:
        time.sleep(1.5)
        for _ in range(3):
            ingester.kill()
            ingester.wait()
            ingester = start_ingester()
            time.sleep(1)
        for _ in range(2):
            command = kill(servers.valkey)
            time.sleep(1.5)
            revive(servers.valkey, command)
            time.sleep(2)
        command = kill(servers.postgres)
        time.sleep(1.5)
        both = kill(servers.valkey)
        time.sleep(1.5)
        revive(servers.postgres, command)
        revive(servers.valkey, both)
        time.sleep(2.5)
    finally:
        load.stop()
        ingester.kill()
        ingester.wait()
        # Stopping the web server leaves what the broker may have lost to whoever reads the spool files.
        web.stop()
    broker.forget()
    until = time.monotonic() + 120
    while stored() < load.answers and time.monotonic() < until:
        ingest.ingest_all()
        time.sleep(0.1)
    assert load.others == []
    assert load.answers > 1000
    assert stored() == load.answers
    with session_scope() as session:
        total = session.scalar(text("SELECT sum(hits) FROM tally"))
        counted = ranking.compute(session, Query(made.newsletter.slug, period.free(PUBLISHED.date(), clock.today())))
        exact = dict(_brute_force(session))
    assert total == load.answers
    assert {place.article_id: place.readers for place in counted.places} == exact


def _brute_force(session: Session) -> list[tuple[int, int]]:
    rows = session.execute(
        text("SELECT article_id, count(DISTINCT reader) FROM hit WHERE verdict = 'human' GROUP BY article_id")
    )
    return [(article, readers) for article, readers in rows]


@pytest.mark.slow
def test_many_at_once(made: SampleNewsletter, redis_client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long stream is stored in one run, batch by batch."""
    monkeypatch.setattr(ingest, "MAX_SECONDS", 3600.0)  # on a busy machine, too
    with session_scope() as session:
        readers = session.scalars(text(
            "INSERT INTO subscriber (address, address_key, domain, name, kana, organisation, language, fields, "
            "tracking_refused, created_at) SELECT n || '@example.jp', n || '@example.jp', 'example.jp', '', '', '', "
            "'ja', '{}', false, now() FROM generate_series(1, 10000) AS n RETURNING id"
        )).all()  # fmt: skip
    random = Random(1)
    with redis_client.pipeline(transaction=False) as pipe:
        for n in range(30_000):
            at = PUBLISHED + timedelta(days=1, seconds=random.randrange(86_400 * 20))
            hit = sample_newsletter.click(made.issues[0].id, readers[n // 3], random.randint(1, 5), at)
            pipe.xadd(STREAM, {"h": hit.pack()})
            if n % 1000 == 999:
                pipe.execute()
    assert ingest.ingest_all() == 30_000
    assert stored() == 30_000
    assert redis_client.xlen(STREAM) == 0
