"""The tracker: it answers whatever else is down, keeps each hit, and tells nobody more than it must."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from models.deliveries.edition import Link
from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.store import token
from models.store.db import session_scope
from models.store.token import Purpose
from models.tracking import spool
from models.tracking.hit import STREAM, Hit, IncomingHit, WaitingHit
from models.tracking.rules import HitKind
from tests import sample_requests
from tests.conftest import NOWHERE, set_environment
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import SampleNewsletter
from tests.servers import free_port, start_web
from web.track import tracker
from web.track.database import Database
from web.track.hit_buffer import HitBuffer
from web.track.hit_stream import HitStream
from web.track.link_cache import location
from worker.tracking import ingest

CHROME = {"User-Agent": sample_requests.CHROME, "Accept": "text/html", "Accept-Language": "ja"}


class Visitor:
    """The tracker before a Flask that knows no page, and a browser."""

    def __init__(self, **more: float) -> None:
        self.tracker = tracker.Tracker(Response("Flask's own page", status=404), **more)
        self.browser = Client(self.tracker)
        self.patience = 5.0

    def ask(self, path: str, method: str = "GET", **more: Any) -> TestResponse:
        """One request."""
        answer = self.browser.open(path, method=method, headers={**CHROME, **more.pop("headers", {})}, **more)
        settled = self.tracker.settle(self.patience)
        assert settled or not self.patience
        return answer


@pytest.fixture
def made(database: Engine) -> SampleNewsletter:
    with session_scope() as session:
        return sample_newsletter.create(session)


@pytest.fixture
def visitor(made: SampleNewsletter, redis_client: Redis) -> Iterator[Visitor]:
    visitor = Visitor()
    yield visitor
    visitor.tracker.close()


@pytest.fixture
def fresh(made: SampleNewsletter, redis_client: Redis) -> Iterator[Callable[..., Visitor]]:
    """Makes a new process, as it were."""
    opened: list[Visitor] = []

    def make(**more: float) -> Visitor:
        opened.append(Visitor(**more))
        return opened[-1]

    yield make
    for visitor in opened:
        visitor.tracker.close()


def click(made: SampleNewsletter, number: int = 1, reader: int = 0, purpose: Purpose = Purpose.CLICK) -> str:
    """The path of a link in a reader's copy."""
    return f"/c/{number}/{token.make(purpose, made.issues[0].id, made.readers[reader])}"


def waiting(client: Redis) -> list[IncomingHit]:
    """Hits in the stream."""
    found: Any = client.xrange(STREAM)
    return [IncomingHit.unpack(fields[b"h"]) for _, fields in found]


