"""The way of a request from the web server to the application, and of the answer back: ``web.asgi:app``.

Pages are made in threads, and threads are few. So none of them waits for a client: bodies are read and answers are sent
by coroutines (ASGI), and the application is called in between (WSGI). What letters and machines ask for has threads of
its own, since pages may take seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import structlog

from . import app as application
from . import base_path, event_stream, wsgi_environ
from .request import form_limit
from .request_body import REFUSED, BodyReader, Receive, RequestBody
from .track.tracker import Tracker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

log = structlog.get_logger("web")

PAGE_THREADS = 8
LINK_THREADS = 4
"""With those for pages, fewer than the connection pool has connections: no request waits for one in vain."""
LINK_PATHS = ("/c/", "/o/", "/v/", "/u/", "/healthz", "/readyz")
"""What letters and machines ask for."""
PIECE_BYTES = 256 * 1024
"""So much of an answer is taken from the application at once; most are smaller."""
SEND_SECONDS = 60.0
"""So long may a client take for a piece."""


class Answer(NamedTuple):
    """An answer whose first piece is there."""

    status: int
    headers: Headers
    piece: bytes
    done: bool
    """Whether that piece is the last one."""
    iterable: Iterable[bytes]
    iterator: Iterator[bytes]
    is_events: bool
    """Whether it goes on for as long as somebody listens, with a pause after each piece."""

    @property
    def piece_bytes(self) -> int:
        """How much of it is taken at once; of events, one."""
        return 1 if self.is_events else PIECE_BYTES


class Server:
    """A WSGI application as an ASGI one."""

    def __init__(
        self, wsgi: WSGIApplication, *, is_immediate: Callable[[WSGIEnvironment], bool] = lambda _environ: False
    ) -> None:
        """Arguments:
        wsgi: the application.
        is_immediate: whether it answers a request, which has no body, in one small piece and without waiting for
            anything; such a request is answered without a thread.
        """
        self._wsgi, self._is_immediate = wsgi, is_immediate
        self._bodies = BodyReader()
        self._pages = ThreadPoolExecutor(PAGE_THREADS, "page")
        self._links = ThreadPoolExecutor(LINK_THREADS, "link")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        environ = wsgi_environ.make(scope)
        base_path.mount(environ)
        if self._is_immediate(environ):
            await self._answer_at_once(environ, send)
            return
        body = await self._read(environ, receive)
        try:
            environ["wsgi.input"] = body.file
            environ["CONTENT_LENGTH"] = str(body.size)
            environ[REFUSED] = body.refused
            pool = self._links if environ["PATH_INFO"].startswith(LINK_PATHS) else self._pages
            environ[event_stream.KEPT_OPEN] = True
            await self._answer(environ, pool, receive, send)
        finally:
            self._bodies.forget(body)

    async def _read(self, environ: WSGIEnvironment, receive: Receive) -> RequestBody:
        told = environ.get("CONTENT_LENGTH", "")
        # The server has refused a length that is none.
        declared = int(told) if told else None if "HTTP_TRANSFER_ENCODING" in environ else 0
        return await self._bodies.read(receive, declared, form_limit(environ["PATH_INFO"]))

    async def _answer_at_once(self, environ: WSGIEnvironment, send: Send) -> None:
        environ["wsgi.input"], environ["CONTENT_LENGTH"], environ[REFUSED] = BytesIO(), "0", 0
        answer = _begin(self._wsgi, environ)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.piece})

    async def _answer(self, environ: WSGIEnvironment, pool: ThreadPoolExecutor, receive: Receive, send: Send) -> None:
        in_thread = asyncio.get_running_loop().run_in_executor
        answer = await in_thread(pool, _begin, self._wsgi, environ)
        try:
            closing = [(b"connection", b"close")] if environ[REFUSED] else []  # what still comes is no request
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers + closing})
            piece, done = answer.piece, answer.done
            while True:
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": piece, "more_body": not done})
                if done or (answer.is_events and await _is_gone(receive, event_stream.PAUSE_SECONDS)):
                    break
                piece, done = await in_thread(pool, _gather, answer.iterator, answer.piece_bytes)
        except TimeoutError:
            log.info("a client was too slow to take its answer")
        finally:
            if not answer.done:
                await in_thread(pool, _close, answer.iterable)


def _begin(wsgi: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    """Call the application, and take the first piece of what it answers."""
    status, headers = 500, []

    def start_response(line: str, fields: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        nonlocal status, headers
        status = int(line.partition(" ")[0])
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]
        return _write

    iterable = wsgi(environ, start_response)
    iterator = iter(iterable)
    is_events = (b"content-type", event_stream.TYPE.encode()) in headers
    try:
        piece, done = _gather(iterator, 1 if is_events else PIECE_BYTES)
    except BaseException:
        _close(iterable)
        raise
    if done:
        _close(iterable)
    return Answer(status, headers, piece, done, iterable, iterator, is_events)


def _write(_data: bytes) -> object:
    raise NotImplementedError("nothing in this house writes so; an application answers with an iterable")


async def _is_gone(receive: Receive, seconds: float) -> bool:
    """Whether the client hangs up within so many seconds; waits for them without a thread."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


def _gather(iterator: Iterator[bytes], size_wanted: int) -> tuple[bytes, bool]:
    """The next piece of an answer, and whether there is no more."""
    taken, size = [], 0
    for part in iterator:
        taken.append(part)
        size += len(part)
        if size >= size_wanted:
            return b"".join(taken), False
    return b"".join(taken), True


def _close(iterable: Iterable[bytes]) -> None:
    close = getattr(iterable, "close", None)
    if close is not None:
        close()


@cache
def _server() -> Server:
    app = application.app
    return Server(app, is_immediate=cast(Tracker, app.wsgi_app).is_immediate)


def __getattr__(name: str) -> Server:
    """``web.asgi:app``, which the web server asks for; made then, so that importing this file starts nothing."""
    if name == "app":
        return _server()
    raise AttributeError(name)
