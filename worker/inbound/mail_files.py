"""Messages in files: one each (eml), many (mbox), below a folder, in a Maildir. Whatever their size, one is held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_CHUNK = 1_000_000


class FileMessage(NamedTuple):
    """One message of a file."""

    file: Path
    raw: bytes | None
    """None where it is larger than allowed."""
    read: int
    """Bytes of the file that it took."""


def list_files(path: Path) -> list[Path]:
    """The file itself, or every file below a folder, by name; what a Maildir has not finished writing is left out."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.is_file())
    return [file for file in found if not (file.parent.name == "tmp" and (file.parent.parent / "cur").is_dir())]


def read(file: Path, most: int) -> Iterator[FileMessage]:
    """The messages of a file, in their order.

    Arguments:
        most: bytes of the largest message that is wanted.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as opened:
        first = opened.read(5)
        opened.seek(0)
        if first == b"From ":
            yield from _of_mbox(file, opened, most)
            return
        raw = opened.read(most + 1)
    yield FileMessage(file, raw if len(raw) <= most else None, file.stat().st_size)


def _of_mbox(file: Path, opened: BinaryIO, most: int) -> Iterator[FileMessage]:
    """RFC 4155: a line that begins with “From ” after an empty one begins a message; ``>From`` in one was “From”."""
    lines: list[bytes] = []
    size = read_bytes = 0
    empty, begun = True, False
    while line := opened.readline(_CHUNK):
        if empty and line.startswith(b"From "):
            if begun:
                yield _message(file, lines, size, most, read_bytes)
            lines, size, read_bytes, begun = [], 0, len(line), True
            empty = False
            continue
        read_bytes += len(line)
        size += len(line)
        if line.startswith(b">") and line.lstrip(b">").startswith(b"From "):
            line = line[1:]
        if size <= most:
            lines.append(line)
        empty = line in (b"\n", b"\r\n")
    if begun:
        yield _message(file, lines, size, most, read_bytes)


def _message(file: Path, lines: list[bytes], size: int, most: int, read_bytes: int) -> FileMessage:
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines.pop()  # It parts the message from the next one.
    return FileMessage(file, b"".join(lines) if size <= most else None, read_bytes)
