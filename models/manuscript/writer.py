"""Blocks → manuscript: as a person would type them where that is read back the same, else with exact attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from ..issues.block import (
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Only,
    Prose,
    RankingEntry,
    RelatedProducts,
    SignupCall,
    Table,
    TopicLinks,
)
from ..store.errors import Invalid
from . import fence, fenced_block, nested_block
from .fence import write_attributes
from .parse_context import ParseContext

NameImage = Callable[[str], str]
"""From the digest of a picture to the path that names it."""

_NAMES = {kind: name for name, kind in fenced_block.KINDS.items()}


def write(blocks: Sequence[Block], name_image: NameImage) -> str:
    """Markdown that is read as *blocks* again, ending in a line end; nothing where there are none."""
    return _ManuscriptWriter(name_image).blocks(blocks)


class _ManuscriptWriter:
    def __init__(self, name_image: NameImage) -> None:
        self.name_image = name_image

    def blocks(self, blocks: Sequence[Block], *, news: bool = False) -> str:
        """One text for all: neighbours for the same readers share a fence."""
        chunks: list[str] = []
        for only, group in groupby(blocks, key=lambda block: block.only):
            bare = [block.model_copy(update={"only": Only()}) for block in group]
            text = "\n\n".join(self.chunks(bare, news=news))
            chunks.append(f"::: only {_condition(only)}\n\n{text}\n\n:::" if only != Only() else text)
        return "\n\n".join(chunks) + "\n" if chunks else ""

    def chunks(self, blocks: Sequence[Block], *, news: bool) -> Iterator[str]:
        """Each block's text; natural where it is read back the same, also behind the block before it."""
        before: tuple[str, list[Block]] = ("", [])
        for block in blocks:
            text = self.natural(block)
            alone = self.reads_as(text, [block], news)
            if not alone or (before[1] and not self.reads_as(f"{before[0]}\n\n{text}", [*before[1], block], news)):
                text = self.exact(block)
            before = (text, [block])
            yield text

    def reads_as(self, text: str, blocks: list[Block], news: bool) -> bool:
        """Whether *text* is read as exactly *blocks*."""
        if "\r" in text:  # a file's reader takes it for the end of a line
            return False
        names = {self.name_image(digest): digest for digest in _pictures(blocks)}
        context = ParseContext("", lambda path, _line: names.get(path, ""))
        try:
            return list(nested_block.blocks(fence.split(text.split("\n"), 1, ""), context, news=news)) == blocks
        except Invalid:
            return False

    def exact(self, block: Block) -> str:
        """The block with every value in its braces."""
        values = block.model_dump(mode="json", exclude={"kind", "only", "news"}, exclude_defaults=True)
        name = _NAMES[type(block)]
        if isinstance(block, RankingEntry):
            opening = f"::: {name} {block.place} {block.article}"
            values = {key: value for key, value in values.items() if key not in ("place", "article")}
            return _fence(opening, values, self.news(block, nested_block.NEWS_HEADLINE))
        if isinstance(block, Figure):
            values["image"] = self.name_image(block.image)
            values["alt"] = block.alt
        return _fence(f"::: {name}", values)

    def news(self, block: RankingEntry, title: str) -> str:
        if not block.news:
            return ""
        headline = f"### {title}\n\n" if title else ""
        return headline + self.blocks(block.news, news=True).rstrip("\n")

    def natural(self, block: Block) -> str:
        """The block as a person would type it."""
        match block:
            case Heading():
                return f"{'#' * block.level} {block.text}"
            case Prose():
                return block.text
            case Listing():
                return _listing(block)
            case Figure():
                return self.figure(block)
            case Table():
                return _table(block)
            case Button():
                return f"::: button [{block.text}]({block.address})\n:::"
            case RankingEntry():
                return self.ranking(block)
            case RelatedProducts():
                return _products(block)
            case TopicLinks():
                body = "\n\n".join(
                    part for part in (block.lead, "\n".join(f"- {slug}" for slug in block.topics)) if part
                )
                return _fence(_opening("topics", block.title), {}, body)
            case SignupCall():
                values = {"button": block.button} if block.button else {}
                return _fence(_opening("signup", block.title), values, block.text)
            case Notice():
                return _fence(_opening("notice", block.title), {}, block.text)
            case ArticleCard():
                return _fence(_opening("article", block.article), {}, block.lead)
            case _:
                return _fence(_opening("search", block.title), {})

    def figure(self, block: Figure) -> str:
        lines = [f"![{block.alt}]({self.name_image(block.image)})"]
        if block.caption:
            lines.append(block.caption)
        if block.source:
            source = f"[{block.source}]({block.source_address})" if block.source_address else block.source
            lines.append(f"出典: {source}")
        return "\n".join(lines)

    def ranking(self, block: RankingEntry) -> str:
        values = {
            key: value
            for key, value in (("last_place", block.last_place), ("readers", block.readers))
            if value is not None
        }
        title = nested_block.NEWS_HEADLINE if block.news_title is None else block.news_title
        body = "\n\n".join(part for part in (block.recap, self.news(block, title)) if part)
        return _fence(f"::: ranking {block.place} {block.article}", values, body)


def _pictures(blocks: Sequence[Any]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block.image
        elif isinstance(block, RankingEntry):
            yield from _pictures(block.news)


def _opening(name: str, argument: str) -> str:
    return f"::: {name} {argument}".rstrip()


def _fence(opening: str, values: dict[str, Any], body: str = "") -> str:
    first = f"{opening} {write_attributes(values)}".rstrip(" ")
    return f"{first}\n{body}\n:::" if body else f"{first}\n:::"


def _condition(only: Only) -> str:
    parts = (("audience", only.audiences), ("topic", only.topics))
    return " ".join(f"{key}={','.join(slugs)}" for key, slugs in parts if slugs)


def _listing(block: Listing) -> str:
    lines: list[str] = []
    for number, item in enumerate(block.items, 1):
        marker = f"{number}. " if block.ordered else "- "
        first, *rest = item.split("\n")
        lines.append(marker + first)
        lines += [" " * len(marker) + line if line else "" for line in rest]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(block: Table) -> str:
    lines = "\n".join([_row(block.header), "|" + "---|" * len(block.header), *(_row(row) for row in block.rows)])
    if not block.caption and not block.source:
        return lines
    body = f"{lines}\n\n出典: {block.source}" if block.source else lines
    return _fence(_opening("table", block.caption), {}, body)


def _products(block: RelatedProducts) -> str:
    items = []
    for product in block.products:
        text = "".join(f"\n  {line}" if line else "\n" for line in product.text.split("\n")) if product.text else ""
        items.append(f"- [{product.name}]({product.address}){text}")
    return _fence(_opening("products", block.title), {}, "\n".join(items))
