"""Reading a list before anything is taken in: what nobody can know is asked, what is odd is told with its lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..store import mail_address
from ..store.errors import Invalid
from ..store.phrase import Phrase, joined, phrase
from ..store.token import address_hash
from . import headings, reader_status
from .csv_file import CsvFile, CsvRow, LineCounts
from .csv_records import Record
from .encoding import is_garbled
from .headings import Column
from .japanese_encodings import LOST
from .reader_status import ReaderStatus
from .subscribers import mark

_BETWEEN_ADDRESSES = re.compile(r"[\s,;、；，|/<>()（）]+")
Told = Mapping[int, Mapping[str, ReaderStatus]]
"""What we were told of status words, folded, by the place of the column in which they stand."""
_PORTION = 10_000
"""Records between two questions whether it is still wanted."""
SHOWN = 10
"""Lines that a message lists at most."""


@dataclass(slots=True)
class Findings:
    """What a first reading finds."""

    counts: LineCounts = field(default_factory=LineCounts)
    left_out: list[str] = field(default_factory=list)
    """Headings of columns that hold something and are not taken in."""
    other_encoding: dict[int, str] = field(default_factory=dict)
    second_addresses: list[int] = field(default_factory=list)
    """Lines that hold an address besides the one that is taken in."""
    left: dict[int, ReaderStatus] = field(default_factory=dict)
    """Who must not be mailed, wherever in the list that is said; by :func:`models.imports.subscribers.mark`."""


@dataclass(slots=True)
class AskedWord:
    """A status word that nobody knows.

    Arguments:
        heading: of its column.
        typed: how it is written where it stands first.
        lines: on which it stands.
    """

    heading: str
    typed: str
    lines: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Questions:
    """What nobody can know."""

    filled: dict[int, int] = field(default_factory=dict)
    """How many cells of a column hold something, by its place."""
    words: dict[tuple[int, str], AskedWord] = field(default_factory=dict)
    """Status words by the place of their column, and folded."""
    differing: dict[str, list[int]] = field(default_factory=dict)


def in_columns(file: CsvFile, words: Mapping[str, ReaderStatus]) -> Told:
    """What we were told of status words whatever column they stand in; see :func:`.reader_status.in_columns`."""
    return reader_status.in_columns(words, [(one.place, one.holds) for one in file.columns if _says_state(one)])


def examine(file: CsvFile, told: Told) -> Findings:
    """Read *file* once, to the end.

    Raises:
        Invalid: a column or a status word that is not known, or two columns that say the same and differ; the message
            lists all of them with what to say.
    """
    found, questions = look_through(file, told)
    if asked := _asked(file, found, questions):
        first = phrase("nothing was taken in; some things must be known first:")
        raise Invalid(joined([first, *asked], "\n"), file=file.name)
    return found


def look_through(file: CsvFile, told: Told, check: Callable[[], object] = int) -> tuple[Findings, Questions]:
    """The same, with what nobody can know as values.

    Arguments:
        check: is called now and then, and may raise where nobody wants to know any more.
    """
    found, questions = Findings(), Questions()
    left_out = [column.place for column in file.columns if not _is_taken(column)]
    states = list(filter(_says_state, file.columns))
    for record in file.records(found.counts, found.other_encoding):
        if found.counts.records % _PORTION == 0:
            check()
        for place in left_out:
            if place < len(record.cells) and (cell := record.cells[place]) and not cell.isspace():
                questions.filled[place] = questions.filled.get(place, 0) + 1
        if record.error:
            continue
        if file.repeated:
            _compare(file, record, found, questions)
        status = _status(states, record, told, questions) if states else ReaderStatus.ACTIVE
        if status is not ReaderStatus.ACTIVE:
            _remember(file.cells(record).get("address", ""), status, found)
    held = {column.place: column for column in file.columns}
    found.left_out = [held[at].heading for at in sorted(questions.filled) if at in held and not _is_taken(held[at])]
    return found, questions


def rows(file: CsvFile, found: Findings, told: Told) -> Iterator[CsvRow]:
    """The rows of a list that was examined, one at a time."""
    unheaded = {column.place for column in file.columns if not column.holds}
    states = list(filter(_says_state, file.columns))
    width, counts = len(file.columns), LineCounts()
    for record in file.records(counts):
        error: str | Phrase = record.error
        cells = file.cells(record)
        if LOST in "".join(record.cells):
            error = phrase(
                "letters are broken: this is not {encoding}, in which the file was read", encoding=file.encoding.name
            )
        elif (
            not error
            and (unheaded or len(record.cells) > width)
            and any(cell.strip() for at, cell in enumerate(record.cells) if at >= width or at in unheaded)
        ):
            error = phrase(
                "there are more cells than headings: a separator within a cell must stand between quotation marks"
            )
        elif not error and (garbled := next(filter(is_garbled, cells.values()), "")):
            error = phrase("“{cell}” was read in a wrong encoding before it came into this file", cell=garbled[:40])
        if error:
            yield CsvRow(record.number, {}, error, written=record.cells)
        else:
            status = _status(states, record, told, Questions()) if states else ReaderStatus.ACTIVE
            yield CsvRow(record.number, cells, "", status, record.cells)
    if counts != found.counts:
        raise AssertionError(f"the file changed while it was read: {found.counts}, then {counts}")


def _is_taken(column: Column) -> bool:
    return bool(column.holds) and column.holds != headings.NOTHING


def _says_state(column: Column) -> bool:
    return column.holds in headings.STATUS


def _status(states: list[Column], record: Record, told: Told, questions: Questions) -> ReaderStatus:
    """What a record says of its reader: of several columns, the one that outweighs the others."""
    worst = ReaderStatus.ACTIVE
    for column in states:
        cell = record.cells[column.place] if column.place < len(record.cells) else ""
        status = reader_status.of(column.holds, cell, told.get(column.place, {}))
        if status is None:
            asked = AskedWord(column.heading, cell.strip())
            questions.words.setdefault((column.place, reader_status.fold(cell)), asked).lines.append(record.number)
        elif status.outweighs(worst):
            worst = status
    return worst


def _compare(file: CsvFile, record: Record, found: Findings, questions: Questions) -> None:
    """Find columns that hold the same, and differ."""
    said: dict[str, list[tuple[int, str]]] = {}
    for column in file.repeated:
        cell = record.cells[column.place].strip() if column.place < len(record.cells) else ""
        if column.holds == "address":
            cell = mail_address.normalise(cell).casefold()
            cell = cell if "@" in cell else ""
        if cell:
            said.setdefault(column.holds, []).append((column.rank, cell))
    for holds, cells in said.items():
        first = min(cells)[0]
        if len({cell for rank, cell in cells if rank == first}) > 1:
            questions.differing.setdefault(holds, []).append(record.number)
        elif holds == "address" and len({cell for _, cell in cells}) > 1:
            found.second_addresses.append(record.number)


def _remember(typed: str, status: ReaderStatus, found: Findings) -> None:
    if status is ReaderStatus.UNCONFIRMED:  # who never confirmed may have agreed in another line
        return
    for address in _BETWEEN_ADDRESSES.split(typed):  # a cell of two addresses is refused, but says that both left
        try:
            at = mark(address_hash(mail_address.parse(address).key))
        except Invalid:
            continue
        known = found.left.get(at)
        if known is None or status.outweighs(known):
            found.left[at] = status


def _asked(file: CsvFile, found: Findings, questions: Questions) -> list[Phrase]:
    """The questions, each with how to answer it."""
    records = found.counts.records
    unknown = [
        column.heading
        for column in file.columns
        if not column.holds
        and (filled := questions.filled.get(column.place, 0))
        and (not column.heading.startswith("(") or filled * 2 >= records)
    ]
    asked = []
    if unknown:
        asked.append(
            phrase(
                "- these columns are not known: {headings}. To leave them out: {ways}."
                " To take one in: --map “{first}=name”, or another of {fields}.",
                headings=headings.listed(unknown),
                ways=" ".join(f"--ignore “{headings.shown(heading)}”" for heading in unknown),
                first=unknown[0],
                fields=", ".join(headings.FIELDS),
            )
        )
    for word in questions.words.values():
        asked.append(
            phrase(
                "- “{heading}” says “{word}” ({lines}): active or not? --status “{word}=STATE”, with one of {states}.",
                heading=word.heading,
                word=headings.shown(word.typed),
                lines=_lines(word.lines),
                states=", ".join(status.value for status in ReaderStatus),
            )
        )
    for holds, lines in questions.differing.items():
        names = [column.heading for column in file.columns if column.holds == holds]
        asked.append(
            phrase(
                "- two columns say “{field}” and differ ({lines}): {headings}. Leave one out: --ignore “{last}”.",
                field=holds,
                lines=_lines(lines),
                headings=headings.listed(names),
                last=names[-1],
            )
        )
    return asked


def _lines(numbers: list[int]) -> Phrase:
    """Some line numbers in a sentence."""
    first = ", ".join(map(str, numbers[:SHOWN]))
    if len(numbers) > SHOWN:
        return phrase("lines {numbers} and {more} more", numbers=first, more=len(numbers) - SHOWN)
    return phrase("lines {numbers}", numbers=first) if len(numbers) > 1 else phrase("line {numbers}", numbers=first)


def doubts(file: CsvFile, found: Findings) -> list[Phrase]:
    """What somebody should look at, in sentences."""
    told = []
    encoding = file.encoding.name
    if file.encoding.guessed:
        told.append(
            phrase("the file was read as {encoding}, which is a guess: see whether its letters are right",
                   encoding=encoding)
        )  # fmt: skip
    for name in dict.fromkeys(found.other_encoding.values()):
        lines = [number for number, other in found.other_encoding.items() if other == name]
        told.append(
            phrase("{lines}: in {other}, the file in {encoding}; see whether its letters are right",
                   lines=_lines(lines), other=name, encoding=encoding)
        )  # fmt: skip
    if found.second_addresses:
        told.append(phrase("{lines}: a second address, which is not taken in", lines=_lines(found.second_addresses)))
    return told


def summary(file: CsvFile, found: Findings) -> Phrase:
    """What the file is, as one line."""
    names = {"\t": phrase("tabs"), ",": phrase("commas"), ";": phrase("semicolons"), "|": phrase("bars")}
    values = {
        "file": file.name,
        "encoding": file.encoding.name,
        "separator": names.get(file.head.separator, f"“{file.head.separator}”"),
        "records": found.counts.records,
        "lines": found.counts.lines,
        "empty": found.counts.empty,
        "taken": joined(
            [
                phrase("{field} from “{heading}”", field=column.holds, heading=column.heading)
                for column in file.columns
                if _is_taken(column)
            ],
            ", ",
        ),
    }
    said = phrase(
        "{file}: {encoding} with {separator}, {records} records in {lines} lines ({empty} of them empty); {taken}",
        **values,
    )
    if not found.left_out:
        return said
    return joined([said, phrase("not taken in: {headings}", headings=headings.listed(found.left_out))], "; ")
