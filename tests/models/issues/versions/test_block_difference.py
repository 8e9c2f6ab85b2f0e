"""Two states of an issue's blocks, block by block and word by word."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.issues.versions.block_difference import BlockChange, compare_blocks, compare_fields
from models.issues.versions.text_difference import Mark, compare_texts


def prose(text: str) -> dict[str, Any]:
    return {"kind": "prose", "text": text, "only": {"audiences": [], "topics": []}}


def changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[str, int | None, int | None]]:
    return [(one.change.value, one.before, one.after) for one in compare_blocks(before, after)]


LEAD, BUDGET, WATER, CLOSING = (
    prose(text)
    for text in (
        "今月のお知らせです。",
        "令和八年度の予算案がまとまりました。",
        "水道の工事を行います。ご注意ください。",
        "また来月お届けします。",
    )
)


def test_the_same_blocks_do_not_differ() -> None:
    assert changes([LEAD, BUDGET], [LEAD, BUDGET]) == [("same", 1, 1), ("same", 2, 2)]


def test_added_removed_and_moved_blocks_are_told_apart() -> None:
    assert changes([LEAD, BUDGET, CLOSING], [LEAD, WATER, BUDGET, CLOSING])[1] == ("added", None, 2)
    assert changes([LEAD, BUDGET, CLOSING], [LEAD, CLOSING]) == [("same", 1, 1), ("removed", 2, None), ("same", 3, 2)]
    assert changes([LEAD, BUDGET, WATER, CLOSING], [WATER, LEAD, BUDGET, CLOSING]) == [
        ("moved", 3, 1), ("same", 1, 2), ("same", 2, 3), ("same", 4, 4),
    ]  # fmt: skip


def test_a_changed_block_marks_its_words() -> None:
    [one] = compare_blocks([BUDGET], [prose("令和九年度の予算案がまとまりました。")])
    assert one.change is BlockChange.CHANGED
    [field] = one.fields
    assert [(piece.text, piece.mark) for piece in field.pieces if piece.mark is not Mark.SAME] == [
        ("令和八年度", Mark.REMOVED), ("令和九年度", Mark.ADDED),
    ]  # fmt: skip
    assert "".join(piece.text for piece in field.before) == BUDGET["text"]


def test_a_block_that_was_moved_and_changed_is_both() -> None:
    found = compare_blocks([LEAD, BUDGET, WATER], [prose("水道の工事を七月に行います。ご注意ください。"), LEAD, BUDGET])
    assert (found[0].change, found[0].moved, found[0].before) == (BlockChange.CHANGED, True, 3)


def test_cards_belong_together_by_their_article_and_conditions_are_named() -> None:
    old = {"kind": "article", "article": "budget", "lead": "", "only": {"audiences": [], "topics": []}}
    new = {**old, "lead": "全く違う文です", "only": {"audiences": ["officials"], "topics": []}}
    [one] = compare_blocks([old], [new])
    assert one.change is BlockChange.CHANGED
    assert {field.name for field in one.fields if field.changed} == {"lead", "only.audiences"}


def test_other_sentences_are_not_torn_into_particles() -> None:
    pieces = compare_texts("今日は雨です。", "議会の日程を決めた。")
    assert [(piece.text, piece.mark) for piece in pieces] == [
        ("今日は雨です。", Mark.REMOVED), ("議会の日程を決めた。", Mark.ADDED),
    ]  # fmt: skip


def test_fields_that_were_emptied_are_shown() -> None:
    [field] = compare_fields({"preheader": "前"}, {"preheader": ""})
    assert [(piece.text, piece.mark) for piece in field.pieces] == [("前", Mark.REMOVED)]


blocks = st.lists(st.builds(prose, st.text("あいう漢字ab。\n", max_size=12)), max_size=8)


@given(blocks, blocks)
def test_both_states_can_be_read_off_the_difference(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    found = compare_blocks(before, after)
    assert [one.after for one in found if one.after] == list(range(1, len(after) + 1))
    assert sorted(one.before for one in found if one.before) == list(range(1, len(before) + 1))
    for one in found:
        texts = {field.name: field for field in one.fields}
        text = texts.get("text")
        if one.before:
            was = "".join(piece.text for piece in text.before) if text else ""
            assert was == before[one.before - 1]["text"]
        if one.after:
            now = "".join(piece.text for piece in text.after) if text else ""
            assert now == after[one.after - 1]["text"]


def test_five_hundred_other_blocks_are_compared_at_once() -> None:
    before = [prose(f"{number}番目の段落です。" + "予算と工事のお知らせを続けます。" * 20) for number in range(500)]
    after = [prose(f"{number}番目の段落でした。" + "工事と議会のお知らせを終えます。" * 20) for number in range(500)]
    began = perf_counter()
    assert len(compare_blocks(before, after)) >= 500
    compare_texts("あ。い、" * 50_000, "い、う。" * 50_000)
    assert perf_counter() - began < 20
