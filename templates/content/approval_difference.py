"""What is new in an issue since it was approved last: pieces added, taken out or changed, with the words that differ.

It compares the words that were kept with the approval (:mod:`.approved_words`) with those of now. Japanese has no
spaces, so that a change is told by single characters there, and by whole words elsewhere.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from models.issues.content_digest import BLOCK

_TOKEN = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_MOST_TOKENS = 1500
"""Of a piece that is compared word by word; a longer one is compared line by line, so that no page waits for it."""
_AROUND = 30
"""Characters that are shown on each side of what differs."""

Piece = tuple[str, str]


class ChangeKind(enum.Enum):
    """What has become of a piece."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Stretch(NamedTuple):
    """Some words of a piece."""

    kind: ChangeKind | None
    """None where they are as before."""
    text: str


class PieceChange(NamedTuple):
    """One piece that is not as it was approved."""

    kind: ChangeKind
    name: str
    """Of the part, or the kind of the block."""
    number: int | None
    """Of a block, from 1: its place now, or where it was if it is gone. None for other parts."""
    stretches: tuple[Stretch, ...]


def between(before: Sequence[Piece], after: Sequence[Piece]) -> list[PieceChange]:
    """The changes from what was approved to what is there now, in the order of the letter."""
    return [*_parts(before, after), *_blocks(_of_blocks(before), _of_blocks(after))]


def _of_blocks(pieces: Sequence[Piece]) -> list[Piece]:
    return [(name.removeprefix(BLOCK), text) for name, text in pieces if name.startswith(BLOCK)]


def _parts(before: Sequence[Piece], after: Sequence[Piece]) -> Iterator[PieceChange]:
    old = {name: text for name, text in before if not name.startswith(BLOCK)}
    new = {name: text for name, text in after if not name.startswith(BLOCK)}
    for name in dict.fromkeys([*new, *old]):
        if old.get(name, "") != new.get(name, ""):
            yield _change(name, None, old.get(name), new.get(name))


def _blocks(before: list[Piece], after: list[Piece]) -> Iterator[PieceChange]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            continue
        gone = list(range(old_from, old_to))
        for place in range(new_from, new_to):
            name, text = after[place]
            same = next((one for one in gone if before[one][0] == name), None)
            if same is None:
                yield _change(name, place + 1, None, text)
            else:
                gone.remove(same)
                yield _change(name, place + 1, before[same][1], text)
        for place in gone:
            yield _change(before[place][0], place + 1, before[place][1], None)


def _change(name: str, number: int | None, before: str | None, after: str | None) -> PieceChange:
    if before is None:
        return PieceChange(ChangeKind.ADDED, name, number, (Stretch(ChangeKind.ADDED, after or ""),))
    if after is None:
        return PieceChange(ChangeKind.REMOVED, name, number, (Stretch(ChangeKind.REMOVED, before),))
    return PieceChange(ChangeKind.CHANGED, name, number, tuple(_shortened(list(_stretches(before, after)))))


def _stretches(before: str, after: str) -> Iterator[Stretch]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) + len(new) > 2 * _MOST_TOKENS:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Stretch(None, "".join(new[new_from:new_to]))
            continue
        if old_to > old_from:
            yield Stretch(ChangeKind.REMOVED, "".join(old[old_from:old_to]))
        if new_to > new_from:
            yield Stretch(ChangeKind.ADDED, "".join(new[new_from:new_to]))


def _shortened(found: list[Stretch]) -> Iterator[Stretch]:
    """Without most of what is as before."""
    for place, one in enumerate(found):
        if one.kind is not None or len(one.text) <= 2 * _AROUND + 1:
            yield one
            continue
        start = one.text[:_AROUND] if place else ""
        end = one.text[-_AROUND:] if place < len(found) - 1 else ""
        yield Stretch(None, f"{start}…{end}")
