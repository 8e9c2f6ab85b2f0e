"""The spool: hits on this machine's disk, from the answer until the broker or the database has stored them.

A spool file has a fixed size, and its web process maps it into memory (``mmap``, shared). Writing a hit is copying a
line into memory, without a system call, and yet the hit survives the process: the pages belong to the kernel, which
writes them to disk even when the process is killed. Only a crash of the machine loses what the kernel has not written
yet. That is why a redirect can be answered before Redis or PostgreSQL has its hit (docs/decisions/0024).

The process holds a lock (``flock``) on each of its files, which the kernel releases when the process ends. A file
without a lock was left by a process that has ended, and a worker or another web process takes it over.
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
"""Bytes of a spool file: some fifteen thousand hits."""
_READ_SIZE = 256 << 10
_NAME, _UNLOCKED = "hits-*", ".new"


def folder() -> Path:
    """The folder of spool files."""
    return settings.get().kairan_data / "spool"


class SpoolFile:
    """One file of the spool. Any thread may write; one thread reads what they have written.

    ``end``, ``sent`` and ``safe`` are offsets in bytes: everything before them is written, was sent on, and is stored
    elsewhere.

    Arguments:
        file: descriptor of the open, locked file; negative for memory only, which ends with its process.
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
        """Write *line*, which ends with a line break; False where there is no room."""
        with self._lock:
            end = self.end + len(line)
            if self._full or end > len(self._map):
                return False
            self._map[self.end : end] = line
            self.end = end
        return True

    def find_end(self) -> None:
        """Find the end of what another process wrote. Its request was not answered where a line lacks its end."""
        self.end = self._map.rfind(b"\n") + 1

    def unsent(self) -> bytes:
        """The oldest lines that were not sent on, about 256 KiB at most."""
        end = self.end
        if end - self.sent > _READ_SIZE:
            end = self._map.find(b"\n", self.sent + _READ_SIZE) + 1
        return self._map[self.sent : end]

    def save(self, size: int) -> SpoolFile:
        """End writing here, and put what is not stored elsewhere into a new file on disk.

        Arguments:
            size: bytes of the new file at least; 0 where no thread writes any more, and no room is needed for more.

        Raises:
            OSError: the disk does not take it; then this file is as it was.
        """
        # Others may write here until the lock is held; more than this file they cannot fill.
        saved = new_file(max(size, len(self._map) - self.safe) if size else self.end - self.safe)
        with self._lock:
            self._full = True
        saved.write(self._map[self.safe : self.end])
        saved.sent = self.sent - self.safe
        return saved

    def finish(self) -> bool:
        """Stop writing if everything is safe, and return whether it is. A file without a line stays in use."""
        with self._lock:
            self._full = 0 < self.end == self.safe
        return self._full

    def close(self) -> None:
        """Stop writing; remove the file if everything is safe, else leave it to other processes."""
        with self._lock:
            self._full = True
            self._map.close()
        if self.on_disk:
            if self.safe == self.end:
                self._path.unlink(missing_ok=True)
            os.close(self._file)


def new_file(size: int = SIZE) -> SpoolFile:
    """A new file of *size* bytes on disk.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    path = folder() / f"hits-{os.getpid()}-{os.urandom(4).hex()}"
    path.parent.mkdir(parents=True, exist_ok=True)
    unlocked = path.with_suffix(_UNLOCKED)
    file = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        # Space must be reserved now: writing to a mapped page without space on disk kills the process (SIGBUS).
        os.posix_fallocate(file, 0, size)
        fcntl.flock(file, fcntl.LOCK_EX)
        unlocked.rename(path)
        return SpoolFile(file, path)
    except OSError:
        unlocked.unlink(missing_ok=True)
        os.close(file)
        raise


def check_room() -> None:
    """Raise OSError where the disk takes no new file of hits."""
    new_file().close()


def new_in_memory() -> SpoolFile:
    """A new one in memory, for when the disk cannot be written."""
    return SpoolFile(-1, Path())


def abandoned_files() -> Iterator[SpoolFile]:
    """Files whose processes have ended, locked, for the caller to send on and close."""
    for path in sorted(folder().glob(_NAME)):
        if path.suffix == _UNLOCKED:
            continue
        try:
            file = _lock_file(path)
        except (FileNotFoundError, BlockingIOError):
            continue
        except OSError as error:  # One file that cannot be read must not hold up all others.
            log.warning("hits in a spool cannot be read", path=str(path), error=str(error))
            continue
        file.find_end()
        if file.end:
            yield file
        else:
            file.close()


def _lock_file(path: Path) -> SpoolFile:
    """The file at *path*, locked.

    Raises:
        OSError: another process has locked it, or has removed it since; it cannot be read; it is empty.
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
