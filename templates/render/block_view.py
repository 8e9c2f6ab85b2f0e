"""What the templates of blocks may ask for: a letter's articles, pictures, links and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from models.deliveries.edition import LinkKind
from models.issues.block import (
    ArticleCard,
    Block,
    Figure,
    Heading,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)

from ..content.errors import CannotRender, RenderFault
from ..content.letter import ArticleFacts, ImageFacts, Letter
from ..content.links import Links
from ..content.wording import Wording, wording
from ..jinja import template
from ..typography.phrase_breaks import phrases
from . import markdown
from .markdown import Anchor

CONTENT_WIDTH = 552
"""Pixels of a picture at most: the page's 640 without its margins."""
PANEL_MARGINS = 48
"""Pixels that the margins of a panel take from the width of what is in it."""

_NUMBER = re.compile(r"[+\-−△▲]?[0-9０-９][0-9０-９,.，．]*\s*(?:[%％]|\D{0,3})")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


_SECTION_BLOCKS = (RankingEntry, RelatedProducts, TopicLinks, SearchCall, SignupCall)
"""Blocks that bring a heading of level 2 of their own."""


def heading_levels(blocks: Iterable[Block]) -> Iterator[int]:
    """The level of each block's heading (0 where it has none), so that no level below the subject's 1 is skipped."""
    above = 1
    section = False
    for block in blocks:
        match block:
            case Heading(level=wanted):
                above = min(wanted, above + 1)
                section = True
                yield above
            case ArticleCard():
                # A card belongs to the section that staff opened; after a block with its own heading it stands alone.
                yield 3 if section else 2
                above = max(above, 2)
            case _ if isinstance(block, _SECTION_BLOCKS):
                above, section = 2, False
                yield 2
            case _:
                yield 0


def loose_ends(blocks: Sequence[Block]) -> frozenset[int]:
    """Which blocks (counted from 0) are set apart: those without a heading behind a block that brings its own.

    Without a line between them, the words that close an issue would belong to its last place, and those behind a list
    of products to the products.
    """
    own = (*_SECTION_BLOCKS, Heading, ArticleCard)
    return frozenset(
        number
        for number, (before, block) in enumerate(pairwise(blocks), 1)
        if isinstance(before, _SECTION_BLOCKS) and not isinstance(block, own)
    )


def content_id(image: ImageFacts) -> str:
    """The Content-ID (without angle brackets) of a picture that the letter embeds; HTML names it ``cid:…``."""
    return f"{image.digest[:32]}@image.kairan"


def contact_address(contact: str) -> str:
    """Where *contact* leads: an address of the web or of mail; empty where it is a telephone number or other words."""
    if contact.startswith(("https://", "http://")):
        return contact
    return f"mailto:{contact}" if _EMAIL.fullmatch(contact) else ""


class BlockView:
    """One letter as the templates of its blocks see it.

    Arguments:
        letter: with its templates evaluated.
        links: hands out addresses.
    """

    kinds = LinkKind
    phrases = staticmethod(phrases)

    def __init__(self, letter: Letter, links: Links) -> None:
        self.letter, self.links = letter, links
        self.say: Wording = wording(letter.language)
        self._ranked_before = any(isinstance(b, RankingEntry) and b.last_place for b in letter.blocks)

    def block(self, block: Block, level: int = 0) -> Markup:
        """HTML of a block; *level* is that of its heading."""
        return self._render(block, level, CONTENT_WIDTH)

    def nested(self, block: Block) -> Markup:
        """HTML of a block inside another one's panel."""
        return self._render(block, 0, CONTENT_WIDTH - PANEL_MARGINS)

    def _render(self, block: Block, level: int, width: int) -> Markup:
        values = {"block": block, "view": self, "level": level, "width": width}
        return Markup(template(f"blocks/{block.kind}.html").render(values))  # noqa: S704 (an escaping template)

    def prose(self, source: str) -> Markup:
        """HTML of one of the authors' texts."""
        return markdown.html(markdown.parse(source), self._anchor)

    def item(self, source: str) -> Markup:
        """HTML of a text inside a list's item."""
        return markdown.item_html(markdown.parse(source), self._anchor)

    def _anchor(self, anchor: Anchor) -> str:
        return self.href(anchor.url, LinkKind.PROSE)

    def href(self, url: str, kind: LinkKind) -> str:
        """The address that the letter carries for *url*."""
        return self.links.link(url, kind)

    def article(self, slug: str) -> ArticleFacts:
        """The facts of an article."""
        return self.links.article(slug)

    def byline(self, article: ArticleFacts) -> str:
        """When an article was published, and its topics."""
        when = [self.say.published(self.say.date(article.published_on))] if article.published_on else []
        topics = [self.letter.topics[slug] for slug in article.topics if slug in self.letter.topics]
        return " / ".join([*when, *topics])

    def image(self, digest: str) -> ImageFacts:
        """The facts of a picture."""
        image = self.letter.images.get(digest)
        if image is None:
            raise CannotRender(RenderFault.UNKNOWN_IMAGE, name=digest[:12])
        return image

    def picture(self, image: ImageFacts) -> str:
        """Where the letter gets a picture from."""
        return f"cid:{content_id(image)}" if self.letter.embed_images else image.address

    def full_picture(self, image: ImageFacts) -> str:
        """Where a picture can be looked at by itself; nothing where it would be no larger. Nobody counts who does."""
        return image.full_address

    def source(self, figure: Figure) -> Markup:
        """Where a figure is from, linked where it says where that is."""
        if not figure.source_address:
            return escape(self.say.source(figure.source))
        href = self.href(figure.source_address, LinkKind.SOURCE)
        before, _, after = self.say.source("\0").partition("\0")
        return Markup('%s<a href="%s">%s</a>%s') % (before, href, figure.source, after)

    def numeric(self, table: Table) -> set[int]:
        """The columns that hold nothing but numbers, counted from 0 (the first one heads its row)."""
        columns = range(1, max(map(len, table.rows), default=0))
        cells = {at: [row[at] for row in table.rows if len(row) > at and row[at]] for at in columns}
        return {at for at, found in cells.items() if found and all(map(_NUMBER.fullmatch, found))}

    def place(self, place: int) -> Markup:
        """The words of a place. A mark around its number would look to spam filters like hidden words."""
        return escape(self.say.place(place))

    def news_title(self, entry: RankingEntry) -> str:
        """The headline of what is new of a place; empty where it goes on from the recap."""
        return self.say.news if entry.news_title is None else entry.news_title

    def ranking_facts(self, entry: RankingEntry) -> list[str]:
        """How an entry stood before, where the letter knows of a ranking before, and how many read it."""
        found: list[str] = []
        if entry.last_place:
            found.append(self.say.last_place(entry.last_place))
        elif self._ranked_before:
            found.append(self.say.first_time)
        if entry.readers is not None:
            found.append(self.say.readers(entry.readers))
        return found

    def topic(self, slug: str) -> str:
        """The name of a topic."""
        if slug not in self.letter.topics:
            raise CannotRender(RenderFault.UNKNOWN_TOPIC, name=slug)
        return self.letter.topics[slug]

    def topic_href(self, slug: str) -> str:
        """The address that the letter carries for a topic's page."""
        return self.href(self.links.topic(slug), LinkKind.TOPIC)
