"""Tables as Excel workbooks, written row by row in little memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

MOST_ROWS = 1_048_576
"""Rows of a sheet; what follows goes to the next one."""
MOST_CHARACTERS = 32_767
"""Characters of a cell."""
_MOST_TITLE = 31
_NOT_IN_TITLE = re.compile(r"[\\*?:/\[\]]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NARROWEST, _WIDEST = 10, 60


def write(target: IO[bytes], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Write *rows*, the first of which is the heading: bold, and in sight however far one scrolls.

    A text stays a text, whatever it begins with: none becomes a formula or an error.

    Arguments:
        title: what the sheet is called; where it is empty, as Excel calls it.
    """
    book = Workbook(write_only=True)
    each = iter(rows)
    heading = next(each, ())
    sheet, count = _sheet(book, title, heading), 1
    for row in each:
        if count == MOST_ROWS:
            sheet, count = _sheet(book, title, heading), 1
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    book.save(target)


def _sheet(book: Workbook, title: str, heading: Sequence[object]) -> Any:
    sheet = book.create_sheet(_NOT_IN_TITLE.sub(" ", title)[:_MOST_TITLE] or None)
    for place, value in enumerate(heading, 1):
        # A sign of Japanese is as wide as two of the figures that Excel counts.
        width = min(_WIDEST, max(_NARROWEST, 2 * len(str(value))))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    cells = []
    for value in heading:
        cell = _text_cell(sheet, str(_written(value)))
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    return sheet


def _cell(sheet: Any, value: object) -> object:
    written = _written(value)
    if isinstance(written, str) and written.startswith(("=", "#")):
        return _text_cell(sheet, written)
    return written


def _text_cell(sheet: Any, text: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


def _written(value: object) -> object:
    return _NOT_IN_XML.sub("\ufffd", value)[:MOST_CHARACTERS] if isinstance(value, str) else value
