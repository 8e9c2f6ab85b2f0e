"""How a letter is built: headings, figures, the ranking's countdown, and what a draft left empty."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    Table,
    TopicLinks,
)

from ..content.letter import Letter
from .finding import LETTER, Finding, Location, error, warning
from .passages import every_block, location_of

_ARTICLE = re.compile(r"article:([a-z0-9][a-z0-9-]*)")


def check(letter: Letter) -> Iterator[Finding]:
    """Everything that can be told from the blocks alone."""
    if not letter.blocks:
        yield error("structure.empty", LETTER)
    yield from _headings(letter)
    yield from _countdown(letter)
    for block, where in every_block(letter):
        yield from _emptiness(block, where, nested=block not in letter.blocks)
        yield from _references(letter, block, where)
        if isinstance(block, Figure):
            yield from _figure(letter, block, where)


def _headings(letter: Letter) -> Iterator[Finding]:
    before = 1
    for number, block in enumerate(letter.blocks, 1):
        if isinstance(block, Heading):
            if block.level > before + 1:
                yield warning("structure.heading", location_of(block, number), before=before, after=block.level)
            before = block.level
        elif isinstance(block, RankingEntry):
            before = 2


def _countdown(letter: Letter) -> Iterator[Finding]:
    entries = [(number, block) for number, block in enumerate(letter.blocks, 1) if isinstance(block, RankingEntry)]
    places = [block.place for _, block in entries]
    if places and places != list(range(len(places), 0, -1)):
        number, block = entries[0]
        yield error("ranking.order", location_of(block, number), places=", ".join(map(str, places)))
    for number, block in entries:
        where = location_of(block, number)
        facts = letter.articles.get(block.article)
        own = block.recap.strip() not in ("", facts.recap.strip() if facts else "")
        if not own and not any(_says_something(news) for news in block.news):
            yield error("ranking.news", where, place=block.place)
        if not block.recap.strip() and not (facts and facts.recap.strip()):
            yield error("ranking.recap", where, place=block.place)


def _says_something(news: News) -> bool:
    match news:
        case Prose() | Notice():
            return bool(news.text.strip())
        case Listing():
            return any(item.strip() for item in news.items)
        case Table():
            return bool(news.rows)
    # A figure alone shows something, yet says nothing of what has changed.
    return False


def _emptiness(block: Block | News, where: Location, *, nested: bool) -> Iterator[Finding]:
    """Blocks without words. What is new of a ranking's place is judged as a whole: see :func:`_countdown`."""
    text: str | None = None
    match block:
        case Heading() | Button() | Notice():
            text = block.text
        case Prose() if not nested:
            text = block.text
        case Listing():
            text = "".join(block.items) if all(item.strip() for item in block.items) else ""
    if text is not None and not text.strip():
        yield error("structure.blank", where, what=where.words)


def _references(letter: Letter, block: Block | News, where: Location) -> Iterator[Finding]:
    slugs = set(_ARTICLE.findall(block.model_dump_json()))
    if isinstance(block, ArticleCard | RankingEntry):
        slugs.add(block.article)
    for slug in sorted(slugs):
        if slug not in letter.articles:
            yield error("article.missing", where, slug=slug)
        elif not letter.articles[slug].address:
            yield error("article.address", where, slug=slug)
    if isinstance(block, TopicLinks):
        for slug in block.topics:
            if slug not in letter.topics:
                yield error("topic.missing", where, slug=slug)


def _figure(letter: Letter, figure: Figure, where: Location) -> Iterator[Finding]:
    if figure.image not in letter.images:
        yield error("figure.missing", where)
    if not figure.alt.strip():
        yield error("figure.alt", where)
    if not figure.source.strip():
        yield error("figure.source", where)
