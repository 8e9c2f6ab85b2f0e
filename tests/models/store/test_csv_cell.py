"""No cell that we write is a formula to a spreadsheet, and each can be read again as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.store.csv_cell import without_apostrophe, without_formula


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\r\n=1", "\n", "\t回覧"),
        *("＝1", "＋81", "－1", "＠SUM(A1)", "﹦1", "﹢1", "﹣1", "﹫A1", "−1", "⁺1", "⁼1"),
        *(" =1", "\u3000＝1", "\u200b=1", "\ufeff=1", "\x00=1", "\u200b\n =1", "\u202e=1"),
    ],
)
def test_case_i10_a_formula_becomes_text(text: str) -> None:
    assert without_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["回覧", "1-2", "", -1, None, 0.5, "ー", "―", "※注", "①", "a=b", " 回覧", "'回覧"])
def test_anything_else_stays_as_it_is(value: object) -> None:
    assert without_formula(value) == value


@settings(max_examples=300)
@given(st.text(st.sampled_from("'=-＝＋－＠@\n\t \u200bあ")))
@example("'=1")
@example("''=1")
@example("'あ")
def test_what_was_written_is_read_again_as_it_was(text: str) -> None:
    written = without_formula(text)
    assert isinstance(written, str)
    assert without_apostrophe(written) == text
