"""Letters as a test reads them: headlines, links and words of both parts, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import html as trees

from templates.content.letter import Letter
from templates.content.links import LinkRow, Links
from templates.content.slot import Slots
from templates.render import html, text

from .sample_letters import slots

TRACKED = re.compile(r"/c/(\d+)/")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class RenderedParts:
    """RenderedParts parts of a letter."""

    html: str
    text: str
    table: list[LinkRow]
    slots: Slots

    @property
    def tree(self) -> trees.HtmlElement:
        """The HTML part as a tree."""
        return trees.document_fromstring(self.html)


def rendered(letter: Letter) -> RenderedParts:
    """RenderedParts parts of *letter*."""
    known = slots()
    links = Links(letter, known)
    as_html = html.render(letter, known, links)
    before = len(links.table)
    as_text = text.render(letter, known, links)
    assert len(links.table) == before, "the text part brought links of its own"
    return RenderedParts(as_html, as_text, links.table, known)


def without_spaces(words: str) -> str:
    """*words* without any space, as lines of text are broken anywhere."""
    return _SPACE.sub("", words)


def headlines(tree: trees.HtmlElement) -> list[str]:
    """The headings of an HTML document in order, without spaces; each line of one by itself."""
    found: list[str] = []
    for heading in tree.iter("h1", "h2", "h3"):
        for line in heading.iter("br"):
            line.tail = "\n" + (line.tail or "")
        found += [without_spaces(line) for line in heading.text_content().split("\n") if without_spaces(line)]
    return found


def levels(tree: trees.HtmlElement) -> list[int]:
    """The levels of an HTML document's headings in order."""
    return [int(heading.tag[1]) for heading in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]


def numbers_in_html(tree: trees.HtmlElement) -> list[int]:
    """Numbers of the tracked links that people see, in the order of first appearance."""
    hrefs = [a.get("href") for a in tree.iter("a") if a.get("tabindex") != "-1"]
    return list(dict.fromkeys(int(found[1]) for href in hrefs if (found := TRACKED.search(href))))


def numbers_in_text(words: str) -> list[int]:
    """Numbers of the tracked links of a text in the order of first appearance."""
    return list(dict.fromkeys(int(number) for number in TRACKED.findall(words)))


def assert_in_order(wanted: list[str], words: str) -> None:
    """Each of *wanted* stands in *words*, one behind the other."""
    whole, at = without_spaces(words), 0
    for one in wanted:
        found = whole.find(one, at)
        assert found >= 0, f"{one!r} is not behind {whole[max(0, at - 60) : at]!r}"
        at = found + len(one)
