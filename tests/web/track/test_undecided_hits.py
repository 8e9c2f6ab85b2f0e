"""Hits of issues that a process does not know while the database is away, and what it learns and keeps before that."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from redis import Redis
from sqlalchemy import Engine, func, select, update
from werkzeug.test import Client
from werkzeug.wrappers import Response

import settings
from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.store import token
from models.store.db import session_scope
from models.store.token import Purpose
from models.tracking import spool
from models.tracking.hit import STREAM, Hit, IncomingHit
from models.tracking.rules import HitKind
from tests.conftest import set_environment
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import SampleNewsletter
from tests.servers import free_port, start_web
from web.track.tracker import PIXEL, Tracker
from worker.tracking import ingest

HEADERS = {"User-Agent": "Mozilla/5.0 (somebody)", "Accept": "image/*"}


class FarDatabase:
    """The database behind a folder of sockets in which it can be had, or not."""

    def __init__(self, folder: Path) -> None:
        address = settings.get().database_url
        (real,) = parse_qs(urlsplit(address).query)["host"]
        folder.mkdir()
        self._socket, self._real = folder / ".s.PGSQL.5432", Path(real) / ".s.PGSQL.5432"
        self.address = f"{address.partition('?')[0]}?host={folder}"

    def come_back(self) -> None:
        """Let those who ask have it."""
        self._socket.symlink_to(self._real)


@pytest.fixture
def made(database: Engine, redis_client: Redis) -> SampleNewsletter:
    with session_scope() as session:
        return sample_newsletter.create(session, reader_count=36)


@pytest.fixture
def process(made: SampleNewsletter) -> Iterator[Callable[..., Tracker]]:
    """Makes a new web process, as it were, with settings of its own; the folder of data stays changed."""
    names = ("DATABASE_URL", "KAIRAN_DATA", "HIT_MEMORY_MEGABYTES")
    before = {name: str(getattr(settings.get(), name.lower())) for name in names}
    trackers: list[Tracker] = []

    def make(**changed: str) -> Tracker:
        set_environment(**changed)
        trackers.append(Tracker(Response("Flask's own page"), refresh_seconds=0.05))
        set_environment(**{**before, "KAIRAN_DATA": str(settings.get().kairan_data)})
        return trackers[-1]

    yield make
    for tracker in trackers:
        tracker.close()
    set_environment(**before)


def ask(tracker: Tracker, made: SampleNewsletter, purpose: Purpose, reader: int = 0) -> tuple[int, bytes]:
    """Open, view or click a reader's letter."""
    code = token.make(purpose, made.issues[0].id, made.readers[reader])
    path = {Purpose.OPEN: f"/o/{code}.gif", Purpose.VIEW: f"/v/{code}", Purpose.CLICK: f"/c/1/{code}"}[purpose]
    answer = Client(tracker).get(path, headers=HEADERS)
    return answer.status_code, answer.data


def wait_until(true: Callable[[], Any]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def waiting(client: Redis) -> list[IncomingHit]:
    """Hits in the stream."""
    found: Any = client.xrange(STREAM)
    return [IncomingHit.unpack(fields[b"h"]) for _, fields in found]


def written(folder: Path) -> bytes:
    """All that the disk holds of hits."""
    return b"".join(path.read_bytes().strip(b"\0") for path in folder.glob("spool/hits-*"))


def test_case_d3_an_open_that_is_answered_without_the_database_is_kept_when_it_is_back(
    process: Callable[..., Tracker], made: SampleNewsletter, redis_client: Redis, tmp_path: Path
) -> None:
    far = FarDatabase(tmp_path / "far")
    tracker = process(DATABASE_URL=far.address, KAIRAN_DATA=str(tmp_path / "data"))
    for reader in range(3):
        assert ask(tracker, made, Purpose.OPEN, reader) == (200, PIXEL)
    assert ask(tracker, made, Purpose.VIEW)[0] == 200
    assert ask(tracker, made, Purpose.CLICK)[0] == 503, "nobody knows where it leads"
    asked_until = time.time()
    assert not tracker.settle(0.5)
    assert written(tmp_path / "data") == b"", "nobody knows whether it may be written down"
    assert waiting(redis_client) == []
    far.come_back()
    assert tracker.settle(30)
    hits = waiting(redis_client)
    assert [(hit.kind, hit.reader) for hit in hits] == [
        *[(HitKind.OPEN, made.readers[reader]) for reader in range(3)],
        (HitKind.VIEW, made.readers[0]),
    ]
    assert all(hit.at / 1e6 <= asked_until for hit in hits), "the time is that of the request"
    assert {hit.agent for hit in hits} == {HEADERS["User-Agent"]}
    assert ingest.ingest_all() == 4
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Hit)) == 4


