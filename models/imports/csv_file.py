"""Lists of readers as people and tools give them: CSV in any of its dialects and in Japan's encodings.

The separator is the one by which a line of headings is found, among those that spreadsheets write. Above the headings
there may be a title or nothing. Every line of the file is counted, and it is checked at the end that each is part of
something: the lines above the records, an empty line, or a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import ClassVar, NamedTuple

from ..store.csv_cell import without_apostrophe
from ..store.errors import Invalid
from ..store.phrase import Phrase, phrase
from . import encoding, headings
from .csv_records import CsvRecords, Record, is_address
from .encoding import FileEncoding
from .headings import Column
from .reader_status import ReaderStatus

SEPARATORS = (",", "\t", ";", "|")
_PARTS = frozenset({"family_name", "given_name", "middle_name", "nickname", "family_kana", "given_kana", "department"})
MOST_COLUMNS = 200
_HEAD = 80
"""Lines in which the headings are looked for."""


class CsvRow(NamedTuple):
    """One record: the line that it begins on (from 1), and its cells by what they hold; custom fields by name."""

    number: int
    cells: Mapping[str, str]
    error: str | Phrase = ""
    """Why it cannot be read, where it cannot."""
    status: ReaderStatus = ReaderStatus.ACTIVE
    """What the list says of the reader."""
    written: Sequence[str] = ()
    """The record's cells as they stand in the file."""


class _Head(NamedTuple):
    """Where the headings are, and the first line after them."""

    separator: str
    headings: list[str]
    """One more than :data:`MOST_COLUMNS` of them at most."""
    width: int
    """How many there are."""
    line: int
    next_line: int


@dataclass(slots=True)
class LineCounts:
    """What the lines of a file were: above the records, empty, or part of a record."""

    lines: int = 0
    above: int = 0
    empty: int = 0
    of_records: int = 0
    records: int = 0

    def check(self) -> None:
        """See to it that no line was lost."""
        if self.lines != self.above + self.empty + self.of_records:
            raise AssertionError(f"lines were lost: {self}")


