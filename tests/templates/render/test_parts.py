"""Both parts of a letter say the same, in the same order, and lose nothing on the way to a reader."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import html as trees

from models.deliveries.edition import LinkKind
from models.issues.block import RankingEntry
from templates import preview
from templates.content.letter import Letter
from templates.content.wording import wording
from templates.render import edition
from templates.typography.line_breaks import WIDTH, columns

from .. import sample_letters
from ..letter_strategies import letters
from ..rendered_letter import (
    RenderedParts,
    assert_in_order,
    headlines,
    levels,
    numbers_in_html,
    numbers_in_text,
    rendered,
    without_spaces,
)

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@FEW
@given(letters)
def test_both_parts_say_the_same(letter: Letter) -> None:
    both = rendered(letter)
    check_headlines(both)
    check_links(letter, both)
    check_places_and_sources(letter, both)
    check_lines(letter, both.text)


def check_headlines(both: RenderedParts) -> None:
    """Headlines are in both parts, in order, and no level is skipped."""
    # Markers of fields differ between the parts, as they are escaped differently.
    html, text = both.slots.pattern.sub("", both.html), both.slots.pattern.sub("", both.slots.unwrapped(both.text))
    tree = trees.document_fromstring(html)
    assert_in_order(headlines(tree), text)
    found = levels(tree)
    assert found[0] == 1
    assert found.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(found))


def check_links(letter: Letter, both: RenderedParts) -> None:
    """Links are in both parts, in order, numbered without a gap."""
    if letter.tracking == "off":
        web = [a.get("href") for a in both.tree.iter("a") if a.get("href").startswith("http")]
        assert not re.search(r"/[co]/", both.html)
        assert all(href in both.text for href in web)
        return
    seen = numbers_in_html(both.tree)
    assert seen == numbers_in_text(both.text)
    assert seen == [row.number for row in both.table if row.kind is not LinkKind.HONEYPOT]
    assert [row.number for row in both.table] == list(range(1, len(both.table) + 1))


def composed(text: str) -> str:
    """*text* without spaces, in the one form in which the door for texts keeps letters and their marks."""
    return unicodedata.normalize("NFC", without_spaces(text))


def check_places_and_sources(letter: Letter, both: RenderedParts) -> None:
    """Places, sources, captions and alternative texts are in both parts."""
    words, text = composed(both.tree.text_content()), composed(both.text)
    say = wording(letter.language)
    for block in letter.blocks:
        if isinstance(block, RankingEntry):
            assert without_spaces(say.place(block.place)) in words
            assert without_spaces(say.place(block.place)) in text
        for part in (block, *getattr(block, "news", ())):
            for field in ("source", "caption", "alt"):
                said = composed(getattr(part, field, ""))
                if said and "{" not in said:
                    assert said in text, said
                    assert said in words or field == "alt"


def check_lines(letter: Letter, text: str) -> None:
    """Lines are short, addresses stand alone, and the archive's is near the top."""
    for line in text.split("\n"):
        if line.startswith(letter.base_url):
            assert " " not in line
        elif not any(piece in line for piece in ("https://", "mailto:", "Slot", "word", "漢漢")):
            assert columns(line) <= WIDTH, line
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert "\r" not in text
    assert text.index(letter.archive_url) < 200


@FEW
@given(letters)
def test_nothing_that_counts_is_lost_on_the_way(letter: Letter) -> None:
    both = rendered(letter)
    values = {"name": "山田太郎"}
    html = preview.fill_sample(both.html, both.slots, values)
    text = preview.fill_sample(both.text, both.slots, values)
    wanted = headlines(trees.document_fromstring(html))
    address = without_spaces(letter.sender.postal_address)
    for shown in (preview.sanitised(html), preview.without_images(html), preview.dark(html)):
        tree = trees.document_fromstring(shown)
        assert headlines(tree) == wanted
        words = without_spaces(tree.find("body").text_content())
        assert address in words
        assert letter.archive_url in words
    shown = trees.document_fromstring(preview.text_only(html, text)).text_content()
    assert_in_order([*wanted, address], shown)
    assert letter.archive_url in shown


def test_a_letter_names_no_archive_where_there_is_none() -> None:
    letter = replace(sample_letters.letter(sample_letters.PROSE), archive_url="")
    made = edition.render(letter)
    for part in (made.html, made.text):
        assert "/archive/" not in part
        assert letter.base_url in part
    assert not any("/archive/" in row.url for row in made.links)
    assert all("List-Archive" not in str(piece) for piece in made.message.headers)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", sorted(sample_letters.BLOCKS))
def test_each_block_alone_says_the_same_in_both_parts(name: str, language: str) -> None:
    letter = sample_letters.letter(sample_letters.BLOCKS[name], language=language)
    both = rendered(letter)
    check_headlines(both)
    check_links(letter, both)
    check_places_and_sources(letter, both)