@pytest.mark.parametrize("tracking", [Tracking.OFF, Tracking.AGGREGATE])
def test_case_d3_what_was_held_is_kept_only_as_the_newsletter_tracks(
    process: Callable[..., Tracker], made: SampleNewsletter, redis_client: Redis, tmp_path: Path, tracking: Tracking
) -> None:
    with session_scope() as session:
        session.execute(update(Newsletter).values(tracking=tracking))
    far = FarDatabase(tmp_path / "far")
    tracker = process(DATABASE_URL=far.address, KAIRAN_DATA=str(tmp_path / "data"))
    assert ask(tracker, made, Purpose.OPEN) == (200, PIXEL)
    far.come_back()
    assert tracker.settle(30)
    wait_until(lambda: ask(tracker, made, Purpose.CLICK)[0] == 302)
    assert tracker.settle(30)
    kept = waiting(redis_client)
    assert [hit.kind for hit in kept] == ([] if tracking is Tracking.OFF else [HitKind.OPEN, HitKind.CLICK])
    assert all(hit.reader < 0 and not hit.client and not hit.agent for hit in kept)
    assert HEADERS["User-Agent"].encode() not in written(tmp_path / "data")


def test_case_d3_what_was_held_of_a_reader_who_refuses_has_no_name(
    process: Callable[..., Tracker], made: SampleNewsletter, redis_client: Redis, tmp_path: Path
) -> None:
    with session_scope() as session:
        session.execute(update(Subscriber).where(Subscriber.id.in_(made.readers[:30])).values(tracking_refused=True))
    far = FarDatabase(tmp_path / "far")
    tracker = process(DATABASE_URL=far.address, KAIRAN_DATA=str(tmp_path / "data"))
    assert ask(tracker, made, Purpose.OPEN) == (200, PIXEL)
    far.come_back()
    assert tracker.settle(30)
    (hit,) = waiting(redis_client)
    assert (hit.reader < 0, hit.client, hit.agent, hit.headers) == (True, "", None, {})


def test_case_d3_memory_for_what_is_held_has_a_bound(
    process: Callable[..., Tracker], made: SampleNewsletter, redis_client: Redis, tmp_path: Path
) -> None:
    far = FarDatabase(tmp_path / "far")
    tracker = process(DATABASE_URL=far.address, KAIRAN_DATA=str(tmp_path / "data"), HIT_MEMORY_MEGABYTES="4")
    long = {f"HTTP_{name}": "x" * 5000 for name in ("USER_AGENT", "ACCEPT", "ACCEPT_LANGUAGE", "REFERER")}
    code = token.make(Purpose.OPEN, made.issues[0].id, made.readers[0])
    client, asked = Client(tracker), 6000
    for _ in range(asked):
        assert client.get(f"/o/{code}.gif", environ_overrides=long).status_code == 200
    far.come_back()
    assert tracker.settle(60)
    kept = waiting(redis_client)
    assert 0 < len(kept) < asked
    assert 3 << 20 < sum(len(hit.pack()) for hit in kept) <= 4 << 20


def test_case_d3_what_a_full_disk_did_not_take_of_an_issue_is_written_when_there_is_room(
    process: Callable[..., Tracker], made: SampleNewsletter, redis_client: Redis, tmp_path: Path
) -> None:
    tracker = process(KAIRAN_DATA="/dev/null/data")
    assert ask(tracker, made, Purpose.CLICK)[0] == 302
    set_environment(KAIRAN_DATA=str(tmp_path))
    links = spool.folder() / "links"
    wait_until(lambda: (links / f"{made.issues[0].id}.json").exists() and (links / "refused.json").exists())
    far = FarDatabase(tmp_path / "far")
    without = process(DATABASE_URL=far.address, KAIRAN_DATA=str(tmp_path))
    assert ask(without, made, Purpose.CLICK)[0] == 302


def test_case_d3_an_issue_is_learned_before_anybody_asks_for_it(
    process: Callable[..., Tracker], made: SampleNewsletter, redis_client: Redis, tmp_path: Path
) -> None:
    tracker = process(KAIRAN_DATA=str(tmp_path))
    tracker.start()
    with session_scope() as session:
        late = sample_newsletter.create(session, slug="late").issues[0].id
    wait_until(lambda: (tmp_path / "spool" / "links" / f"{late}.json").exists())


@pytest.mark.slow
@pytest.mark.parametrize("is_back", [True, False])
def test_case_d3_a_web_server_that_is_stopped_asks_once_more_and_says_what_it_loses(
    made: SampleNewsletter, redis_client: Redis, tmp_path: Path, is_back: bool
) -> None:
    far, port, log = FarDatabase(tmp_path / "far"), free_port(), tmp_path / "web.log"
    environment = {"DATABASE_URL": far.address, "KAIRAN_DATA": str(tmp_path / "data"), "WEB_PORT": str(port)}
    web = start_web(log, port, environment)
    for reader in range(3):
        code = token.make(Purpose.OPEN, made.issues[0].id, made.readers[reader])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"/o/{code}.gif", headers=HEADERS)
        assert connection.getresponse().read() == PIXEL
        connection.close()
    if is_back:
        far.come_back()
    web.stop()
    assert ("hits are lost" in log.read_text("utf-8")) is not is_back
    assert len(waiting(redis_client)) == 3 * is_back
