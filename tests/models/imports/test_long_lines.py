"""Files that are one long line, or lines of much: refused in words, or read in portions that memory holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.imports import csv_records, encoding, headings, list_start, subscribers
from models.imports.csv_file import CsvRow
from models.imports.csv_records import CsvRecords
from models.store.errors import Invalid


@pytest.mark.parametrize("name", ["utf-8", "utf-16", "utf-16-be", "iso2022_jp"])
def test_a_file_of_one_long_line_is_refused_before_it_is_held_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked: list[str] = []
    what = headings.what
    monkeypatch.setattr(headings, "what", lambda cell, custom: (asked.append(cell), what(cell, custom))[1])
    (tmp_path / "list").write_bytes(("あ,メールアドレス," * 400_000).encode(name))
    with pytest.raises(Invalid, match="longer than 1 MB"):
        list_start.read(tmp_path / "list", "list.csv", {})
    assert not asked


@pytest.mark.parametrize("cell", ["a,", '"a",'])
def test_no_more_headings_are_looked_up_than_a_list_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    asked: list[str] = []
    what = headings.what
    monkeypatch.setattr(headings, "what", lambda cell, custom: (asked.append(cell), what(cell, custom))[1])
    (tmp_path / "list").write_text(cell * 200_000)
    with pytest.raises(Invalid, match="the list has 200001 columns; at most 200"):
        list_start.read(tmp_path / "list", "list.csv", {})
    assert len(asked) < 1000


def test_long_lines_that_are_allowed_are_whole(tmp_path: Path) -> None:
    """Lines that end just before, at and behind the end of what is read at once."""
    for more in range(-3, 4):
        first = b"x" * (encoding.CHUNK // 2 + more)
        content = b"".join(first + end for end in (b"\n", b"\r\n", b"\r")) + b"last"
        (tmp_path / "list").write_bytes(content)
        found = encoding.lines(tmp_path / "list", encoding.FileEncoding(encoding.UTF_8))
        assert [len(line.text.rstrip("\r\n")) for line in found] == [len(first)] * 3 + [4]


def test_a_cell_over_many_long_lines_is_a_stray_quote() -> None:
    long = "x" * (csv_records.MOST_CELL // 4) + "\n"
    read = 0

    def lines() -> Any:
        nonlocal read
        for line in ['"open\n', *[long] * 40]:
            read += 1
            yield line

    first = next(CsvRecords(lines(), ","))
    assert (first.span, first.error) == (1, "a quotation mark is not closed")
    assert read < 8


def test_a_batch_holds_no_more_than_memory_does() -> None:
    long = [CsvRow(n, {}, written=("x" * 1_000_000,)) for n in range(20)]
    sizes = [len(batch) for batch in subscribers.batches(iter(long))]
    assert sum(sizes) == 20
    assert max(sizes) <= 10
    short = (CsvRow(n, {}, written=("x",)) for n in range(25_000))
    assert [len(batch) for batch in subscribers.batches(short)] == [10_000, 10_000, 5_000]
