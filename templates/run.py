"""Runs: what lies between two fields of a letter's body, in base64 but for its tokens.

What a run looks like depends only on how many of its first bytes (0, 1 or 2) went into the last four letters of the
field before it. So it has three *shapes*, each made when it is first needed. In a shape all is ready but the tokens;
and since the first letters of a token are the issue's and not the reader's, only the bytes behind a token make
its letters differ from place to place. Sixty links with one token each cost five encodings.

The layout that makes this possible is defined in :mod:`templates.transfer`.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from models.store.token import LENGTH

from .slot import FieldSlot, HeaderSlot, Slot, TokenSlot
from .transfer import LINE_BYTES, NEAR, lines

_EOL = b"\r\n"

Node = bytes | TokenSlot | FieldSlot


class Raw(NamedTuple):
    """Bytes that end a part and stand on the wire as they are: boundaries and the next part's headers."""

    wire: bytes


class Group(NamedTuple):
    """Slots that are laid out as one, with the few static bytes between them."""

    nodes: tuple[Node, ...]


class Tokens(NamedTuple):
    """Where to find a reader's tokens, of which all stand one after another.

    ``heads`` are the first letters of each, which are the same for every reader of an issue (two are enough).
    """

    places: Mapping[TokenSlot, slice]
    heads: Mapping[TokenSlot, bytes]


def grouped(part: Sequence[bytes | Slot]) -> Iterator[bytes | Group]:
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
            yield Group(tuple(held))
            held = []
        yield node
    if held:
        yield Group(tuple(held))


class _Near(NamedTuple):
    """A token, or what is left of it, and what follows it up to a whole group of four letters."""

    cut: slice
    behind: bytes

    @property
    def size(self) -> int:
        return int(self.cut.stop - self.cut.start) + len(self.behind)


class _Wide(NamedTuple):
    """Several tokens with little between them."""

    nodes: tuple[bytes | slice, ...]


_Made = TypeVar("_Made", _Near, _Wide)
_Wire = bytes | _Near | _Wide


class Shape:
    """A run, given how many of its bytes the field before it took.

    ``head`` are these bytes; ``tail`` the nought to two bytes that the field after it takes.
    """

    def __init__(self, head: bytes, wire: Sequence[_Wire], tail: bytes) -> None:
        self.head, self.tail = head, tail
        order = [item for item in wire if not isinstance(item, bytes)]
        near = _distinct([item for item in order if isinstance(item, _Near)])
        self._wide = _distinct([item for item in order if isinstance(item, _Wide)])
        made: list[_Near | _Wide] = [*near, *self._wide]
        self._place = _picker([made.index(item) for item in order])
        # Static bytes stand at even places and tokens at odd ones, so that one slice assignment fills a copy.
        self._template = [b""]
        for piece in wire:
            if isinstance(piece, bytes):
                self._template[-1] += piece
            else:
                self._template += [b"", b""]
        # All near tokens are encoded at once and parted afterwards: each is a whole number of groups.
        self._cut = _picker([item.cut for item in near])
        self._behind = [half for item in near for half in (b"", item.behind)]
        ends = list(accumulate(item.size * 4 // 3 for item in near))
        self._part = _picker([slice(start, end) for start, end in pairwise([0, *ends])])

    def fill(self, tokens: bytes) -> list[bytes]:
        """The run on the wire, in pieces to be joined.

        Arguments:
            tokens: all of a reader's tokens, one after another.
        """
        pieces = self._template.copy()
        if len(pieces) > 1:
            near = self._behind.copy()
            near[0::2] = self._cut(tokens)
            made = self._part(b2a_base64(b"".join(near), newline=False))
            if self._wide:
                made = [*made, *(_encoded(item, tokens) for item in self._wide)]
            pieces[1::2] = self._place(made)
        return pieces


def _encoded(item: _Wide, tokens: bytes) -> bytes:
    return lines(b"".join([node if isinstance(node, bytes) else tokens[node] for node in item.nodes]))


def _distinct(items: list[_Made]) -> list[_Made]:
    """*items* without repetition (slices have no hash in older Pythons)."""
    return [item for at, item in enumerate(items) if item not in items[:at]]


def _picker(places: Sequence[Any]) -> Callable[[Any], Sequence[bytes]]:
    """A function from a sequence to what stands at *places* (numbers or slices)."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda whole: [whole[place] for place in places]


class Run:
    """What lies between two fields: static bytes, groups of tokens, and :class:`Raw` where a part ends."""

    def __init__(self, nodes: Sequence[bytes | Group | Raw], tokens: Tokens) -> None:
        self._nodes, self._tokens = nodes, tokens
        self._shapes: dict[int, Shape] = {}

    def shape(self, taken: int) -> Shape:
        """The shape of the run when the field before it needs its first *taken* bytes (0 to 2)."""
        if taken not in self._shapes:
            self._shapes[taken] = _Press(self._tokens).press(self._nodes, taken)
        return self._shapes[taken]


class _Press:
    """Turns the nodes of a run into a shape."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._wire: list[_Wire] = []
        self._text = b""
        self._group: tuple[Node, ...] = ()

    def press(self, nodes: Sequence[bytes | Group | Raw], taken: int) -> Shape:
        head = nodes[0][:taken] if nodes and isinstance(nodes[0], bytes) else b""
        for at, node in enumerate(nodes):
            if isinstance(node, Group):
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

    def _written(self, behind: bytes, near: bool) -> list[_Wire]:
        match self._group:
            case (bytes(before), TokenSlot() as slot) if near:
                known = -len(before) % 3
                place = self._tokens.places[slot]
                start = before + self._tokens.heads[slot][:known]
                cut = slice(place.start + known, place.stop)
                return [b2a_base64(start, newline=False), _Near(cut, behind), _EOL]
            case _:
                places = self._tokens.places
                nodes = [places[node] if isinstance(node, TokenSlot) else node for node in self._group]
                return [_Wide((*(node for node in nodes if isinstance(node, bytes | slice)), behind))]