def test_a_click_redirects_and_is_kept(visitor: Visitor, made: SampleNewsletter, redis_client: Redis) -> None:
    answer = visitor.ask(click(made, 2), environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://www.example.lg.jp/2"
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in answer.headers
    (entry,) = waiting(redis_client)
    assert (entry.kind, entry.method, entry.link) == (HitKind.CLICK, "GET", 2)
    assert (entry.issue, entry.reader, entry.client) == (made.issues[0].id, made.readers[0], "192.0.2.7")
    assert entry.agent == CHROME["User-Agent"]
    assert entry.headers == {"accept": "text/html", "accept-language": "ja"}
    assert abs(entry.at / 1e6 - time.time()) < 10


def test_an_open_is_a_picture(visitor: Visitor, made: SampleNewsletter, redis_client: Redis) -> None:
    path = f"/o/{token.make(Purpose.OPEN, made.issues[0].id, made.readers[0])}.gif"
    answer = visitor.ask(path)
    assert (answer.status_code, answer.data, answer.headers["Content-Type"]) == (200, tracker.PIXEL, "image/gif")
    assert len(tracker.PIXEL) == 43
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert visitor.ask(path, "HEAD").data == b""
    assert [(entry.kind, entry.method) for entry in waiting(redis_client)] == [
        (HitKind.OPEN, "GET"),
        (HitKind.OPEN, "HEAD"),
    ]


def test_a_view_is_noted_and_handed_on(visitor: Visitor, made: SampleNewsletter, redis_client: Redis) -> None:
    answer = visitor.ask(f"/v/{token.make(Purpose.VIEW, made.issues[0].id, made.readers[0])}")
    assert answer.text == "Flask's own page"
    assert [entry.kind for entry in waiting(redis_client)] == [HitKind.VIEW]


def test_head_is_answered_and_never_counts(visitor: Visitor, made: SampleNewsletter, redis_client: Redis) -> None:
    assert visitor.ask(click(made), "HEAD").status_code == 302
    assert ingest.ingest_all() == 1
    with session_scope() as session:
        method, rules = session.execute(select(Hit.method, Hit.rules)).one()
        assert (method, rules[0]) == ("HEAD", "head@2")
        assert session.scalar(text("SELECT count(*) FROM reading")) == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_other_methods_are_refused(visitor: Visitor, made: SampleNewsletter, redis_client: Redis, method: str) -> None:
    answer = visitor.ask(click(made), method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert waiting(redis_client) == []


def bad_paths(made: SampleNewsletter) -> list[str]:
    good = token.make(Purpose.CLICK, made.issues[0].id, made.readers[0])
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    nowhere = token.make(Purpose.CLICK, 999_999, made.readers[0])
    return [
        f"/c/1/{forged}", f"/c/1/{good[:-1]}", f"/c/1/{good}x", f"/c/1/{good}/", f"/c/1/{nowhere}",
        f"/c/1/{token.make(Purpose.CLICK, 4_000_000_000, 1)}",
        click(made, purpose=Purpose.OPEN), click(made, purpose=Purpose.UNSUBSCRIBE),
        f"/c/0/{good}", f"/c/9/{good}", f"/c/-1/{good}", f"/c/99999999999999999999/{good}", f"/c/１/{good}",
        f"/c/https:/evil.example/{good}", f"/c//{good}", "/c/1/?url=https://evil.example", "/c/", "/c/1", "/c/1/",
        f"/o/{good}.gif", f"/o/{good}", "/o/.gif", "/o/", f"/v/{good}", "/v/",
    ]  # fmt: skip


def test_forged_and_unknown_go_to_flask(visitor: Visitor, made: SampleNewsletter, redis_client: Redis) -> None:
    for path in bad_paths(made):
        answer = visitor.ask(path)
        assert (answer.status_code, answer.text) == (404, "Flask's own page"), path
        assert "Location" not in answer.headers
    assert waiting(redis_client) == []


def test_no_request_ever_chooses_where_it_leads(visitor: Visitor, made: SampleNewsletter) -> None:
    for tail in ("?url=https://evil.example", "?next=//evil.example", "?/../../evil", "?%0d%0aLocation:%20evil"):
        answer = visitor.ask(click(made) + tail, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert answer.headers["Location"] == "https://www.example.lg.jp/1"


def test_ten_kilobytes_of_garbage(visitor: Visitor, made: SampleNewsletter, redis_client: Redis) -> None:
    garbage = bytes(range(1, 256)).decode("latin-1").translate({10: None, 13: None}) * 40
    visitor.ask(click(made), environ_overrides={"HTTP_USER_AGENT": garbage, "HTTP_ACCEPT": garbage})
    (entry,) = waiting(redis_client)
    assert entry.agent == garbage[:500]
    assert len(entry.pack()) < 6000
    assert ingest.ingest_all() == 1
    with session_scope() as session:
        assert session.scalar(select(Hit.agent)) == garbage[:500]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.jp/a?b=c&d=%20#e", "https://www.example.jp/a?b=c&d=%20#e"),
        ("https://www.example.jp/自治体?テーマ=RPA", "https://www.example.jp/%E8%87%AA%E6%B2%BB%E4%BD%93?%E3%83%86%E3%83%BC%E3%83%9E=RPA"),
        ("https://例え.jp/", "https://xn--r8jz45g.jp/"),
        ("https://www.example.jp/a\r\nSet-Cookie: x", "https://www.example.jp/aSet-Cookie:%20x"),
        ("javascript:alert(1)", ""),
        ("//evil.example", ""),
        ("https://[", ""),
    ],
)  # fmt: skip
def test_where_a_link_leads_is_fit_for_a_header(url: str, expected: str) -> None:
    assert location(url) == expected


def test_a_corrected_link_works_within_seconds(made: SampleNewsletter, fresh: Callable[..., Visitor]) -> None:
    visitor = fresh(refresh_seconds=0.05)
    assert visitor.ask(click(made)).headers["Location"] == "https://www.example.lg.jp/1"
    with session_scope() as session:
        session.execute(update(Link).values(corrected_url="https://www.example.lg.jp/right"))
    until = time.monotonic() + 5
    while visitor.ask(click(made)).headers["Location"] != "https://www.example.lg.jp/right":
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_link_that_was_corrected_while_nobody_asked_leads_to_the_right_address(
    made: SampleNewsletter, fresh: Callable[..., Visitor]
) -> None:
    visitor = fresh(in_use_seconds=0.0)
    visitor.ask(click(made))
    with session_scope() as session:
        session.execute(update(Link).values(corrected_url="https://www.example.lg.jp/right"))
    assert visitor.ask(click(made)).headers["Location"] == "https://www.example.lg.jp/right"


def test_a_letter_to_nobody_leaves_no_hit(visitor: Visitor, made: SampleNewsletter, redis_client: Redis) -> None:
    assert visitor.ask(f"/c/1/{token.make(Purpose.CLICK, made.issues[0].id, 0)}").status_code == 302
    assert waiting(redis_client) == []


def test_off_means_off(made: SampleNewsletter, fresh: Callable[[], Visitor], redis_client: Redis) -> None:
    with session_scope() as session:
        session.execute(update(Newsletter).values(tracking=Tracking.OFF))
    assert fresh().ask(click(made)).status_code == 302
    assert waiting(redis_client) == []


def dump(session: Session, client: Redis) -> str:
    """All that database and broker hold of hits, as text."""
    tables = ("hit", "waiting_hit", "stray_hit", "tally", "turnout", "reading", "readership", "reach", "article_reach")
    rows = [str(tuple(row)) for table in tables for row in session.execute(text(f"SELECT * FROM {table}"))]
    stream: Any = client.xrange(STREAM)
    return "\n".join(rows + [str(fields) for _, fields in stream])


@pytest.fixture
def many(database: Engine) -> SampleNewsletter:
    """A newsletter that identifies nobody, with ten readers of each audience and ten of none."""
    with session_scope() as session:
        return sample_newsletter.create(session, reader_count=30, tracking=Tracking.AGGREGATE, slug="aggregate")


def test_aggregate_keeps_nothing_that_leads_to_a_reader(
    many: SampleNewsletter, fresh: Callable[[], Visitor], redis_client: Redis
) -> None:
    """Neither stream nor database know who read what, before and after moving; yet readers are counted."""
    with session_scope() as session:
        # Numbers that occur nowhere else, so that finding one means a link.
        session.execute(text("UPDATE delivery SET subscriber_id = subscriber_id + 7700000000"))
        session.execute(text("UPDATE subscriber SET id = id + 7700000000"))
    many.readers = [reader + 7_700_000_000 for reader in many.readers]
    visitor = fresh()
    paths = [click(many, 1, 0), click(many, 1, 0), click(many, 1, 1), click(many, 2, 1)]
    for path in paths:
        visitor.ask(path, environ_base={"REMOTE_ADDR": "203.0.113.99"})
    for moved in (False, True):
        if moved:
            assert ingest.ingest_all() == 4
        with session_scope() as session:
            found = dump(session, redis_client)
        assert found
        assert "770000" not in found
        assert "203.0.113.99" not in found
        assert "Chrome" not in found
        for path in paths:
            assert path.rpartition("/")[2] not in found
    with session_scope() as session:
        rows = session.execute(select(Hit.link, func.count(Hit.reader.distinct())).group_by(Hit.link)).all()
    assert sorted(map(tuple, rows)) == [(1, 2), (2, 1)]


def test_an_audience_of_few_is_not_told(
    many: SampleNewsletter, fresh: Callable[[], Visitor], redis_client: Redis
) -> None:
    with session_scope() as session:
        # Nine of the one audience; with those of none, they are twenty of whom nothing is told.
        session.execute(
            text("UPDATE delivery SET audience_id = NULL WHERE subscriber_id = :reader"), {"reader": many.readers[3]}
        )
    visitor = fresh()
    for reader in (0, 1):
        visitor.ask(click(many, reader=reader))
    assert [entry.audience for entry in waiting(redis_client)] == [None, many.audience_of[many.readers[1]]]
    assert all(entry.reader < 0 and entry.link == 1 for entry in waiting(redis_client))


@pytest.mark.parametrize("refusing", [1, 29])
def test_a_reader_who_refused_is_nobody(
    many: SampleNewsletter, fresh: Callable[[], Visitor], redis_client: Redis, refusing: int
) -> None:
    with session_scope() as session:
        session.execute(update(Newsletter).values(tracking=Tracking.INDIVIDUAL))
        nameless = many.readers[:refusing]
        session.execute(update(Subscriber).where(Subscriber.id.in_(nameless)).values(tracking_refused=True))
    visitor = fresh()
    visitor.ask(click(many, reader=1 - (refusing == 1)))
    visitor.ask(click(many, reader=29))
    *nobody, somebody = waiting(redis_client)
    assert somebody.reader == many.readers[29]
    assert len(nobody) == (refusing > 1), "one who refuses alone leaves nothing"
    assert all((hit.reader < 0, hit.client, hit.agent, hit.headers) == (True, "", None, {}) for hit in nobody)


@pytest.fixture
def outage() -> Iterator[Callable[[str], None]]:
    """Takes a server, or the disk, away from processes that start from now on; gives all back afterwards."""
    import settings

    before = {
        "DATABASE_URL": settings.get().database_url,
        "REDIS_URL": settings.get().redis_url,
        "KAIRAN_DATA": str(settings.get().kairan_data),
    }
    nowhere = {**NOWHERE, "KAIRAN_DATA": "/dev/null/data"}
    yield lambda name: set_environment(**{name: nowhere[name]})
    set_environment(**before)


def test_without_the_broker_hits_go_to_the_database(
    made: SampleNewsletter, fresh: Callable[[], Visitor], outage: Callable[[str], None]
) -> None:
    outage("REDIS_URL")
    visitor = fresh()
    for _ in range(20):
        assert visitor.ask(click(made)).status_code == 302
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(WaitingHit)) == 20
    assert ingest.ingest_all() == 20
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Hit)) == 20
        assert session.scalar(select(func.count()).select_from(WaitingHit)) == 0


