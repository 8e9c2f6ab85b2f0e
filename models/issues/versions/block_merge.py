"""Two people's changes to one text, joined block by block. Plain values only, no database.

``base`` is what both began with, ``mine`` what one of them has now, ``theirs`` what the other has saved since. Which
block is which says :mod:`.block_difference`; what only one of them changed is taken, what both changed is a choice for
a person. No block of either side is left out unless the other side removed it and nobody had changed it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .block_difference import Json, pairs_in_order, which_is_which


class Side(enum.Enum):
    """Whose block stands at a place of the joined text."""

    SAME = "same"
    MINE = "mine"
    THEIRS = "theirs"
    CHOICE = "choice"
    """Both changed it, or one changed what the other removed."""


class MergedBlock(NamedTuple):
    """A place of the joined text: where its block stands in each of the three texts, from 0; None where it does not."""

    side: Side
    base: int | None
    mine: int | None
    theirs: int | None
    moved_twice: bool = False
    """Whether both moved it. It stands where *mine* has it."""


class Merge(NamedTuple):
    """The joined text, and what became of the other side's changes."""

    blocks: tuple[MergedBlock, ...]
    removed: int
    """How many blocks the other side removed, which I had left as they were."""
    moved: int
    """How many the other side moved, which I had left where they were."""

    @property
    def choices(self) -> tuple[MergedBlock, ...]:
        """What a person has to choose."""
        return tuple(block for block in self.blocks if block.side is Side.CHOICE)

    @property
    def taken(self) -> int:
        """How many places of mine the other side's changes have reached."""
        return sum(block.side is Side.THEIRS for block in self.blocks) + self.removed + self.moved


class MergedField(NamedTuple):
    """A single value, such as the subject: whose it is; *value* is mine where both changed it."""

    side: Side
    value: Any


def merge_blocks(base: Sequence[Json], mine: Sequence[Json], theirs: Sequence[Json]) -> Merge:
    """Join both sides' blocks; where both added something in one place, theirs, which was saved first, comes first."""
    to_mine, to_theirs = _partners(base, mine), _partners(base, theirs)
    found = [*_stayed(base, mine, theirs, to_mine, to_theirs), *_added(mine, theirs, to_mine, to_theirs)]
    ordered, moved = _ordered(found, _moved(to_mine), _moved(to_theirs))
    removed = sum(i not in to_theirs and j is not None and base[i] == mine[j] for i, j in to_mine.items())
    return Merge(tuple(ordered), removed, moved)


def merge_field(base: Any, mine: Any, theirs: Any) -> MergedField:
    """Join a value that is changed as a whole."""
    if mine == theirs:
        return MergedField(Side.SAME, mine)
    if mine == base:
        return MergedField(Side.THEIRS, theirs)
    return MergedField(Side.MINE if theirs == base else Side.CHOICE, mine)


def _partners(base: Sequence[Json], side: Sequence[Json]) -> dict[int, int]:
    """Where each block of *base* stands in *side*; one that was written anew in its place is still that block."""
    partner = dict(which_is_which(base, side))
    taken = set(partner.values())
    for i, block in enumerate(base):
        j = partner.get(i - 1, -1) + 1 if i == 0 or i - 1 in partner else None
        if i in partner or j is None or j in taken or j >= len(side) or side[j].get("kind") != block.get("kind"):
            continue
        if partner.get(i + 1, -1) == j + 1 or (i + 1 == len(base) and j + 1 == len(side)):
            partner[i] = j
            taken.add(j)
    return partner


def _stayed(
    base: Sequence[Json], mine: Sequence[Json], theirs: Sequence[Json],
    to_mine: Mapping[int, int], to_theirs: Mapping[int, int],
) -> Iterator[MergedBlock]:  # fmt: skip
    """Blocks of *base* that at least one side still has and the other has not rightly removed."""
    for i, block in enumerate(base):
        j, k = to_mine.get(i), to_theirs.get(i)
        my_own = None if j is None else mine[j]
        their_own = None if k is None else theirs[k]
        side = merge_field(block, my_own, their_own).side
        if (my_own if side is Side.MINE else their_own) is not None or side is Side.CHOICE:
            yield MergedBlock(side, i, j, k)


def _added(
    mine: Sequence[Json], theirs: Sequence[Json], to_mine: Mapping[int, int], to_theirs: Mapping[int, int]
) -> Iterator[MergedBlock]:
    """Blocks that *base* has not. What both have added alike is one block."""
    mine_new = sorted(set(range(len(mine))) - set(to_mine.values()))
    theirs_new = sorted(set(range(len(theirs))) - set(to_theirs.values()))
    both = {
        mine_new[x]: theirs_new[y]
        for x, y in which_is_which([mine[j] for j in mine_new], [theirs[k] for k in theirs_new])
    }
    for j in mine_new:
        if (k := both.get(j)) is None:
            yield MergedBlock(Side.MINE, None, j, None)
        else:
            yield MergedBlock(Side.SAME if mine[j] == theirs[k] else Side.CHOICE, None, j, k)
    for k in theirs_new:
        if k not in both.values():
            yield MergedBlock(Side.THEIRS, None, None, k)


def _moved(partner: Mapping[int, int]) -> frozenset[int]:
    """Which blocks of the base stand elsewhere among those that stayed."""
    pairs = sorted(partner.items(), key=lambda pair: pair[1])
    return frozenset(partner) - {i for i, _ in pairs_in_order(pairs)}


def _ordered(
    found: list[MergedBlock], my_moves: frozenset[int], their_moves: frozenset[int]
) -> tuple[list[MergedBlock], int]:
    """In my order; what only they have or only they moved stands behind what it stands behind in theirs."""
    ordered = sorted((one for one in found if one.mine is not None), key=lambda one: one.mine or 0)
    ordered = [one._replace(moved_twice=one.base in my_moves & their_moves) for one in ordered]
    moved = 0
    before: MergedBlock | None = None
    at_theirs = {one.theirs: one for one in (*ordered, *(one for one in found if one.mine is None))}
    for place in sorted(place for place in at_theirs if place is not None):
        one = at_theirs[place]
        follows = one.mine is not None and one.base in their_moves and one.base not in my_moves
        if follows or one.mine is None:
            if follows:
                ordered.remove(one)
                moved += 1
            ordered.insert(ordered.index(before) + 1 if before else 0, one)
        before = one
    return ordered, moved
