"""Workbooks that would unpack into gigabytes are refused before they do; what spreadsheets write is read."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from models.imports import excel_file
from models.imports.bounds import bounded_workbook
from models.imports.bounds.bounded_workbook import TooMuch, check_rows
from models.store.errors import Invalid
from tests.traced_memory import traced

MEGABYTE = 1 << 20
EMPTY = "<c/>" * 2_000_000
BOMBS = {
    "one row of millions of cells": ("sheet1", "<row>", "<row>" + EMPTY),
    "rows within a row": ("sheet1", "<row>", "<row>" + "<c/><row/>" * 100),
    "a comment that looks like rows": ("sheet1", "<row>", "<row><!-- <row> -->"),
    "millions of links beside the rows": ("sheet1", "<sheetData>", "<hyperlinks>" + EMPTY + "</hyperlinks><sheetData>"),
    "millions of styles": ("styles", "<cellXfs", "<cellXfs>" + EMPTY + "</cellXfs><cellXfs"),
    "millions of texts": ("sharedStrings", "<si>", "<si/>" * 7_000_000 + "<si>"),
}
WRONG = ("<row>" + "<c/>" * 61, "<row><row/></row>", "<a/>" * 61, "<!DOCTYPE x>", "<row><!-- <row> -->")


def written(book: Workbook) -> bytes:
    book.save(file := BytesIO())
    return file.getvalue()


def roster() -> Workbook:
    book = Workbook()
    for row in (
        ["メールアドレス", "日付"],
        ["a@example.jp", date(2026, 11, 30)],
        [None, None],
        ["b@example.jp", 1.5],
    ):
        book.active.append(row)
    return book


def changed(content: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with shared texts, as Excel writes one, and with other words in a part."""
    with ZipFile(BytesIO(content)) as before:
        parts = {name: before.read(name).decode() for name in before.namelist()}
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{SHEET_MAIN_NS}"><si><t>a</t></si></sst>'
    kind = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED_STRINGS}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", kind)
    with ZipFile(made := BytesIO(), "w", ZIP_DEFLATED, compresslevel=1) as after:
        for name, text in parts.items():
            text = text.replace('<row r="1">', "<row>")
            assert not name.endswith(f"{part}.xml") or old in text
            after.writestr(name, text.replace(old, new, 1) if name.endswith(f"{part}.xml") else text)
    return made.getvalue()


def to_csv(folder: Path, content: bytes) -> list[list[str]]:
    (folder / "book").write_bytes(content)
    excel_file.to_csv(folder / "book", folder / "list.csv", "list.xlsx")
    with (folder / "list.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_is_in_memory(tmp_path: Path, bomb: str) -> None:
    content = changed(written(roster()), *BOMBS[bomb])
    with traced() as memory:
        with pytest.raises(Invalid, match=r"list\.xlsx: this workbook holds more than can be read"):
            to_csv(tmp_path, content)
        assert memory.peak < 60 * MEGABYTE


def test_what_spreadsheets_write_is_read(tmp_path: Path) -> None:
    book = roster()
    book.active.row_dimensions[2].height = 30
    book.active.merge_cells("A5:B6")
    book.active.cell(7, 2).hyperlink = "mailto:a@example.jp"
    book.create_chartsheet()
    assert to_csv(tmp_path, written(book))[:4] == [
        ["メールアドレス", "日付"], ["a@example.jp", "2026-11-30"], [], ["b@example.jp", "1.5"],
    ]  # fmt: skip


def test_rows_are_told_however_the_pieces_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million rows are no row of a million cells, in pieces of any size; prefixes are names of the same thing."""
    monkeypatch.setattr(bounded_workbook, "MOST_TAGS", 60)
    rows = "".join(f'<x:row r="{n}" spans="1:9"><x:c r="A{n}"><x:v>{n}</x:v></x:c></x:row><x:row/>' for n in range(200))
    for size in (7, 64, 1000, 1 << 18):
        monkeypatch.setattr(bounded_workbook, "_PIECE", size)
        monkeypatch.setattr(bounded_workbook, "_LONGEST_TAG", 40)
        check_rows(BytesIO(f"<sheetData>{rows}</sheetData><rowBreaks/>".encode()))
        for wrong in WRONG:
            with pytest.raises(TooMuch):
                check_rows(BytesIO(f"{rows}{wrong}</sheetData>".encode()))


def test_nothing_is_kept_of_a_row_that_was_read(tmp_path: Path) -> None:
    """Of rows with a height of their own, a dictionary each would be kept by the library."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(1, 3_001):
        sheet.row_dimensions[number].height = 30
        sheet.append(["a"])
    (tmp_path / "book").write_bytes(written(book))

    with (tmp_path / "book").open("rb") as file:
        opened = bounded_workbook.BoundedWorkbook(file)
        with traced() as memory:
            rows = opened.rows(opened.sheets[0])
            for _ in range(2_900):
                next(rows)
            assert memory.held < 2_900 * 200
