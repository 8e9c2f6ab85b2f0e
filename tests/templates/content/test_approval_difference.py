"""What is new since an approval, in words."""

from __future__ import annotations

from time import perf_counter

from hypothesis import given
from hypothesis import strategies as st

from models.issues.versions.block_difference import BlockChange
from models.issues.versions.text_difference import Mark
from templates.content.approval_difference import between

A, R, C, M = BlockChange.ADDED, BlockChange.REMOVED, BlockChange.CHANGED, BlockChange.MOVED
BEFORE = [
    ("subject", "3月の号"), ("block:heading", "今月の話題"), ("block:prose", "説明会は3月1日に開きます。"),
    ("block:button", "申し込む\nhttps://city.example.jp/"),
]  # fmt: skip
pieces = st.lists(
    st.tuples(st.sampled_from(["subject", "block:prose", "block:table"]), st.text("あいう a1\n")), max_size=6
)


def test_each_change_is_told_at_its_block_with_the_words_that_differ() -> None:
    after = [
        ("subject", "4月の号"),
        ("block:prose", "はじめに"),
        *BEFORE[1:2],
        ("block:prose", "説明会は3月10日に開きます。"),
    ]
    found = between(BEFORE, after)
    assert [(one.kind, one.name, one.number) for one in found] == [
        (C, "subject", None), (A, "prose", 1), (C, "prose", 3), (R, "button", 3),
    ]  # fmt: skip
    assert [(one.mark, one.text) for one in found[2].words] == [
        (Mark.SAME, "説明会は3月"), (Mark.REMOVED, "1"), (Mark.ADDED, "10"), (Mark.SAME, "日に開きます。"),
    ]  # fmt: skip
    assert "https://city.example.jp/" in found[3].words[0].text


def test_a_block_that_stands_elsewhere_is_said_to_be_moved() -> None:
    (found,) = between(BEFORE[1:], [BEFORE[2], BEFORE[3], BEFORE[1]])
    assert (found.kind, found.name, found.number) == (M, "heading", 3)


def test_long_words_that_stay_are_shortened() -> None:
    (found,) = between(
        [("block:prose", "あ" * 500 + "い" + "う" * 500)], [("block:prose", "あ" * 500 + "え" + "う" * 500)]
    )
    assert "".join(one.text for one in found.words) == "…" + "あ" * 30 + "いえ" + "う" * 30 + "…"


def test_a_long_text_keeps_no_page_waiting() -> None:
    started = perf_counter()
    same = "同じ文です。\n" * 200
    before, after = (f"{same}{other * 20_000}" for other in ("あいうえお\n", "かきくけこ\n"))
    (found,) = between([("block:prose", before)], [("block:prose", after)])
    assert found.kind is C
    assert perf_counter() - started < 20


@given(before=pieces, after=pieces)
def test_nothing_new_is_left_out(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
    """Whatever was not there before stands in a change, or beside one."""
    found = between(before, after)
    blocks = [[one for one in side if one[0] != "subject"] for side in (before, after)]
    if blocks[0] != blocks[1]:
        assert any(one.number for one in found)
    assert bool(found) == (blocks[0] != blocks[1] or dict(before).get("subject", "") != dict(after).get("subject", ""))
