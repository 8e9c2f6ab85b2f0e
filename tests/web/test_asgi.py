"""Between the web server and the application: what a request is told as, how an answer goes out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from web import wsgi_environ
from web.asgi import PIECE_BYTES, Server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def scope(path: bytes = b"/", method: str = "GET", headers: list[tuple[bytes, bytes]] | None = None) -> dict[str, Any]:
    return {
        "method": method, "raw_path": path, "query_string": b"a=%00", "http_version": "1.1", "scheme": "http",
        "server": ("127.0.0.1", 8025), "client": ("192.0.2.7", 1), "headers": headers or [],
    }  # fmt: skip


def test_path_and_headers_come_as_they_were_sent() -> None:
    told = wsgi_environ.make(
        scope(
            b"/a%00%ff%E3%81%82",
            headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y")],
        )
    )
    assert told["PATH_INFO"].encode("latin-1") == b"/a\0\xff\xe3\x81\x82"
    assert (told["HTTP_COOKIE"], told["HTTP_ACCEPT"], told["REMOTE_ADDR"]) == ("a=1; b=2", "x,y", "192.0.2.7")


def test_header_with_an_underscore_is_not_taken_for_a_proxys_case_e4() -> None:
    told = wsgi_environ.make(
        scope(headers=[(b"x_forwarded_for", b"203.0.113.1"), (b"x-forwarded-for", b"198.51.100.2")])
    )
    assert told["HTTP_X_FORWARDED_FOR"] == "198.51.100.2"


class Probe:
    """An application whose answer has so many pieces; notes what it was sent, and that its answer was closed."""

    def __init__(self, pieces: int = 1) -> None:
        self.pieces, self.body, self.closed = pieces, b"", False

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Probe:
        self.body = environ["wsgi.input"].read()
        assert environ["CONTENT_LENGTH"] == str(len(self.body))
        start_response("200 OK", [("X-A", "1")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        return (b"%d" % (number % 10) * PIECE_BYTES for number in range(self.pieces))

    def close(self) -> None:
        self.closed = True


def ask(probe: Probe, asked: dict[str, Any], *pieces: bytes, broken_after: int = 1000) -> list[dict[str, Any]]:
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        if len(sent) > broken_after:
            raise ConnectionError

    asyncio.run(Server(probe)(asked, receive, send))
    return sent


@pytest.mark.parametrize("count", [0, 1, 3])
def test_answer_goes_out_whole_and_is_closed(count: int) -> None:
    probe = Probe(count)
    start, *rest = ask(probe, scope())
    assert (start["status"], start["headers"]) == (200, [(b"x-a", b"1")])
    assert sum(len(message["body"]) for message in rest) == count * PIECE_BYTES
    assert [message["more_body"] for message in rest] == [True] * (len(rest) - 1) + [False]
    assert probe.closed


def test_answer_is_closed_where_its_client_left() -> None:
    probe = Probe(5)
    with pytest.raises(ConnectionError):
        ask(probe, scope(), broken_after=2)
    assert probe.closed


def test_body_comes_whole_with_and_without_a_length() -> None:
    for header in ((b"content-length", b"1000004"), (b"transfer-encoding", b"chunked")):
        probe = Probe()
        ask(probe, scope(method="POST", headers=[header]), b"ab", b"c" * 1_000_000, b"de")
        assert probe.body == b"ab" + b"c" * 1_000_000 + b"de"


def test_immediate_answer_takes_no_thread() -> None:
    threads: list[str] = []

    class Noted(Probe):
        def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Probe:
            threads.append(threading.current_thread().name)
            return super().__call__(environ, start_response)

    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    server = Server(Noted(0), is_immediate=lambda environ: environ["PATH_INFO"] == "/c/1")
    asyncio.run(server(scope(b"/c/1"), receive, send))
    asyncio.run(server(scope(b"/c/2"), receive, send))
    assert threads == ["MainThread", "link_0"]
    assert [message.get("status") for message in sent] == [200, None, 200, None]
