"""Lines of text: whatever is wrapped, no rule of Japanese typesetting is broken and no character is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from templates.typography.line_breaks import NO_END, NO_START, WIDTH, break_lines, columns, unbreakable_pieces, wrap
from templates.typography.phrase_breaks import phrases, unbroken

from ..text_strategies import WORDS

_MARKS = "、。，．）」』】ーっゃャッ々：；？！…―（「『【〔“”‘’〒()"
_OTHERS = ("https://www.example.lg.jp/a/b?c=d&e=(f)", ", ", "２０２６")
_ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=12)
paragraphs = st.lists(st.one_of(st.sampled_from((*WORDS, *_MARKS, *_OTHERS)), _ANY), max_size=60).map("".join)


@given(paragraphs, st.integers(min_value=8, max_value=76))
@example("あ" * 34 + "「「「「う", 70)
@example("。" * 200, 70)
@example("(" + " " * 90 + "あ", 70)
def test_lines_put_together_are_the_text(text: str, width: int) -> None:
    assert "".join(break_lines(text, width)) == text


@given(paragraphs, st.integers(min_value=8, max_value=76))
@example("これは" + "、" * 100, 20)
@example("https://www.example.lg.jp/" + "a" * 300 + "。次の文", 70)
def test_no_line_begins_or_ends_with_what_it_must_not(text: str, width: int) -> None:
    lines = break_lines(text, width)
    for before, after in pairwise(lines):
        assert after[0] not in NO_START, (before, after)
        assert not before.rstrip(" \t\u3000") or before.rstrip(" \t\u3000")[-1] not in NO_END, (before, after)
        assert after[0] not in " \t\u3000"


@given(paragraphs, st.integers(min_value=8, max_value=76))
def test_only_what_cannot_be_broken_is_wider_than_a_line(text: str, width: int) -> None:
    for line in break_lines(text, width):
        assert columns(line.rstrip(" \t\u3000")) <= width or len(unbreakable_pieces(line)) == 1


@pytest.mark.parametrize("word", ["https://www.example.lg.jp/very/long/" + "x" * 120, "w" * 90, "ict@news.example.jp"])
def test_words_and_addresses_are_never_broken(word: str) -> None:
    lines = wrap(f"詳しくは{word}をご覧ください。" * 4)
    assert sum(word in line for line in lines) == 4 or word in "".join(lines)
    assert all(word in line for line in lines if word[:20] in line)


_WIDTHS = [("あ", 2), ("ｱ", 1), ("Ａ", 2), ("A", 1), ("①", 2), ("㈱", 2), ("𠮷", 2), ("か\u3099", 2), ("\u200b", 0)]


@pytest.mark.parametrize(("character", "width"), _WIDTHS)
def test_columns_follow_east_asian_width(character: str, width: int) -> None:
    assert columns(character) == width


def test_clusters_stay_together() -> None:
    family = "👨\u200d👩\u200d👧\u200d👦"
    assert all(line.count("👨") == line.count("👦") for line in break_lines(family * 30, 10))
    assert all(line.startswith("🇯🇵") for line in break_lines("🇯🇵あ" * 20, 8))


def test_a_last_line_is_not_left_with_a_single_character() -> None:
    lines = wrap("あ" * 35 + "い。")
    assert [columns(line) for line in lines] == [66, 8]


def test_indents_stand_before_every_line() -> None:
    lines = wrap("あ" * 60, WIDTH, first="・", rest="  ")
    assert lines[0].startswith("・あ")
    assert lines[1].startswith("  あ")
    assert all(columns(line) <= WIDTH for line in lines)


def test_an_empty_text_is_one_empty_line() -> None:
    assert wrap("") == [""]


@pytest.mark.parametrize(
    "number", ["03-1234-5678", "(03)1234-5678", "000(000)0000", "100-8111", "０３－１２３４－５６７８"]
)
def test_no_number_is_broken(number: str) -> None:
    whole = f'<span style="white-space:nowrap">{number}</span>'
    assert unbroken(f"〒{number} <広報>（{number}、内線12）") == f"〒{whole} &lt;広報&gt;（{whole}、内線12）"


_CLUSTERS = (
    "か\u3099", "ハ\u309a", "e\u0301", "葛\U000e0100", "❤\ufe0f", "👨\u200d👩\u200d👧", "👍🏽", "🇯🇵", "1\ufe0f\u20e3",
    "\u1112\u1161\u11ab", "한", "क\u094dष", "か\u20dd", "あ", "議", "ー",
)  # fmt: skip
_in_clusters = st.lists(st.one_of(st.sampled_from(_CLUSTERS), st.text("のをがは、。政策", max_size=4)), min_size=1).map(
    "".join
)


@given(_in_clusters, st.integers(min_value=2, max_value=30))
def test_case_g10_no_line_is_broken_inside_a_character(text: str, width: int) -> None:
    """What a reader takes for one character (UAX 29) is never on two lines, whatever form its marks have."""
    whole = {0, *(found.end() for found in regex.finditer(r"\X", text))}
    for pieces in (unbreakable_pieces(text), break_lines(text, width)):
        assert "".join(pieces) == text
        assert {sum(map(len, pieces[: at + 1])) for at in range(len(pieces))} <= whole


@pytest.mark.parametrize("mark", ["\u3099", "\u309a", "\ufe0f", "\U000e0100", "\u200d", "\u20dd"], ids=ascii)
def test_case_g10_no_heading_offers_a_break_before_a_mark(mark: str) -> None:
    heading = f"みなとか{mark}わの手続か{mark}んたん予約か{mark}サービスか{mark}を始めます"
    assert f">{mark}" not in phrases(heading)
