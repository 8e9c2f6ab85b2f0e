"""Two issues side by side: a difference only where the ranges do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .issue_tables import IssueTables
from .table import ColumnKind, Rate, ReportTable, TableColumn

FIRST, SECOND, UNSURE, FEW = "first-higher", "second-higher", "no-sure-difference", "too-few"


def compare(first: IssueTables, second: IssueTables) -> ReportTable:
    """Shares of those who opened and clicked, in all and by audience, and what may be said of them."""
    pairs: list[tuple[str, str, Rate, Rate]] = [
        ("opened", "", first.open_rate, second.open_rate),
        ("clicked", "", first.click_rate, second.click_rate),
    ]
    theirs = {row[0]: row for row in second.audiences().rows}
    for row in first.audiences().rows:
        if (other := theirs.get(row[0])) is not None:
            pairs += [("opened", row[0], row[3], other[3]), ("clicked", row[0], row[5], other[5])]
    rows: list[Sequence[Any]] = [
        (what, audience or "everyone", said(one, two), one, two) for what, audience, one, two in pairs
    ]
    columns = (
        TableColumn("what", ColumnKind.WORD),
        TableColumn("audience", ColumnKind.WORD),
        TableColumn("said", ColumnKind.WORD),
        TableColumn("first", ColumnKind.RATE),
        TableColumn("second", ColumnKind.RATE),
    )
    return ReportTable("comparison", columns, rows)


def said(first: Rate, second: Rate) -> str:
    """What the ranges allow to say."""
    if not (first.is_known and second.is_known):
        return FEW
    if first.is_above(second):
        return FIRST
    return SECOND if second.is_above(first) else UNSURE
