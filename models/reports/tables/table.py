"""A table of a report. A figure is one object, however it is shown: on a page, in a chart, in a file.

So the same figure cannot be two numbers. Files have a column for each number of a figure, named after its column.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from ..issue_report import Readers
from .small_groups import MIN_READERS


class ColumnKind(enum.Enum):
    """What stands in a column."""

    TEXT = "text"
    """Somebody's words, in the newsletter's language."""
    WORD = "word"
    """A word of ours, which pages translate."""
    COUNT = "count"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    READERS = "readers"
    """:class:`..issue_report.Readers`: people, with their range."""
    HITS = "hits"
    """:class:`..issue_report.Hits`: people with their range, and every request."""
    SHARE = "share"
    """A part of a whole, from 0 to 1."""
    RATE = "rate"
    """:class:`Rate`."""


class Rate(NamedTuple):
    """A share of those who received something, with the range of its readers."""

    readers: Readers
    received: int

    @property
    def is_known(self) -> bool:
        """Whether there are enough of them that a share tells of nobody."""
        return self.received >= MIN_READERS

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.readers.readers / self.received) if self.received else 0.0

    @property
    def at_least(self) -> float:
        """Its lower end."""
        return min(1.0, self.readers.at_least / self.received) if self.received else 0.0

    @property
    def at_most(self) -> float:
        """Its upper end."""
        return min(1.0, self.readers.at_most / self.received) if self.received else 0.0

    def is_above(self, other: Rate) -> bool:
        """Whether it is surely higher: where two ranges overlap, neither is."""
        return self.is_known and other.is_known and self.at_least > other.at_most


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its name in files, and what stands in it."""

    key: str
    kind: ColumnKind = ColumnKind.COUNT
    label: str = ""
    """What pages call it, where that is no word of ours: an audience, a topic."""


@dataclass(slots=True)
class ReportTable:
    """A table of a report."""

    key: str
    """Its name in addresses and of its files."""
    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[Any]] = field(default_factory=list)
    counted_at: datetime | None = None
    """As of when its numbers are; None: of now."""

    def column(self, key: str) -> list[Any]:
        """The values of one column."""
        place = [column.key for column in self.columns].index(key)
        return [row[place] for row in self.rows]

    def file_heading(self) -> list[str]:
        """The names of the columns in a file."""
        return [name for column in self.columns for name in _file_names(column)]

    def file_rows(self) -> Iterator[list[object]]:
        """The rows for a file: numbers as numbers, days as days, nothing where there is no number."""
        for row in self.rows:
            yield [cell for column, value in zip(self.columns, row, strict=True) for cell in _file_cells(column, value)]


_PARTS = {
    ColumnKind.READERS: ("", "_at_least", "_at_most"),
    ColumnKind.HITS: ("_human", "_at_least", "_at_most", "_total"),
    ColumnKind.RATE: ("", "_at_least", "_at_most"),
}


def _file_names(column: TableColumn) -> list[str]:
    return [column.key + part for part in _PARTS.get(column.kind, ("",))]


def _file_cells(column: TableColumn, value: Any) -> list[object]:
    if value is None or (column.kind is ColumnKind.RATE and not value.is_known):
        return [None] * len(_file_names(column))
    match column.kind:
        case ColumnKind.READERS:
            return [value.readers, value.at_least, value.at_most]
        case ColumnKind.HITS:
            return [value.human, value.at_least, value.at_most, value.total]
        case ColumnKind.RATE:
            return [round(number, 4) for number in (value.value, value.at_least, value.at_most)]
        case ColumnKind.SHARE:
            return [round(value, 4)]
        case ColumnKind.MONTH:
            return [f"{value:%Y-%m}"]
        case ColumnKind.QUARTER:
            return [quarter_name(value)]
    return [value]


def quarter_name(first: date) -> str:
    """``2026-q2``, as :attr:`..period.Period.key` has it."""
    return f"{first.year}-q{(first.month + 2) // 3}"
