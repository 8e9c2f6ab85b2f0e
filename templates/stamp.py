"""Stamping: a frozen message and a reader become that reader's letter.

The body is cut where a field of any length stands. What lies between is a :class:`~templates.run.Run`, ready but
for its tokens. So a copy costs making the tokens, a handful of short encodings, and one join.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from itertools import chain
from typing import NamedTuple

from models.store import token

from . import header
from .freeze import Frozen, Segments
from .mime import DATE, TO, Folded, StampedLetter, filled
from .personal import clean
from .run import Group, Node, Raw, Run, Tokens, grouped
from .slot import Escape, FieldSlot, HeaderSlot, Slot, TokenSlot
from .transfer import lines

_EOL = b"\r\n"
_Value = tuple[bytes | slice | int, ...]
# Most addresses; any other goes the long way through header.addr_spec.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_-]+(?:[.+][A-Za-z0-9_-]+)*@[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")


class Reader(NamedTuple):
    """Whose copy it is. Values may hold anything; they are cleaned and escaped here."""

    subscriber_id: int
    address: str
    name: str = ""
    fields: Mapping[str, object] = {}
    """``kana``, ``organisation`` and custom fields by their names."""


def neutral(slot: Slot) -> str:
    """What stands in a slot where there is no reader (the archive): a field's fallback, else nothing."""
    return _escaped(slot, slot.fallback) if isinstance(slot, FieldSlot) else ""


def values(reader: Reader, issue_id: int, date: bytes) -> Callable[[Slot], str]:
    """The value of any slot for one reader: for :func:`templates.mime.write`, which makes the same letter slowly."""

    def value_of(slot: Slot) -> str:
        match slot:
            case TokenSlot(purpose):
                return token.make(purpose, issue_id, reader.subscriber_id)
            case FieldSlot():
                return _field(slot, reader)
            case HeaderSlot(name):
                return header.addr_spec(reader.address, "To") if name == "to" else date.decode()

    return value_of


def _field(slot: FieldSlot, reader: Reader) -> str:
    value = clean(reader.name if slot.name == "name" else reader.fields.get(slot.name))
    return _escaped(slot, value or slot.fallback)


def _escaped(slot: FieldSlot, value: str) -> str:
    return escape(value) if slot.escape is Escape.HTML else value


class Stamper:
    """Makes the copies of one edition. Make one per batch.

    Arguments:
        frozen: the edition.
        issue_id: the issue that tokens are made for.
    """

    def __init__(self, frozen: Frozen, issue_id: int) -> None:
        used = list(dict.fromkeys(_slots(frozen)))
        purposes = [slot.purpose for slot in used if isinstance(slot, TokenSlot)]
        places = {TokenSlot(purpose): slice(32 * at, 32 * at + 32) for at, purpose in enumerate(purposes)}
        self._bundle = token.bundler(purposes, issue_id)
        example = self._bundle(0)
        tokens = Tokens(places, {slot: example[place][:2] for slot, place in places.items()})
        self._head = _Head(frozen.headers, places)
        self._fields = [slot for slot in used if isinstance(slot, FieldSlot)]
        self._first, self._rest = _runs(frozen.body, tokens, self._fields)

    def stamp(self, reader: Reader, date: bytes) -> StampedLetter:
        """The copy of *reader*, about 10 µs of work.

        Arguments:
            reader: whose it is.
            date: :func:`templates.mime.date_value` of now; once per window is often enough.

        Raises:
            Invalid: the address cannot stand in a header.
        """
        tokens = self._bundle(reader.subscriber_id)
        headers = self._head.fill(reader, tokens, date)
        return StampedLetter(b"".join(headers), b"".join(self._body(reader, tokens)))

    def whole(self, reader: Reader, date: bytes) -> bytes:
        """As :meth:`stamp`, in one piece: saves a copy of the body where nothing is put in front of the headers."""
        tokens = self._bundle(reader.subscriber_id)
        pieces = self._head.fill(reader, tokens, date)
        pieces.append(_EOL)
        pieces += self._body(reader, tokens)
        return b"".join(pieces)

    def _body(self, reader: Reader, tokens: bytes) -> list[bytes]:
        shape = self._first.shape(0)
        pieces = shape.fill(tokens)
        if self._rest:
            made = [_field(slot, reader).encode() for slot in self._fields]
            for group, run in self._rest:
                value = shape.tail
                for node in group:
                    value += made[node] if isinstance(node, int) else tokens[node] if isinstance(node, slice) else node
                shape = run.shape(-len(value) % 3)
                pieces.append(lines(value + shape.head))
                pieces += shape.fill(tokens)
        return pieces


class _Head:
    """The headers of an edition, ready but for what is a reader's own."""

    def __init__(self, nodes: Sequence[bytes | Slot | Folded], places: Mapping[TokenSlot, slice]) -> None:
        self._template = [node if isinstance(node, bytes) else b"" for node in nodes]
        self._tokens = [(at, places[node]) for at, node in enumerate(nodes) if isinstance(node, TokenSlot)]
        self._to = [at for at, node in enumerate(nodes) if node == TO]
        self._date = [at for at, node in enumerate(nodes) if node == DATE]
        self._folded = [(at, node) for at, node in enumerate(nodes) if isinstance(node, Folded)]

    def fill(self, reader: Reader, tokens: bytes, date: bytes) -> list[bytes]:
        """The header lines of *reader*'s copy, in pieces to be joined."""
        pieces, address = self._template.copy(), reader.address
        to = address if _PLAIN_ADDRESS.fullmatch(address) else header.addr_spec(address, "To")
        for at in self._to:
            pieces[at] = to.encode()
        for at in self._date:
            pieces[at] = date
        for at, cut in self._tokens:
            pieces[at] = tokens[cut]
        for at, node in self._folded:
            text = filled(node.text, values(reader, 0, b""))
            pieces[at] = header.unstructured(node.name, text).encode()
        return pieces


def _slots(frozen: Frozen) -> Iterator[Slot]:
    """Every slot of an edition whose value is needed as bytes."""
    for node in chain(frozen.headers, *(node for node in frozen.body if isinstance(node, tuple))):
        if not isinstance(node, bytes | Folded):
            yield node


def _runs(
    body: Sequence[bytes | Segments], tokens: Tokens, fields: list[FieldSlot]
) -> tuple[Run, list[tuple[_Value, Run]]]:
    """The body cut where groups with fields stand: the first run, then each such group with the run after it.

    In a group, a field is its place in *fields* and a token is its place among the reader's tokens.
    """

    def place(node: Node) -> bytes | slice | int:
        if isinstance(node, FieldSlot):
            return fields.index(node)
        return tokens.places[node] if isinstance(node, TokenSlot) else node

    first: list[bytes | Group | Raw] = []
    cuts: list[tuple[_Value, list[bytes | Group | Raw]]] = []
    for part in body:
        for node in [Raw(part)] if isinstance(part, bytes) else grouped(part):
            if isinstance(node, Group) and any(isinstance(inner, FieldSlot) for inner in node.nodes):
                cuts.append((tuple(map(place, node.nodes)), []))
            else:
                (cuts[-1][1] if cuts else first).append(node)
    return Run(first, tokens), [(value, Run(nodes, tokens)) for value, nodes in cuts]
