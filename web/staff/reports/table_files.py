"""Tables of reports as files: CSV for programs, with names that never change; Excel for people, in their language."""

from __future__ import annotations

from itertools import chain
from typing import Any

from flask import Response

from models.reports.tables.table import ColumnKind, ReportTable
from models.store.csv_cell import without_formula
from models.store.errors import NotFound
from models.store.phrase import phrase

from ..csv_download import csv_attachment, workbook_attachment
from . import report_words

ENDINGS = ("csv", "xlsx")
_PARTS = {
    "": "%s", "_at_least": "%s ≥", "_at_most": "%s ≤", "_human": "%s", "_total": "%s Σ",
}  # fmt: skip


def download(table: ReportTable | None, name: str, ending: str) -> Response:
    """*table* as a file called *name*.

    Raises:
        NotFound: there is no such table, or no such kind of file.
    """
    if table is None or ending not in ENDINGS:
        raise NotFound(phrase("there is no such table"))
    if ending == "csv":
        rows = ([("" if cell is None else cell) for cell in row] for row in table.file_rows())
        return csv_attachment(f"{name}.csv", table.file_heading(), rows)
    heading: list[object] = [*_headings(table)]
    worded = (_with_words(table, row, raw) for row, raw in zip(table.file_rows(), table.rows, strict=True))
    harmless = ([without_formula(cell) for cell in row] for row in chain([heading], worded))
    return workbook_attachment(f"{name}.xlsx", harmless, report_words.title(table))


def _headings(table: ReportTable) -> list[str]:
    found = []
    for column in table.columns:
        own = ReportTable(table.key, (column,)).file_heading()
        found += [_PARTS[part.removeprefix(column.key)] % report_words.heading(column) for part in own]
    return found


def _with_words(table: ReportTable, row: list[object], raw: Any) -> list[object]:
    """Words of ours in the language of the page; they are one cell each, as all columns before a figure are."""
    place, found = 0, list(row)
    for column, value in zip(table.columns, raw, strict=True):
        if column.kind is ColumnKind.WORD:
            found[place] = report_words.word(column, value)
        place += len(ReportTable(table.key, (column,)).file_heading())
    return found
