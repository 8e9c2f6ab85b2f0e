"""Clients that are slow, or that send what is no HTTP: all others get pages, links and health, over real sockets."""

from __future__ import annotations

import selectors
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.store.db import session_scope
from models.store.token import Purpose, make
from ops.run.child_process import ChildProcess
from tests.models.tracking import sample_newsletter
from tests.servers import free_port, start_web

ATTACKERS = 40
SLOW_POST = (
    b"POST /staff/logout HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
)
CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture
def server(tmp_path: Path, database: Engine, redis_client: object) -> Iterator[str]:
    """One process of the real server, with the options of production."""
    port = free_port()
    child: ChildProcess = start_web(tmp_path / "web.log", port, {"WEB_WORKERS": "1", "SIGNUP_SECONDS": "0"})
    yield f"http://127.0.0.1:{port}"
    child.stop()


def connect(server: str) -> socket.socket:
    host, port = server.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=60)


@contextmanager
def attacking(server: str, first: bytes, then: bytes = b"", count: int = ATTACKERS) -> Iterator[list[socket.socket]]:
    """So many connections that send *first*, and *then* every 3 s; they read nothing."""
    end = threading.Event()

    def drip(sockets: list[socket.socket]) -> None:
        while not end.wait(3):
            for one in sockets:
                try:
                    one.send(then)
                except OSError:
                    continue

    with ExitStack() as stack:
        sockets = [stack.enter_context(connect(server)) for _ in range(count)]
        for one in sockets:
            one.setblocking(False)
            one.send(first)
        thread = threading.Thread(target=drip, args=(sockets,))
        thread.start()
        try:
            yield sockets
        finally:
            end.set()
            thread.join()


def assert_others_are_answered(server: str, link: str) -> None:
    """What letters, machines and people ask for: several times, as there are several threads to fall into."""
    for _ in range(3):
        for path in ("/healthz", "/subscribe/dx-letter", "/static/kairan.css"):
            with urllib.request.urlopen(server + path, timeout=60) as answer:
                assert answer.status == 200
        with connect(server) as reader:
            reader.sendall(f"GET {link} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert reader.recv(100).startswith(b"HTTP/1.1 302")


def silent(sockets: list[socket.socket]) -> int:
    """How many have got no answer yet, nor been closed."""
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
        return len(sockets) - len(selector.select(0))


@pytest.fixture
def link(server: str) -> str:
    with session_scope() as session:
        made = sample_newsletter.create(session)
        return f"/c/1/{make(Purpose.CLICK, made.issues[0].id, made.readers[0])}"


@pytest.mark.slow
def test_slow_bodies_hold_nobody_up_and_end_case_d4(server: str, link: str) -> None:
    with attacking(server, SLOW_POST, b"x") as sockets:
        assert_others_are_answered(server, link)
        assert silent(sockets) == ATTACKERS
        while silent(sockets):
            time.sleep(0.2)
        for one in sockets:
            one.setblocking(True)
            told = b"".join(iter(lambda one=one: one.recv(65536), b""))
            assert told.startswith(b"HTTP/1.1 408 ")
            assert b"Your form came too slowly" in told
        assert_others_are_answered(server, link)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "then", "count"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-", b"a", ATTACKERS),
        (b"GET /subscribe/dx-letter HTTP/1.1\r\nHost: x\r\n\r\n" * 300, b"", ATTACKERS),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"", 300),
        (b"", b"", 300),
        (SLOW_POST.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked") + b"1\r\n", b"", ATTACKERS),
    ],
    ids=["slow-headers", "answers-not-read", "kept-alive", "silent", "chunks"],
)
def test_other_slow_clients_hold_nobody_up_case_d4(
    server: str, link: str, first: bytes, then: bytes, count: int
) -> None:
    with attacking(server, first, then, count):
        assert_others_are_answered(server, link)


def test_a_long_word_that_is_logged_holds_nobody_up_case_d4(server: str, link: str, tmp_path: Path) -> None:
    with connect(server) as stranger:
        stranger.sendall(b"A" * 200_000 + b" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert stranger.recv(100).startswith(b"HTTP/1.1 405 ")
    assert_others_are_answered(server, link)
    assert (tmp_path / "web.log").stat().st_size < 50_000


BAD_CHUNKS = {
    "no-number": b"zz\r\n",
    "too-large": b"ffffffffffffffffff\r\nabc",
    "no-line-end": b"3\r\nabcdef\r\n0\r\n\r\n",
    "after-a-good-one": b"3\r\na=b\r\n-1\r\n",
    "broken-trailer": b"3\r\na=b\r\n0\r\n : \x00\r\n\r\n",
}


@pytest.mark.parametrize("chunks", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_a_malformed_body_is_answered_as_its_senders_mistake_case_d4(
    server: str, link: str, tmp_path: Path, chunks: bytes
) -> None:
    for path in (b"/staff/login", b"/subscribe/dx-letter", b"/no-such-page", b"/u/x"):
        head = SLOW_POST.replace(b"/staff/logout", path).replace(b"Content-Length: 1000", CHUNKED)
        with connect(server) as stranger:
            stranger.sendall(head + chunks)
            told = b"".join(iter(lambda: stranger.recv(65536), b""))
        assert told.startswith(b"HTTP/1.1 400 "), path
        assert b"Your form came in a broken state" in told
        assert told.count(b"HTTP/1.1 ") == 1
    assert "ERROR" not in (tmp_path / "web.log").read_text().upper()


def test_a_client_that_leaves_within_its_body_is_no_error_case_d4(server: str, link: str, tmp_path: Path) -> None:
    for head in (SLOW_POST, SLOW_POST.replace(b"Content-Length: 1000", CHUNKED) + b"5\r\n"):
        with connect(server) as stranger:
            stranger.sendall(head + b"abc")
    assert_others_are_answered(server, link)
    assert "ERROR" not in (tmp_path / "web.log").read_text().upper()


@pytest.mark.slow
def test_form_over_a_slow_but_steady_line_is_taken_case_d4(server: str, link: str) -> None:
    body = b"note=" + b"x" * 60_000
    with connect(server) as reader:
        reader.sendall(b"POST /subscribe/dx-letter HTTP/1.1\r\nHost: x\r\nConnection: close\r\n")
        reader.sendall(b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body))
        for start in range(0, len(body), 2500):
            reader.sendall(body[start : start + 2500])
            time.sleep(1)
        assert reader.recv(100).startswith(b"HTTP/1.1 422 ")  # it was read, and lacks an address
