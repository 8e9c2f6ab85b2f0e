"""A whole letter as a format, with fields of known sizes: ready but for what is a reader's own.

Where lines break after a field depends on its size only through the remainder when it is divided by three. So a letter
with two fields has at most nine formats, and each is made when it is first needed. A format is one of printf's kind
(``bytes % tuple``): filling it takes one encoding for all tokens that stand in lines of base64, a short one for each
field, and one formatting, so that no loop of Python runs over the pieces of a letter.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any, TypeVar

from models.store.token import LENGTH

from ..content.slot import FieldSlot, Slot, TokenSlot, WrappedSlot
from .base64_layout import (
    EncodedLines,
    EncodedToken,
    FormatItem,
    PartDelimiter,
    SlotGroup,
    Span,
    StaticRun,
    Tokens,
    encode_lines,
    grouped,
)
from .freeze import FrozenMessage, Segments
from .mime import Folded

T = TypeVar("T")
_Group = tuple[bytes | Span | int, ...]
_EOL = b"\r\n"
_MAX_CACHED_BYTES = 16_000_000
"""Bytes of formats that are kept of an edition: all of them, unless it has many fields or is very large."""


class LetterFormat:
    """A letter, but for its tokens and values.

    Arguments:
        items: all of it.
        values: how many values there are: headers and fields that each reader has for themself.
        tokens: how long all tokens of a reader are.
    """

    def __init__(self, items: Sequence[FormatItem], values: int, tokens: int) -> None:
        self._text, order = _format(items)
        self.size = len(self._text)
        """Bytes of memory that it takes."""
        encoded_lines, encoded_tokens = _unique(order, EncodedLines), _unique(order, EncodedToken)
        spans = _unique([*order, *(node for item in encoded_lines for node in item.nodes)], Span)
        # A reader's own gets numbers: first the values, then whatever is cut or made from the tokens.
        numbers = {item: at for at, item in enumerate([*range(values), *spans, *encoded_tokens, *encoded_lines])}
        self._place = _getter([numbers[item] for item in order])
        # All tokens of this kind are encoded at once and parted afterwards: each is a whole number of groups.
        self._tokens_to_encode, cuts = _format(
            [part for item in encoded_tokens for part in (Span(item.start, item.stop), item.following)]
        )
        self._cut = _getter([slice(*cut) for cut in cuts])
        ends = accumulate(
            ((item.stop - item.start + len(item.following)) * 4 // 3 for item in encoded_tokens), initial=tokens
        )
        self._part = _getter([slice(*part) for part in (*spans, *pairwise(ends))])
        self._lines = [
            (text, _getter([numbers[node] for node in nodes]))
            for text, nodes in (_format(item.nodes) for item in encoded_lines)
        ]

    def fill(self, values: list[bytes], tokens: bytes) -> bytes:
        """The letter.

        Arguments:
            values: the reader's; this list is used up.
            tokens: all of the reader's tokens, one after another.
        """
        values += self._part(tokens + b2a_base64(self._tokens_to_encode % self._cut(tokens), newline=False))
        for text, place in self._lines:
            values.append(encode_lines(text % place(values)))
        return self._text % self._place(values)


def _format(items: Sequence[bytes | T]) -> tuple[bytes, list[T]]:
    """*items* as a format, and what is to be put into it."""
    text = b"".join(item.replace(b"%", b"%%") if isinstance(item, bytes) else b"%b" for item in items)
    return text, [item for item in items if not isinstance(item, bytes)]


def _unique(items: Iterable[object], kind: type[T]) -> list[T]:
    """The *items* of a kind, without repetition."""
    return list(dict.fromkeys(item for item in items if isinstance(item, kind)))


def _getter(places: Sequence[Any]) -> Callable[[Any], tuple[bytes, ...]]:
    """A function from a sequence to what stands at *places* (numbers or slices)."""
    match places:
        case []:
            return lambda whole: ()
        case [place]:
            return lambda whole: (whole[place],)
        case _:
            return itemgetter(*places)


class LetterFormats(dict[tuple[int, ...], LetterFormat]):
    """The formats of one edition, by the sizes of the fields modulo 3. Each is made when it is asked for.

    Arguments:
        frozen: the edition.
        tokens: the tokens that it uses.
        values: what each reader has for themself: slots and folded headers by their numbers, the fields last.
    """

    def __init__(self, frozen: FrozenMessage, tokens: Tokens, values: Sequence[Slot | Folded]) -> None:
        self._tokens, self._values = tokens, values
        self._head = [node if isinstance(node, bytes) else self._own(node) for node in frozen.headers]
        self._first, self._rest = self._runs(frozen.body)

    def __missing__(self, sizes: tuple[int, ...]) -> LetterFormat:
        run_before = self._first.encoded(0)
        items: list[FormatItem] = [*self._head, _EOL, *run_before.items]
        for group, run in self._rest:
            before = run_before.tail
            size = len(before) + sum(self._size(node, sizes) for node in group)
            run_before = run.encoded(-size % 3)
            items += [EncodedLines((before, *group, run_before.head)), *run_before.items]
        made = LetterFormat(items, len(self._values), LENGTH * len(self._tokens.offsets))
        if len(self) * made.size > _MAX_CACHED_BYTES:
            self.clear()
        self[sizes] = made
        return made

    def _size(self, node: bytes | Span | int, sizes: tuple[int, ...]) -> int:
        if isinstance(node, int):
            return sizes[node - len(self._values)]
        return len(node) if isinstance(node, bytes) else node.stop - node.start

    def _own(self, node: Slot | Folded) -> Span | int:
        return self._tokens.span(node) if isinstance(node, TokenSlot) else self._values.index(node)

    def _runs(self, body: Sequence[bytes | Segments]) -> tuple[StaticRun, list[tuple[_Group, StaticRun]]]:
        """The body cut where groups with fields stand: the first run, then each such group with the run after it."""
        first: list[bytes | SlotGroup | PartDelimiter] = []
        cuts: list[tuple[_Group, list[bytes | SlotGroup | PartDelimiter]]] = []
        for part in body:
            for node in [PartDelimiter(part)] if isinstance(part, bytes) else grouped(part):
                if isinstance(node, SlotGroup) and any(
                    isinstance(inner, FieldSlot | WrappedSlot) for inner in node.nodes
                ):
                    cuts.append((tuple(n if isinstance(n, bytes) else self._own(n) for n in node.nodes), []))
                else:
                    (cuts[-1][1] if cuts else first).append(node)
        return StaticRun(first, self._tokens), [(value, StaticRun(nodes, self._tokens)) for value, nodes in cuts]
