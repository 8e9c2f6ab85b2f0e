"""An issue and an article as the public archive shows them: pages of the site, with the words of the letter.

The blocks, their links and their words are those of the letter (:mod:`templates.render.block_view`); only their looks
differ, as a page has a style sheet and a screen of any width. No link of a page is tracked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from markdown_it.token import Token
from markupsafe import Markup

from models.deliveries.edition import LinkKind
from models.issues.block import Block

from ..content import merge_tags
from ..content.errors import CannotRender
from ..content.letter import ImageFacts, Letter
from ..content.links import Links
from ..content.merge import evaluated, normalised
from ..content.slot import Escape, Slots
from ..jinja import WEB, environment
from ..message.mime import fill_slots as with_values
from ..message.mime import split_at_slots
from ..message.stamp import neutral_value
from ..render import article_markdown, markdown
from ..render.block_view import BlockView, heading_levels, loose_ends
from ..render.markdown import Anchor

FOLDER = WEB / "blocks"
_DIGITS = re.compile(r"([0-9]+)")
WIDTH = 768
"""Pixels of a picture at most."""


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """What a page of the archive shows of an issue."""

    subject: str
    correction: Markup
    parts: tuple[Markup, ...]
    """One piece of HTML for each block, in order."""


def render_issue(letter: Letter, corrected: Mapping[tuple[str, str], str]) -> RenderedPage:
    """The HTML of an issue's blocks, without any reader's values.

    Arguments:
        letter: the issue as anybody may see it.
        corrected: wrong addresses that were put right after sending, each with the kind of link that had it (a value
            of :class:`LinkKind`), and the right one.
    """
    slots = Slots()
    letter = evaluated(replace(letter, tracking="off", embed_images=False), slots, Escape.HTML)
    view = _PageView(letter, Links(letter, slots), corrected)

    def settled(html: Markup) -> Markup:
        return Markup(with_values(split_at_slots(html, slots), neutral_value))  # noqa: S704 (the slots' values are escaped)

    levels, apart = heading_levels(letter.blocks), loose_ends(letter.blocks)
    return RenderedPage(
        subject=with_values(split_at_slots(letter.subject, slots), neutral_value),
        correction=settled(view.prose(letter.correction_note)) if letter.correction_note else Markup(""),
        parts=tuple(
            (Markup("<hr>") if number in apart else Markup("")) + settled(view.safely(block, level))
            for number, (block, level) in enumerate(zip(letter.blocks, levels, strict=True))
        ),
    )


def render_line(letter: Letter, line: str) -> str:
    """A line of an issue's own words, such as its subject, as plain text without any reader's values.

    Arguments:
        letter: the issue as anybody may see it.
    """
    slots = Slots()
    filled = merge_tags.fill(normalised(line), letter, slots, Escape.NONE, merge_tags.Budget())
    return with_values(split_at_slots(filled, slots), neutral_value)


def render_article(source: str, base: str, home: str) -> Markup:
    """The HTML of a hosted article's text: CommonMark with tables, without HTML of its own.

    Arguments:
        source: the text; its highest heading becomes one of level 2.
        base: our own address, which links to our pages do without.
        home: the address of the newsletter's archive, for links of the form ``article:SLUG``.
    """
    tokens = article_markdown.reader().parse(source)
    shift = 2 - min((int(token.tag[1:]) for token in tokens if token.type == "heading_open"), default=2)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + shift)}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _without_own_host(_resolved(child, home), base))
    reader = article_markdown.reader()
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704 (HTML is switched off)


def render_recap(source: str, base: str, home: str) -> Markup:
    """The HTML of a short text in the letter's small dialect: a recap."""

    def href(anchor: Anchor) -> str:
        slug = anchor.url.removeprefix("article:")
        return _without_own_host(anchor.url if slug == anchor.url else f"{home}/articles/{slug}", base)

    return markdown.html(markdown.parse(source), href)


def _resolved(link: Token, home: str) -> str:
    url = str(link.attrGet("href") or "")
    return f"{home}/articles/{url.removeprefix('article:')}" if url.startswith("article:") else url


def _without_own_host(url: str, base: str) -> str:
    """*url* without our own host, so that a page works under every name that leads to us."""
    ours = base.rstrip("/")
    path = urlsplit(ours).path + url.removeprefix(ours)
    return path if url.startswith(f"{ours}/") and not path.startswith("//") else url


class _PageView(BlockView):
    """The letter's view, with the archive's templates and without tracking."""

    def __init__(self, letter: Letter, links: Links, corrected: Mapping[tuple[str, str], str]) -> None:
        super().__init__(letter, links)
        self._corrected = corrected

    def safely(self, block: Block, level: int) -> Markup:
        """HTML of a block; where what it names is gone since the letter was sent, a word about that."""
        try:
            return self.block(block, level)
        except CannotRender:
            return Markup(environment(FOLDER).get_template("unavailable.html").render(view=self))  # noqa: S704

    def _render(self, block: Block, level: int, width: int) -> Markup:
        template = environment(FOLDER).get_template(f"{block.kind}.html")
        return Markup(template.render(block=block, view=self, level=level, width=WIDTH))  # noqa: S704

    def href(self, url: str, kind: LinkKind) -> str:
        bare = self.links.resolve(url)[0]
        return _without_own_host(self._corrected.get((bare, kind.value), bare), self.letter.base_url)

    def place(self, place: int) -> Markup:
        marked = r'<span class="place-number">\1</span>'
        return Markup(_DIGITS.sub(marked, str(super().place(place))))  # noqa: S704 (what is filled in is escaped)

    def picture(self, image: ImageFacts) -> str:
        return _without_own_host(image.address, self.letter.base_url)

    def full_picture(self, image: ImageFacts) -> str:
        return _without_own_host(image.full_address, self.letter.base_url)
