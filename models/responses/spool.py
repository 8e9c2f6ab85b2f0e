"""The spool: hits on this machine's disk, for when neither broker nor database takes them.

Each web process appends to a file of its own and syncs it before it answers; a worker takes whole files. Both
sides lock a file only to write a line or to rename it, so that no reader waits for the worker.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import settings

_SUFFIX, _TAKEN = ".jsonl", ".taken"


def folder() -> Path:
    """Where spools are."""
    return settings.get().kairan_data / "spool"


class Spool:
    """This process's file.

    Arguments:
        path: by default one named after the process, in :func:`folder`.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or folder() / f"hits-{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"

    def append(self, line: bytes) -> None:
        """Write a line and wait until it is on disk.

        Raises:
            OSError: the disk does not take it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            with _locked(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as file:
                if not _is_at(file, self._path):
                    continue  # a worker took it between opening and locking
                _write(file, line + b"\n")
                os.fsync(file)
                return


def take() -> Iterator[Path]:
    """Files for one worker to read and then remove; those that a killed worker left are among them."""
    for path in sorted(folder().glob(f"*{_SUFFIX}")):
        with contextlib.suppress(FileNotFoundError), _locked(path, os.O_WRONLY):
            # A name of its own: one taken before may still be there, if the database was down.
            path.rename(path.with_suffix(f".{os.urandom(8).hex()}{_TAKEN}"))
    yield from sorted(folder().glob(f"*{_TAKEN}"))


@contextlib.contextmanager
def _locked(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, flags, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _is_at(file: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file), path.stat())
    return False


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
