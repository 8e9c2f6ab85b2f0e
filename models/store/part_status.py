"""Which parts of a running ``kairan run`` are down: written by the launcher, read by the web server.

The file has its full size from the beginning and is written in place, so that it can be written on a full disk, too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_SIZE = 4096


def path_in(data: Path) -> Path:
    """The file below the data folder."""
    return data / "parts.json"


class PartStatusFile:
    """The file, open for the launcher.

    Raises:
        OSError: there is no room for it, or it may not be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, 0)
        os.posix_fallocate(self._file, 0, _SIZE)
        self.write({})

    def write(self, down: Mapping[str, str]) -> None:
        """Say what is down: the names of parts, and what is known of each."""
        short = {name: text[:200] for name, text in down.items()}
        text = json.dumps({"process": os.getpid(), "down": short}).encode()
        os.pwrite(self._file, text[:_SIZE].ljust(_SIZE), 0)

    def close(self) -> None:
        """Nothing runs any more."""
        os.close(self._file)
        self._path.unlink(missing_ok=True)


def read_down(data: Path) -> dict[str, str]:
    """The parts that are down, by name, each with what is known of it; nothing where no launcher runs."""
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        found = json.loads(path_in(data).read_bytes())
        os.kill(found["process"], 0)  # a launcher that was killed says nothing any more
        return {str(name): str(text) for name, text in found["down"].items()}
    return {}
