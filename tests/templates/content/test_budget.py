"""What a letter may cost to write is bounded, whatever its texts hold, and refused at the block that is too much."""

from __future__ import annotations

import time

import pytest

from models.issues.block import Listing, Prose
from templates.content.errors import CannotRender, RenderFault
from templates.render import edition
from tests.templates import sample_letters

LOOP = "{% for a in range(990) %}" + "あ" * 190 + "{% endfor %}"


def fault_of(*blocks: Prose | Listing) -> tuple[RenderFault, int]:
    with pytest.raises(CannotRender) as caught:
        edition.render(sample_letters.letter(blocks=blocks))
    return caught.value.fault, caught.value.block


def test_case_d6_templates_of_a_letter_share_one_budget() -> None:
    edition.render(sample_letters.letter(blocks=(Prose(text="はじめ"), Prose(text=LOOP.replace("190", "1")))))
    assert fault_of(Prose(text="はじめ"), *[Prose(text=LOOP)] * 60) == (RenderFault.MERGE_TAG_LOOP, 3)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{% for a in range(300) %}" + "あ" * 300 + "{% endfor %}", RenderFault.MERGE_TAG_LARGE),
        ("{% for a in range(500) %}{% endfor %}", RenderFault.MERGE_TAG_LOOP),
        ("{{ 1 }}" * 2000, RenderFault.MERGE_TAG_LARGE),
        ("{{ " + " ~ ".join("1" * 1000) + " }}", RenderFault.MERGE_TAG_LARGE),
    ],
)
def test_case_d6_many_small_templates_are_one_large_one(text: str, fault: RenderFault) -> None:
    found, block = fault_of(*[Prose(text=text)] * 60)
    assert found is fault
    assert 1 < block < 10
    found, block = fault_of(Prose(text="前"), Listing(items=(text,) * 60))
    assert (found, block) == (fault, 2)


@pytest.mark.parametrize(
    "marks",
    ["[](", "[", "*a ", "**a*", "あ*", "- a\n", "a\n", "[x\n", "\\", "<http://", "{{ '[[[[[[[[' }}", "\u0301\u0327"],
)
def test_case_d6_marks_of_markdown_are_counted_for_the_whole_letter(marks: str) -> None:
    text = "字" + marks * (12_000 // len(marks))
    if "{{" in marks:
        text = "{% for a in range(900) %}[[[[[[[[[[[[[[[[[[[[[[[[[{% endfor %}"
    found, block = fault_of(Prose(text="前"), *[Prose(text=text)] * 16)
    assert found is RenderFault.MARKS_MANY
    assert 1 < block <= 17


def test_case_d6_long_letters_of_ordinary_texts_are_written() -> None:
    text = "**大切な**お知らせです。[詳しい案内](https://www.example.jp/a)をご覧ください。\n" * 20
    edition.render(sample_letters.letter(blocks=[Prose(text=text)] * 100))


@pytest.mark.parametrize("space", [" ", "\t"])
def test_case_d6_long_runs_of_spaces_take_time_that_grows_with_their_length_alone(space: str) -> None:
    began = time.thread_time()
    edition.render(sample_letters.letter(blocks=[Prose(text="前" + space * 80_000 + "後")]))
    assert time.thread_time() - began < 3  # it took 15
