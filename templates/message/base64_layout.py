"""Base64 in a layout that slots do not disturb (RFC 2045, 6.8), and the runs between two fields encoded ahead.

Why: encoding a whole body anew for each reader costs most of the time that a copy takes. With this layout nearly all
of a body is encoded once for an edition, and a copy only encodes its tokens and fields (``benchmarks/stamp.py``).

How: base64 turns three bytes into four characters, so a slot shifts all that follows by zero, one or two bytes, and
line breaks at fixed columns would move with every name. RFC 2045 only says that a line has at most 76 characters. In
our layout a line ends before the first group of four characters that a slot touches, and another one after the last:
what stands between two slots is broken into lines counted from its own beginning. So a static text is encoded in
three ways at most, whatever stands in the slots before it. :func:`encode` is the definition; stamping must give the
same bytes.

A run is what lies between two fields of a letter's body. How it is encoded depends only on how many of its first
bytes (0, 1 or 2) went into the last four characters of the field before it. So it has three *encoded runs*, each made
when it is first needed, of which whole letters are put together (:mod:`.letter_format`). In an encoded run all is
ready but the tokens; and since the first characters of a token are the issue's and not the reader's, only the bytes
after a token make its base64 differ from place to place. Sixty links with one token each cost five encodings.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from models.store.token import LENGTH

from ..content.slot import HeaderSlot, OwnSlot, Slot, TokenSlot

_EOL = b"\r\n"

LINE_BYTES = 57
"""Bytes that fill a line of 76 characters."""

MIN_STATIC_BYTES = 8
"""Slots with fewer static bytes than this between them are laid out as one, as there is no whole line to gain."""


class Chunk(NamedTuple):
    """Bytes of a part: static, or the value of a slot."""

    data: bytes
    slot: bool = False


def encode(chunks: Sequence[Chunk]) -> bytes:
    """The canonical base64 of a part: lines of at most 76 characters, each ended by CRLF."""
    data = b"".join(chunk.data for chunk in chunks)
    starts = {0, len(data)}
    for start, end in _slot_ranges(chunks):
        starts.update((start // 3 * 3, min(-(-end // 3) * 3, len(data))))
    return b"".join(encode_lines(data[start:end]) for start, end in pairwise(sorted(starts)))


def _slot_ranges(chunks: Sequence[Chunk]) -> Iterator[tuple[int, int]]:
    """Where slots begin and end in the bytes of a part, near ones taken together."""
    at, open_start, open_end = 0, -1, -1
    for chunk in chunks:
        if chunk.slot:
            if open_start >= 0 and at - open_end >= MIN_STATIC_BYTES:
                yield open_start, open_end
                open_start = -1
            open_start = at if open_start < 0 else open_start
            open_end = at + len(chunk.data)
        at += len(chunk.data)
    if open_start >= 0:
        yield open_start, open_end


def encode_lines(data: bytes) -> bytes:
    """*data* in base64, a line for every 57 bytes, each ended by CRLF."""
    if len(data) <= LINE_BYTES:
        return b2a_base64(data, newline=False) + b"\r\n" if data else b""
    return b"".join(
        b2a_base64(data[at : at + LINE_BYTES], newline=False) + b"\r\n" for at in range(0, len(data), LINE_BYTES)
    )


Node = bytes | TokenSlot | OwnSlot


class Span(NamedTuple):
    """Some of the bytes of a reader's tokens, from *start* to before *stop*, as they are."""

    start: int
    stop: int


class EncodedToken(NamedTuple):
    """A token, or what is left of it, and what follows it up to a whole group of four characters; in base64."""

    start: int
    stop: int
    following: bytes


class EncodedLines(NamedTuple):
    """Lines of base64 that are made for each reader: of static bytes, tokens, and fields by their numbers."""

    nodes: tuple[bytes | Span | int, ...]


FormatItem = bytes | Span | EncodedToken | EncodedLines | int
"""What a letter format is made of: bytes, or something of a reader's own; a number is that of a value."""


class PartDelimiter(NamedTuple):
    """Bytes that end a part and are not base64: boundaries and the next part's headers."""

    data: bytes


class SlotGroup(NamedTuple):
    """Slots that are laid out as one, with the few static bytes between them."""

    nodes: tuple[Node, ...]


