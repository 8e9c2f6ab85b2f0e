"""How two lists of blocks differ: block by block, and within a block word by word. Plain values, no database.

Blocks come as their JSON (:data:`models.issues.block.BLOCKS` writes it), so that a kept state can be compared although
the schema has changed since. Equal blocks belong together first, then blocks of one kind that name the same article or
picture, then those that share the most words; what is left was added or removed.
"""

from __future__ import annotations

import enum
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .text_difference import Mark, Piece, compare_texts

Json = Mapping[str, Any]
Pair = tuple[int, int]
"""Places in both lists, from 0, of what is one block."""


class BlockChange(enum.Enum):
    """What became of a block."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class FieldDifference(NamedTuple):
    """One value of a block or of a whole piece, such as ``text`` or ``only.topics``, and its pieces of text."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether it is other than before."""
        return any(piece.mark is not Mark.SAME for piece in self.pieces)

    @property
    def before(self) -> tuple[Piece, ...]:
        """What stood there."""
        return tuple(piece for piece in self.pieces if piece.mark is not Mark.ADDED)

    @property
    def after(self) -> tuple[Piece, ...]:
        """What stands there now."""
        return tuple(piece for piece in self.pieces if piece.mark is not Mark.REMOVED)


class BlockDifference(NamedTuple):
    """A block of either list or of both. Places count from 1; None where it does not stand in that list."""

    change: BlockChange
    kind: str
    before: int | None
    after: int | None
    fields: tuple[FieldDifference, ...]
    moved: bool = False
    """Whether it stands elsewhere among the blocks that are in both lists; a changed one may be moved, too."""


def compare_blocks(before: Sequence[Json], after: Sequence[Json]) -> tuple[BlockDifference, ...]:
    """Every block of both lists, in the order of *after*; removed ones where they stood among those that stayed."""
    pairs = which_is_which(before, after)
    staying = pairs_in_order(pairs)
    partner = {j: i for i, j in pairs}
    gone = iter(sorted(set(range(len(before))) - {i for i, _ in pairs}))
    waiting = next(gone, None)
    found: list[BlockDifference] = []
    for j, block in enumerate(after):
        i = partner.get(j)
        while i is not None and waiting is not None and (i, j) in staying and waiting < i:
            found.append(_alone(BlockChange.REMOVED, before[waiting], waiting))
            waiting = next(gone, None)
        found.append(_alone(BlockChange.ADDED, block, j) if i is None else
                     _both(before[i], block, (i, j), moved=(i, j) not in staying))  # fmt: skip
    while waiting is not None:
        found.append(_alone(BlockChange.REMOVED, before[waiting], waiting))
        waiting = next(gone, None)
    return tuple(found)


def compare_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldDifference, ...]:
    """Values by their names, in the order of *after*, then those that only *before* has."""
    was, now = dict(_flat(before)), dict(_flat(after))
    names = list(dict.fromkeys([*now, *was]))
    return tuple(FieldDifference(name, compare_texts(was.get(name, ""), now.get(name, ""))) for name in names)


def _alone(change: BlockChange, block: Json, at: int) -> BlockDifference:
    mark = Mark.ADDED if change is BlockChange.ADDED else Mark.REMOVED
    fields = tuple(FieldDifference(name, (Piece(text, mark),)) for name, text in _flat(_content(block)))
    before, after = (None, at + 1) if change is BlockChange.ADDED else (at + 1, None)
    return BlockDifference(change, _kind(block), before, after, fields)


def _both(before: Json, after: Json, at: Pair, *, moved: bool) -> BlockDifference:
    fields = compare_fields(_content(before), _content(after))
    unchanged = BlockChange.MOVED if moved else BlockChange.SAME
    change = BlockChange.CHANGED if any(field.changed for field in fields) else unchanged
    return BlockDifference(change, _kind(after), at[0] + 1, at[1] + 1, fields, moved)


def _kind(block: Json) -> str:
    return str(block.get("kind", ""))


def _content(block: Json) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "kind"}


