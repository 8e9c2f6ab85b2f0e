"""Base64 in a layout that slots do not disturb (RFC 2045, 6.8), and the runs between two fields laid out ahead.

Base64 turns three bytes into four letters, so a slot shifts all that follows by nought, one or two bytes, and line
breaks at fixed columns would move with every name. RFC 2045 only says that a line has at most 76 letters. In our
layout a line ends before the first group of four letters that a slot touches, and another one after the last: what
stands between two slots is broken into lines counted from its own beginning. So a static text has three shapes at
most, whatever stands in the slots before it. :func:`encode` is the definition; stamping must give the same bytes.

A run is what lies between two fields of a letter's body. What it looks like depends only on how many of its first
bytes (0, 1 or 2) went into the last four letters of the field before it. So it has three *shapes*, each made when it
is first needed, of which whole letters are put together (:mod:`.letter_format`). In a shape all is ready but the
tokens; and since the first letters of a token are the issue's and not the reader's, only the bytes behind a token make
its letters differ from place to place. Sixty links with one token each cost five encodings.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from models.store.token import LENGTH

from ..content.slot import FieldSlot, HeaderSlot, Slot, TokenSlot

_EOL = b"\r\n"

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


Node = bytes | TokenSlot | FieldSlot


class Span(NamedTuple):
    """Some of the bytes of a reader's tokens, from *start* to before *stop*, as they are."""

    start: int
    stop: int


class Near(NamedTuple):
    """A token, or what is left of it, and what follows it up to a whole group of four letters; in base64."""

    start: int
    stop: int
    behind: bytes


class Wide(NamedTuple):
    """Lines of base64 that are made for each reader: of static bytes, tokens, and fields by their numbers."""

    nodes: tuple[bytes | Span | int, ...]


Wire = bytes | Span | Near | Wide | int
"""What stands on the wire: bytes, or something of a reader's own; a number is that of a value."""


class Raw(NamedTuple):
    """Bytes that end a part and stand on the wire as they are: boundaries and the next part's headers."""

    wire: bytes


class SlotGroup(NamedTuple):
    """Slots that are laid out as one, with the few static bytes between them."""

    nodes: tuple[Node, ...]


class Tokens(NamedTuple):
    """Where to find a reader's tokens, of which all stand one after another.

    ``heads`` are the first letters of each, which are the same for every reader of an issue (two are enough).
    """

    places: Mapping[TokenSlot, int]
    heads: Mapping[TokenSlot, bytes]

    def whole(self, slot: TokenSlot) -> Span:
        """Where all of a token stands."""
        return Span(self.places[slot], self.places[slot] + LENGTH)


def grouped(part: Sequence[bytes | Slot]) -> Iterator[bytes | SlotGroup]:
    """*part* with slots that have few static bytes between them taken together, as the layout has it."""
    held: list[Node] = []
    for at, node in enumerate(part):
        if isinstance(node, HeaderSlot):
            raise TypeError("a slot of a header stands in a body")
        inside = held and isinstance(node, bytes) and len(node) < NEAR and at + 1 < len(part)
        if inside or not isinstance(node, bytes):
            held.append(node)
            continue
        if held:
            yield SlotGroup(tuple(held))
            held = []
        yield node
    if held:
        yield SlotGroup(tuple(held))


class Shape(NamedTuple):
    """A run, given how many of its bytes the field before it took.

    ``head`` are these bytes; ``tail`` the nought to two bytes that the field after it takes.
    """

    head: bytes
    wire: Sequence[Wire]
    tail: bytes


class StaticRun:
    """What lies between two fields: static bytes, groups of tokens, and :class:`Raw` where a part ends."""

    def __init__(self, nodes: Sequence[bytes | SlotGroup | Raw], tokens: Tokens) -> None:
        self._nodes, self._tokens = nodes, tokens
        self._shapes: dict[int, Shape] = {}

    def shape(self, taken: int) -> Shape:
        """The shape of the run when the field before it needs its first *taken* bytes (0 to 2)."""
        if taken not in self._shapes:
            self._shapes[taken] = _RunEncoder(self._tokens).press(self._nodes, taken)
        return self._shapes[taken]


class _RunEncoder:
    """Turns the nodes of a run into a shape."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._wire: list[Wire] = []
        self._text = b""
        self._group: tuple[Node, ...] = ()

    def press(self, nodes: Sequence[bytes | SlotGroup | Raw], taken: int) -> Shape:
        head = nodes[0][:taken] if nodes and isinstance(nodes[0], bytes) else b""
        for at, node in enumerate(nodes):
            if isinstance(node, SlotGroup):
                self._group = (self._write_whole(), *node.nodes)
            elif isinstance(node, Raw):
                self._close_group(b"")
                self._wire += [lines(self._text), node.wire]
                self._text = b""
            else:
                self._close_group(node if at else node[taken:])
        self._close_group(b"")
        return Shape(head, self._wire, self._write_whole())

    def _write_whole(self) -> bytes:
        """Write as much of the text as makes whole groups of four letters; what is left."""
        whole = len(self._text) // 3 * 3
        self._wire.append(lines(self._text[:whole]))
        rest, self._text = self._text[whole:], b""
        return rest

    def _close_group(self, text: bytes) -> None:
        """End the group that is open, if there is one, with the first bytes of the *text* that follows it."""
        if self._group:
            length = sum(len(node) if isinstance(node, bytes) else LENGTH for node in self._group)
            needed = -length % 3
            behind, text = text[:needed], text[needed:]
            # Near tokens are encoded in one go, so none may need padding, as one at the very end of a part may.
            self._wire += self._written(behind, len(behind) == needed and length + needed <= LINE_BYTES)
            self._group = ()
        self._text += text

    def _written(self, behind: bytes, near: bool) -> list[Wire]:
        match self._group:
            case (bytes(before), TokenSlot() as slot) if near:
                known = -len(before) % 3
                start = before + self._tokens.heads[slot][:known]
                left = self._tokens.whole(slot)
                return [b2a_base64(start, newline=False), Near(left.start + known, left.stop, behind), _EOL]
            case _:
                nodes = [self._tokens.whole(node) if isinstance(node, TokenSlot) else node for node in self._group]
                return [Wide((*(node for node in nodes if isinstance(node, bytes | Span)), behind))]
