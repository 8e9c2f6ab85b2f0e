"""No cell that we write is a formula to a spreadsheet."""

from __future__ import annotations

import pytest

from models.store.csv_cell import without_formula


@pytest.mark.parametrize("text", ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert without_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["回覧", "1-2", "", -1, None, 0.5])
def test_anything_else_stays_as_it_is(value: object) -> None:
    assert without_formula(value) == value
