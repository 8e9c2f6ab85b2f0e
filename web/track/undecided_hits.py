"""Hits of issues that nobody can look up now: in memory until the database says whether and how they may be kept.

A picture is answered at once, also where neither memory nor disk know its issue and the database is away. Whether the
newsletter tracks is not known then, so nothing of the hit may be written to a disk or sent to the broker yet.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import structlog

import settings
from models.store.errors import Unavailable
from models.tracking.hit import IncomingHit

from . import database
from .process_end import at_end

log = structlog.get_logger(__name__)

RETRY_SECONDS = 1.0
"""Seconds after which the database is asked again."""


class UndecidedHits:
    """The hits of one process that wait for a decision, up to ``HIT_MEMORY_MEGABYTES``.

    Arguments:
        decide: keeps a hit or drops it; raises :class:`Unavailable` while nobody can tell.
        retry_seconds: how often it is asked.
    """

    def __init__(self, decide: Callable[[IncomingHit], None], retry_seconds: float = RETRY_SECONDS) -> None:
        self._decide, self._retry_seconds = decide, retry_seconds
        self._most_bytes = settings.get().hit_memory_megabytes << 20
        self._packed: deque[bytes] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._stay_open: Callable[[], None] = lambda: None

    def put(self, entry: IncomingHit) -> None:
        """Keep a hit until it is decided about. Only where memory is at its bound one is lost."""
        packed = entry.pack()  # Its values have a longest length here, and it takes less room than the object.
        with self._lock:
            if self._bytes + len(packed) > self._most_bytes:
                log.error("a hit is lost: its issue cannot be looked up, and memory is at its bound")
                return
            self._packed.append(packed)
            self._bytes += len(packed)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="undecided hits", daemon=True)
                self._thread.start()
                self._stay_open = at_end(self.close)

    def settle(self, seconds: float) -> bool:
        """Wait until every hit is decided about; False if that takes longer than *seconds*."""
        until = time.monotonic() + seconds
        while self._packed:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def close(self) -> None:
        """Decide about what is there, if that can be done now, and end the thread. The log says what is lost."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()
        if self._packed:
            log.error("hits are lost: their issues could not be looked up", hits=len(self._packed))
            self._packed.clear()
        self._stay_open()

    def _run(self) -> None:
        while not self._end.wait(self._retry_seconds):
            self._decide_all()
        if self._packed:
            time.sleep(database.RETRY_SECONDS)  # It may be back, and is not asked again before that.
            self._decide_all()

    def _decide_all(self) -> None:
        while self._packed:
            try:
                self._decide(IncomingHit.unpack(self._packed[0]))
            except Unavailable:
                return
            except Exception:  # Whatever it is: no hit may hold up those behind it, and this thread must go on.
                log.exception("nobody could decide about a hit; it waits")
                self._packed.rotate(-1)
                return
            with self._lock:
                self._bytes -= len(self._packed.popleft())
