"""Forms of several rows, such as topics: each with a few values, a place, and two empty rows for what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flask import request

from models.store import input_rule

EMPTY_ROWS = 2
MOST_ROWS = 200
"""Rows that a form may have; more are a mistake of some program."""


class RowColumn(NamedTuple):
    """One value of each row."""

    name: str
    label: Any
    hint: Any = ""
    kind: str = "line"
    """``line``, ``number``, ``time``, ``choice`` or ``switch``."""
    fixed: bool = False
    """Whether it stays once the row is saved."""
    options: tuple[tuple[str, Any], ...] = ()
    """Of a choice; the first is empty, so that a row that nobody filled in stays empty."""


class Row(NamedTuple):
    """One row as a form shows it or as it was typed."""

    key: str
    """Behind the names of its fields."""
    is_new: bool
    values: dict[str, str]
    order: str
    removed: bool = False


def shown(columns: Iterable[RowColumn], kept: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows that are kept, with empty ones behind them."""
    names = [column.name for column in columns]
    rows = [
        Row(str(place), False, {name: _as_typed(one.get(name, "")) for name in names}, str(place))
        for place, one in enumerate(kept, 1)
    ]
    return [*rows, *empty(names, len(rows) + 1)]


def empty(names: Iterable[str], first: int) -> list[Row]:
    """Rows to be filled in, at the places from *first* on."""
    listed = list(names)
    return [
        Row(f"new{place}", True, dict.fromkeys(listed, ""), str(place)) for place in range(first, first + EMPTY_ROWS)
    ]


def typed(columns: Iterable[RowColumn]) -> list[Row]:
    """The rows as they were sent, in the order of their fields."""
    listed = list(columns)
    rows = []
    for key in dict.fromkeys(request.form.getlist("row")[:MOST_ROWS]):
        values = {column.name: input_rule.line(request.form.get(f"{column.name}-{key}", "")) for column in listed}
        order = input_rule.line(request.form.get(f"order-{key}", ""))
        rows.append(Row(key, key.startswith("new"), values, order, request.form.get(f"remove-{key}") == "yes"))
    return rows


def filled(rows: Iterable[Row]) -> list[Row]:
    """The rows that shall stand, in the order that their places give; those without a number come last."""
    standing = [row for row in rows if not row.removed and not (row.is_new and not any(row.values.values()))]
    return sorted(standing, key=lambda row: input_rule.whole_number(row.order, 0) or MOST_ROWS)


def _as_typed(value: object) -> str:
    return ("yes" if value else "") if isinstance(value, bool) else str(value)