def test_without_broker_and_database_redirects_work_and_hits_wait_on_disk(
    made: SampleNewsletter, fresh: Callable[[], Visitor], outage: Callable[[str], None], redis_client: Redis
) -> None:
    assert fresh().ask(click(made)).status_code == 302  # so that the disk knows the issue
    import settings

    before = {"DATABASE_URL": settings.get().database_url, "REDIS_URL": settings.get().redis_url}
    outage("REDIS_URL")
    outage("DATABASE_URL")
    visitor = fresh()
    visitor.patience = 0
    for _ in range(50):
        assert visitor.ask(click(made)).headers["Location"] == "https://www.example.lg.jp/1"
    picture = f"/o/{token.make(Purpose.OPEN, made.issues[0].id, made.readers[0])}.gif"
    assert visitor.ask(picture).data == tracker.PIXEL
    assert list(spool.folder().glob("hits-*"))
    assert not list(spool.abandoned_files()), "nobody takes what a living process has"
    visitor.tracker.close()
    set_environment(**before)
    assert ingest.ingest_all() == 52
    assert not list(spool.folder().glob("hits-*"))


def test_a_process_that_lives_hands_its_spool_on_when_the_broker_is_back(
    made: SampleNewsletter, fresh: Callable[[], Visitor], outage: Callable[[str], None], redis_client: Redis
) -> None:
    import settings

    before = {"DATABASE_URL": settings.get().database_url, "REDIS_URL": settings.get().redis_url}
    assert fresh().ask(click(made)).status_code == 302
    outage("REDIS_URL")
    outage("DATABASE_URL")
    visitor = fresh()
    visitor.patience = 0
    visitor.ask(click(made))
    set_environment(**before)
    assert visitor.tracker.settle(10)
    assert len(waiting(redis_client)) == 2


