"""Files of a data folder that a power cut or a full disk may leave empty, cut short or full of zeros.

What can be put right without a loss is put right before a server starts; the rest is named, with what to do.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

from models.store.errors import KairanError
from models.store.phrase import phrase

_PIECE = 64 * 1024


class SpoiledFile(KairanError):
    """A file holds nothing that can be used. The text names it, and says what to do."""


def write_line(file: Path, line: str) -> None:
    """Write a file of one *line*, which only we may read: whole, or not at all.

    Raises:
        OSError: the disk does not take it.
    """
    unfinished = file.with_name(file.name + ".new")
    unfinished.touch(mode=0o600)
    with unfinished.open("w") as output:
        output.write(line + "\n")
        output.flush()
        os.fsync(output.fileno())  # a power cut after the renaming must not leave an empty file
    unfinished.rename(file)


def read_line(file: Path, remedy: str) -> str:
    """The line of a file that :func:`write_line` or an older version wrote.

    Raises:
        SpoiledFile: there is none; says *remedy*.
    """
    line = file.read_bytes().strip()
    if not line:
        raise SpoiledFile(phrase("{file} is empty. {remedy}", file=file, remedy=remedy))
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = "\0"
    if not text.isprintable():
        raise SpoiledFile(phrase("{file} is spoiled. {remedy}", file=file, remedy=remedy))
    return text


def remove_stale_pid(data: Path) -> None:
    """Remove the pid file of a PostgreSQL that was killed, where its number belongs to another program or is none.

    PostgreSQL itself takes any living process of the same user for its predecessor, and starts with no file that it
    cannot read. We hold the lock that the predecessor held, so it is gone, unless somebody started a server by hand.
    """
    pid_file = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError):
        number = pid_file.read_bytes()[:1000].partition(b"\n")[0].strip()
        if not number.isdigit() or "postgres" not in _command(int(number)):
            pid_file.unlink()


def _command(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text()
    if Path("/proc/self").exists():
        return ""
    answer = subprocess.run(["ps", "-o", "comm=", "-p", str(process)], capture_output=True, text=True, check=False)
    return answer.stdout


def cut_zeros(log: Path) -> None:
    """Cut zeros off the end of a log of commands (``*.incr.aof``), which holds none after its last line end.

    A file system that knew the new length, but had not written the bytes when the power went, puts them there. Valkey
    goes on when a log ends within a command, and refuses to start when zeros follow.
    """
    with log.open("rb+") as file:
        end = size = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _PIECE)
            file.seek(start)
            kept = file.read(end - start).rstrip(b"\0")
            end = start + len(kept)
            if kept:
                break
        if end < size:
            file.truncate(end)
            os.fsync(file.fileno())
