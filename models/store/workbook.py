"""Tables as Excel workbooks (Office Open XML, ECMA-376), written row by row in little memory.

The XML is written here, since every table is plain: a line of headings, then texts, numbers and days. openpyxl makes an
object of each cell, which takes ten times as long (``benchmarks/imports.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from . import workbook_parts

MOST_ROWS = 1_048_576
"""Rows of a sheet; what follows goes to the next one."""
MOST_BYTES = 1 << 30
"""Bytes of a sheet, likewise: beyond twice as many a zip is written in a way that Excel calls damaged."""
MOST_CHARACTERS = 32_767
"""Characters of a cell, in units of UTF-16."""
_LEVEL = 4
"""How hard to compress: a quarter less time than 6, and 3 % more bytes."""
_PORTION = 500
"""Rows that are compressed at once."""
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  cells have no zone
"""The day from which Excel counts (as it is after February of 1900, a leap year to Excel)."""
_TO_WRITE = re.compile("[<>&_\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x005F_(?=x[0-9A-Fa-f]{4}_)")


def write(target: IO[bytes], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Write *rows*, the first of which is the heading: bold, and in sight however far one scrolls.

    A text stays a text, whatever it begins with: none becomes a formula or an error. What XML cannot hold becomes a
    replacement character. Where a sheet is full, the next one begins with the same heading.

    Arguments:
        title: what the sheet is called; where it is empty, as Excel calls it.

    Raises:
        TypeError: a cell is neither a text nor a number, a truth, a day or nothing.
    """
    each = iter(rows)
    heading = [str(one) for one in next(each, ())]
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as book:
        sheets, waiting = 0, next(each, None)
        while not sheets or waiting is not None:
            sheets += 1
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                _write_sheet(sheet, heading, each if waiting is None else chain([waiting], each))
            waiting = next(each, None)
        for name, content in workbook_parts.around(title, sheets):
            book.writestr(name, content)


def unescaped(text: str) -> str:
    """A text of a cell as it was before :func:`write` kept it from being taken for an escaped character."""
    return _ESCAPED.sub("_", text) if "_x005F_" in text else text


def _write_sheet(sheet: IO[bytes], heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write as many rows as a sheet may have."""
    written, number = sheet.write(workbook_parts.sheet_start(heading).encode()), 1
    lines = [_line(1, heading, workbook_parts.BOLD)]
    for row in rows:
        number += 1
        lines.append(_line(number, row))
        if len(lines) == _PORTION:
            written += sheet.write("".join(lines).encode())
            lines.clear()
        if number == MOST_ROWS or written > MOST_BYTES:
            break
    sheet.write("".join([*lines, workbook_parts.SHEET_END]).encode())


def _line(number: int, row: Sequence[object], style: str = "") -> str:
    cells = [
        f'<c r="{column}{number}"{style}{_content(value)}'
        for column, value in zip(_columns(len(row)), row, strict=True)
        if value is not None and value != ""
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _content(value: object) -> str:
    """The rest of a cell's XML, from the attribute of its type on."""
    if isinstance(value, str):
        if _TO_WRITE.search(value) or len(value) > MOST_CHARACTERS // 2:
            value = _writable(value)
        return f' t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
    if isinstance(value, bool):
        return f' t="b"><v>{value:d}</v></c>'
    if isinstance(value, (int, float, Decimal)):
        return f"><v>{value}</v></c>"
    if isinstance(value, datetime):
        return f"{workbook_parts.MOMENT}><v>{(value - _DAY_ZERO) / timedelta(days=1)}</v></c>"
    if isinstance(value, date):
        return f"{workbook_parts.DAY}><v>{value.toordinal() - _DAY_ZERO.toordinal()}</v></c>"
    raise TypeError(f"a cell of a table cannot hold a {type(value).__name__}")


def _writable(text: str) -> str:
    """*text* as XML, as long as a cell may be, without what XML or Excel would take for something else."""
    kept = _NOT_IN_XML.sub("\ufffd", text).encode("utf-16-le")[: 2 * MOST_CHARACTERS].decode("utf-16-le", "ignore")
    kept = _LOOKS_ESCAPED.sub("_x005F_", kept)
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


@cache
def _columns(number: int) -> tuple[str, ...]:
    """The letters of the first columns."""
    return tuple(map(workbook_parts.column_letters, range(1, number + 1)))
