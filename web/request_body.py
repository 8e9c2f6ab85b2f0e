"""Reading the body of a request before a thread is asked to answer it: with a time limit, a least rate and a size.

A thread that read from a socket would wait as long as its client likes; here only a coroutine does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

Receive = Callable[[], Awaitable[dict[str, Any]]]

REFUSED = "kairan.body_refused"
"""The key of a WSGI environment that holds the status (400, 408, 413, 503) of a body that was not taken; 0: it was."""
GRACE_SECONDS = 20.0
"""So long may a body of any size take: a slow line needs a while for its first packets."""
LEAST_RATE = 2_000
"""Bytes a second after that; the slowest mobile line sends ten times as many."""
MEMORY_BYTES = 512 * 1024
"""What of a body is kept in memory; the rest goes to a temporary file."""
WAITING_BYTES = 512 * 1024 * 1024
"""What all bodies of a process may take together before one more is asked to come later."""


class RequestBody(NamedTuple):
    """A body as it came, or why it did not."""

    file: SpooledTemporaryFile[bytes]
    size: int = 0
    """In bytes."""
    refused: int = 0
    """An HTTP status, as for :data:`REFUSED`."""


class BodyReader:
    """Reads bodies. One for a process, as it counts what all of them take."""

    def __init__(self) -> None:
        self._waiting = 0

    async def read(self, receive: Receive, declared: int | None, limit: int) -> RequestBody:
        """Read one body. Whoever gets it closes its file, and calls :meth:`forget` then.

        Arguments:
            receive: the ASGI channel.
            declared: the Content-Length in bytes; None where the client sends pieces until it is done.
            limit: the bytes that may come.
        """
        file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  the caller's
        size, refused, more = 0, 413 if (declared or 0) > limit else 0, declared != 0
        began = asyncio.get_running_loop().time()
        while more and not refused:
            try:
                async with asyncio.timeout_at(began + GRACE_SECONDS + size / LEAST_RATE):
                    message = await receive()
            except TimeoutError:
                refused = 408
                break
            if message["type"] != "http.request":
                # The client left, or sent what is no body: the server tells both alike, and who left reads no answer.
                refused = 400
                break
            piece: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            size += len(piece)
            self._waiting += len(piece)
            refused = 413 if size > limit else 503 if self._waiting > WAITING_BYTES else 0
            file.write(piece)
        if refused:
            self._waiting -= size
            size = 0
            file.seek(0)
            file.truncate()
        file.seek(0)
        return RequestBody(file, size, refused)

    def forget(self, body: RequestBody) -> None:
        """Count *body* no more."""
        self._waiting -= body.size
        body.file.close()
