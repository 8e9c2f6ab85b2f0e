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
from contextlib import closing
from datetime import date, datetime
from lzma import LZMAError
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from ..store.errors import Invalid
from ..store.phrase import phrase
from ..store.workbook import MOST_CHARACTERS
from .csv_file import MOST_COLUMNS

MOST_UNPACKED = 600 * 1024 * 1024
"""Bytes of all parts of a workbook."""
MOST_TEXTS = 60 * 1024 * 1024
"""Bytes of its shared texts, which are read into memory at once."""
MOST_FRAME = 10 * 1024 * 1024
"""Bytes of each part that says how it is put together, such as its styles, which are read into memory at once, too."""
MOST_ROWS = 1_048_576
"""Rows that a sheet of Excel can have."""
_BROKEN = (
    *(BadZipFile, zlib.error, InvalidFileException, KeyError, ValueError, TypeError, AttributeError, SyntaxError),
    *(EOFError, OverflowError, IndexError, RuntimeError, LZMAError),
)
"""Whatever a broken workbook makes of its reader: RuntimeError where a part has a password, or is packed oddly."""
_READERS_OWN = (None, errno.EINVAL)
"""What an OSError says that is about the workbook; any other is about our disk."""
_FRAME = ("", "_rels", "docprops", "xl", "xl/_rels", "xl/theme", "xl/worksheets/_rels")
"""Folders of the parts that are read as a whole."""
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_HTML = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")


def is_workbook(path: Path, name: str) -> bool:
    """Whether a file is a workbook of today (.xlsx).

    Raises:
        Invalid: it is one of before 2007 (.xls), a page that calls itself one, or another kind of document.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(_OLD):
        raise Invalid(
            "this is an Excel workbook of the old kind (.xls), or one with a password: open it in Excel, and save it"
            " as .xlsx without a password, or as CSV",
            file=name,
        )
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_HTML):
        raise Invalid(
            "this is a web page, even if its name ends with .xls: open it in Excel, and save it as .xlsx or CSV",
            file=name,
        )
    return start.startswith(_ZIP)


def to_csv(path: Path, target: Path, name: str) -> None:
    """Write the list of a workbook as CSV in UTF-8: a line a row, so that both have the same numbers.

    Raises:
        Invalid: it is no workbook, larger than it may be, or has too many columns or rows.
    """
    unpacked(path, name)
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that we do not read
            with closing(load_workbook(file, read_only=True, data_only=True, keep_links=False)) as book:
                sheet = next((one for one in book.worksheets if _holds_something(one)), None)
                if sheet is None:
                    raise Invalid("the workbook is empty", file=name)
                with target.open("w", encoding="utf-8", newline="") as lines:
                    _write(csv.writer(lines), sheet, name)
    except Invalid:
        raise
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
    frame = max(part.file_size for part in parts if _is_frame(part.filename.lower()))
    if frame > MOST_FRAME:
        raise _broken(name)
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


def _is_frame(part: str) -> bool:
    return part.rpartition("/")[0] in _FRAME and "sharedstrings" not in part


def _holds_something(sheet: Any) -> bool:
    rows = sheet.iter_rows(values_only=True, max_row=1000, max_col=MOST_COLUMNS)
    return any(value is not None for row in rows for value in row)


def _write(writer: Any, sheet: Any, name: str) -> None:
    sheet.reset_dimensions()  # what a sheet says of its size is often wrong
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > MOST_ROWS:
            raise Invalid(phrase("the sheet has more than {most} rows", most=MOST_ROWS), file=name)
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
        writer.writerow(cells or [""])


def _cells(row: tuple[Any, ...]) -> Iterator[str]:
    for value in row:
        if value is None:
            yield ""
        elif isinstance(value, str):
            if len(value) > MOST_CHARACTERS:
                raise ValueError("no cell of Excel holds as much")
            yield " ".join(value.split()) if "\n" in value or "\r" in value else value
        elif isinstance(value, float) and value.is_integer():
            yield str(int(value))
        elif isinstance(value, datetime) and (value.hour or value.minute):
            yield value.strftime("%Y-%m-%d %H:%M")
        elif isinstance(value, date):
            yield value.strftime("%Y-%m-%d")
        else:
            yield str(value)
