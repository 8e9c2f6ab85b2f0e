"""A line to a Redis on this machine, over its Unix socket: commands are written at once and their answers read later.

What a call has written here is in the kernel's hands. If this process is killed the next moment, Redis still reads it;
so the journal need not wait for an answer before each letter, as it must where a network lies between.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable

from models.store.errors import Unavailable

from . import resp

MAX_UNANSWERED = 16
"""Commands that may lack their answers: so many letters may go out before a refusal is seen."""
_MOST = 65536


class Pipe:
    """A connection. Use :func:`connect`."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._unanswered = 0
        self._rest = b""

    def tell(self, *words: bytes) -> Awaitable[None] | None:
        """Write one command. Nothing is returned where it is written; else what has to be awaited until it is.

        Raises (also when awaited):
            Unavailable: the connection is lost.
            Refused: Redis has said no, to this command or to one before it.
        """
        if self._unanswered >= MAX_UNANSWERED:
            self.read()
            if self._unanswered >= MAX_UNANSWERED:
                return self._tell_later(words)
        self._write(resp.command(words))
        return None

    async def settle(self, left: int = 0) -> None:
        """Wait until at most *left* commands lack their answers.

        Raises:
            Unavailable, Refused: as :meth:`tell`.
        """
        loop = asyncio.get_running_loop()
        while self._unanswered > left:
            readable = loop.create_future()
            loop.add_reader(self._socket, _set, readable)
            try:
                await readable
            finally:
                loop.remove_reader(self._socket)
            self.read()

    def read(self) -> None:
        """Take the answers that have come.

        Raises:
            Unavailable, Refused: as :meth:`tell`.
        """
        try:
            data = self._socket.recv(_MOST)
        except BlockingIOError:
            return
        except OSError as error:
            raise Unavailable(f"the connection to Redis ended: {error}") from None
        if not data:
            raise Unavailable("Redis has closed the connection")
        *answers, self._rest = (self._rest + data).split(b"\r\n")
        self._unanswered -= len(answers)
        for answer in answers:
            if answer[:1] == b"-":
                raise resp.Refused(answer[1:].decode(errors="replace"))

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    async def _tell_later(self, words: tuple[bytes, ...]) -> None:
        await self.settle(MAX_UNANSWERED - 1)
        self._write(resp.command(words))

    def _write(self, data: bytes) -> None:
        try:
            written = self._socket.send(data)
        except OSError as error:
            raise Unavailable(f"the connection to Redis ended: {error}") from None
        if written < len(data):
            raise Unavailable("Redis does not read what it is told")
        self._unanswered += 1


async def connect(path: str, login: list[tuple[bytes, ...]]) -> Pipe:
    """A line to the server at *path*, after the commands of *login* were answered with yes.

    Raises:
        Unavailable: it does not answer, or refuses us.
    """
    connected = socket.socket(socket.AF_UNIX)
    connected.setblocking(False)
    pipe = Pipe(connected)
    try:
        async with asyncio.timeout(resp.CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(connected, path)
            for words in login:
                pipe.tell(*words)
            await pipe.settle()
    except (OSError, TimeoutError) as error:
        pipe.close()
        raise Unavailable(f"Redis does not answer: {error or type(error).__name__}") from error
    return pipe


def _set(readable: asyncio.Future[None]) -> None:
    if not readable.done():
        readable.set_result(None)
