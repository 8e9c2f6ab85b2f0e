"""Returned mail, taken apart within bounds (RFC 2045, 2046, 5322, 6522).

Python's own parser builds the whole tree and takes minutes for ten thousand nested parts. A report says what it has to
say in its first parts, so this one looks for boundaries in the bytes as they came, copies only what is read, and stops
at :data:`MOST_PARTS` parts and :data:`DEEPEST` levels. It never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .text_decoding import MOST_ENCODED, decode_body, decode_transfer, header_text, without_tags

MOST_PARTS = 60
DEEPEST = 8
_MOST_HEADER = 200_000
_MOST_FIELDS = 400
_FIELD = re.compile(r"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_PARAMETER = re.compile(r"""([\w-]{1,40})\*?\d{0,2}\*? ?= ?(?:"([^"\r\n]{0,300})"|([^\s;"]{0,300}))""")
_EML = re.compile(r"name\*?\d?\*? ?= ?[^;]{1,300}\.eml\b", re.IGNORECASE)
_NAMED_IN = ("content-type", "content-disposition")
_HEADER_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r(?!\n)")
_FIRST_BOUNDARY = re.compile(
    rb"(?:\A|\n)--([^\s-][^\r\n]{4,120}?|-{1,60}[^\s-][^\r\n]{4,120}?)[ \t]*\r?\n(?=content-|(\r?\n))", re.IGNORECASE
)


@dataclass(frozen=True)
class Part:
    """One part, or the whole message."""

    fields: tuple[tuple[str, str], ...]
    """Names in lower case and raw values, unfolded."""
    body: bytes
    depth: int
    quoted: bool
    """Whether it belongs to a message that is attached: the returned letter, in a report."""

    def all(self, name: str) -> list[str]:
        """Every value of a header field, its encoded words read."""
        return [header_text(value) for key, value in self.fields if key == name]

    def get(self, name: str) -> str:
        """The first value of a header field, or empty."""
        return next(iter(self.all(name)), "")

    @cached_property
    def kind(self) -> str:
        """The media type, in lower case; ``text/plain`` where nothing is said. A file ``*.eml`` is a message."""
        declared = self.get("content-type").split(";")[0].strip().lower() or "text/plain"
        if declared == "application/octet-stream" and any(_EML.search(self.get(name)) for name in _NAMED_IN):
            return "message/rfc822"
        return declared

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Parameters of Content-Type."""
        return {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(self.get("content-type"))}

    @cached_property
    def encoding(self) -> str:
        """The Content-Transfer-Encoding, in lower case."""
        return self.get("content-transfer-encoding").strip().lower()

    @cached_property
    def text(self) -> str:
        """What it says; tags of HTML are taken out."""
        found = decode_body(self.body, self.encoding, self.parameters.get("charset", ""))
        return without_tags(found) if self.kind == "text/html" else found


@dataclass
class ReturnedMessage:
    """A message and its parts, in their order; messages that are attached stand as parts with their own fields."""

    top: Part
    parts: list[Part] = field(default_factory=list)

    @property
    def own(self) -> list[Part]:
        """Parts that do not belong to an attached message."""
        return [part for part in self.parts if not part.quoted]

    @property
    def attached(self) -> list[Part]:
        """The attached messages themselves: their fields are those of the returned letter."""
        return [part for part in self.parts if part.kind in _MESSAGES]


_MESSAGES = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822"}
)


def take_apart(raw: bytes) -> ReturnedMessage:
    """The parts of a message.

    Arguments:
        raw: the message as it came, of any size and however broken.
    """
    view = raw
    first = next((at for at, letter in enumerate(raw[:1000]) if letter not in b"\r\n"), 0)
    fields, start = _header(view, first, len(view))
    message = ReturnedMessage(_part(fields, view, start, len(view), 0, quoted=False))
    waiting = [(fields, start, len(view), 0, False)]
    while waiting and len(message.parts) < MOST_PARTS:
        fields, start, end, depth, quoted = waiting.pop(0)
        part = _part(fields, view, start, end, depth, quoted=quoted)
        children = list(_children(part, view, start, end)) if depth < DEEPEST else []
        if part.kind in _MESSAGES:
            inner, inner_start = _inner_header(part, view, start, end)
            own = tuple(one for one in fields if one[0] in _NAMED_IN)  # First, so that it says what the part is.
            message.parts.append(Part((*own, *inner), b"", depth, quoted))
            if inner and inner_start and depth < DEEPEST:
                waiting.insert(0, (inner, inner_start, end, depth + 1, True))
        elif children:
            waiting[:0] = [(*child, depth + 1, quoted) for child in children]
        else:
            message.parts.append(_as_leaf(part))
    return message


