"""Letters are what they were when somebody last looked at them."""

from __future__ import annotations

import pytest

from .. import golden

LETTERS = golden.letters()


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_what_was_looked_at(name: str) -> None:
    for ending, content in golden.files(LETTERS[name]).items():
        kept = (golden.FOLDER / f"{name}.{ending}").read_bytes()
        assert content.decode() == kept.decode(), f"{name}.{ending} has changed: see tests/templates/golden.py"


def test_no_letter_is_left_over() -> None:
    assert {file.stem for file in golden.FOLDER.iterdir() if file.suffix in (".html", ".txt", ".eml")} == set(LETTERS)
