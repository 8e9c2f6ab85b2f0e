"""Tables as Excel workbooks to keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile

from flask import Response

from models.store import workbook

from ..csv_download import file_attachment

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """*rows* as a workbook, made whole before the first byte is sent."""
    file = TemporaryFile()  # noqa: SIM115  closed at its end, when all of it is sent
    try:
        workbook.write(file, rows)
        file.seek(0, 2)
    except BaseException:
        file.close()
        raise
    return file_attachment(name, file, MEDIA_TYPE)
