"""Where hits go: to the spool at once; from there to the broker, and where it is gone, to the database."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

from models.store.errors import Unavailable
from models.tracking import spool
from models.tracking.hit import IncomingHit, WaitingHit
from models.tracking.spool import SpoolFile

from .database import Database
from .hit_stream import HitStream

log = structlog.get_logger(__name__)

PAUSE = 0.02
"""Seconds in which hits gather before they are handed on together."""
RETRY = 1.0
"""Seconds after which a broker that did not answer is tried again."""
_IN_MEMORY = 8
"""Segments that are kept while neither disk nor broker nor database take hits."""


class HitBuffer:
    """What a process hands its hits to. Putting one there waits for nothing; a thread of its own hands them on."""

    def __init__(self, database: Database) -> None:
        self._stream, self._database = HitStream(), database
        self._segments: list[SpoolFile] = []
        self._open: SpoolFile | None = None
        self._asked: list[tuple[SpoolFile, int]] = []
        """What the broker was asked about: segments, and up to where each had been handed on."""
        self._again = 0.0
        self._down = False
        self._lock = threading.Lock()
        self._news, self._end = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def put(self, entry: IncomingHit) -> None:
        """Keep a hit. Only a full disk beside two dead servers loses one."""
        line = entry.pack() + b"\n"
        while (segment := self._open) is None or not segment.write(line):
            if not self._open_next(segment):
                log.error("a hit is lost: broker, database and disk do not take it")
                return
        if not self._news.is_set():
            self._news.set()

    def settle(self, seconds: float) -> bool:
        """Wait until every hit was handed on; False if that takes longer than *seconds*."""
        until = time.monotonic() + seconds
        while any(segment.sent < segment.end for segment in list(self._segments)):
            if time.monotonic() > until:
                return False
            time.sleep(PAUSE / 10)
        return True

    def close(self) -> None:
        """Hand on what is there and end the thread. What may not be safe yet stays on disk for others to take."""
        self._end.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()
        for segment in self._segments:
            segment.close()
        self._segments, self._open = [], None
        self._stream.close()
        atexit.unregister(self.close)

    def _open_next(self, full: SpoolFile | None) -> bool:
        """Open a segment after *full*; whether there is one."""
        with self._lock:
            if self._open is not full:
                return True
            try:
                segment = spool.new_file()
            except OSError as error:
                if sum(not one.on_disk for one in self._segments) >= _IN_MEMORY:
                    return False
                log.error("the disk takes no file: hits are kept in memory only", error=str(error))
                segment = spool.new_in_memory()
            self._segments.append(segment)
            self._open = segment
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()
                atexit.register(self.close)
        return True

    def _run(self) -> None:
        self._segments.extend(spool.abandoned_files())
        while not self._end.is_set():
            if all(segment.safe == segment.end for segment in list(self._segments)):
                self._news.wait()
            else:
                self._end.wait(PAUSE)
            self._news.clear()
            try:
                self._hand_on()
                self._confirm()
            except Exception:  # Whatever it is: without this thread every later hit would wait until a restart.
                log.exception("hits could not be handed on; they wait in the spool")
                self._end.wait(RETRY)
        self._hand_on()

    def _hand_on(self) -> None:
        if time.monotonic() >= self._again:
            try:
                self._empty(self._stream.add, for_good=False)
                return
            except Unavailable as error:
                self._doubt(error)
        with suppress(Unavailable):  # they wait where they are
            self._empty(self._store, for_good=True)

    def _empty(self, add: Callable[[bytes], None], *, for_good: bool) -> None:
        for segment in list(self._segments):
            while lines := segment.unsent():
                add(lines)
                segment.sent += len(lines)
                if for_good:
                    segment.safe = segment.sent

    def _store(self, lines: bytes) -> None:
        values = [{"id": _digest(line), "entry": _text(line)} for line in lines.split(b"\n")[:-1]]
        with self._database.ask() as connection:
            connection.execute(insert(WaitingHit).on_conflict_do_nothing(), values)

    def _confirm(self) -> None:
        """Let go of what the broker has on disk."""
        try:
            if self._asked and (synced := self._stream.synced()) is not None:
                self._down = False
                for segment, sent in self._asked:
                    segment.safe = sent if synced else segment.safe
                self._asked = []
            elif not self._asked and any(segment.safe < segment.sent for segment in self._segments):
                asked = [(segment, segment.sent) for segment in self._segments]
                self._stream.ask()
                self._asked = asked
        except Unavailable as error:
            self._doubt(error)
        for segment in list(self._segments):
            if segment.finish():
                self._segments.remove(segment)
                segment.close()

    def _doubt(self, error: Unavailable) -> None:
        """Begin again at what is safe: a broker that was killed may have lost all that came after."""
        if not self._down:  # Said once, not every second.
            log.warning("the broker does not answer; hits go to the database", error=str(error))
        self._down = True
        self._again = time.monotonic() + RETRY
        self._asked = []
        for segment in self._segments:
            segment.sent = segment.safe


def _digest(line: bytes) -> UUID:
    return UUID(bytes=blake2b(line, digest_size=16).digest())


def _text(line: bytes) -> str:
    """As the database can hold it, even where a killed process left a hole in its last line."""
    return line.replace(b"\0", b"").decode(errors="replace")
