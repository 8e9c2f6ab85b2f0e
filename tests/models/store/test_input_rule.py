"""The one door for texts: which form they get, what is taken out, what is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.store import input_rule
from models.store.input_rule import TextFault

texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            "\0\t\x0b\x1b\x7f\x85\u2028\u2029\r\n\u202e\u200b\ufeff\ue000\ufffe\u3099\u309aかはカ\u0301e\ufa1b\U000f0000"
        ),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("か\u3099き\u3099ょう", "がぎょう"),
        ("ハ\u309aリ", "パリ"),
        ("Cafe\u0301", "Café"),
        ("\u1112\u1161\u11ab", "한"),
        ("福\u4e95 か\u3099 \ufa1b井", "福井 が \ufa1b井"),
        ("髙﨑 神\U000e0100", "髙﨑 神\U000e0100"),
        ("㈱ ① ﾒｰﾙ Ｗ", "㈱ ① ﾒｰﾙ Ｗ"),
    ],
)
def test_case_g10_letters_in_pieces_are_put_together(typed: str, kept: str) -> None:
    assert input_rule.normalised(typed) == kept
    assert input_rule.cleaned(typed) == kept


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_case_g12_every_line_end_is_one(end: str) -> None:
    assert input_rule.normalised(f"甲{end}乙") == "甲\n乙"
    assert input_rule.fault(input_rule.normalised(f"甲{end}乙"), lines=False) is TextFault.LINES


@pytest.mark.parametrize("unseen", "\u202e\u2066\u200f\u061c\u200b\u2060\ufeff\u00ad\ufff9")
def test_case_g11_what_nobody_sees_is_taken_out(unseen: str) -> None:
    assert input_rule.normalised(f"甲{unseen}乙") == "甲乙"


@pytest.mark.parametrize(
    "kept", ["👨\u200d👩\u200d👧", "🏴\U000e0067\U000e0062\U000e007f", "葛\U000e0100", "❤\ufe0f", "नम\u200cस्ते"]
)
def test_case_g11_what_letters_are_spelled_with_stays(kept: str) -> None:
    assert input_rule.normalised(kept) == kept
    assert input_rule.fault(kept) is None


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("a\0", TextFault.CONTROL),
        ("a\x0b", TextFault.CONTROL),
        ("a\x1b[31m", TextFault.CONTROL),
        ("a\x9b", TextFault.CONTROL),
        ("a\ufffe", TextFault.CONTROL),
        ("a\ufdd0", TextFault.CONTROL),
        ("a\U0001ffff", TextFault.CONTROL),
        ("a\U0010fffe", TextFault.CONTROL),
        ("a\udcff", TextFault.CONTROL),
        ("\ue000", TextFault.PRIVATE_USE),
        ("\uf8ff", TextFault.PRIVATE_USE),
        ("\U000f0000", TextFault.PRIVATE_USE),
        ("\U0010fffd", TextFault.PRIVATE_USE),
        ("a" + "\u0301" * 31, TextFault.MARKS),
    ],
    ids=lambda value: ascii(value) if isinstance(value, str) else value.name,
)
def test_case_g11_what_no_text_has_is_found(typed: str, fault: TextFault) -> None:
    assert input_rule.fault(input_rule.normalised(typed)) is fault
    assert input_rule.fault(input_rule.cleaned(typed)) is None


@pytest.mark.parametrize(
    "typed", ["", " ", "\u3000", "\u200b", "\u3164", "\u2800", "\u202e\u200d", "\ufe0f", "\u0301", "\t\n"]
)
def test_case_g11_nothing_to_see(typed: str) -> None:
    assert not input_rule.is_visible(typed)


@pytest.mark.parametrize("typed", ["a", "あ", "…", "🍣", "①", "\u200b甲", "\U00018cd6"], ids=ascii)
def test_something_to_see(typed: str) -> None:
    assert input_rule.is_visible(typed)


@given(texts)
def test_what_is_cleaned_can_be_kept_and_stays_as_it_is(typed: str) -> None:
    kept = input_rule.cleaned(typed)
    assert input_rule.fault(kept) is None
    assert input_rule.normalised(kept) == kept == input_rule.cleaned(kept)
    kept.encode()


@given(texts)
def test_what_can_be_kept_loses_nothing_to_see(typed: str) -> None:
    normal = input_rule.normalised(typed)
    if input_rule.fault(normal) is None:
        seen = "".join(one for one in unicodedata.normalize("NFD", typed) if unicodedata.category(one)[0] in "LNPSM")
        assert input_rule.cleaned(typed) == normal
        assert [one for one in unicodedata.normalize("NFD", normal) if unicodedata.category(one)[0] in "LNPSM"] == list(
            unicodedata.normalize("NFD", seen)
        )


def test_marks_without_end_take_no_time() -> None:
    """Sorting 400,000 marks in a row would take hours: this test would never end."""
    attack = "a" + "\u0301\u0316" * 200_000
    assert input_rule.fault(input_rule.normalised(attack)) is TextFault.MARKS
    assert len(input_rule.cleaned(attack)) <= 31
