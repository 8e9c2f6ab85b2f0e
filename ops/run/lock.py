"""One data folder, one owner at a time.

The lock is handed to the children that use the data: it is free only when all of them have gone,
also after we were killed. The process that gets it knows that no server runs on these data.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from pathlib import Path

from models.store.phrase import phrase

from .child_process import CannotStart

WAIT_SECONDS = 20.0


class Lock:
    """An exclusive lock on a file; ``with`` or :meth:`acquire` and :meth:`release`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1

    def fileno(self) -> int:
        """The descriptor, to be inherited by children that hold the lock too."""
        return self._descriptor

    def acquire(self) -> None:
        """Take the lock. Waits a little only for children of an owner that has died or released it.

        Raises:
            CannotStart: a living process holds it; names the process.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        until = time.monotonic() + WAIT_SECONDS
        while not _try_lock(descriptor):
            owner = _owner(descriptor)
            if _alive(owner) or time.monotonic() > until:
                os.close(descriptor)
                another = phrase("another Kairan (process {owner})", owner=owner)
                user = another if owner else phrase("what an earlier Kairan left running")
                raise CannotStart(
                    phrase(
                        "{parent} is in use by {user}. Stop that first, or set KAIRAN_DATA to another folder.",
                        parent=self.path.parent,
                        user=user,
                    )
                )
            time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go. Children that inherited the lock keep it until they end."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def held(self) -> bool:
        """Whether somebody holds the lock now."""
        with contextlib.suppress(FileNotFoundError, PermissionError), self.path.open("rb+") as file:
            return not _try_lock(file.fileno())
        return False


def _try_lock(descriptor: int) -> bool:
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _owner(descriptor: int) -> int:
    text = os.pread(descriptor, 20, 0).strip()
    return int(text) if text.isdigit() else 0


def _alive(process: int) -> bool:
    if not process:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