@dataclass(slots=True)
class CsvFile:
    """A list, opened: its encoding, separator and columns are known.

    Arguments:
        path: the file.
        custom: the newsletter's own fields, by their folded names and labels.
        mapped, ignored: what we are told of headings; see :func:`models.imports.headings.columns`.
        given: the headings of a file that has none, in the order of its columns.
        holds: what each column holds, in their order, where all of that is known; *mapped* and *ignored* do not count.
        chosen_encoding: the encoding that somebody chose; empty: it is found.
        called: the name of the file for people, where that is not the one of *path*.

    Raises:
        Invalid: no column holds addresses; says which headings there are, and how to say what they hold.
    """

    needs_address: ClassVar[bool] = True

    path: Path
    custom: Mapping[str, str] = field(default_factory=dict)
    mapped: Mapping[str, str] = field(default_factory=dict)
    ignored: Sequence[str] = ()
    given: Sequence[str] = ()
    holds: Sequence[str] = ()
    chosen_encoding: str = ""
    called: str = ""
    encoding: FileEncoding = field(init=False)
    columns: list[Column] = field(init=False)
    head: _Head = field(init=False)
    repeated: list[Column] = field(init=False)
    """Columns that hold the same as another one."""
    _taken: list[tuple[int, str]] = field(init=False)
    """Place and content of each column that is taken in."""
    _simple: bool = field(init=False)
    """Whether each of these stands for itself."""

    def __post_init__(self) -> None:
        self.encoding = (
            encoding.chosen(self.path, self.chosen_encoding)
            if self.chosen_encoding
            else encoding.detect(self.path, self.called)
        )
        self.head = self._head(self.first_lines())
        if self.head.width > MOST_COLUMNS:
            raise Invalid(
                phrase(
                    "the list has {count} columns; at most {most} can be read: take out those that are not needed",
                    count=self.head.width,
                    most=MOST_COLUMNS,
                ),
                file=self.name,
            )
        self.columns = (
            headings.known_columns(self.head.headings, self.holds)
            if self.holds
            else headings.columns(self.head.headings, self.custom, self.mapped, self.ignored)
        )
        held = Counter(column.holds for column in self.columns)
        if not held["address"] and self.needs_address:
            raise self._no_address()
        single = {"", headings.NOTHING, *headings.STATUS}
        self.repeated = [one for one in self.columns if held[one.holds] > 1 and one.holds not in single]
        self._taken = [(one.place, one.holds) for one in self.columns if one.holds not in ("", headings.NOTHING)]
        self._simple = not self.repeated and not _PARTS & held.keys()

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.called or encoding.name_of(self.path)

    def first_lines(self) -> list[str]:
        """The lines in which the headings are looked for."""
        return [line.text for line in islice(encoding.lines(self.path, self.encoding), _HEAD)]

    def records(self, counts: LineCounts, others: dict[int, str] | None = None) -> Iterator[Record]:
        """The records below the headings; empty ones are left out, and counted.

        Arguments:
            counts: gets what the lines were; it is checked when all records are read.
            others: gets the lines that are in another encoding than the file, and in which.
        """
        source = CsvRecords(self._lines(counts, others), self.head.separator, self.head.next_line)
        places = {column.place for column in self.columns if column.holds == "address"}
        width = len(self.head.headings)
        source.is_record = lambda cells: (
            len(cells) == width and any(is_address(cells[place]) for place in places if place < width)
        )
        for record in source:
            if not record.error and not record.cells[0][:1].isalnum() and not any(map(_is_filled, record.cells)):
                counts.empty += record.span
                continue
            counts.of_records += record.span
            counts.records += 1
            yield record
        counts.check()

    def _lines(self, counts: LineCounts, others: dict[int, str] | None) -> Iterator[str]:
        """The lines below the headings."""
        for number, line in enumerate(encoding.lines(self.path, self.encoding), 1):
            counts.lines += 1
            if line.other and others is not None:
                others[number] = line.other
            if number < self.head.next_line:
                counts.above += 1
            else:
                yield line.text

    def _head(self, lines: list[str]) -> _Head:
        said = _said_separator(lines[0]) if lines else ""
        skip = 1 if said else 0
        tried = [said] if said else list(SEPARATORS)
        if self.given:
            separator = max(tried, key=lambda one: (lines[skip] if lines[skip:] else "").count(one))
            return _Head(separator, list(self.given), len(self.given), 0, skip + 1)
        return max((self._headings(lines[skip:], one, skip) for one in tried), key=lambda found: found[0])[1]

    def _headings(self, lines: list[str], separator: str, skip: int) -> tuple[tuple[bool, int, int], _Head]:
        """The line that is most likely that of the headings, and how likely that is."""
        best = ((False, -1, 0), _Head(separator, [], 0, 1, 1))
        for record in CsvRecords(iter(lines), separator):
            cells = [cell.strip().strip('"') for cell in record.cells[: MOST_COLUMNS + 1]]
            if any(map(is_address, cells)):
                break
            known = [self._known(cell) for cell in cells]
            likely = ("address" in known, sum(map(bool, known)), sum(map(bool, cells)))
            if likely > best[0]:
                number = record.number + skip
                best = (likely, _Head(separator, cells, len(record.cells), number, number + record.span))
        return best

    def _known(self, cell: str) -> str:
        told = {headings.one_line(name): holds for name, holds in self.mapped.items()}
        if (name := headings.one_line(cell)) in told:
            return "address" if headings.what(told[name], self.custom)[0] == "address" else "told"
        holds = headings.what(cell, self.custom)[0]
        return "address" if holds == "second_address" else holds

    def _no_address(self) -> Invalid:
        if not any(self.head.headings):
            why = (
                "there is no line of headings: write one, with “メールアドレス” above the addresses, or say what the"
                " columns hold, such as --headings “address,name”"
            )
            return Invalid(why, file=self.name, line=1)
        unknown = phrase(
            "no heading is known as that of the addresses; there are {headings}. Say which it is:"
            " --map “HEADING=address”",
            headings=headings.listed(self.head.headings),
        )
        return Invalid(unknown, file=self.name, line=self.head.line)

    def cells(self, record: Record) -> dict[str, str]:
        """What a record says, by what its columns hold."""
        if not self._simple:
            return self._ranked(record)
        found, cells, width = {}, record.cells, len(record.cells)
        for place, holds in self._taken:
            if place < width and (text := cells[place].strip()):
                found[holds] = without_apostrophe(text) if text[0] == "'" else text
        return found

    def _ranked(self, record: Record) -> dict[str, str]:
        """The same where several columns hold the same, or parts of a name."""
        found: dict[str, list[tuple[bool, int, str]]] = {}
        for column in self.columns:
            if column.holds and column.holds != headings.NOTHING and column.place < len(record.cells):
                text = without_apostrophe(record.cells[column.place].strip())
                if text:
                    # “Address” beside “Email Address” is where somebody lives.
                    elsewhere = column.holds == "address" and "@" not in text and "＠" not in text
                    found.setdefault(column.holds, []).append((elsewhere, column.rank, text))
        first = {holds: min(texts, key=lambda one: one[:2])[2] for holds, texts in found.items()}
        return _joined(first, {column.holds for column in self.columns})


def _said_separator(line: str) -> str:
    """The separator that a first line ``sep=;`` says, which Excel reads and takes for no record."""
    plain = line.strip("\r\n").strip('"')
    return plain[4:] if plain.lower().startswith("sep=") and len(plain) == 5 else ""


def _is_filled(cell: str) -> bool:
    """Whether there is anything in a cell. An old file of DOS ends with a control character."""
    return bool(cell.strip(" \t\r\n\u3000\x1a\x00"))


def _joined(cells: dict[str, str], held: set[str]) -> dict[str, str]:
    """*cells* with names, readings and organisations put together of their parts."""
    if "family_name" in held and "given_name" not in held and "name" in cells:  # 姓 and 名前
        cells["given_name"] = cells.pop("name")
    if "family_kana" in held and "given_kana" not in held and "kana" in cells:
        cells["given_kana"] = cells.pop("kana")
    family, given = cells.pop("family_name", ""), cells.pop("given_name", "")
    middle, nickname = cells.pop("middle_name", ""), cells.pop("nickname", "")
    if not held & {"name", "family_name", "given_name"}:  # members of Google Groups have no other name
        family = nickname
    kana = [cells.pop("family_kana", ""), cells.pop("given_kana", "")]
    parts = [given, middle, family] if (family + given).isascii() else [family, middle, given]
    organisation = [cells.get("organisation", ""), cells.pop("department", "")]
    for holds, words in (("name", parts), ("kana", kana)):
        if not cells.get(holds) and (joined := " ".join(filter(None, words))):
            cells[holds] = joined
    if joined := " ".join(filter(None, organisation)):
        cells["organisation"] = joined
    return cells
