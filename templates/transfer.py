"""Base64 in a layout that slots do not disturb (RFC 2045, 6.8).

Base64 turns three bytes into four letters, so a slot shifts all that follows by nought, one or two bytes, and line
breaks at fixed columns would move with every name. RFC 2045 only says that a line has at most 76 letters. In our
layout a line ends before the first group of four letters that a slot touches, and another one after the last: what
stands between two slots is broken into lines counted from its own beginning. So a static text has three shapes at
most, whatever stands in the slots before it. :func:`encode` is the definition; stamping must give the same bytes.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

LINE_BYTES = 57
"""Bytes that fill a line of 76 letters."""

NEAR = 8
"""Slots with fewer static bytes than this between them are laid out as one: there is no whole line to win."""


class Chunk(NamedTuple):
    """Bytes of a part: static, or the value of a slot."""

    data: bytes
    slot: bool = False


def encode(chunks: Sequence[Chunk]) -> bytes:
    """The canonical base64 of a part: lines of at most 76 letters, each ended by CRLF."""
    data = b"".join(chunk.data for chunk in chunks)
    starts = {0, len(data)}
    for start, end in _touched(chunks):
        starts.update((start // 3 * 3, min(-(-end // 3) * 3, len(data))))
    return b"".join(lines(data[start:end]) for start, end in pairwise(sorted(starts)))


def _touched(chunks: Sequence[Chunk]) -> Iterator[tuple[int, int]]:
    """Where slots begin and end in the bytes of a part, near ones taken together."""
    at, open_from, open_to = 0, -1, -1
    for chunk in chunks:
        if chunk.slot:
            if open_from >= 0 and at - open_to >= NEAR:
                yield open_from, open_to
                open_from = -1
            open_from = at if open_from < 0 else open_from
            open_to = at + len(chunk.data)
        at += len(chunk.data)
    if open_from >= 0:
        yield open_from, open_to


def lines(data: bytes) -> bytes:
    """*data* in base64, a line for every 57 bytes, each ended by CRLF."""
    if len(data) <= LINE_BYTES:
        return b2a_base64(data, newline=False) + b"\r\n" if data else b""
    return b"".join(
        b2a_base64(data[at : at + LINE_BYTES], newline=False) + b"\r\n" for at in range(0, len(data), LINE_BYTES)
    )
