"""The spool: hits on this machine's disk, from the answer until the broker or the database has them for good.

A segment is a file of fixed size that its web process maps into memory: writing a hit is copying a line, which waits
for nothing, and which the kernel keeps when the process is killed. The process locks its segments; those without a
lock were left by one that is gone, and a worker or another web process takes them over.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import structlog

import settings

log = structlog.get_logger(__name__)

SIZE = 4 << 20
"""Bytes of a segment, some fifteen thousand hits."""
_READ_SIZE = 256 << 10
_NAME, _UNLOCKED = "hits-*", ".new"


def folder() -> Path:
    """Where spools are."""
    return settings.get().kairan_data / "spool"


class SpoolFile:
    """A part of a spool. Any thread may write; one reads behind them.

    ``end``, ``sent`` and ``safe`` are places in it, in bytes: up to which it is written, was handed on, and need not
    be kept.

    Arguments:
        file: open and locked; below zero for a segment in memory, which is gone with its process.
        path: of the file.
    """

    def __init__(self, file: int, path: Path) -> None:
        self._file, self._path = file, path
        self._map = mmap.mmap(file, os.fstat(file).st_size if file >= 0 else SIZE)
        self._lock = threading.Lock()
        self._full = False
        self.end = self.sent = self.safe = 0

    @property
    def on_disk(self) -> bool:
        """Whether it outlives its process."""
        return self._file >= 0

    def write(self, line: bytes) -> bool:
        """Keep *line*, which ends with a line break; False where the segment takes no more."""
        with self._lock:
            end = self.end + len(line)
            if self._full or end > len(self._map):
                return False
            self._map[self.end : end] = line
            self.end = end
        return True

    def find_end(self) -> None:
        """Find the end of what another process wrote. A line without its end was never answered."""
        self.end = self._map.rfind(b"\n") + 1

    def unsent(self) -> bytes:
        """The oldest lines that were not handed on, some 256 KiB of them at most."""
        end = self.end
        if end - self.sent > _READ_SIZE:
            end = self._map.find(b"\n", self.sent + _READ_SIZE) + 1
        return self._map[self.sent : end]

    def finish(self) -> bool:
        """Whether all of it is safe; if so, it takes no more. One that nothing was written to goes on."""
        with self._lock:
            self._full = 0 < self.end == self.safe
        return self._full

    def close(self) -> None:
        """Take no more, and remove the file if all of it is safe, else leave it to others."""
        with self._lock:
            self._full = True
            self._map.close()
        if self.on_disk:
            if self.safe == self.end:
                self._path.unlink(missing_ok=True)
            os.close(self._file)


def new_file() -> SpoolFile:
    """A new segment on disk.

    Raises:
        OSError: the disk does not take it.
    """
    path = folder() / f"hits-{os.getpid()}-{os.urandom(4).hex()}"
    path.parent.mkdir(parents=True, exist_ok=True)
    unlocked = path.with_suffix(_UNLOCKED)
    file = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        # Room that the disk does not have must be known now: a mapped page that finds none kills the process.
        os.posix_fallocate(file, 0, SIZE)
        fcntl.flock(file, fcntl.LOCK_EX)
        unlocked.rename(path)
        return SpoolFile(file, path)
    except OSError:
        unlocked.unlink(missing_ok=True)
        os.close(file)
        raise


def new_in_memory() -> SpoolFile:
    """A new segment for when the disk takes none."""
    return SpoolFile(-1, Path())


def abandoned_files() -> Iterator[SpoolFile]:
    """Segments whose processes are gone, for the caller to hand on and close; nobody else gets them meanwhile."""
    for path in sorted(folder().glob(_NAME)):
        if path.suffix == _UNLOCKED:
            continue
        try:
            segment = _lock_file(path)
        except (FileNotFoundError, BlockingIOError):
            continue
        except OSError as error:  # One file that cannot be read must not hold up all others.
            log.warning("hits in a spool cannot be read", path=str(path), error=str(error))
            continue
        segment.find_end()
        if segment.end:
            yield segment
        else:
            segment.close()


def _lock_file(path: Path) -> SpoolFile:
    """The file at *path*, locked.

    Raises:
        OSError: somebody has it, or had it and is done with it; it cannot be read; it is empty.
    """
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(file), path.stat()):
            raise FileNotFoundError(path)
        return SpoolFile(file, path)
    except (OSError, ValueError) as error:
        os.close(file)
        raise error if isinstance(error, OSError) else OSError(str(error)) from error
