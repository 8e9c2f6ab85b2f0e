"""A small disk that a drill fills: a file system in memory where root may mount one, else a closed spool folder."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

SIZE = "512m"
_FILLING = "filling"


def mount(folder: Path) -> bool:
    """Make *folder* a disk of its own; whether that can be done here."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "tmpfs", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0


def unmount(folder: Path) -> None:
    """Give it up with all that is on it."""
    subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def fill(folder: Path) -> None:
    """Leave no room on the disk; where it is none of its own, take no files of hits."""
    if not folder.is_mount():
        (folder / "data" / "spool").chmod(0o500)
        return
    with (folder / _FILLING).open("ab") as file, suppress(OSError):
        while True:  # ends with “no space left on device”
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), size)
            break


def empty(folder: Path) -> None:
    """Give the room back."""
    (folder / _FILLING).unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        (folder / "data" / "spool").chmod(0o700)
