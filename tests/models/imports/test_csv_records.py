"""Records of CSV: as RFC 4180 has them, and never more lost than the line that is broken."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.imports.csv_records import CsvRecords, Record


def read(text: str, delimiter: str = ",") -> list[Record]:
    return list(CsvRecords(iter(text.splitlines(keepends=True)), delimiter))


def lines_of(texts: list[str]) -> CsvRecords:
    return CsvRecords(iter(texts), ",")


CELLS = st.lists(
    st.lists(st.text(st.sampled_from('あa,;"\r\n \t'), max_size=6), min_size=2, max_size=4), min_size=1, max_size=5
)


@settings(max_examples=150)
@given(CELLS, st.sampled_from(",;\t"), st.sampled_from(["\r\n", "\n"]))
@example([["a", 'b"c\n"'], ["", ""]], ",", "\n")
def test_what_a_writer_of_rfc_4180_writes_is_read(rows: list[list[str]], delimiter: str, end: str) -> None:
    written = StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    lines = StringIO(written.getvalue(), newline="").readlines()
    records = list(CsvRecords(iter(lines), delimiter))
    assert [record.cells for record in records] == rows
    assert sum(record.span for record in records) == len(lines)


@settings(max_examples=150)
@given(st.lists(st.text(st.sampled_from('a@example.jp,"; '), max_size=12).map(lambda one: one + "\n"), max_size=12))
def test_no_line_is_lost_whatever_is_in_it(lines: list[str]) -> None:
    records = list(lines_of(lines))
    assert sum(record.span for record in records) == len(lines)
    assert [record.number for record in records] == [
        1 + sum(one.span for one in records[:at]) for at in range(len(records))
    ]


def test_case_i1_stray_quote_costs_its_own_line() -> None:
    lines = ["メール,氏名\n", 'a@example.jp,"閉じない\n', *(f"b{at}@example.jp,花子\n" for at in range(10_000))]
    records = list(lines_of(lines))
    assert len(records) == len(lines)
    assert [record.number for record in records if record.error] == [2]
    assert records[1].cells == ["a@example.jp", '"閉じない']


@pytest.mark.parametrize(
    "second",
    [
        'b@example.jp,"太郎"\n',
        'b@example.jp,"佐藤, 太郎"\n',
        '"b@example.jp","太郎"\n',
        'b@example.jp,""\n',
        'b@example.jp,"二行の\n名前"\n',
    ],
)
def test_case_i1_quoted_cells_after_a_stray_quote(second: str) -> None:
    records = read(f'a@example.jp,"閉じない\n{second}c@example.jp,花子\n')
    assert [bool(record.error) for record in records] == [True, False, False]
    assert records[1].cells[0] == "b@example.jp"


@pytest.mark.parametrize(
    "line",
    [
        'a@example.jp,花"子',
        '"a"@example.jp,花子',
        'a@example.jp,"花"子',
        'a@example.jp,"花子',
        'a@example.jp,花子"',
        '"a@example.jp,花子',
        'a@example.jp,"""',
    ],
)
def test_case_i1_stray_quotes_of_all_kinds(line: str) -> None:
    first, broken, last = read(f"x@example.jp,一\n{line}\ny@example.jp,二\n")
    assert broken.error
    assert "".join(broken.cells) == line.replace(",", "")
    assert (first.error, last.error, last.cells) == ("", "", ["y@example.jp", "二"])


def test_quotes_in_pairs_within_a_bare_cell_are_text() -> None:
    [record] = read('a@example.jp,株式会社"みなと"\n')
    assert record.cells == ["a@example.jp", '株式会社"みなと"']


def test_spaces_around_quotes_are_none_of_the_cell() -> None:
    [record] = read('"a@example.jp" , "山田, 花子" \n')
    assert record.cells == ["a@example.jp", "山田, 花子"]


def test_case_i2_memo_of_many_lines_is_one_cell() -> None:
    memo = "".join(f'{at} 問い合わせ "再掲" a@example.jp, 済\n' for at in range(6000))
    doubled = memo.replace('"', '""')
    first, second = read(f'a@example.jp,花子,"{doubled}"\nb@example.jp,太郎,\n')
    assert (first.span, first.cells[2]) == (6001, memo)
    assert second.cells == ["b@example.jp", "太郎", ""]


def test_only_line_feeds_and_carriage_returns_end_a_line() -> None:
    odd = "\x0b\x0c\x1c\x85\u2028"
    [record] = lines_of([f"a@example.jp,花{odd}子\n"])
    assert record.cells == ["a@example.jp", f"花{odd}子"]
