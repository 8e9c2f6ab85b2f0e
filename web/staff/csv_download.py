"""Tables as files for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from flask import Response

from models.store.csv_cell import without_formula


def csv_attachment(name: str, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """*rows* under *heading* as a CSV file (RFC 4180) in UTF-8, sent while it is written.

    A mark of byte order stands before it, by which Excel knows that it is UTF-8. A text that a spreadsheet would take
    for a formula gets an apostrophe in front.
    """
    return attachment(name, _lines(heading, rows))


def attachment(name: str, content: Iterable[bytes], media_type: str = "text/csv") -> Response:
    """*content* as a file to keep, sent while it is made."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
