"""Where the headings are, by which separator the cells are parted, and what each line of a file was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.imports import headings
from models.imports.csv_file import CsvFile, LineCounts
from models.store.errors import Invalid


def opened(path: Path, text: str, **options: Any) -> CsvFile:
    path.write_text(text, encoding="utf-8", newline="")
    return CsvFile(path, **options)


def read(file: CsvFile) -> list[dict[str, str]]:
    return [file.cells(record) for record in file.records(LineCounts())]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_case_i4_separators(path: Path, separator: str) -> None:
    file = opened(path, "メール,氏名\na@example.jp,花子\n".replace(",", separator))
    assert file.head.separator == separator
    assert read(file) == [{"address": "a@example.jp", "name": "花子"}]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^"])
def test_case_i4_separator_that_the_file_says(path: Path, separator: str) -> None:
    file = opened(path, f"sep={separator}\nメール,氏名\na@example.jp,花子\n".replace(",", separator))
    assert read(file) == [{"address": "a@example.jp", "name": "花子"}]


@pytest.mark.parametrize(
    "above",
    [
        "\n",
        "\r\n\r\n",
        ",,,\n",
        "配信先一覧(令和8年4月1日現在)\n",
        "配信先一覧,,,\n\n",
        '"二行の\n題名"\n作成: 広報課,,\n',
        "メール\n",
        "sep=,\n\n名簿\n",
    ],
)
def test_case_i4_lines_above_the_headings(path: Path, above: str) -> None:
    file = opened(path, f"{above}氏名,メールアドレス\n花子,a@example.jp\n")
    counts = LineCounts()
    [record] = file.records(counts)
    assert file.cells(record) == {"name": "花子", "address": "a@example.jp"}
    assert record.number == counts.lines == counts.above + 1


def test_title_without_end_is_no_table(path: Path) -> None:
    with pytest.raises(Invalid, match="no heading is known"):
        opened(path, "\n".join(["表"] * 500))


@pytest.mark.parametrize("text", ["", "a@example.jp,A\n", "\n\n", "a@example.jp\nb@example.jp\n"])
def test_file_without_headings_says_how_to_give_them(path: Path, text: str) -> None:
    with pytest.raises(Invalid, match=r"list\.csv:1: .*--headings"):
        opened(path, text)


def test_headings_that_we_are_told(path: Path) -> None:
    file = opened(path, "a@example.jp;花子\nb@example.jp;太郎\n", given=["address", "name"])
    assert [cells["name"] for cells in read(file)] == ["花子", "太郎"]


def test_case_i4_message_lists_the_headings_and_how_to_map_them(path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        opened(path, "No,おなまえ,れんらくさき\n1,花子,a@example.jp\n")
    assert "“No”, “おなまえ”, “れんらくさき”" in str(caught.value)
    assert "--map" in str(caught.value)
    file = opened(path, "No,おなまえ,れんらくさき\n1,花子,a@example.jp\n", mapped={"れんらくさき": "address"})
    assert read(file) == [{"name": "花子", "address": "a@example.jp"}]


def test_case_i3_heading_over_two_lines(path: Path) -> None:
    file = opened(path, 'メール,"氏名\n(漢字)",役職,所属\na@example.jp,花子,課長,総務課\n')
    [cells] = read(file)
    assert cells == {"address": "a@example.jp", "name": "花子", "organisation": "総務課"}


def test_heading_with_a_stray_quote(path: Path) -> None:
    [cells] = read(opened(path, 'メール,"氏名\na@example.jp,花子\n'))
    assert cells == {"address": "a@example.jp", "name": "花子"}


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("メールアドレス,メールアドレス(PC)\n,a@example.jp\n", {"address": "a@example.jp"}),
        ("E-mail 1 - Value,E-mail 2 - Value\n,a@example.jp\n", {"address": "a@example.jp"}),
        ("E-mail 2 - Value,E-mail 1 - Value\nb@example.jp,a@example.jp\n", {"address": "a@example.jp"}),
        ("携帯メールアドレス,メールアドレス\nb@example.jp,a@example.jp\n", {"address": "a@example.jp"}),
        ("Address,Email Address\nみなと市中央1-1,a@example.jp\n", {"address": "a@example.jp"}),
    ],
)
def test_case_i4_two_address_columns(path: Path, text: str, cells: dict[str, str]) -> None:
    assert read(opened(path, text)) == [cells]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("姓,名,mail\n山田,花子,a@example.jp\n", {"name": "山田 花子"}),
        ("姓,名前,mail\n山田,花子,a@example.jp\n", {"name": "山田 花子"}),
        ("First Name,Last Name,mail\nMary,Smith,a@example.jp\n", {"name": "Mary Smith"}),
        ("First Name,Last Name,mail\n花子,山田,a@example.jp\n", {"name": "山田 花子"}),
        ("Name,Given Name,Family Name,mail\n山田 花子,花子,山田,a@example.jp\n", {"name": "山田 花子"}),
        ("姓フリガナ,名前フリガナ,mail\nヤマダ,ハナコ,a@example.jp\n", {"kana": "ヤマダ ハナコ"}),
        ("セイ,メイ,mail\nヤマダ,ハナコ,a@example.jp\n", {"kana": "ヤマダ ハナコ"}),
        ("会社名,部署,mail\n例示市,総務課,a@example.jp\n", {"organisation": "例示市 総務課"}),
        ("Nickname,mail\n花子,a@example.jp\n", {"name": "花子"}),
        ("氏名,Nickname,mail\n,花ちゃん,a@example.jp\n", {}),
    ],
)
def test_names_in_parts_are_put_together(path: Path, text: str, cells: dict[str, str]) -> None:
    assert read(opened(path, text)) == [{"address": "a@example.jp", **cells}]


def test_columns_may_be_missing_or_the_newsletter_s_own(path: Path) -> None:
    file = opened(
        path, "address,shoe size,役職\na@example.jp\nb@example.jp,44,課長\n", custom={headings.fold("役職"): "role"}
    )
    assert read(file) == [{"address": "a@example.jp"}, {"address": "b@example.jp", "role": "課長"}]


def test_every_line_is_counted(path: Path) -> None:
    text = 'sep=,\n名簿\nメール,氏名\n\na@example.jp,"花\n子"\n,,\nb@example.jp,"\n\x1a\n'
    counts = LineCounts()
    records = list(opened(path, text).records(counts))
    assert [(one.number, one.span) for one in records] == [(5, 2), (8, 1)]
    assert counts == LineCounts(lines=9, above=3, empty=3, of_records=3, records=2)


def test_line_that_got_lost_is_an_error() -> None:
    with pytest.raises(AssertionError, match="lost"):
        LineCounts(lines=10, above=1, of_records=8).check()


def test_apostrophe_of_an_export_is_taken_away(path: Path) -> None:
    assert read(opened(path, "メール,氏名\n'-a@example.jp,'＝花子\n")) == [
        {"address": "-a@example.jp", "name": "＝花子"},
    ]


@pytest.mark.parametrize("start", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-1.7", b"\x1f\x8b\x08"])
def test_case_i4_workbook_is_told_from_a_list(path: Path, start: bytes) -> None:
    path.write_bytes(start + bytes(range(256)) * 40)
    with pytest.raises(Invalid, match=r"list\.csv: this is (no CSV but a|an Excel) workbook"):
        CsvFile(path)


def test_message_holds_nothing_that_a_terminal_obeys(path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        opened(path, "\x1b]0;x\x07れんらく先\x9b1m," + "長" * 5000 + "\na@example.jp,x\n")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
