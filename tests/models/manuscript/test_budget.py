"""Files that would take long to read are refused with the line where they become too much."""

from __future__ import annotations

import time

import pytest

from models.manuscript import manuscript
from models.store.errors import Invalid

TOP = "---\nsubject: 題\n---\n\n"


@pytest.mark.parametrize(
    ("line", "times"),
    [("![", 80_000), ("[](", 53_333), ("*a ", 50_000), ("<a", 60_000), ("&amp;", 30_000), ("- a\n", 25_000),
     ("1. a\n", 30_000), ("`", 100_000), ("[文](https://www.example.jp/)\n\n", 5_000)],
)  # fmt: skip
def test_case_d6_files_with_too_many_marks_are_refused_with_the_line(line: str, times: int) -> None:
    with pytest.raises(Invalid, match="see what was pasted") as caught:
        manuscript.parse(TOP + "前書き\n\n" + line * times, "issue.md", lambda name, line: "0" * 64)
    assert caught.value.line >= 7


def test_case_d6_long_files_of_ordinary_text_are_read() -> None:
    text = (
        "**大切な**お知らせです。[詳しい案内](https://www.example.jp/a)をご覧ください。\n\n- 一つ目\n- 二つ目\n\n"
        * 1500
    )
    assert manuscript.parse(TOP + text, "issue.md", lambda name, line: "0" * 64).blocks


@pytest.mark.parametrize("space", [" ", "\t", "\u3000"])
def test_case_d6_a_long_line_of_spaces_takes_time_that_grows_with_its_length_alone(space: str) -> None:
    began = time.thread_time()
    with pytest.raises(Invalid, match="there is no part"):
        manuscript.parse(
            TOP + "::: nosuch a" + space * 50_000 + "b\n\nx\n:::\n", "issue.md", lambda name, line: "0" * 64
        )
    assert time.thread_time() - began < 3  # it took 15
