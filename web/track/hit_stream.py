"""The stream of hits in Redis, and whether what was written to it is on the broker's disk."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

import settings
from models.store.errors import Unavailable
from models.store.phrase import phrase
from models.tracking.hit import STREAM

TIMEOUT_SECONDS = 1.0
_UNCONFIRMABLE = 3.0
"""Seconds after which a hit counts as safe where the broker cannot tell (no append-only file, or an old server)."""
# One answer for all: reading one for each hit would take longer than everything else here.
_ADD = """
local added = 0
for hit in string.gmatch(ARGV[1], '[^\\n]+') do
  redis.call('XADD', KEYS[1], '*', 'h', hit)
  added = added + 1
end
return added
"""


class HitStream:
    """One process's way to the stream, for one thread.

    With ``appendfsync everysec`` a broker that is busy syncing may acknowledge writes that it has not handed to the
    operating system yet. ``WAITAOF`` tells when the file is on disk, after up to a second: it is asked on a connection
    of its own, and its answer is fetched when it has come.
    """

    def __init__(self) -> None:
        self._client: Redis | None = None
        self._asking: Any = None
        self._asked = 0.0
        self._mute = False

    def add(self, lines: bytes) -> None:
        """Write packed hits, one to a line, and wait for the answer. Written twice, a hit is stored once.

        Raises:
            Unavailable: the broker does not take them, or nobody knows whether it did. Nobody knows either, then,
                whether it still has what it took since it last said :meth:`synced`.
        """
        with self._reaching():
            self._client = self._client or _client()
            self._client.eval(_ADD, 1, STREAM, lines)

    def ask(self) -> None:
        """Ask whether all that was added until now is on the broker's disk.

        Raises:
            Unavailable: as for :meth:`add`.
        """
        with self._reaching():
            self._asking = self._asking or _client()
            # WAITAOF speaks of its connection's own writes; whatever was written before them is in the file too.
            self._asking.set(f"kairan:waitaof:{os.getpid()}", 1, ex=60)
            self._asking.connection.send_command("WAITAOF", 1, 0, 3000)
            self._asked, self._mute = time.monotonic(), False

    def synced(self) -> bool | None:
        """The answer to :meth:`ask`; None while it has not come.

        Raises:
            Unavailable: as for :meth:`add`.
        """
        if self._mute:
            return time.monotonic() - self._asked > _UNCONFIRMABLE or None
        with self._reaching():
            if not self._asking.connection.can_read(timeout=0):
                return None
            try:
                local, _ = self._asking.connection.read_response()
            except ResponseError as error:
                if str(error).startswith("UNBLOCKED"):  # The broker changed its role: what it has now, nobody knows.
                    raise
                self._mute = True
                return None
        return bool(local >= 1)

    def close(self) -> None:
        """Close its connections; the next call opens new ones."""
        for client in (self._client, self._asking):
            if client is not None:
                client.close()
        self._client = self._asking = None

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            self.close()
            raise Unavailable(phrase("the broker does not answer: {error}", error=error)) from error


def _client() -> Redis:
    # No second try behind our back: a connection that was lost says that the broker may have been killed.
    return Redis.from_url(
        settings.get().redis_url,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        single_connection_client=True,
    )
