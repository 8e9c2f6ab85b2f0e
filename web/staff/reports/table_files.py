"""Tables of reports as files: CSV for programs, with names that never change; Excel for people, in their language."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from models.reports.tables.table import ColumnKind, ReportTable
from models.store.csv_cell import without_formula
from models.store.errors import NotFound
from models.store.phrase import phrase

from ..csv_download import csv_attachment, file_attachment
from . import report_words

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS = ("csv", "xlsx")
_MOST_SHEET_NAME = 31
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
    return _workbook(table, name)


def _workbook(table: ReportTable, name: str) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(report_words.title(table)[:_MOST_SHEET_NAME])
    headings = _headings(table)
    for place, text in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(place)].width = min(60, max(10, 2 * len(text)))
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, text, bold=True) for text in headings])
    for row, raw in zip(table.file_rows(), table.rows, strict=True):
        sheet.append([_cell(sheet, value) for value in _with_words(table, row, raw)])
    file = TemporaryFile()  # noqa: SIM115  closed at its end, when all of it is sent
    book.save(file)
    file.seek(0, 2)
    return file_attachment(f"{name}.xlsx", file, EXCEL)


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


def _cell(sheet: WriteOnlyWorksheet, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, str):
        value = without_formula(ILLEGAL_CHARACTERS_RE.sub("", value))
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text, whatever it begins with
    if bold:
        cell.font = Font(bold=True)
    return cell
