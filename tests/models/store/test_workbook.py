"""Workbooks as others read them: every cell is what was written, whatever stands in it."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from models.imports import excel_file
from models.store import workbook

ODD = (
    "", "a", " leading", "trailing ", "\t", "two\nlines", "\r\n",
    "<b>&amp;</b>]]>", '"quoted"', "'apostrophe", "𠮷野家🍣",
    "=1+1", "#N/A", "+1", "@a", "-1", "1", "TRUE", "2026-01-01",
    "x" * 32_767, "_x", "_x000_", "＿x000D_",
)  # fmt: skip
NUMBERS = (None, 0, -1, 2**53, 1.5, 1e-9, Decimal("0.25"), True, False)
DAYS = (date(1900, 3, 1), date(2026, 11, 30), datetime(2026, 11, 30, 23, 59, 30))  # noqa: DTZ001

Rows = list[list[object]]


def sheets(rows: Rows, title: str = "") -> dict[str, Rows]:
    """The values of each sheet, as openpyxl reads them."""
    workbook.write(file := BytesIO(), rows, title)
    return {one.title: [list(row) for row in one.iter_rows(values_only=True)] for one in load_workbook(file).worksheets}


def test_each_cell_is_what_was_written() -> None:
    workbook.write(file := BytesIO(), [["見出し", "=1+1"], *([one, one] for one in ODD), [None, "last"]])
    sheet = load_workbook(file).worksheets[0]
    assert [cell.value for cell in sheet["A"]] == ["見出し", *(one or None for one in ODD), None]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert (sheet["B1"].font.bold, sheet["B2"].font.bold, sheet.freeze_panes) == (True, False, "A2")
    assert [sheet.column_dimensions[name].width for name in "AB"] == [10, 10]

    [rows] = sheets([list(map(str, range(30))), [*NUMBERS, *DAYS], [1, 2, 3] * 20]).values()
    assert rows[0][:30] == list(map(str, range(30)))
    assert rows[2] == [1, 2, 3] * 20
    moments = [datetime(1900, 3, 1), datetime(2026, 11, 30), DAYS[2]]  # noqa: DTZ001
    assert rows[1][:12] == [*NUMBERS, *moments]
    assert [type(one) for one in rows[1][7:9]] == [bool, bool]
    with pytest.raises(TypeError, match="cannot hold a list"):
        workbook.write(BytesIO(), [["a"], [[]]])


def test_what_a_cell_cannot_hold_is_replaced_or_cut() -> None:
    wrong = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]))
    [rows] = sheets([["見出し"], [f"a{wrong}b"], ["x" * 40_000], ["a" + "🍣" * 20_000]]).values()
    # Excel counts a sign beyond the first 65,536 as two.
    assert rows[1:] == [["a" + "\ufffd" * len(wrong) + "b"], ["x" * 32_767], ["a" + "🍣" * 16_383]]


def test_a_text_is_not_taken_for_an_escaped_sign(tmp_path: Path) -> None:
    """Excel reads ``_x003D_`` as ``=`` (ECMA-376, ST_Xstring), and ``_x005F_`` as ``_``."""
    texts = ["_x003D_1+1", "a_x000D_b_x000d_", "__x005F", "_x005F_x003D_", "_x_x0041_"]
    rows: Rows = [["見出し"], *([one] for one in texts)]
    [written] = sheets(rows).values()
    assert [one for [one] in written[1:]] == [
        "_x005F_x003D_1+1", "a_x005F_x000D_b_x005F_x000d_", "__x005F", "_x005F_x005F_x005F_x003D_", "_x_x005F_x0041_",
    ]  # fmt: skip
    with (tmp_path / "list.xlsx").open("wb") as file:
        workbook.write(file, rows)
    excel_file.to_csv(tmp_path / "list.xlsx", tmp_path / "list.csv", "list.xlsx")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as lines:
        assert list(csv.reader(lines)) == rows


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    full: Rows = [["n"], *([n] for n in range(2))]
    assert sheets(full) == {"Sheet1": full}
    assert sheets([*full, [2]]) == {"Sheet1": full, "Sheet2": [["n"], [2]]}
    long = "リンク:どの記事も読まれた年の全部の一覧とそのほかのことすべて"
    assert list(sheets([*full, [2]], long)) == [long.replace(":", " ")[:31], long.replace(":", " ")[:30] + "2"]
    monkeypatch.setattr(workbook, "MOST_ROWS", 10_000)
    monkeypatch.setattr(workbook, "MOST_BYTES", 10_000)
    numbers: Rows = [[n] for n in range(1_200)]
    parts = sheets([["n"], *numbers], "<&'")
    assert list(parts) == ["<&", "<&2", "<&3"]
    assert [row for rows in parts.values() for row in rows[1:]] == numbers
    assert sheets([]) == {"Sheet1": []}


@given(st.lists(st.lists(st.text(max_size=5) | st.integers() | st.none(), max_size=4), max_size=5), st.text(max_size=3))
def test_any_table_is_well_formed(rows: Rows, title: str) -> None:
    workbook.write(file := BytesIO(), [["a"], *rows], title)
    with ZipFile(file) as book:
        for name in book.namelist():
            etree.fromstring(book.read(name))
        [sheet] = [name for name in book.namelist() if "sheets" in name]
        assert len(etree.fromstring(book.read(sheet)).findall(".//{*}row")) == len(rows) + 1
