"""Lists of readers as they come out of spreadsheets: CSV or tab-separated, in UTF-8, Shift_JIS or UTF-16."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from ..store.errors import Invalid

CHUNK = 1 << 20
SHIFT_JIS = "cp932"
"""Microsoft's Shift_JIS, with ①, ㈱ and 髙: what spreadsheets in Japan write."""
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

COLUMNS: dict[str, tuple[str, ...]] = {
    "address": ("address", "email", "e-mail", "mail", "メールアドレス", "メール", "アドレス", "宛先"),
    "name": ("name", "氏名", "名前", "お名前"),
    "kana": ("kana", "reading", "ふりがな", "フリガナ", "カナ", "かな"),
    "organisation": ("organisation", "organization", "所属", "団体", "団体名", "組織", "会社名"),
    "audience": ("audience", "読者区分", "区分"),
    "topics": ("topics", "topic", "テーマ"),
    "source": ("source", "consent", "source of consent", "同意の取得元", "同意", "同意取得元", "取得元"),
    "language": ("language", "言語"),
}
"""What a column holds, and the headings under which it is known (in lower case)."""


class CsvRow(NamedTuple):
    """One record: the line that it begins on (from 1), and its cells by what they hold; custom fields by heading."""

    number: int
    cells: Mapping[str, str]
    error: str = ""
    """Why it cannot be read, where it cannot."""


def encoding_of(path: Path) -> str:
    """The encoding of a file: as its mark says, else UTF-8 where it is that throughout, else Shift_JIS.

    Raises:
        Invalid: it is none of these, or not what its mark says; names the line.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for mark, encoding in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            broken = _undecodable(path, encoding)
            if broken is not None:
                why = "this is not in the encoding that the file's first bytes tell of: save it as CSV in UTF-8"
                raise Invalid(why, file=path.name, line=broken)
            return encoding
    at = _undecodable(path, "utf-8")
    if at is None:
        return "utf-8"
    wrong = _undecodable(path, SHIFT_JIS)
    if wrong is None:
        return SHIFT_JIS
    raise Invalid("neither UTF-8 nor Shift_JIS: save it as CSV in UTF-8", file=path.name, line=max(at, wrong))


def _undecodable(path: Path, encoding: str) -> int | None:
    """The first line that is not in *encoding*, counted from 1."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines = 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return lines + error.object[: error.start].count(b"\n")
            lines += chunk.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return lines
    return None


def rows(file: IO[str], name: str, custom: Sequence[str] = ()) -> Iterator[CsvRow]:
    """The rows of an open file, one at a time.

    Arguments:
        file: opened with ``newline=""``.
        name: what it is called, for errors.
        custom: headings of the newsletter's own fields.

    Raises:
        Invalid: its first line has no heading for the address, or two that mean the same.
    """
    first = file.readline()
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        headings = next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:  # a heading of more characters than any cell may have
        headings = []
    columns = [_column(heading, custom) for heading in headings]
    if "address" not in columns:
        raise Invalid("the first line must name the columns, one of them “address” (メールアドレス)", file=name, line=1)
    for key in filter(None, columns):
        if columns.count(key) > 1:  # which of them holds it, nobody knows
            raise Invalid(f"two columns say “{key}”: give one of them another heading", file=name, line=1)
    while True:
        begins = reader.line_num + 2
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield CsvRow(begins, {}, f"the line cannot be read as CSV: {error}")
            continue
        if any(cell.strip() for cell in record):
            cells = {key: cell.strip() for key, cell in zip(columns, record, strict=False) if key}
            yield CsvRow(begins, cells)


def _column(heading: str, custom: Sequence[str]) -> str:
    """What the column under *heading* holds; empty where nobody knows."""
    plain = heading.strip().lstrip("\ufeff").lower()
    for key, known in COLUMNS.items():
        if plain in known:
            return key
    return next((own for own in custom if own.lower() == plain), "")
