"""The click map is drawn over letters as they are kept, and not over some that a test has written."""

from __future__ import annotations

from lxml import html as trees

from templates.charts import click_map
from templates.charts.click_map import LinkMark
from templates.render import edition
from tests.templates import sample_letters


def test_every_link_of_a_kept_letter_has_its_mark_and_leads_nowhere() -> None:
    rendered = edition.render(sample_letters.ranking())
    marks = {row.number: LinkMark(row.number, f"{row.number}人") for row in rendered.links if row.kind != "honeypot"}
    assert len(marks) > 5
    drawn = trees.document_fromstring(click_map.draw(rendered.neutral_html, marks, lambda number: f"<リンク {number}>"))
    found = {int(mark.get("data-link", "0")): mark for mark in drawn.iter("span") if mark.get("data-link")}
    assert {number: mark.text for number, mark in found.items()} == {
        number: mark.text for number, mark in marks.items()
    }
    assert found[1].get("title") == "<リンク 1>"
    assert not [link for link in drawn.iter("a") if link.get("href")]
    assert not [image for image in drawn.iter("img") if "/o/" in image.get("src", "")]
    assert len(list(drawn.iter("img"))) == len(list(trees.document_fromstring(rendered.neutral_html).iter("img"))) - 1
