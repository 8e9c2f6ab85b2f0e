"""The refused lines of an import, kept as they come and given back as a spreadsheet to be mended and imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from sqlalchemy.orm import Session

from ..store import kept_file
from ..store.csv_cell import without_apostrophe, without_formula
from .error_file import LINE, PROBLEM
from .import_job import ImportJob
from .list_start import shown
from .subscribers import RejectedRow

SHOWN = 20
"""Refused lines that a page shows."""
MOST = 100_000
"""Refused lines that are kept; where there are more, the list as a whole is wrong, and the rest is counted."""


def keep(session: Session, job: ImportJob, refused: Sequence[RejectedRow], before: int) -> None:
    """Keep the refused lines of a batch.

    Arguments:
        before: how many there were before.
    """
    if not refused:
        return
    missing = SHOWN - len(job.first_refused)
    if missing > 0:
        job.first_refused = [
            *job.first_refused, *([one.line, shown(one.address), shown(one.reason, 500)] for one in refused[:missing])
        ]  # fmt: skip
    if before < MOST and job.refused_id is not None:
        lines = [_kept(one) for one in refused[: MOST - before]]
        kept_file.write(session, job.refused_id, ["".join(lines).encode("utf-8", "replace")])


def _kept(one: RejectedRow) -> str:
    return json.dumps([one.line, one.reason, *(one.written or [one.address])], ensure_ascii=False) + "\n"


def rows(session: Session, job: ImportJob) -> Iterator[list[object]]:
    """The refused lines, each with its number, the reason and its own cells; formulas are made harmless."""
    for line in _lines(kept_file.read(session, job.refused_id or 0)):
        number, reason, *cells = json.loads(line)
        yield [number, without_formula(reason), *(without_formula(without_apostrophe(cell)) for cell in cells)]


def heading(job: ImportJob) -> list[object]:
    """The line above them. An import leaves the first two columns out."""
    return [LINE, PROBLEM, *map(without_formula, job.headings)]


def as_csv(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Rows as CSV in UTF-8 with a mark, in portions."""
    text = StringIO()
    writer = csv.writer(text)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow(row)
        if text.tell() > 1 << 16:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest
