"""Lists that come as Excel workbooks: the first sheet that holds something becomes a CSV, row by row.

A workbook is a zip of XML. What it says of its size is no more than it can unpack to, so a bomb is refused before it is
unpacked. Values count, not formulas: a cell is what Excel has calculated last.
"""

from __future__ import annotations

import csv
import errno
import warnings
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from lzma import LZMAError
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from openpyxl.utils.exceptions import InvalidFileException

from ..store.errors import Invalid
from ..store.phrase import phrase
from ..store.workbook import MOST_CHARACTERS, unescaped
from .bounds import foreign_file
from .bounds.bounded_workbook import MOST_TEXTS, BoundedWorkbook, TooMuch
from .csv_file import MOST_COLUMNS

MOST_UNPACKED = 600 * 1024 * 1024
"""Bytes of all parts of a workbook."""
MOST_ROWS = 1_048_576
"""Rows that a sheet of Excel can have."""
_BROKEN = (
    *(BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, SyntaxError),
    *(EOFError, OverflowError, IndexError, RuntimeError, LZMAError),
)
"""Whatever a broken workbook makes of its reader: RuntimeError where a part has a password, or is packed oddly."""
_READERS_OWN = (None, errno.EINVAL)
"""What an OSError says that is about the workbook; any other is about our disk."""
_ZIP = b"PK\x03\x04"


class NoTime(Exception):
    """A list that is too long to be read while somebody waits."""


def is_workbook(path: Path, name: str) -> bool:
    """Whether a file is a workbook of today (.xlsx).

    Raises:
        Invalid: it is one of before 2007 (.xls), a page that calls itself one, or another kind of document.
    """
    with path.open("rb") as file:
        start = file.read(512)
    foreign_file.refuse(start, name)
    return start.startswith(_ZIP)


def to_csv(path: Path, target: Path, name: str, at_once: int = MOST_ROWS) -> None:
    """Write the list of a workbook as CSV in UTF-8: a line a row, so that both have the same numbers.

    Arguments:
        at_once: rows for which there is time, empty ones among them: a small workbook may name the last row there is.

    Raises:
        Invalid: it is no workbook, larger than it may be, or has too many columns or rows.
        NoTime: it has more rows than *at_once*.
    """
    unpacked(path, name)
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that we do not read
            book = BoundedWorkbook(file)
            sheet = next((one for one in book.sheets if _holds_something(book.rows(one))), None)
            if sheet is None:
                raise Invalid("the workbook is empty", file=name)
            with target.open("w", encoding="utf-8", newline="") as lines:
                _write(csv.writer(lines), book.rows(sheet), name, at_once)
    except Invalid:
        raise
    except TooMuch as error:
        why = "this workbook holds more than can be read at once: save the list as CSV (UTF-8), which may be larger"
        raise Invalid(why, file=name) from error
    except _BROKEN as error:
        raise _broken(name) from error
    except OSError as error:
        if error.errno in _READERS_OWN:
            raise _broken(name) from error
        raise


def _broken(name: str) -> Invalid:
    return Invalid("this workbook cannot be read: open it in Excel, and save it as CSV (UTF-8)", file=name)


def unpacked(content: Path | IO[bytes], name: str) -> int:
    """How many bytes a workbook says that it unpacks to; it cannot unpack to more.

    Raises:
        Invalid: it is no workbook, or larger than it may be.
    """
    try:
        with ZipFile(content) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise _broken(name) from error
    except OSError as error:
        if error.errno in _READERS_OWN:
            raise _broken(name) from error
        raise
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Invalid("this is an archive or a document, and no Excel workbook: save it as .xlsx or CSV", file=name)
    texts = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    size = sum(part.file_size for part in parts)
    if size > MOST_UNPACKED or texts > MOST_TEXTS or len(parts) > 10_000:
        raise Invalid(
            phrase(
                "unpacked, this workbook is larger than {most} MB: save the list as CSV (UTF-8), which may be larger",
                most=MOST_UNPACKED // 1024 // 1024,
            ),
            file=name,
        )
    return size


def _holds_something(rows: Iterator[list[Any]]) -> bool:
    return any(value is not None for row in islice(rows, 1000) for value in row[:MOST_COLUMNS])


def _write(writer: Any, rows: Iterator[list[Any]], name: str, at_once: int) -> None:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise Invalid(phrase("the sheet has more than {most} rows", most=MOST_ROWS), file=name)
        if number > at_once:
            raise NoTime
        cells = list(_cells(row))
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise Invalid(
                phrase(
                    "the list has {count} columns; at most {most} can be read: take out those that are not needed",
                    count=len(cells),
                    most=MOST_COLUMNS,
                ),
                file=name,
            )
        writer.writerow(cells)


def _cells(row: list[Any]) -> Iterator[str]:
    for value in row:
        if value is None:
            yield ""
        elif isinstance(value, str):
            if len(value) > MOST_CHARACTERS:
                raise ValueError("no cell of Excel holds as much")
            yield unescaped(" ".join(value.split()) if "\n" in value or "\r" in value else value)
        elif isinstance(value, float) and value.is_integer():
            yield str(int(value))
        elif isinstance(value, datetime) and (value.hour or value.minute):
            yield value.strftime("%Y-%m-%d %H:%M")
        elif isinstance(value, date):
            yield value.strftime("%Y-%m-%d")
        else:
            yield str(value)
