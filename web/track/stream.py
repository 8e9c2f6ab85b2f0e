"""The stream of hits in Redis: one write per hit, and none lost when the broker is killed.

With ``appendfsync everysec`` a broker that is busy syncing may acknowledge writes that it has not handed to the
operating system yet. So this process remembers each hit until a later ``WAITAOF`` says that the file is on disk,
and writes the remembered ones again whenever a connection was lost. Written twice, a hit is stored once: its id
decides.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import deque
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError, ResponseError

import settings
from models.responses.hit import STREAM
from models.store.errors import Unavailable

log = structlog.get_logger(__name__)

TIMEOUT = 1.0
CONFIRM = 1.0
"""Seconds between two looks at what the broker has on disk."""
_REMEMBERED = 200_000
_UNCONFIRMABLE = 3.0
"""Seconds after which a hit counts as safe where the broker cannot tell (no append-only file, or an old server)."""
_COMMAND = b"*5\r\n$4\r\nXADD\r\n$%d\r\n%b\r\n$1\r\n*\r\n$1\r\nh\r\n" % (len(STREAM), STREAM.encode())


class HitStream:
    """What this process writes hits with. Threads may share it; each has a connection of its own."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._sockets: set[socket.socket] = set()
        self._unsure: deque[tuple[float, bytes]] = deque(maxlen=_REMEMBERED)
        self._broken = threading.Event()
        self._suspect = threading.Event()
        self._keeper: threading.Thread | None = None
        self._starting = threading.Lock()
        self._end = threading.Event()

    def add(self, packed: bytes) -> None:
        """Write one hit and wait for the answer.

        Raises:
            Unavailable: the broker does not take it, or nobody knows whether it did.
        """
        if self._keeper is None:
            self._start()
        if self._broken.is_set():
            raise Unavailable("the broker does not answer")
        command = b"%b$%d\r\n%b\r\n" % (_COMMAND, len(packed), packed)
        try:
            answer = self._ask(command)
        except OSError as error:
            self._drop()
            self._broken.set()
            raise Unavailable("the broker does not answer") from error
        if not answer.startswith(b"$"):
            raise Unavailable(answer.decode(errors="replace"))
        self._unsure.append((time.monotonic(), packed))

    def close(self) -> None:
        """End the thread that watches over it, and every connection."""
        self._end.set()
        if self._keeper is not None:
            self._keeper.join(2 * CONFIRM)
        for connected in list(self._sockets):
            connected.close()

    def _ask(self, command: bytes) -> bytes:
        connected: socket.socket | None = getattr(self._local, "socket", None)
        if connected is not None:
            try:
                return _exchange(connected, command)
            except TimeoutError:
                raise
            except OSError:
                # It was closed while idle, perhaps because the broker died: what it took last is in doubt.
                self._suspect.set()
                self._drop()
        connected = self._local.socket = _connect()
        self._sockets.add(connected)
        return _exchange(connected, command)

    def _drop(self) -> None:
        connected: socket.socket | None = getattr(self._local, "socket", None)
        if connected is not None:
            self._sockets.discard(connected)
            connected.close()
        self._local.socket = None

    def _start(self) -> None:
        with self._starting:
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="hit-stream", daemon=True)
                self._keeper.start()

    def _keep(self) -> None:
        client: Redis | None = None
        while not self._end.wait(CONFIRM if client or self._broken.is_set() else 0):
            try:
                client = client or _client()
                if self._suspect.is_set() or self._broken.is_set():
                    self._suspect.clear()
                    self._write_again(client)
                    self._broken.clear()
                self._confirm(client)
            except (RedisError, OSError) as error:
                if client is not None:
                    client.close()
                if not self._broken.is_set():
                    log.warning("the broker does not answer; hits go to the database", error=str(error))
                self._broken.set()
                client = None
        if client is not None:
            client.close()

    def _write_again(self, client: Redis) -> None:
        again = list(self._unsure)
        for first in range(0, len(again), 1000):
            with client.pipeline(transaction=False) as pipe:
                for _, packed in again[first : first + 1000]:
                    pipe.xadd(STREAM, {"h": packed})
                pipe.execute()
        if again:
            log.info("hits written again, in case the broker lost them", hits=len(again))
        client.ping()

    def _confirm(self, client: Redis) -> None:
        """Forget the hits that are on the broker's disk."""
        count = len(self._unsure)
        if not count:
            client.ping()
            return
        try:
            # WAITAOF speaks of this connection's own writes; whatever was written before them is in the file too.
            client.set(f"kairan:pulse:{os.getpid()}", 1, ex=60)
            synced, _ = client.execute_command("WAITAOF", 1, 0, 3000)  # type: ignore[no-untyped-call]
            if synced < 1:
                return
        except ResponseError:
            count = sum(at < time.monotonic() - _UNCONFIRMABLE for at, _ in list(self._unsure))
        for _ in range(count):
            self._unsure.popleft()


def _client() -> Redis:
    # One connection for good: WAITAOF speaks of the writes of the connection that asks.
    return Redis.from_url(
        settings.get().redis_url, socket_connect_timeout=TIMEOUT, socket_timeout=5, single_connection_client=True
    )


def _connect() -> socket.socket:
    """A connection of redis-py's making (TLS, password, database), of which we keep the bare socket."""
    pool = Redis.from_url(
        settings.get().redis_url, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT
    ).connection_pool
    connection: Any = pool.make_connection()
    try:
        connection.connect()
    except RedisError as error:
        raise ConnectionError(str(error)) from error
    taken: socket.socket = connection._sock
    connection._sock = None  # else it would be closed together with the object
    return taken


def _exchange(connected: socket.socket, command: bytes) -> bytes:
    """Send a command whose answer is one short string, and answer that."""
    connected.sendall(command)
    answer = b""
    while not answer.endswith(b"\r\n") or (answer.startswith(b"$") and answer.count(b"\r\n") < 2):
        more = connected.recv(512)
        if not more:
            raise ConnectionError("the broker closed the connection")
        answer += more
    return answer
