"""The cells of a table as a page writes them.

In Python, with what a table needs looked up once: a year has two hundred issues with seven figures each, and a
template that asks for words and formats anew in each cell takes half a second for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from flask_babel import format_date
from markupsafe import Markup, escape

from models.reports.issue_report import Hits, Readers
from models.reports.tables.table import ColumnKind, Rate, ReportTable, TableColumn

from ...language import _
from . import report_words

_RIGHT = {ColumnKind.COUNT, ColumnKind.READERS, ColumnKind.RATE, ColumnKind.SHARE}
_KEPT_ON_ONE_LINE = {ColumnKind.HITS, ColumnKind.DAY, ColumnKind.MONTH, ColumnKind.QUARTER}
_NOTHING = Markup("—")
_RANGE = Markup('%s <span class="small nowrap">(%s)</span>')


class Cell(NamedTuple):
    """One cell."""

    text: Markup
    shape: str
    """Its class."""
    is_heading: bool
    is_theirs: bool
    """Whether it holds somebody's words, in the newsletter's language."""


def shape(column: TableColumn) -> str:
    """The class of a column's cells."""
    if column.kind in _RIGHT:
        return "number"
    return "nowrap" if column.kind in _KEPT_ON_ONE_LINE else "text"


def rows(
    table: ReportTable, first: int = 0, hidden: tuple[str, ...] = (), rule: Callable[[str], str] = str
) -> Iterator[list[Cell]]:
    """The rows of a table.

    Arguments:
        first: place of the column that is the heading of its row.
        hidden: keys of columns that are left out.
        rule: the words for the name of a rule of verdicts.
    """
    plan = [
        (place, _writer(column, rule), shape(column), place == first, column.kind is ColumnKind.TEXT)
        for place, column in enumerate(table.columns)
        if column.key not in hidden
    ]
    for row in table.rows:
        yield [Cell(write(row[place]), form, heading, theirs) for place, write, form, heading, theirs in plan]


def rate(value: Rate | None) -> Markup:
    """A share with its range."""
    return _rate_writer(_("%(least)s to %(most)s"))(value)


def _writer(column: TableColumn, rule: Callable[[str], str]) -> Callable[[Any], Markup]:
    between = _("%(least)s to %(most)s")
    match column.kind:
        case ColumnKind.COUNT:
            return lambda value: _NOTHING if value is None else Markup(f"{value:,}")  # noqa: S704  a number
        case ColumnKind.SHARE:
            return lambda value: _NOTHING if value is None else Markup(f"{value:.1%}")  # noqa: S704
        case ColumnKind.READERS:
            return _readers_writer(between)
        case ColumnKind.RATE:
            return _rate_writer(between)
        case ColumnKind.HITS:
            return _hits_writer()
        case ColumnKind.WORD:
            return lambda value: escape(rule(value) if column.key == "rule" else report_words.word(column, value))
        case ColumnKind.DAY:
            later = escape(_("Later"))
            return lambda value: later if value is None else escape(format_date(value, "medium"))
        case ColumnKind.MONTH:
            return lambda value: escape(f"{value.year}/{value.month}")
        case ColumnKind.QUARTER:
            return _quarter
    return escape


def _readers_writer(between: str) -> Callable[[Readers | None], Markup]:
    def write(one: Readers | None) -> Markup:
        if one is None:
            return _NOTHING
        least, most = one.at_least, one.at_most
        if least == one.readers == most:
            return escape(f"{one.readers:,}")
        return _RANGE % (f"{one.readers:,}", between % {"least": f"{least:,}", "most": f"{most:,}"})

    return write


def _rate_writer(between: str) -> Callable[[Rate | None], Markup]:
    def write(one: Rate | None) -> Markup:
        if one is None or not one.is_known:
            return _NOTHING
        if one.readers.is_sure:
            return escape(f"{one.value:.1%}")
        return _RANGE % (
            f"{one.value:.1%}",
            between % {"least": f"{one.at_least:.1%}", "most": f"{one.at_most:.1%}"},
        )

    return write


def _hits_writer() -> Callable[[Hits | None], Markup]:
    sure = _("people %(human)s (total %(total)s)")
    ranged = _("people %(human)s, %(least)s to %(most)s (total %(total)s)")

    def write(one: Hits | None) -> Markup:
        if one is None:
            return _NOTHING
        words = {"human": f"{one.human:,}", "total": f"{one.total:,}"}
        if one.is_sure:
            return escape(sure % words)
        return escape(ranged % {**words, "least": f"{one.at_least:,}", "most": f"{one.at_most:,}"})

    return write


def _quarter(first: date) -> Markup:
    return escape(_("%(year)s Q%(quarter)s", year=first.year, quarter=(first.month + 2) // 3))
