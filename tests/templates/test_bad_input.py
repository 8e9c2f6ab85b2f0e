"""Whatever is typed or pasted into any field: no markup of it gets into a letter, and nothing takes for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import html as trees
from pydantic import BaseModel, ValidationError

from models.issues.block import Prose
from templates import preflight, preview
from templates.archive import pages
from templates.content.errors import CannotRender, RenderFault
from templates.content.letter import Letter
from templates.render import edition

from . import golden, sample_letters
from .rendered_letter import without_spaces

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror=alert(1)>"\' onmouseover="alert(1)" <iframe src=//x></iframe>'
    "</p></td></table><style>*{display:none}</style><!-- <svg onload=alert(1)> --> &lt;script&gt;"
)
KEPT = {"kind", "image", "address", "source_address", "article", "topics", "only", "level", "ordered"}
"""Names and addresses: not words that somebody may write as they like."""
TEN_MEGABYTES, MOST = 10 * 1024 * 1024, 200_000
"""A paste, and what one block may hold of it."""


def poisoned(value: Any) -> Any:
    """*value* with hostile markup behind every text in it, at any depth."""
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, tuple):
        return tuple(poisoned(one) for one in value)
    if isinstance(value, BaseModel):
        changed = {name: poisoned(getattr(value, name)) for name in type(value).model_fields if name not in KEPT}
        return value.model_copy(update=changed)
    return value


def poisoned_letter() -> Letter:
    """A letter with every block, all of whose words end in hostile markup."""
    whole = sample_letters.letter(
        *(poisoned(block) for block in sample_letters.BLOCKS.values()), correction_note="訂正" + HOSTILE
    )
    sender = replace(whole.sender, name=f"発行{HOSTILE}", postal_address=f"住所{HOSTILE}", contact=f"電話{HOSTILE}")
    articles = {
        slug: replace(one, title=one.title + HOSTILE, recap=one.recap + HOSTILE) for slug, one in whole.articles.items()
    }
    topics = {slug: name + HOSTILE for slug, name in whole.topics.items()}
    said = {"subject": whole.subject + HOSTILE, "preheader": whole.preheader + HOSTILE}
    return replace(whole, sender=sender, articles=articles, topics=topics, **said)


def check_harmless(page: str) -> None:
    """Nothing in *page* runs, loads from elsewhere, or hides what stands beside it."""
    for element in trees.document_fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in ("script", "iframe", "svg", "object"), element.tag
        assert element.tag != "form" or element.get("action") == "/archive/ict/search", "the search box is our own"
        assert not [name for name in element.attrib if name.startswith("on")], dict(element.attrib)
        assert not str(element.get("href", "")).startswith("javascript:")
        assert element.tag != "img" or str(element.get("src")).startswith(("https://news.example.jp/", "/i/"))
        assert element.tag != "style" or "*{display:none}" not in (element.text or "")


def test_markup_in_any_field_is_only_words() -> None:
    letter = poisoned_letter()
    rendered = edition.render(letter)
    page = preview.fill_sample(rendered.html, rendered.slots, {"name": f"山田{HOSTILE}"})
    for shown in (page, preview.without_images(page), preview.sanitised(page), preview.dark(page)):
        check_harmless(shown)
    body = without_spaces(trees.document_fromstring(page).text_content())
    assert body.count("<script>alert(1)</script>") > 40
    archived = pages.render_issue(letter, {})
    check_harmless(f"<div>{''.join([*archived.parts, archived.correction])}</div>")


@pytest.mark.parametrize("bad", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_no_text_links_to_what_is_no_page(bad: str) -> None:
    with pytest.raises(CannotRender) as caught:
        edition.render(sample_letters.letter(Prose(text=f"[押す](<{bad}>)")))
    assert caught.value.fault is RenderFault.ADDRESS


PASTES = ("あ", "漢字、", "**", "[a](", "[", "{{ ", "{% ", "<b>", "日 程 ", "https://x/", "- 一\n", "(\n", "1月1日(")


@pytest.mark.parametrize("text", PASTES)
def test_a_paste_is_judged_or_refused(text: str) -> None:
    """The time limit of every test stops it where work grows with the square of what is pasted."""
    with pytest.raises(ValidationError):
        Prose(text=text * (TEN_MEGABYTES // len(text)))
    each = (text * MOST)[:MOST]
    for times in (1, TEN_MEGABYTES // MOST):
        findings = preflight.check(sample_letters.letter(*[Prose(text=each)] * times))
        if times > 1:
            assert [found.rule for found in findings] == ["template.broken"]


def test_direction_marks_and_empty_characters_of_a_name_do_not_stand_in_a_letter() -> None:
    rendered = edition.render(sample_letters.letter(sample_letters.PROSE))
    name = "山田\u202e太郎\u2066\u200b\ufeff\u200f\u00ad"
    for part in (rendered.html, rendered.text):
        shown = preview.fill_sample(part, rendered.slots, {**golden.READER, "name": name})
        assert "\u202e" not in shown
        assert "\u2066" not in shown
        assert "山田太郎" in shown