def test_where_the_disk_takes_nothing_hits_are_kept_in_memory(
    visitor: Visitor, made: SampleNewsletter, redis_client: Redis, outage: Callable[[str], None]
) -> None:
    outage("KAIRAN_DATA")
    assert visitor.ask(click(made)).status_code == 302
    assert len(waiting(redis_client)) == 1


def test_more_than_a_file_holds(made: SampleNewsletter, redis_client: Redis) -> None:
    """Eight threads fill small files; each hit arrives once, and no file stays."""
    database = Database()
    box = HitBuffer(database, file_size=1 << 14)
    entries = [
        sample_newsletter.click(
            made.issues[0].id, made.readers[n % 6], 1, sample_newsletter.PUBLISHED + timedelta(seconds=n)
        )
        for n in range(2000)
    ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(box.put, entries))
    assert box.settle(10)
    assert sorted(entry.at for entry in waiting(redis_client)) == [entry.at for entry in entries]
    until = time.monotonic() + 10
    while list(spool.folder().glob("hits-*")):
        assert time.monotonic() < until
        time.sleep(0.05)
    box.close()
    database.close()


def test_a_spool_of_another_size_is_moved_too(made: SampleNewsletter, redis_client: Redis) -> None:
    """As an earlier release wrote it, with a last line that is far longer than any hit; an empty one is let be."""
    good = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, sample_newsletter.PUBLISHED).pack()
    spool.folder().mkdir(parents=True, exist_ok=True)
    (spool.folder() / "hits-1-old.jsonl").write_bytes(good + b"\n" + b"x" * 600_000 + b"\n")
    (spool.folder() / "hits-2-empty").touch()
    assert ingest.ingest_all() == 1
    assert [path.name for path in spool.folder().glob("hits-*")] == ["hits-2-empty"]
    (spool.folder() / "hits-2-empty").unlink()


