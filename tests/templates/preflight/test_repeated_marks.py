"""A text that repeats one mark: what it costs grows about as its length."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from models.issues.block import Prose
from templates import preflight
from templates.content.errors import CannotRender
from templates.content.letter import Letter
from templates.render import edition
from tests.templates import sample_letters

SIZE = 6_000
"""Characters."""
CLOCK_SECONDS = 0.05
"""Below that, a ratio says nothing."""
TRIES = 3
"""Others on the machine make CPU time longer, too, but not each time; what grows as a square misses every time."""

MARKS = [
    "{", "{{", "{%", "{#", "}", "}}", "%}", "#}", "{{}}", "{{ a", "{{ a}", "{% a %", "{% if a %}", "{{ '",
    "[", "[[", "]", "](", "[](", "[a](", "[a](b", "![", "[x]: ", "[x]: a\n", "[^1]", "(", ")", "((",
    "*", "**", "*a", "*a ", "a*", "_", "__", "_a ", "`", "``", "`a ", "~", "~~", "\\",
    "<", ">", "<a ", "<!--", "-->", "</", "<![CDATA[", "<?", "<http://", "> ", ">\n", "> > ",
    "&", "&#", "&#1", '"', "'",
    "- ", "- \n", "1.\n", "# ", "#\n", "\n", "\r", "|", "|-\n", "===\n", "---\n", ":::", "\n:::\n",
    " ", "\t", "\u3000", " a", "\u2028", "\u200b", "\u0301", "か\u3099", "ﾞ", "「", "（", "。", "・", "々", "漢 ",
    "http://", "https://a", "mailto:", "a@", "a@b.", ".", "/", "?", "!!", "1/", "1月", "2026年", "１月１日（", "Mon ",
]  # fmt: skip


def letter(mark: str, size: int) -> Letter:
    return sample_letters.letter(blocks=(Prose(text="字" + mark * (size // len(mark))),))


def seconds(mark: str, size: int) -> float:
    """Of the CPU, for checking a letter (which renders it) and for rendering it once more."""
    made = letter(mark, size)
    began = time.thread_time()
    preflight.check(made)
    with suppress(CannotRender):
        edition.render(made)
    return time.thread_time() - began


@pytest.mark.parametrize("mark", MARKS, ids=repr)
def test_case_d6_time_for_a_repeated_mark_grows_as_its_length(mark: str) -> None:
    assert any(seconds(mark, 4 * SIZE) < 10 * max(seconds(mark, SIZE), CLOCK_SECONDS) for _ in range(TRIES))


@pytest.mark.parametrize("opening", ["{", "{{", "{%", "{#", "{{ a"])
def test_case_d6_openings_of_templates_without_an_end_cost_about_what_words_do(opening: str) -> None:
    seconds("便り", 100)
    assert any(seconds(opening, 48_000) < 4 * max(seconds("お便りです。", 48_000), CLOCK_SECONDS) for _ in range(TRIES))
