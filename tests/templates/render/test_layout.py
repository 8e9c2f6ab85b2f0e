"""What stands where in a letter: what previews show of it, and what its closing words are told apart by."""

from __future__ import annotations

import re
from html import unescape

import pytest
from lxml import html as trees

from models.issues.block import Block, Prose
from templates.typography.line_breaks import columns

from .. import golden, sample_letters
from ..rendered_letter import rendered

CLOSING = Prose(text="いかがでしたでしょうか。来年もよろしくお願いいたします。")


def _lacking(words: str) -> set[str]:
    """The characters that a gateway which converts to CP932 would write as question marks."""
    return {one for one in words if one.encode("cp932", "ignore") == b""}


@pytest.mark.parametrize("name", sorted(golden.letters()))
def test_case_h6_a_letter_adds_nothing_that_cp932_lacks(name: str) -> None:
    made = golden.files(golden.letters()[name])["html"].decode()
    seen = re.sub(r"(?s)<!--.*?-->", "", made)
    assert _lacking(unescape(seen)) <= {"〜"}, "the wave dash is the sample sender's own"


@pytest.mark.parametrize(
    "preheader", ["", "短い一言。", "予算" * 29, "予算" * 60, '{{ reader.name | default("皆さま") }}へ']
)
def test_case_h6_the_preheader_fills_a_preview_and_no_more(preheader: str) -> None:
    both = rendered(sample_letters.letter(CLOSING, preheader=preheader))
    hidden = both.tree.xpath("//div[@class='hidden'][1]")[0].text_content() if preheader else ""
    shown = both.slots.pattern.sub("山田太郎", hidden)
    if preheader:
        assert shown.rstrip("\u3000")
        assert columns(shown) <= max(120, columns(shown.rstrip("\u3000")))
        assert columns(shown) >= 118
    assert not set(hidden) & set("\u034f\u200b\u200c\u200d\u00a0\u2007\u00ad\ufeff")


@pytest.mark.parametrize("before", ["ranking", "products", "topics", "search", "signup"])
@pytest.mark.parametrize("after", ["prose", "bullets", "figure", "table", "notice", "button"])
def test_case_g19_words_behind_a_section_are_set_apart(before: str, after: str) -> None:
    first, second = sample_letters.BLOCKS[before], sample_letters.BLOCKS[after]
    assert _rules(first, second) == (1, 1)


@pytest.mark.parametrize("after", ["heading", "article", "ranking", "products", "topics", "search", "signup"])
def test_case_g19_what_has_a_heading_of_its_own_needs_no_line(after: str) -> None:
    assert _rules(sample_letters.ENTRY, sample_letters.BLOCKS[after])[0] == 0
    assert _rules(sample_letters.PROSE, sample_letters.BLOCKS[after])[0] == 0


def _rules(*blocks: Block) -> tuple[int, int]:
    """How many lines across the page the blocks bring, in HTML and in text, each ranking's own aside."""
    both = rendered(sample_letters.letter(*blocks))
    in_text = sum(set(line) == {"─"} for line in both.text.split("\n"))
    return len(both.tree.xpath("//hr")), in_text - sum(block.kind == "ranking" for block in blocks)


def test_case_g19_the_line_stands_between_the_place_and_the_closing() -> None:
    both = rendered(sample_letters.letter(sample_letters.ENTRY, CLOSING))
    words = trees.tostring(both.tree, encoding="unicode")
    assert words.index("止める手続き") < words.index("<hr") < words.index("いかがでしたでしょうか")
    assert both.text.index("止める手続き") < both.text.rindex("──") < both.text.index("いかがでしたでしょうか")


@pytest.mark.parametrize("embedded", [False, True])
@pytest.mark.parametrize("tracking", ["individual", "aggregate", "off"])
def test_case_g16_a_figure_opens_at_its_full_size_and_nobody_counts_it(tracking: str, embedded: bool) -> None:
    both = rendered(sample_letters.letter(sample_letters.FIGURE, tracking=tracking, embed_images=embedded))
    full = f"{sample_letters.BASE}/i/{sample_letters.CHART_WHOLE}.png"
    [link] = both.tree.xpath("//figure//a[.//img]")
    assert link.get("href") == full
    assert link.xpath(".//img/@alt") == [sample_letters.FIGURE.alt]
    assert link.text_content().strip() == "画像を開く"
    assert f"▼ 画像を開く\n{full}\n" in both.text
    assert all(row.url != full for row in both.table)


def test_case_g16_a_picture_that_is_no_larger_by_itself_is_no_link() -> None:
    small = sample_letters.FIGURE.model_copy(update={"image": sample_letters.MAP})
    both = rendered(sample_letters.letter(small))
    assert not both.tree.xpath("//figure//a[.//img]")
    assert "画像を開く" not in both.text


def test_case_g20_a_picture_in_a_letter_has_a_light_ground_whatever_the_letters_is() -> None:
    [picture] = rendered(sample_letters.letter(sample_letters.FIGURE)).tree.xpath("//figure//img")
    assert "background-color:#fff" in picture.get("style").replace(" ", "")


@pytest.mark.parametrize(("title", "said"), [(None, "最新動向"), ("その後の「動き」", "その後の「動き」"), ("", "")])
def test_case_g15_what_is_new_has_the_newsletters_headline_or_none(title: str | None, said: str) -> None:
    entry = sample_letters.ENTRY.model_copy(update={"news_title": title})
    both = rendered(sample_letters.letter(entry))
    assert [heading.text_content() for heading in both.tree.xpath("//h3")] == ([said] if said else [])
    assert bool(both.tree.xpath("//table[@class='panel']")) == bool(said), "one text has no panel in it"
    assert ("● " + said in both.text) == bool(said)
    assert "最新動向" not in both.text or title is None
    for words in (both.tree.text_content(), both.text.replace("\n", "")):
        assert words.index("条例と規約の書き方") < words.index("秋に国の指針") < words.index("止める手続き")


def test_case_g15_a_figure_in_one_text_is_as_wide_as_the_text() -> None:
    entry = sample_letters.ENTRY.model_copy(update={"news": (sample_letters.FIGURE,), "news_title": ""})
    assert rendered(sample_letters.letter(entry)).tree.xpath("//figure//img/@width") == ["552"]
