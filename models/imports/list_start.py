"""How a list begins: its encoding, headings and first rows, before anybody has said what the columns hold."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ..store import input_rule
from . import headings
from .csv_file import CsvFile, LineCounts
from .csv_records import CsvRecords
from .headings import Column

ROWS = 5
"""Rows that are shown."""
_LONGEST_CELL = 100
_LONGEST_HEADING = 500


class AnyFile(CsvFile):
    """A list of which it is not known yet which column holds addresses."""

    needs_address = False


class ListStart(NamedTuple):
    """What a person sees of a list."""

    encoding: str
    headings: list[str]
    headless: bool
    """Whether the file has no line of headings; the columns are called by their numbers then."""
    rows: list[list[str]]
    guesses: list[str]
    """What each column holds as far as its heading says; empty where nobody knows."""


def read(path: Path, name: str, custom: Mapping[str, str], chosen_encoding: str = "") -> ListStart:
    """Read the first lines.

    Arguments:
        name: what the file is called.
        custom: the newsletter's own fields, by their folded names and labels.

    Raises:
        Invalid: it is no text, or has too many columns.
    """
    file = AnyFile(path, custom, chosen_encoding=chosen_encoding, called=name)
    headless = not any(file.head.headings)
    if headless:
        first = next(iter(CsvRecords(iter(file.first_lines()), file.head.separator)), None)
        given = numbered(len(first.cells) if first else 1)
        file = AnyFile(path, custom, given=given, chosen_encoding=chosen_encoding, called=name)
    names = [shown(column.heading, _LONGEST_HEADING) for column in file.columns]
    rows = [[shown(cell) for cell in record.cells[: len(names)]] for record in islice(file.records(LineCounts()), ROWS)]
    return ListStart(file.encoding.name, names, headless, rows, guesses(file.columns))


def numbered(count: int) -> list[str]:
    """What the columns of a list without headings are called."""
    return [f"({at})" for at in range(1, count + 1)]


def guesses(columns: list[Column]) -> list[str]:
    """What each column holds; of several that hold the same, only the one that counts first."""
    found: list[str] = []
    for column in columns:
        rivals = [one for one in columns if one.holds == column.holds]
        first = min(rivals, key=lambda one: (one.rank, one.place))
        several = column.holds in ("", headings.NOTHING, *headings.STATUS)
        found.append(column.holds if several or column is first else headings.NOTHING)
    return found


def shown(cell: str, longest: int = _LONGEST_CELL) -> str:
    """A cell as a page may show and keep it."""
    text = input_rule.without_controls(headings.one_line(cell))
    return text if len(text) <= longest else text[:longest] + "…"
