"""CSV as RFC 4180 describes it, and as it comes: records from lines, none of them lost and each of them counted.

A quoted cell may hold separators, doubled quotes and line ends. A quote that nobody closes would swallow all that
follows, so a cell over several lines is believed only if none of these lines is a record of its own: else, and where
something stands behind the closing quote, the quote is stray, and costs the line that it stands in. What follows is
read as if that line had been right.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

MAX_CELL_LINES = 50_000
"""Lines of a cell; one with more is a stray quote."""
MOST_CELL = 1_000_000
"""Characters of its lines; the same."""
_AN_ADDRESS = re.compile(r"\s*[^\s@＠\"]+[@＠][^\s@＠\"]+[.．。][^\s@＠\"]+\s*")
_OPENING = re.compile(r' *"')
_UNCLOSED = "a quotation mark is not closed"
_BEHIND = "something stands behind a closing quotation mark"
_STRAY = "there is a stray quotation mark"


class Record(NamedTuple):
    """One record.

    Arguments:
        number: the line that it begins on, counted from 1.
        span: how many lines it takes.
        cells: as written, without quotes; those of a broken record as they stand in its line.
        error: why it cannot be read, where it cannot.
    """

    number: int
    span: int
    cells: list[str]
    error: str = ""


def is_address(cell: str) -> bool:
    """Whether a cell looks like an address, as a person sees it."""
    return _AN_ADDRESS.fullmatch(cell) is not None


class _Broken(Exception):
    """A quote stands where none may stand; says which."""


class _Cells:
    """The cells of a record whose lines come one after the other."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._closing = re.compile(f'" *(?:{re.escape(delimiter)}|\\r?\\n?\\Z|\\r\\Z)')
        self.done: list[str] = []
        self._open: list[str] | None = None

    def add(self, line: str) -> bool:
        """Read one more line; returns whether the record ends with it.

        Raises:
            _Broken: it is none.
        """
        at = 0
        while True:
            if self._open is None:
                opening = _OPENING.match(line, at)
                if opening is None:
                    stop = line.find(self._delimiter, at)
                    cell = line[at:stop] if stop >= 0 else content(line[at:])
                    if cell.count('"') % 2:  # in pairs they are part of the text, as tools write them that know no CSV
                        raise _Broken(_STRAY)
                    self.done.append(cell)
                    if stop < 0:
                        return True
                    at = stop + 1
                    continue
                self._open, at = [], opening.end()
            quote = _closing_quote(line, at)
            if quote < 0:
                self._open.append(line[at:])
                return False
            closing = self._closing.match(line, quote)
            if closing is None:
                raise _Broken(_BEHIND)
            self._open.append(line[at:quote])
            self.done.append("".join(self._open).replace('""', '"'))
            self._open, at = None, closing.end()
            if not closing[0].endswith(self._delimiter):
                return True


def _closing_quote(line: str, at: int) -> int:
    """Where the first quote stands that is not doubled; below 0 where there is none."""
    while (quote := line.find('"', at)) >= 0 and line.startswith('""', quote):
        at = quote + 2
    return quote


class CsvRecords:
    """The records of a file, one at a time.

    Arguments:
        lines: its physical lines, each with its line end.
        delimiter: what stands between cells; one character.
        first: the number of the first line.
    """

    def __init__(self, lines: Iterator[str], delimiter: str, first: int = 1) -> None:
        self._lines, self._ahead = lines, deque[str]()
        self._number = first
        self._delimiter = delimiter
        self.is_record: Callable[[list[str]], bool] = lambda cells: any(map(is_address, cells))
        """Whether the cells of a line show that it is a record of its own."""

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        number = self._number
        bare = '"' not in line
        record = Record(number, 1, content(line).split(self._delimiter)) if bare else self._quoted(number, line)
        self._number += record.span
        return record

    def _quoted(self, number: int, line: str) -> Record:
        """The record that begins with a *line* that has quotes; lines that do not belong to it are read again."""
        taken, cells, error, size = [line], _Cells(self._delimiter), _UNCLOSED, 0
        try:
            whole = cells.add(line)
            while not whole and len(taken) < MAX_CELL_LINES and size < MOST_CELL and (more := self._next_line()):
                taken.append(more)
                size += len(more)
                if self._stands_alone(more):
                    break
                whole = cells.add(more)
            if whole:
                return Record(number, len(taken), cells.done)
        except _Broken as broken:
            error = str(broken) if len(taken) == 1 else _UNCLOSED
        self._ahead.extendleft(reversed(taken[1:]))
        return Record(number, 1, content(line).split(self._delimiter), error)

    def _next_line(self) -> str:
        return self._ahead.popleft() if self._ahead else next(self._lines, "")

    def _stands_alone(self, line: str) -> bool:
        if '"' not in line:
            return self.is_record(content(line).split(self._delimiter))
        cells = _Cells(self._delimiter)
        try:
            return cells.add(line) and self.is_record(cells.done)
        except _Broken:
            return False


def content(line: str) -> str:
    """A line without its line end."""
    return line.rstrip("\r\n")
