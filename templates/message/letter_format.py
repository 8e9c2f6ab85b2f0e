"""Forms: a whole letter with fields of known sizes, ready but for what is a reader's own.

Where lines break behind a field depends on its size only in so far as it divides by three. So a letter with two fields
has at most nine forms, and each is made when it is first needed. A form is a format of printf's kind: filling it takes
one encoding for all tokens that stand in lines of base64, a short one for each field, and the formatting.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, TypeVar

from models.store.token import LENGTH

from ..content.slot import FieldSlot, Slot, TokenSlot
from .base64_layout import Near, Raw, SlotGroup, Span, StaticRun, Tokens, Wide, Wire, grouped, lines
from .freeze import Frozen, Segments
from .mime import Folded

T = TypeVar("T")
_Group = tuple[bytes | Span | int, ...]
_EOL = b"\r\n"
_MOST = 16_000_000
"""Bytes of forms that are kept of an edition: all of them, unless it has many fields or is very large."""


class LetterFormat:
    """A letter, but for its tokens and values.

    Arguments:
        wire: all of it.
        values: how many values there are: headers and fields that each reader has for themself.
        tokens: how long all tokens of a reader are.
    """

    def __init__(self, wire: Sequence[Wire], values: int, tokens: int) -> None:
        self._letter, order = _format(wire)
        self.size = len(self._letter)
        """Bytes of memory that it takes."""
        wide, near = _distinct(order, Wide), _distinct(order, Near)
        spans = _distinct([*order, *(node for item in wide for node in item.nodes)], Span)
        # A reader's own gets numbers: first the values, then whatever is cut or made from the tokens.
        numbers = {item: at for at, item in enumerate([*range(values), *spans, *near, *wide])}
        self._place = _picker([numbers[item] for item in order])
        # All near tokens are encoded at once and parted afterwards: each is a whole number of groups.
        self._near, cuts = _format([part for item in near for part in (Span(item.start, item.stop), item.behind)])
        self._cut = _picker([slice(*cut) for cut in cuts])
        ends = accumulate(((item.stop - item.start + len(item.behind)) * 4 // 3 for item in near), initial=tokens)
        self._part = _picker([slice(*part) for part in (*spans, *pairwise(ends))])
        self._wide = [
            (text, _picker([numbers[node] for node in nodes])) for text, nodes in (_format(item.nodes) for item in wide)
        ]

    def fill(self, values: list[bytes], tokens: bytes) -> bytes:
        """The letter.

        Arguments:
            values: the reader's; this list is used up.
            tokens: all of the reader's tokens, one after another.
        """
        values += self._part(tokens + b2a_base64(self._near % self._cut(tokens), newline=False))
        for text, place in self._wide:
            values.append(lines(text % place(values)))
        return self._letter % self._place(values)


def _format(wire: Sequence[bytes | T]) -> tuple[bytes, list[T]]:
    """*wire* as a format, and what is to be put into it."""
    text = b"".join(item.replace(b"%", b"%%") if isinstance(item, bytes) else b"%b" for item in wire)
    return text, [item for item in wire if not isinstance(item, bytes)]


def _distinct(items: Iterable[object], kind: type[T]) -> list[T]:
    """The *items* of a kind, without repetition."""
    return list(dict.fromkeys(item for item in items if isinstance(item, kind)))


def _picker(places: Sequence[Any]) -> Callable[[Any], tuple[bytes, ...]]:
    """A function from a sequence to what stands at *places* (numbers or slices)."""
    match places:
        case []:
            return lambda whole: ()
        case [place]:
            return lambda whole: (whole[place],)
        case _:
            return itemgetter(*places)


class LetterFormats(dict[tuple[int, ...], LetterFormat]):
    """The forms of one edition, by the sizes of the fields modulo 3. Each is made when it is asked for.

    Arguments:
        frozen: the edition.
        tokens: the tokens that it uses.
        values: what each reader has for themself: slots and folded headers by their numbers, the fields last.
    """

    def __init__(self, frozen: Frozen, tokens: Tokens, values: Sequence[Slot | Folded]) -> None:
        self._tokens, self._values = tokens, values
        self._head = [node if isinstance(node, bytes) else self._own(node) for node in frozen.headers]
        self._first, self._rest = self._runs(frozen.body)

    def __missing__(self, sizes: tuple[int, ...]) -> LetterFormat:
        shape = self._first.shape(0)
        wire: list[Wire] = [*self._head, _EOL, *shape.wire]
        for group, run in self._rest:
            before = shape.tail
            size = len(before) + sum(self._size(node, sizes) for node in group)
            shape = run.shape(-size % 3)
            wire += [Wide((before, *group, shape.head)), *shape.wire]
        form = LetterFormat(wire, len(self._values), LENGTH * len(self._tokens.places))
        if len(self) * form.size > _MOST:
            self.clear()
        self[sizes] = form
        return form

    def _size(self, node: bytes | Span | int, sizes: tuple[int, ...]) -> int:
        if isinstance(node, int):
            return sizes[node - len(self._values)]
        return len(node) if isinstance(node, bytes) else node.stop - node.start

    def _own(self, node: Slot | Folded) -> Span | int:
        return self._tokens.whole(node) if isinstance(node, TokenSlot) else self._values.index(node)

    def _runs(self, body: Sequence[bytes | Segments]) -> tuple[StaticRun, list[tuple[_Group, StaticRun]]]:
        """The body cut where groups with fields stand: the first run, then each such group with the run after it."""
        first: list[bytes | SlotGroup | Raw] = []
        cuts: list[tuple[_Group, list[bytes | SlotGroup | Raw]]] = []
        for part in body:
            for node in [Raw(part)] if isinstance(part, bytes) else grouped(part):
                if isinstance(node, SlotGroup) and any(isinstance(inner, FieldSlot) for inner in node.nodes):
                    cuts.append((tuple(n if isinstance(n, bytes) else self._own(n) for n in node.nodes), []))
                else:
                    (cuts[-1][1] if cuts else first).append(node)
        return StaticRun(first, self._tokens), [(value, StaticRun(nodes, self._tokens)) for value, nodes in cuts]
