"""How many figures of a sort had the truth within their range, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol

from tests.simulator.score import Share

SIZES = ((1, "1 to 4"), (5, "5 to 19"), (20, "20 to 99"), (100, "100 and more"))


class Figure(Protocol):
    """A number of readers with its range."""

    @property
    def readers(self) -> int: ...
    @property
    def at_least(self) -> int: ...
    @property
    def at_most(self) -> int: ...


@dataclass
class Counts:
    """Figures of one sort."""

    within: int = 0
    below: int = 0
    """Figures whose truth was below the range."""
    above: int = 0
    widths: list[float] = field(default_factory=list)
    """Of each range, divided by the figure."""
    certain: int = 0
    """Pairs of places whose order is said to be sure."""
    wrong: int = 0
    """Those of them that are the other way round in truth."""
    swapped: int = 0
    """All pairs that are the other way round, sure or not."""
    pairs: int = 0

    def add(self, figure: Figure, true: int) -> None:
        """Count a figure."""
        self.below += true < figure.at_least
        self.above += true > figure.at_most
        self.within += figure.at_least <= true <= figure.at_most
        self.widths.append((figure.at_most - figure.at_least) / max(figure.readers, 1))

    @property
    def share(self) -> Share:
        """The figures whose truth lies within."""
        return Share(self.within, self.within + self.below + self.above)


def size(figure: Figure) -> str:
    """The sort of its size."""
    return [label for least, label in SIZES if max(figure.readers, 1) >= least][-1]


def lines(found: dict[str, Counts]) -> Iterator[str]:
    """A table, as Markdown."""
    yield "| figures | number | within the range | below, above | median width | pairs | sure | surely wrong | wrong |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, one in found.items():
        share, (low, high) = one.share, one.share.interval
        yield (
            f"| {name} | {share.whole:,} | {share.value or 0:.3f} ({low:.3f}–{high:.3f}) | {one.below}, {one.above}"
            f" | {median(one.widths):.2f} | {one.pairs:,} | {one.certain:,} | {one.wrong} | {one.swapped:,} |"
        )


def values(counts: Counts) -> dict[str, Any]:
    """As plain values, for JSON."""
    return {**vars(counts), "widths": median(counts.widths)}
