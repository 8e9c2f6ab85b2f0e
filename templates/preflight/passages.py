"""A letter's texts and figures in reading order, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.issues.block import (
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    News,
    Notice,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)

from ..content.letter import Letter
from ..translations import Phrase, phrase
from .finding import PREHEADER, SUBJECT, Location

_NAMES: dict[type, Phrase] = {
    Heading: phrase("heading"),
    Prose: phrase("prose"),
    Listing: phrase("list"),
    Figure: phrase("figure"),
    Table: phrase("table"),
    Notice: phrase("notice"),
    Button: phrase("button"),
    ArticleCard: phrase("article"),
    RankingEntry: phrase("ranking entry"),
    RelatedProducts: phrase("related products"),
    TopicLinks: phrase("topics"),
    SearchCall: phrase("search"),
    SignupCall: phrase("sign-up call"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """One text. ``markdown`` says whether it may hold links; ``label`` what it is within its block."""

    text: str
    where: Location
    label: str
    markdown: bool = False


def location_of(block: Block | News, number: int, inside: Phrase | None = None) -> Location:
    """The place of the *number*-th block (from 1), such as “block 3 (place 2)”."""
    name = phrase("place {place}", place=block.place) if isinstance(block, RankingEntry) else _NAMES[type(block)]
    if inside:
        name = phrase("{part} of {whole}", part=name, whole=inside)
    return Location(phrase("block {number} ({name})", number=number, name=name), number)


def every_block(letter: Letter) -> Iterator[tuple[Block | News, Location]]:
    """All blocks in reading order, those within ranking entries after their entry."""
    for number, block in enumerate(letter.blocks, 1):
        yield block, location_of(block, number)
        if isinstance(block, RankingEntry):
            for news in block.news:
                yield news, location_of(news, number, phrase("place {place}", place=block.place))


def passages(letter: Letter) -> Iterator[Passage]:
    """Every text that somebody wrote for this letter, in reading order."""
    yield Passage(letter.subject, SUBJECT, "subject")
    yield Passage(letter.preheader, PREHEADER, "preheader")
    for block, where in every_block(letter):
        for label, text, markdown in _texts(block):
            if text:
                yield Passage(text, where, label, markdown)


def _texts(block: Block | News) -> Iterator[tuple[str, str, bool]]:
    match block:
        case Prose():
            yield "text", block.text, True
        case Listing():
            for item in block.items:
                yield "item", item, True
        case Notice() | SignupCall():
            yield "title", block.title, False
            yield "text", block.text, True
        case Figure():
            yield "alt", block.alt, False
            yield "caption", block.caption, False
            yield "source", block.source, False
        case Table():
            yield "caption", block.caption, False
            for row in (block.header, *block.rows):
                for cell in row:
                    yield "cell", cell, False
            yield "source", block.source, False
        case RankingEntry():
            yield "recap", block.recap, True
            yield "title", block.news_title or "", False
        case ArticleCard():
            yield "lead", block.lead, True
        case RelatedProducts():
            yield "title", block.title, False
            for product in block.products:
                yield "product", product.name, False
                yield "product", product.text, False
        case TopicLinks():
            yield "title", block.title, False
            yield "lead", block.lead, False
        case Heading() | Button():
            yield "text", block.text, False
        case SearchCall():
            yield "title", block.title, False
