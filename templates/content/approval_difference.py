"""What is new in an issue since it was approved last: pieces added, taken out, moved or changed, with their words.

It compares the words that were kept with the approval (:mod:`.approved_words`) with those of now, in the way in which
versions are compared (:mod:`models.issues.versions.block_difference`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.issues.content_digest import BLOCK
from models.issues.versions.block_difference import BlockChange, compare_blocks
from models.issues.versions.text_difference import Mark, Piece, compare_texts

_AROUND = 30
"""Characters that are shown on each side of what differs."""

NamedText = tuple[str, str]


class PieceChange(NamedTuple):
    """One piece that is not as it was approved."""

    kind: BlockChange
    name: str
    """Of the part, or the kind of the block."""
    number: int | None
    """Of a block, from 1: its place now, or where it was if it is gone. None for other parts."""
    words: tuple[Piece, ...]


def between(before: Sequence[NamedText], after: Sequence[NamedText]) -> list[PieceChange]:
    """The changes from what was approved to what is there now, in the order of the letter."""
    return [*_parts(before, after), *_blocks(before, after)]


def _parts(before: Sequence[NamedText], after: Sequence[NamedText]) -> Iterator[PieceChange]:
    old, new = ({name: text for name, text in side if not name.startswith(BLOCK)} for side in (before, after))
    for name in dict.fromkeys([*new, *old]):
        if old.get(name, "") != new.get(name, ""):
            kind = BlockChange.CHANGED if name in old and name in new else BlockChange.ADDED
            kind = BlockChange.REMOVED if name not in new else kind
            yield PieceChange(kind, name, None, _shortened(compare_texts(old.get(name, ""), new.get(name, ""))))


def _blocks(before: Sequence[NamedText], after: Sequence[NamedText]) -> Iterator[PieceChange]:
    was, now = (
        [{"kind": name.removeprefix(BLOCK), "text": text} for name, text in side if name.startswith(BLOCK)]
        for side in (before, after)
    )
    for one in compare_blocks(was, now):
        if one.change is not BlockChange.SAME:
            words = [piece for field in one.fields for piece in field.pieces]
            yield PieceChange(one.change, one.kind, one.after or one.before, _shortened(words))


def _shortened(found: Sequence[Piece]) -> tuple[Piece, ...]:
    """Without most of what is as before."""
    return tuple(
        Piece(_ends(one.text, first=not place, last=place == len(found) - 1), one.mark)
        if one.mark is Mark.SAME
        else one
        for place, one in enumerate(found)
    )


def _ends(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * _AROUND + 1:
        return text
    if first and last:  # of a block that was moved as it is
        return f"{text[: 2 * _AROUND]}…"
    return f"{'' if first else text[:_AROUND]}…{'' if last else text[-_AROUND:]}"
