"""The parts of an issue, in the order in which a reader meets them.

A block is plain data: texts are Markdown of a small dialect (bold, emphasis, links; an address of the form
``article:SLUG`` names an article). Blocks are kept as JSON in the issue; ``templates`` alone knows their looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

LONGEST_MARKDOWN = 200_000
"""Characters of one text."""
Markdown = Annotated[str, Field(max_length=LONGEST_MARKDOWN)]
SLUG = r"^[a-z0-9][a-z0-9-]{0,99}$"
"""How names in addresses look."""
Slug = Annotated[str, Field(pattern=SLUG)]
Address = Annotated[str, Field(max_length=2000, pattern=r"^(?i:https?://|mailto:|tel:|article:)")]


class Only(BaseModel):
    """For whom a block is meant. Empty lists mean everyone; both lists must match a reader."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    audiences: tuple[Slug, ...] = ()
    topics: tuple[Slug, ...] = ()


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    only: Only = Only()


class Heading(_Block):
    """A headline between blocks: level 2 for a section, 3 below it."""

    kind: Literal["heading"] = "heading"
    level: Literal[2, 3] = 2
    text: str


class Prose(_Block):
    """One or more paragraphs."""

    kind: Literal["prose"] = "prose"
    text: Markdown


class Listing(_Block):
    """A bullet or numbered list, one Markdown text per item."""

    kind: Literal["listing"] = "listing"
    ordered: bool = False
    items: tuple[Markdown, ...]


class Figure(_Block):
    """A picture with its caption and source. ``image`` is the digest of a :class:`~models.issues.image.Image`."""

    kind: Literal["figure"] = "figure"
    image: str = Field(pattern=r"^[0-9a-f]{64}$")
    alt: str
    caption: str = ""
    source: str = ""
    source_address: Address | Literal[""] = ""


class Table(_Block):
    """A small table with a header row; the first column heads its row."""

    kind: Literal["table"] = "table"
    caption: str = ""
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str = ""


class Notice(_Block):
    """Something that must not be overlooked."""

    kind: Literal["notice"] = "notice"
    title: str = ""
    text: Markdown


class Button(_Block):
    """One call to act."""

    kind: Literal["button"] = "button"
    text: str
    address: Address


class ArticleCard(_Block):
    """An article with its title, a lead (the article's own recap when empty) and a link."""

    kind: Literal["article"] = "article"
    article: Slug
    lead: Markdown = ""


News = Annotated[Prose | Listing | Figure | Table | Notice, Field(discriminator="kind")]


class RankingEntry(_Block):
    """One place of a ranking: the article, a recap, and what has changed since, in one text or under a headline."""

    kind: Literal["ranking"] = "ranking"
    place: int = Field(ge=1, le=100)
    article: Slug
    recap: Markdown = ""
    news: tuple[News, ...] = ()
    news_title: str | None = None
    """The headline of what has changed since. None: the usual one (最新動向). Empty: none, the recap goes on."""
    last_place: int | None = None
    readers: int | None = Field(None, ge=0, description="Distinct human readers, shown only where staff keep it.")


class Product(BaseModel):
    """One entry of :class:`RelatedProducts`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    address: Address
    text: str = ""


class RelatedProducts(_Block):
    """Products and services that go with the issue."""

    kind: Literal["products"] = "products"
    title: str = ""
    products: tuple[Product, ...]


class TopicLinks(_Block):
    """Links to the archive's topic pages."""

    kind: Literal["topics"] = "topics"
    title: str = ""
    lead: str = ""
    topics: tuple[Slug, ...]


class SearchCall(_Block):
    """A way to search the archive."""

    kind: Literal["search"] = "search"
    title: str = ""


class SignupCall(_Block):
    """An invitation to subscribe, for those to whom the letter was passed on."""

    kind: Literal["signup"] = "signup"
    title: str = ""
    text: Markdown = ""
    button: str = ""


Block = Annotated[
    Heading
    | Prose
    | Listing
    | Figure
    | Table
    | Notice
    | Button
    | ArticleCard
    | RankingEntry
    | RelatedProducts
    | TopicLinks
    | SearchCall
    | SignupCall,
    Field(discriminator="kind"),
]

BLOCKS: TypeAdapter[tuple[Block, ...]] = TypeAdapter(tuple[Block, ...])
"""Reads and writes the JSON of an issue's blocks; raises :class:`pydantic.ValidationError`."""

EVERYONE = Only()


def conditions(blocks: Iterable[Block]) -> tuple[Only, ...]:
    """The different conditions of *blocks* and of what stands in them, in order of appearance. Empty: all get all."""
    found: dict[Only, None] = {}
    for block in blocks:
        for part in with_news(block):
            if part.only != EVERYONE:
                found[part.only] = None
    return tuple(found)


def with_news(block: Block) -> Iterator[Block]:
    """A block, and the blocks that stand in it."""
    yield block
    if isinstance(block, RankingEntry):
        yield from block.news