class Tokens(NamedTuple):
    """Where to find a reader's tokens, of which all stand one after another.

    ``prefixes`` are the first characters of each, which are the same for every reader of an issue (two are enough).
    """

    offsets: Mapping[TokenSlot, int]
    prefixes: Mapping[TokenSlot, bytes]

    def span(self, slot: TokenSlot) -> Span:
        """Where all of a token stands."""
        return Span(self.offsets[slot], self.offsets[slot] + LENGTH)


def grouped(part: Sequence[bytes | Slot]) -> Iterator[bytes | SlotGroup]:
    """*part* with slots that have few static bytes between them taken together, as the layout has it."""
    held: list[Node] = []
    for at, node in enumerate(part):
        if isinstance(node, HeaderSlot):
            raise TypeError("a slot of a header stands in a body")
        inside = held and isinstance(node, bytes) and len(node) < MIN_STATIC_BYTES and at + 1 < len(part)
        if inside or not isinstance(node, bytes):
            held.append(node)
            continue
        if held:
            yield SlotGroup(tuple(held))
            held = []
        yield node
    if held:
        yield SlotGroup(tuple(held))


class EncodedRun(NamedTuple):
    """A run, given how many of its bytes the field before it took.

    ``head`` are these bytes; ``tail`` the zero to two bytes that the field after it takes.
    """

    head: bytes
    items: Sequence[FormatItem]
    tail: bytes


class StaticRun:
    """What lies between two fields: static bytes, groups of tokens, and :class:`Raw` where a part ends."""

    def __init__(self, nodes: Sequence[bytes | SlotGroup | PartDelimiter], tokens: Tokens) -> None:
        self._nodes, self._tokens = nodes, tokens
        self._encoded: dict[int, EncodedRun] = {}

    def encoded(self, taken: int) -> EncodedRun:
        """The encoded run when the field before it needs its first *taken* bytes (0 to 2)."""
        if taken not in self._encoded:
            self._encoded[taken] = _RunEncoder(self._tokens).encode(self._nodes, taken)
        return self._encoded[taken]


class _RunEncoder:
    """Turns the nodes of a run into an encoded run."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._items: list[FormatItem] = []
        self._text = b""
        self._group: tuple[Node, ...] = ()

    def encode(self, nodes: Sequence[bytes | SlotGroup | PartDelimiter], taken: int) -> EncodedRun:
        head = nodes[0][:taken] if nodes and isinstance(nodes[0], bytes) else b""
        for at, node in enumerate(nodes):
            if isinstance(node, SlotGroup):
                self._group = (self._write_whole_groups(), *node.nodes)
            elif isinstance(node, PartDelimiter):
                self._close_slot_group(b"")
                self._items += [encode_lines(self._text), node.data]
                self._text = b""
            else:
                self._close_slot_group(node if at else node[taken:])
        self._close_slot_group(b"")
        return EncodedRun(head, self._items, self._write_whole_groups())

    def _write_whole_groups(self) -> bytes:
        """Write as much of the text as makes whole groups of four characters; what is left."""
        whole = len(self._text) // 3 * 3
        self._items.append(encode_lines(self._text[:whole]))
        rest, self._text = self._text[whole:], b""
        return rest

    def _close_slot_group(self, text: bytes) -> None:
        """End the group that is open, if there is one, with the first bytes of the *text* that follows it."""
        if self._group:
            length = sum(len(node) if isinstance(node, bytes) else LENGTH for node in self._group)
            needed = -length % 3
            following, text = text[:needed], text[needed:]
            # Near tokens are encoded in one go, so none may need padding, as one at the very end of a part may.
            self._items += self._encoded_group(following, len(following) == needed and length + needed <= LINE_BYTES)
            self._group = ()
        self._text += text

    def _encoded_group(self, following: bytes, near: bool) -> list[FormatItem]:
        match self._group:
            case (bytes(before), TokenSlot() as slot) if near:
                known = -len(before) % 3
                start = before + self._tokens.prefixes[slot][:known]
                left = self._tokens.span(slot)
                return [b2a_base64(start, newline=False), EncodedToken(left.start + known, left.stop, following), _EOL]
            case _:
                nodes = [self._tokens.span(node) if isinstance(node, TokenSlot) else node for node in self._group]
                return [EncodedLines((*(node for node in nodes if isinstance(node, bytes | Span)), following))]