def _as_leaf(part: Part) -> Part:
    """A multipart in which no boundary was found is read as the text that it is."""
    if not part.kind.startswith("multipart/"):
        return part
    kept = tuple(one for one in part.fields if one[0] != "content-type")
    return Part((("content-type", "text/plain"), *kept), part.body, part.depth, part.quoted)


def _part(fields: tuple[tuple[str, str], ...], raw: bytes, start: int, end: int, depth: int, *, quoted: bool) -> Part:
    return Part(fields, raw[start : min(end, start + MOST_ENCODED)], depth, quoted)


def _inner_header(part: Part, raw: bytes, start: int, end: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Fields of an attached message, and where its body begins; 0 where it is encoded and not looked into."""
    if part.encoding in ("base64", "quoted-printable"):
        decoded = decode_transfer(part.body, part.encoding).lstrip()
        return _header(decoded, 0, len(decoded))[0], 0
    while start < end and raw[start : start + 1] in b"\r\n \t" and raw[start : start + 1]:
        start += 1
    return _header(raw, start, end)


def _children(part: Part, raw: bytes, start: int, end: int) -> Iterator[tuple[tuple[tuple[str, str], ...], int, int]]:
    """Fields, start and end of each part of a multipart."""
    declared = part.kind.startswith("multipart/")
    if not declared and (any(name == "content-type" for name, _ in part.fields) or part.depth):
        return
    boundary = part.parameters.get("boundary", "").encode("latin-1", "replace") if declared else b""
    if (not boundary or raw.find(b"--" + boundary, start, end) < 0) and (
        found := _FIRST_BOUNDARY.search(raw, max(start - 1, 0), min(end, start + (20_000 if declared else 600)))
    ):
        boundary = found[1] if declared or not found[2] else b""
    if not boundary:
        return
    for begin, stop in list(_between(raw, b"--" + boundary, start, end)):
        fields, body = _header(raw, begin, stop, of_part=True)
        yield fields, body, stop


def _between(raw: bytes, mark: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where parts begin and end: between lines that begin with *mark*, up to the one that closes."""
    begin, at, count = -1, start, 0
    while (at := raw.find(mark, at, end)) >= 0 and count < MOST_PARTS:
        if at > start and raw[at - 1 : at] not in (b"\n", b"\r"):
            at += 1
            continue
        after = raw[at + len(mark) : at + len(mark) + 3]
        if after[:1] not in (b"", b"\r", b"\n", b" ", b"\t") and after[:2] != b"--":
            at += 1  # The boundary of another multipart that begins with the same letters.
            continue
        if begin >= 0:
            yield begin, at
            count += 1
        line_end = raw.find(b"\n", at + len(mark), end)
        if after[:2] == b"--" or line_end < 0:
            return
        begin = at = line_end + 1
    if begin >= 0:
        yield begin, end


def _header(raw: bytes, start: int, end: int, *, of_part: bool = False) -> tuple[tuple[tuple[str, str], ...], int]:
    """Header fields, and where the body begins."""
    stop = min(end, start + _MOST_HEADER)
    if of_part and raw[start : start + 1] in (b"\n", b"\r"):
        return (), start + 1
    if found := _HEADER_END.search(raw, start, stop):
        block, body = raw[start : found.start()], found.end()
    else:
        block, body = raw[start:stop], stop
    lines = block.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    fields: list[list[str]] = []
    for line in lines[: 4 * _MOST_FIELDS]:
        if line[:1] in " \t" and fields:
            if len(fields[-1]) < 40:
                fields[-1].append(line.strip())
        elif len(fields) < _MOST_FIELDS and not line.startswith("From ") and (found_field := _FIELD.match(line)):
            fields.append([found_field[1].lower(), found_field[2].strip()])
    if of_part and not fields:
        return (), start  # No header at all: everything is the body.
    return tuple((one[0], " ".join(one[1:])) for one in fields), body
