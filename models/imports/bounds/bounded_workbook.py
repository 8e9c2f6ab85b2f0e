"""Workbooks that are read in bounded memory, whatever they hold.

A workbook is a zip of XML, and unpacks to a thousand times its size; an empty element of four bytes becomes hundreds of
bytes in memory. So what is read as a whole may be so large and have so many tags, and of a sheet, a row may: more than
Excel writes, and few enough to be held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any
from zipfile import ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS

MOST_TEXTS = 60 * 1024 * 1024
"""Bytes of the shared texts, which are read into memory at once."""
MOST_TEXT_TAGS = 6_000_000
"""A text with the reading of its signs has ten."""
MOST_WHOLE = 10 * 1024 * 1024
"""Bytes of each part that says how it is put together, such as its styles, which are read at once, too."""
MOST_WHOLE_TAGS = 500_000
"""Excel keeps 65,490 styles of cells."""
MOST_TAGS = 131_072
"""Tags of a row, and of all that stands beside the rows: Excel has 16,384 columns, and a cell with a formula six."""
MOST_ROW = 32 * 1024 * 1024
"""Bytes of a row."""
_PIECE = 1 << 18
_LONGEST_TAG = 2_000
_ROW = re.compile(rb"<(/?)(?:[\w.-]+:)?row(?=[\s/>])[^<>]*?(/?)>")


class TooMuch(Exception):
    """A part that no spreadsheet has written so, or one that is too large to be held."""


class _BoundedArchive(ZipFile):
    """A zip of which no large part is read as a whole."""

    def read(self, name: Any, pwd: bytes | None = None) -> bytes:
        """A whole part.

        Raises:
            TooMuch: it is too large.
        """
        if self.getinfo(name).file_size > MOST_WHOLE:
            raise TooMuch(name)
        content = super().read(name, pwd)
        if content.count(b"<") > MOST_WHOLE_TAGS:
            raise TooMuch(name)
        return content


class BoundedWorkbook(ExcelReader):
    """A workbook as it is read: its sheets of cells, and nothing that belongs to them, such as comments and charts."""

    def __init__(self, file: IO[bytes]) -> None:
        """Open it.

        Raises:
            TooMuch: a part of it cannot be held in memory; whatever else a broken one makes of its reader.
        """
        super().__init__(file, read_only=True, data_only=True, keep_links=False)
        self.archive = _BoundedArchive(file)
        self.sheets: list[str] = []
        """The parts in which they are."""
        self.read()

    def read_strings(self) -> None:
        """Read the shared texts.

        Raises:
            TooMuch: there are too many.
        """
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is not None:
            info = self.archive.getinfo(part.PartName[1:])
            with self.archive.open(info) as content:
                if info.file_size > MOST_TEXTS or sum(piece.count(b"<") for piece in _pieces(content)) > MOST_TEXT_TAGS:
                    raise TooMuch(info.filename)
        super().read_strings()

    def read_worksheets(self) -> None:
        """Look through the sheets.

        Raises:
            TooMuch: a row is larger than any.
        """
        for _sheet, part in self.parser.find_sheets():
            if part.target in self.valid_files and "chartsheet" not in part.Type:
                with self.archive.open(part.target) as content:
                    check_rows(content)
                self.sheets.append(part.target)

    def rows(self, sheet: str) -> Iterator[list[Any]]:
        """The values of each row of a sheet; rows that are left out are empty.

        Nothing is kept of a row that was read: of a million rows with heights of their own that would be half a
        gigabyte.
        """
        book: Any = self.wb
        number = 0
        with self.archive.open(sheet) as content:
            parser = WorkSheetParser(
                content, self.shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )  # fmt: skip
            for at, cells in parser.parse():
                parser.row_dimensions.clear()
                while number + 1 < at:
                    number += 1
                    yield []
                if number < at:
                    number = at
                    yield _values(cells)


def _values(cells: list[dict[str, Any]]) -> list[Any]:
    values = [None] * max((cell["column"] for cell in cells), default=0)
    for cell in cells:
        values[cell["column"] - 1] = cell["value"]
    return values


def check_rows(content: IO[bytes]) -> None:
    """Look through a sheet before anything of it is held.

    Raises:
        TooMuch: a row has more tags or bytes than any; or there is what no spreadsheet writes and could hide rows:
            comments, or rows within rows.
    """
    in_row, tags, beside, size, rest = False, 0, 0, 0, b""
    for piece in _pieces(content):
        text, rest = _whole_tags(rest + piece)
        if b"<!" in text:
            raise TooMuch("comments")
        at = 0
        for found in _ROW.finditer(text):
            between, at = text.count(b"<", at, found.start()), found.end()
            tags, beside, size = (tags + between, beside, 0) if in_row else (0, beside + between, 0)
            ends, is_empty = found.groups()
            if tags > MOST_TAGS or (in_row and not ends):
                raise TooMuch("row")
            in_row, tags = not ends and not is_empty, 0
        between, size = text.count(b"<", at), (0 if at else size) + len(text) - at
        tags, beside = (tags + between, beside) if in_row else (0, beside + between)
        if tags > MOST_TAGS or beside > MOST_TAGS or size > MOST_ROW:
            raise TooMuch("row")


def _whole_tags(text: bytes) -> tuple[bytes, bytes]:
    """A piece without the tag at its end, which may go on in the next one; and that tag."""
    cut = text.rfind(b"<")
    return (text[:cut], text[cut:]) if 0 <= len(text) - cut <= _LONGEST_TAG and cut >= 0 else (text, b"")


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(_PIECE):
        yield piece
