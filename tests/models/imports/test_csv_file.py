"""Lists come in the encodings and shapes that spreadsheets give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.imports import csv_file
from models.store.errors import Invalid

TEXT = "メールアドレス,氏名,同意\nhanako@example.jp,髙橋①,窓口\n"


def read(path: Path, *custom: str) -> list[csv_file.CsvRow]:
    with path.open(encoding=csv_file.encoding_of(path), newline="") as file:
        return list(csv_file.rows(file, path.name, custom))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode(encoding))
    (line,) = read(path)
    assert line == (2, {"address": "hanako@example.jp", "name": "髙橋①", "source": "窓口"}, "")


def test_letter_on_the_border_of_two_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "CHUNK", 7)
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode("utf-8"))
    assert csv_file.encoding_of(path) == "utf-8"
    path.write_bytes(TEXT.encode("cp932"))
    assert csv_file.encoding_of(path) == "cp932"


def test_file_in_no_known_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"address,name\na@example.jp,x\nb@example.jp,\xfc\xfc\n")
    with pytest.raises(Invalid, match=r"list\.csv:3: "):
        csv_file.encoding_of(path)


def test_tabs_quotes_and_line_ends_within_cells(tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text('E-Mail\tName\r\n"a@example.jp"\t"two\r\nlines"\r\n\r\nb@example.jp\tB\r\n', newline="")
    first, second = read(path)
    assert first.cells["name"] == "two\r\nlines"
    assert (second.number, second.cells["address"]) == (5, "b@example.jp")


def test_columns_may_be_missing_too_many_or_unknown(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("address,shoe size,役職\na@example.jp\nb@example.jp,44,課長,more\n")
    first, second = read(path, "役職")
    assert first.cells == {"address": "a@example.jp"}
    assert second.cells == {"address": "b@example.jp", "役職": "課長"}


def test_first_line_must_name_the_address(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    for text in ("", "a@example.jp,A\n"):
        path.write_text(text)
        with pytest.raises(Invalid, match=r"list\.csv:1: "):
            read(path)


def test_broken_line_is_told_and_the_next_one_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('address,name\n"a"b@example.jp,A\nc@example.jp,C\n')
    broken, whole = read(path)
    assert (broken.number, bool(broken.error)) == (2, True)
    assert whole.cells["address"] == "c@example.jp"


@pytest.mark.parametrize("end", [b"\x00\xd8", b"a", b"\x00\xd8a\x00"])
def test_case_f4_file_that_is_not_what_its_mark_says(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode("utf-16") + end)
    with pytest.raises(Invalid, match=r"list\.csv:\d: .*encoding"):
        read(path)


@pytest.mark.parametrize("heading", ["address,name,氏名", "mail,address", "address,所属,団体名"])
def test_case_f4_two_columns_of_the_same_are_refused(tmp_path: Path, heading: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{heading}\nhanako@example.jp,花子,\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"list\.csv:1: two columns say"):
        read(path)


def test_case_f4_heading_without_end(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("address," + "a" * 200_000 + "\nhanako@example.jp,x\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"list\.csv:1: "):
        read(path)