def _flat(values: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    """Every value as text, empty ones left out; lists of texts are one text with a line for each."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{inside}{name}.")
        elif text := as_text(value):
            yield f"{inside}{name}", text


def as_text(value: Any) -> str:
    """A value as a person can read it; empty where there is nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, Mapping):
        return "\n".join(text for name, one in value.items() if name != "kind" and (text := as_text(one)))
    if isinstance(value, (list, tuple)):
        if value and isinstance(value[0], (list, tuple)):
            return "\n".join(" | ".join(map(str, row)) for row in value)
        return "\n".join(as_text(one) for one in value)
    return ("–", "✓")[value] if isinstance(value, bool) else str(value)


# Which block is which.


def which_is_which(before: Sequence[Json], after: Sequence[Json]) -> list[Pair]:
    """Which block of *before* is which of *after*."""
    found: list[Pair] = []
    old, new = list(range(len(before))), list(range(len(after)))
    for match in (_equal, _of_one_name, _alike):
        taken = match(before, after, old, new)
        found += taken
        old = [i for i in old if i not in {one for one, _ in taken}]
        new = [j for j in new if j not in {other for _, other in taken}]
    return sorted(found, key=lambda pair: pair[1])


def _equal(before: Sequence[Json], after: Sequence[Json], old: list[int], new: list[int]) -> list[Pair]:
    return _by_key([(_exact(before[i]), i) for i in old], [(_exact(after[j]), j) for j in new])


def _of_one_name(before: Sequence[Json], after: Sequence[Json], old: list[int], new: list[int]) -> list[Pair]:
    return _by_key(
        [(key, i) for i in old if (key := _name(before[i]))], [(key, j) for j in new if (key := _name(after[j]))]
    )


def _by_key(old: list[tuple[str, int]], new: list[tuple[str, int]]) -> list[Pair]:
    """Places with the same key, the first with the first."""
    places: dict[str, list[int]] = defaultdict(list)
    for key, i in reversed(old):
        places[key].append(i)
    return [(places[key].pop(), j) for key, j in new if places.get(key)]


def _exact(block: Json) -> str:
    return json.dumps(block, sort_keys=True, ensure_ascii=False)


def _name(block: Json) -> str:
    """What a block is about, where it names that; empty where it is text."""
    about = block.get("article") or block.get("image") or block.get("address")
    return f"{_kind(block)} {about}" if about else ""


_NEAR = 25
"""How far apart among the blocks without a partner two may stand that are compared by their words."""
_LETTERS = 1000
"""How much of each is looked at for that."""
_ENOUGH = 0.3


def _alike(before: Sequence[Json], after: Sequence[Json], old: list[int], new: list[int]) -> list[Pair]:
    """Blocks of one kind that share most of their pairs of letters, the most alike first."""
    was, now = ([_bigrams(one[at]) for at in places] for one, places in ((before, old), (after, new)))
    rated = [
        (likeness, -abs(x - y), x, y)
        for y, j in enumerate(new)
        for x in range(max(0, y - _NEAR), min(len(old), y + _NEAR + 1))
        if _kind(before[old[x]]) == _kind(after[j]) and (likeness := _likeness(was[x], now[y])) >= _ENOUGH
    ]
    found: dict[int, int] = {}
    for _likeness_of, _distance, x, y in sorted(rated, reverse=True):
        if x not in found and y not in found.values():
            found[x] = y
    return [(old[x], new[y]) for x, y in found.items()]


def _bigrams(block: Json) -> frozenset[str]:
    text = as_text(_content(block))[:_LETTERS]
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or frozenset({text})


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))


def pairs_in_order(pairs: list[Pair]) -> frozenset[Pair]:
    """The most pairs that stand in one order in both lists (a longest increasing subsequence); others have moved."""
    ends: list[int] = []
    chains: list[tuple[Pair, Any]] = []
    for pair in pairs:
        at = bisect_left(ends, pair[0])
        chain = (pair, chains[at - 1] if at else None)
        ends[at : at + 1], chains[at : at + 1] = [pair[0]], [chain]
    found: set[Pair] = set()
    link: Any = chains[-1] if chains else None
    while link is not None:
        found.add(link[0])
        link = link[1]
    return frozenset(found)
