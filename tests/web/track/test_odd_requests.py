"""Requests as the world sends them, through the real web server: each is a hit, and no log names a reader."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine, select

from models.store import token
from models.store.db import session_scope
from models.store.token import Purpose
from models.tracking.hit import Hit
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import SampleNewsletter
from tests.servers import free_port, start_web
from worker.tracking import ingest

PROXIES = [
    (b"198.51.100.7", "198.51.100.7"),
    (b"garbage, 198.51.100.7", "198.51.100.7"),
    (b"198.51.100.7, garbage", None),
    (b"198.51.100.7:4711", "198.51.100.7"),
    (b"[2001:db8::7]:4711", "2001:db8::7"),
    (b"fe80::7%eth0", "fe80::7"),
    (b"::ffff:198.51.100.7", "198.51.100.7"),
    (b"10.0.0.7", "10.0.0.7"),
    (b"\xe5\x9b\x9e\xff", None),
    (b"", None),
    (b", ".join([b"10.0.0.1"] * 3000 + [b"198.51.100.7"]), "198.51.100.7"),
]


class Proxied:
    """The web server behind one trusted proxy."""

    def __init__(self, folder: Path) -> None:
        self.port, self.log = free_port(), folder / "web.log"
        self.child = start_web(self.log, self.port, {"TRUSTED_PROXIES": "1", "LOG_LEVEL": "debug"})

    def ask(self, path: str, *headers: bytes) -> bytes:
        """One request with these header lines; the first line of the answer."""
        lines = [f"GET {path} HTTP/1.1".encode(), b"Host: news.example", b"Connection: close", *headers, b"", b""]
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"\r\n".join(lines))
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer.partition(b"\r\n")[0]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, postgres: Engine, valkey: str) -> Iterator[Proxied]:
    proxied = Proxied(tmp_path_factory.mktemp("web"))
    yield proxied
    proxied.child.stop()


@pytest.fixture
def made(database: Engine, redis_client: Redis) -> SampleNewsletter:
    with session_scope() as session:
        return sample_newsletter.create(session)


def path(made: SampleNewsletter) -> str:
    return f"/c/1/{token.make(Purpose.CLICK, made.issues[0].id, made.readers[0])}"


def stored(client: Redis) -> Hit:
    """The one hit that came, moved to the database."""
    while not client.xlen("kairan:hits"):
        pass
    assert ingest.ingest_all() == 1
    with session_scope() as session:
        return session.scalars(select(Hit)).one()


@pytest.mark.parametrize("agent", [b"Br\xffowser", "ブラウザ".encode(), b"\x80" * 600, "ブラウザ".encode("shift_jis")])
def test_case_t7_bytes_beyond_ascii_in_an_agent(
    web: Proxied, made: SampleNewsletter, redis_client: Redis, agent: bytes
) -> None:
    assert web.ask(path(made), b"User-Agent: " + agent) == b"HTTP/1.1 302 Found"
    assert stored(redis_client).agent == agent.decode("latin-1")[:500]


@pytest.mark.parametrize(("written", "client"), PROXIES, ids=range(len(PROXIES)))
def test_case_t7_odd_forwarded_addresses(
    web: Proxied, made: SampleNewsletter, redis_client: Redis, written: bytes, client: str | None
) -> None:
    assert web.ask(path(made), b"X-Forwarded-For: " + written) == b"HTTP/1.1 302 Found"
    assert stored(redis_client).client == client


def test_case_t7_several_forwarded_headers_are_one_list(
    web: Proxied, made: SampleNewsletter, redis_client: Redis
) -> None:
    web.ask(path(made), b"X-Forwarded-For: 203.0.113.1", b"X-Forwarded-For: 198.51.100.7")
    assert stored(redis_client).client == "198.51.100.7"


def test_case_t8_our_logs_hold_no_token(web: Proxied, made: SampleNewsletter, redis_client: Redis) -> None:
    link = path(made)
    web.ask(link, b"User-Agent: Browser")
    web.ask(link.replace("/c/1/", "/c/99/"))
    web.ask(link.replace("/c/1/", "/v/"))
    written = web.log.read_text()
    assert "request" in written
    assert link.rpartition("/")[2] not in written
