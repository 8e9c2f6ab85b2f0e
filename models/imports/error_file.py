"""The lines of a list that were refused, as a list: to be mended in a spreadsheet, and taken in again."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from ..store.csv_cell import without_apostrophe, without_formula
from ..store.errors import Invalid
from .subscribers import RejectedRow

LINE, PROBLEM = "kairan_line", "kairan_problem"
"""Headings of what we add before a line's own cells; an import leaves these columns out."""


class ErrorFile:
    """Refused lines with their own cells under the headings of their list; made when there is one.

    UTF-8 with a mark, by which spreadsheets know it. A cell that they would run as a formula gets an apostrophe in
    front, which an import takes away again.

    Arguments:
        path: where it goes; one that is there is replaced.
        headings: those of the list.

    Raises:
        Invalid: no file can be written there; known before anything is taken in.
    """

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self.path = path
        if path.is_dir() or not path.parent.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
            raise Invalid(
                "the refused lines cannot be written there: choose another file with --errors", file=str(path)
            )
        self._headings = headings
        self._file: IO[str] | None = None

    def write(self, refused: Sequence[RejectedRow]) -> None:
        """Add lines."""
        if not refused:
            return
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow([LINE, PROBLEM, *map(without_formula, self._headings)])
        csv.writer(self._file).writerows(
            [one.line, without_formula(one.reason), *map(_again, one.written or [one.address])] for one in refused
        )

    def close(self) -> None:
        """Write what is left."""
        if self._file is not None:
            self._file.close()


def _again(cell: str) -> object:
    """A cell that an import reads as it read *cell*."""
    return without_formula(without_apostrophe(cell))
