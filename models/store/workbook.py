"""Tables as Excel workbooks, written row by row in little memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import IO

from openpyxl import Workbook

MOST_ROWS = 1_048_576
"""Rows of a sheet; what follows goes to the next one."""
MOST_CHARACTERS = 32_767
"""Characters of a cell."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write(target: IO[bytes], rows: Iterable[Sequence[object]]) -> None:
    """Write *rows*, the first of which is the heading. No text becomes a formula: each stands as a text."""
    book = Workbook(write_only=True)
    sheet, count, heading = book.create_sheet(), 0, None
    for row in rows:
        cells = [_cell(value) for value in row]
        heading = heading or cells
        if count == MOST_ROWS:
            sheet, count = book.create_sheet(), 1
            sheet.append(heading)
        sheet.append(cells)
        count += 1
    book.save(target)


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    return _NOT_IN_XML.sub("\ufffd", value)[:MOST_CHARACTERS]
