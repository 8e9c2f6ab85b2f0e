"""Where hits go: to the spool at once; from there to the broker, and where it is gone, to the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

import settings
from models.store.errors import Unavailable
from models.tracking import spool
from models.tracking.hit import IncomingHit, WaitingHit
from models.tracking.spool import SpoolFile

from .database import Database
from .hit_stream import HitStream
from .process_end import at_end

log = structlog.get_logger(__name__)

GATHER_SECONDS = 0.02
"""Seconds in which hits gather before they are handed on together."""
RETRY_SECONDS = 1.0
"""Seconds after which a broker that did not answer is tried again."""


class HitBuffer:
    """What a process hands its hits to. Putting one there waits for nothing; a thread of its own hands them on."""

    def __init__(
        self,
        database: Database,
        stream: HitStream | None = None,
        *,
        file_size: int = spool.SIZE,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._stream, self._database = stream or HitStream(), database
        self._file_size, self._retry_seconds = file_size, retry_seconds
        self._most_in_memory = settings.get().hit_memory_megabytes * (1 << 20) // spool.SIZE
        self._files: list[SpoolFile] = []
        self._open: SpoolFile | None = None
        self._asked: list[tuple[SpoolFile, int]] = []
        """What the broker was asked about: files, and up to where each had been handed on."""
        self._retry_at = self._disk_at = 0.0
        self._down = False
        self._lock = threading.Lock()
        self._wake, self._end = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._stay_open: Callable[[], None] = lambda: None

    def put(self, entry: IncomingHit) -> None:
        """Keep a hit. Only a full disk beside two dead servers loses one."""
        line = entry.pack() + b"\n"
        while (file := self._open) is None or not file.write(line):
            if not self._open_next(file):
                log.error("a hit is lost: broker, database and disk do not take it")
                return
        if not self._wake.is_set():
            self._wake.set()

    def settle(self, seconds: float) -> bool:
        """Wait until every hit was handed on; False if that takes longer than *seconds*."""
        until = time.monotonic() + seconds
        while any(file.sent < file.end for file in list(self._files)):
            if time.monotonic() > until:
                return False
            time.sleep(GATHER_SECONDS / 10)
        return True

    def close(self) -> None:
        """Hand on what is there and end the thread. What may not be safe yet stays on disk for others to take."""
        self._end.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._leave_memory(size=0)
        for file in self._files:
            if not file.on_disk and file.safe < file.end:
                log.error("hits are lost: broker, database and disk do not take them")
            file.close()
        self._files, self._open = [], None
        self._stream.close()
        self._stay_open()

    def _leave_memory(self, size: int) -> None:
        """Put what only this process has on the disk, if that takes files again: there it outlives the process.

        Arguments:
            size: see :meth:`SpoolFile.save`.
        """
        for file in [file for file in self._files if not file.on_disk and (size or file.safe < file.end)]:
            try:
                saved = file.save(size)
            except OSError:
                return
            with self._lock:
                self._files[self._files.index(file)] = saved
                if self._open is file:
                    self._open = saved
            file.close()

    def _open_next(self, full: SpoolFile | None) -> bool:
        """Open a file after *full*; whether there is one."""
        with self._lock:
            if self._open is not full:
                return True
            try:
                file = spool.new_file(self._file_size)
            except OSError as error:
                if sum(not one.on_disk for one in self._files) >= self._most_in_memory:
                    return False
                log.error("the disk takes no file: hits are kept in memory only", error=str(error))
                file = spool.new_in_memory()
            self._files.append(file)
            self._open = file
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hit buffer", daemon=True)
                self._thread.start()
                self._stay_open = at_end(self.close)
        return True

    def _run(self) -> None:
        self._files.extend(spool.abandoned_files())
        while not self._end.is_set():
            if all(file.safe == file.end for file in list(self._files)):
                self._wake.wait()
            else:
                self._end.wait(GATHER_SECONDS)
            self._wake.clear()
            try:
                self._hand_on()
                self._confirm()
                self._look_at_disk()
            except Exception:  # Whatever it is: without this thread every later hit would wait until a restart.
                log.exception("hits could not be handed on; they wait in the spool")
                self._end.wait(self._retry_seconds)
        self._hand_on()

    def _look_at_disk(self) -> None:
        if time.monotonic() >= self._disk_at and not all(file.on_disk for file in list(self._files)):
            self._disk_at = time.monotonic() + self._retry_seconds
            self._leave_memory(self._file_size)

    def _hand_on(self) -> None:
        if time.monotonic() >= self._retry_at:
            try:
                self._drain(self._stream.add, for_good=False)
                return
            except Unavailable as error:
                self._broker_failed(error)
        with suppress(Unavailable):  # they wait where they are
            self._drain(self._store, for_good=True)

    def _drain(self, add: Callable[[bytes], None], *, for_good: bool) -> None:
        for file in list(self._files):
            while lines := file.unsent():
                add(lines)
                file.sent += len(lines)
                if for_good:
                    file.safe = file.sent

    def _store(self, lines: bytes) -> None:
        values = [{"id": _digest(line), "entry": _text(line)} for line in lines.split(b"\n")[:-1]]
        with self._database.ask() as connection:
            connection.execute(insert(WaitingHit).on_conflict_do_nothing(), values)

    def _confirm(self) -> None:
        """Let go of what the broker has on disk."""
        try:
            if self._asked and (synced := self._stream.synced()) is not None:
                self._down = False
                for file, sent in self._asked:
                    file.safe = sent if synced else file.safe
                self._asked = []
            elif not self._asked and any(file.safe < file.sent for file in self._files):
                asked = [(file, file.sent) for file in self._files]
                self._stream.ask()
                self._asked = asked
        except Unavailable as error:
            self._broker_failed(error)
        for file in list(self._files):
            if file.finish():
                self._files.remove(file)
                file.close()

    def _broker_failed(self, error: Unavailable) -> None:
        """Begin again at what is safe: a broker that was killed may have lost all that came after."""
        if not self._down:  # Said once, not every second.
            log.warning("the broker does not answer; hits go to the database", error=str(error))
        self._down = True
        self._retry_at = time.monotonic() + self._retry_seconds
        self._asked = []
        for file in self._files:
            file.sent = file.safe


def _digest(line: bytes) -> UUID:
    return UUID(bytes=blake2b(line, digest_size=16).digest())


def _text(line: bytes) -> str:
    """As the database can hold it, even where a killed process left a hole in its last line."""
    return line.replace(b"\0", b"").decode(errors="replace")
