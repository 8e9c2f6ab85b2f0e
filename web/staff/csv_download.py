"""Tables as files for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import SEEK_END, StringIO
from tempfile import TemporaryFile
from typing import IO

from flask import Response

from models.store import workbook
from models.store.csv_cell import without_formula

_CHUNK_BYTES = 1 << 16
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of an Excel workbook."""


def csv_attachment(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """*rows* under *heading* as a CSV file (RFC 4180) in UTF-8.

    A mark of byte order stands before it, by which Excel knows that it is UTF-8. A text that a spreadsheet would take
    for a formula gets an apostrophe in front.
    """
    return attachment(name, _lines(heading, rows))


def attachment(name: str, content: Iterable[bytes], media_type: str = "text/csv") -> Response:
    """*content* as a file to keep, made whole before the first byte is sent.

    An error on the way is an error page, never a file that ends too early; the length stands before the content, so
    that a connection which breaks off is seen to have done so.
    """
    return written(name, lambda file: file.writelines(content), media_type)


def workbook_attachment(name: str, rows: Iterable[Sequence[object]], title: str = "") -> Response:
    """*rows*, the first of which is the heading, as an Excel workbook with a sheet called *title*."""
    return written(name, lambda file: workbook.write(file, rows, title), WORKBOOK)


def written(name: str, write: Callable[[IO[bytes]], None], media_type: str = "text/csv") -> Response:
    """What *write* puts into a file as one to keep, made whole before the first byte is sent."""
    file = TemporaryFile()  # noqa: SIM115  closed at its end, when all of it is sent
    try:
        write(file)
        file.seek(0, SEEK_END)
    except BaseException:
        file.close()
        raise
    return file_attachment(name, file, media_type)


def file_attachment(name: str, file: IO[bytes], media_type: str = "text/csv") -> Response:
    """An open *file*, written to its end, as one to keep. It is closed when all of it is sent."""
    response = Response(_chunks(file), mimetype=media_type)
    response.content_length = file.tell()
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_CHUNK_BYTES):
            yield piece


def _lines(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    line = StringIO()
    writer = csv.writer(line)

    def written(row: Iterable[object]) -> bytes:
        writer.writerow(row)
        text = line.getvalue()
        line.seek(0)
        line.truncate()
        return text.encode()

    yield b"\xef\xbb\xbf" + written(heading)
    for row in rows:
        yield written(without_formula(value) for value in row)