class FaultyStream(HitStream):
    """Raises what nobody expects, until it is repaired."""

    broken = True

    def add(self, lines: bytes) -> None:
        if self.broken:
            raise ZeroDivisionError
        super().add(lines)


def test_hits_go_on_after_a_fault_that_nobody_thought_of(made: SampleNewsletter, redis_client: Redis) -> None:
    database, stream = Database(), FaultyStream()
    box = HitBuffer(database, stream, retry_seconds=0.05)
    box.put(sample_newsletter.click(made.issues[0].id, made.readers[0], 1, sample_newsletter.PUBLISHED))
    assert not box.settle(0.3)
    stream.broken = False
    assert box.settle(30)
    assert len(waiting(redis_client)) == 1
    box.close()
    database.close()


def test_a_killed_web_process_loses_no_answered_hit(
    made: SampleNewsletter, redis_client: Redis, tmp_path: Path
) -> None:
    """Killed right after its last answer, over and over: what it had not handed on is on disk."""
    port, answered = free_port(), 0
    for _ in range(5):
        web = start_web(tmp_path / "web.log", port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for _ in range(50):
            connection.request("GET", click(made), headers={"User-Agent": "Browser"})
            answered += connection.getresponse().read() == b""
        os.killpg(web.pid, signal.SIGKILL)
        web.stop()
        connection.close()
    moved, until = 0, time.monotonic() + 10
    while (moved := moved + ingest.ingest_all()) < 250:
        assert time.monotonic() < until, moved
        time.sleep(0.1)  # a killed process keeps its locks until the kernel has taken it down
    assert moved == answered == 250


def test_an_issue_that_nobody_has_seen_is_not_guessed(
    made: SampleNewsletter, fresh: Callable[[], Visitor], outage: Callable[[str], None]
) -> None:
    outage("DATABASE_URL")
    path = f"/c/1/{token.make(Purpose.CLICK, 4242, 1)}"
    answer = fresh().ask(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "数分後に" in answer.text


def test_a_torn_line_in_a_spool_is_no_harm(made: SampleNewsletter, redis_client: Redis) -> None:
    good = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, sample_newsletter.PUBLISHED).pack()
    file = spool.new_file()
    for line in (good + b"\n", b'["garbage"]\n', good[:40] + b"\0" * 20 + good[60:] + b"\n", good[:30]):
        assert file.write(line)
    file.close()
    assert ingest.ingest_all() == 1
    assert not list(spool.folder().glob("hits-*"))
    with session_scope() as session:
        assert session.scalars(text("SELECT reason FROM stray_hit")).all() == ["this is no hit"] * 2


def test_a_spool_that_was_taken_and_not_stored_is_not_lost(made: SampleNewsletter, redis_client: Redis) -> None:
    """The database refuses while a worker ingests what a web process left."""
    file = spool.new_file()
    file.write(
        sample_newsletter.click(made.issues[0].id, made.readers[0], 1, sample_newsletter.PUBLISHED).pack() + b"\n"
    )
    file.close()
    with session_scope() as session:
        for table in ("hit", "stray_hit"):
            session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    try:
        with pytest.raises(ProgrammingError):
            ingest.ingest_all()
    finally:
        with session_scope() as session:
            for table in ("hit", "stray_hit"):
                session.execute(text(f"ALTER TABLE {table}_away RENAME TO {table}"))
    assert ingest.ingest_all() == 1


def test_the_real_application_shows_a_way_on(live_server: str) -> None:
    """A forged token, over a socket, through granian and Flask; a raw header that is no text."""
    host, port = live_server.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        request = b"GET /c/1/%s HTTP/1.1\r\nHost: x\r\nUser-Agent: \xff\xfe\x80\r\nConnection: close\r\n\r\n" % (
            b"A" * 32
        )
        client.sendall(request)
        answer = b""
        while data := client.recv(65536):
            answer += data
    assert answer.startswith(b"HTTP/1.1 404")
    assert b'href="/' in answer


def test_two_thousand_clicks_over_http(live_server: str, redis_client: Redis, database: Engine) -> None:
    """Through granian with its threads: as many hits as answers."""
    import requests

    with session_scope() as session:
        made = sample_newsletter.create(session)
    path = live_server + click(made)

    def run(_: int) -> int:
        with requests.Session() as browser:
            return sum(browser.get(path, allow_redirects=False).status_code == 302 for _ in range(250))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(8))) == 2000
    until = time.monotonic() + 10
    while redis_client.xlen(STREAM) < 2000:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert ingest.ingest_all() == 2000
