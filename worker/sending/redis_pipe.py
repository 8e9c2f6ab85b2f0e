"""One connection to Redis for the event loop of the sender: RESP 2, commands answered in order.

The journal is written between a relay's 354 and our letter, some thousand times a second. A general client
costs more there than the letter itself; this one knows a handful of reply types and nothing else.

How it works: a command is one write; its future joins a queue. Redis answers in the order of the commands, so each
answer that is complete belongs to the first future of the queue. Nobody waits for an answer before the next command
goes out. An answer that is cut by the network stays in the buffer until the rest has come.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any, cast

from redis.connection import SSLConnection, parse_url
from redis.exceptions import RedisError

from models.store.errors import Unavailable
from models.store.phrase import phrase

from ..timeouts import REDIS_CONNECT


class CommandRefused(Unavailable):
    """Redis answered with an error. Its text is the answer."""


class RedisPipe(asyncio.Protocol):
    """A connection. Use :func:`connect`."""

    def __init__(self) -> None:
        self.refused: Callable[[str], Exception] = CommandRefused
        """What an answer that says no is raised as; made from its text."""
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[asyncio.Future[bytes | int | None]] = deque()
        self._buffer = b""
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """What asyncio calls."""
        # uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """What asyncio calls; everybody who waits is told."""
        self.lost = True
        for future in self._waiting:
            if not future.done():
                future.set_exception(Unavailable(phrase("the connection to Redis ended: {what}", what=exc or "closed")))
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        """What asyncio calls: hand the answers to those who wait for them."""
        self._buffer += data
        start = 0
        while self._waiting:
            end, answer = _parse(self._buffer, start)
            if end < 0:
                break
            start = end
            future = self._waiting.popleft()
            if future.done():
                continue
            if isinstance(answer, CommandRefused):
                future.set_exception(self.refused(str(answer)))
            else:
                future.set_result(answer)
        self._buffer = self._buffer[start:]

    def ask(self, *words: bytes) -> asyncio.Future[bytes | int | None]:
        """Send one command; its answer comes as a string, a number or nothing.

        Raises (when awaited):
            Unavailable: the connection is lost.
            CommandRefused: Redis says no; or what :attr:`refused` makes of that.
        """
        return self.send(pack(*words))

    def send(self, command: bytes) -> asyncio.Future[bytes | int | None]:
        """As :meth:`ask`, with a command that :func:`pack` has made."""
        future: asyncio.Future[bytes | int | None] = asyncio.get_running_loop().create_future()
        if self.lost or self._transport is None:
            future.set_exception(Unavailable("the connection to Redis is lost"))
            return future
        self._waiting.append(future)
        self._transport.write(command)
        return future

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()


def pack(*words: bytes, following: int = 0) -> bytes:
    """A command as it is sent.

    Arguments:
        following: how many words come behind these, each made by :func:`word`.
    """
    return b"*%d\r\n" % (len(words) + following) + b"".join(map(bulk_string, words))


def bulk_string(value: bytes) -> bytes:
    """One word of a command (a bulk string)."""
    return b"$%d\r\n%b\r\n" % (len(value), value)


async def connect(url: str) -> RedisPipe:
    """A connection to the server that *url* names, logged in and with its database chosen.

    Arguments:
        url: ``redis://``, ``rediss://`` or ``unix://``, as redis-py reads it.

    Raises:
        Unavailable: it does not answer, or refuses us.
    """
    try:
        options = parse_url(url)  # type: ignore[no-untyped-call]
        async with asyncio.timeout(REDIS_CONNECT):
            line = await _open(options)
            if options.get("password"):
                login = [options["username"]] if options.get("username") else []
                await line.ask(b"AUTH", *(word.encode() for word in [*login, options["password"]]))
            if options.get("db"):
                await line.ask(b"SELECT", b"%d" % int(options["db"]))
    except (OSError, TimeoutError, RedisError, ValueError) as error:
        raise Unavailable(phrase("Redis does not answer: {what}", what=error or type(error).__name__)) from error
    return line


async def _open(options: dict[str, Any]) -> RedisPipe:
    loop = asyncio.get_running_loop()
    if path := options.get("path"):
        _, line = await loop.create_unix_connection(RedisPipe, path)
        return line
    encryption = None
    if options.get("connection_class") is SSLConnection:
        encryption = ssl.create_default_context(cafile=options.get("ssl_ca_certs"))
        if str(options.get("ssl_cert_reqs", "required")) in ("none", "0"):
            encryption.check_hostname = False
            encryption.verify_mode = ssl.CERT_NONE
    host, port = options.get("host", "localhost"), int(options.get("port", 6379))
    _, line = await loop.create_connection(RedisPipe, host, port, ssl=encryption)
    return line


def _parse(buffer: bytes, start: int) -> tuple[int, bytes | int | CommandRefused | None]:
    """The answer that begins at *start*, and where it ends; -1 where it is not whole yet."""
    end = buffer.find(b"\r\n", start)
    if end < 0:
        return -1, None
    kind, rest = buffer[start : start + 1], buffer[start + 1 : end]
    if kind == b"+":
        return end + 2, rest
    if kind == b":":
        return end + 2, int(rest)
    if kind == b"-":
        return end + 2, CommandRefused(rest.decode(errors="replace"))
    if kind != b"$":
        return end + 2, CommandRefused(
            phrase("Redis gave an answer that is not known here: {answer}", answer=repr(rest[:40]))
        )
    size = int(rest)
    if size < 0:
        return end + 2, None
    whole = end + 2 + size
    return (whole + 2, buffer[end + 2 : whole]) if len(buffer) >= whole + 2 else (-1, None)
