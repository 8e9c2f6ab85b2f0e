"""Passages and fenced parts → blocks, with the two parts that hold other parts: ``only`` and ``ranking``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from ..issues.block import SLUG, Block, Figure, Listing, Notice, Only, Prose, RankingEntry, Table
from . import fenced_block, markdown_block
from .fence import Fence, MarkdownText, Pieces, read_attributes
from .fenced_block import name_of
from .parse_context import ParseContext, suggestion

NEWS = (Prose, Listing, Figure, Table, Notice)
"""What may stand in what is new of a ranking's place."""
NEWS_HEADLINE = "最新動向"
_NEWS = re.compile(r"^ {0,3}#{2,6}[ \t\u3000]*(?:最新動向|what(?: is|’s|'s) new)[ \t#]*$", re.IGNORECASE)
_PLACE = re.compile(r"^第?\s*(\d{1,9})\s*位?\s+(\S+)$")
_FOR_WHOM = {"audience": "audiences", "topic": "topics"}


def blocks(pieces: Pieces, reading: ParseContext, *, only: Only | None = None, news: bool = False) -> Iterator[Block]:
    """The blocks of *pieces*, in order.

    Arguments:
        only: for whom the part is meant that they stand in.
        news: whether they stand in what is new of a ranking's place, where not every kind may.

    Raises:
        Invalid: a part is unknown, has no place where it stands, or cannot be read.
    """
    for piece in pieces:
        if isinstance(piece, Fence) and name_of(piece) == "only":
            if only is not None:
                raise reading.wrong("a part for some readers cannot stand inside another one", piece.line)
            yield from blocks(piece.content, reading, only=_only(piece, reading), news=news)
            continue
        for block in _made(piece, reading):
            if news and not isinstance(block, NEWS):
                raise reading.wrong(
                    "under 最新動向 there can be text, lists, pictures, tables and notices, but no "
                    f"{block.kind}: close the place with “:::” before it",
                    piece.line,
                )
            yield block if only is None else block.model_copy(update={"only": only})


def _made(piece: MarkdownText | Fence, reading: ParseContext) -> Iterable[Block]:
    if isinstance(piece, MarkdownText):
        return markdown_block.read(piece, reading)
    return (_ranking(piece, reading) if name_of(piece) == "ranking" else fenced_block.read(piece, reading),)


def _only(fence: Fence, reading: ParseContext) -> Only:
    values = dict(fence.attributes)
    if fence.argument:
        values |= read_attributes("{" + fence.argument + "}", fence.line, reading.file, names=True)[1]
    found: dict[str, tuple[str, ...]] = {}
    for key, value in values.items():
        if key not in _FOR_WHOM:
            raise reading.wrong(f"“{key}” is not known here{suggestion(key, _FOR_WHOM)}", fence.line)
        slugs = tuple(re.split(r"[,、,]", str(value)))
        for slug in slugs:
            if not re.fullmatch(SLUG, slug):
                raise reading.wrong(f"“{slug}” cannot be the name of an {key}", fence.line)
            reading.mention("audience" if key == "audience" else "topic", slug, fence.line)
        found[_FOR_WHOM[key]] = slugs
    if not found:
        raise reading.wrong("say for whom: “::: only audience=official”, “::: only topic=rpa”, or both", fence.line)
    return Only(**found)


def _ranking(fence: Fence, reading: ParseContext) -> Block:
    match = _PLACE.match(unicodedata.normalize("NFKC", fence.argument))
    if match is None:
        raise reading.wrong("write the place and the article: “::: ranking 5 slug-of-the-article”", fence.line)
    recap, news = _parted(fence.content)
    given: dict[str, Any] = {"place": int(match.group(1)), "article": match.group(2)}
    text_line = 0
    if (body := fenced_block.body(fence, recap, reading)) is not None:
        given["recap"], text_line = reading.text(body)
    given["news"] = tuple(blocks(news, reading, news=True))
    return reading.build(RankingEntry, fence.line, text_line, **fenced_block.joined(fence, given, reading))


def _parted(content: Pieces) -> tuple[Pieces, Pieces]:
    """What stands before the headline 最新動向, and what stands behind it."""
    for index, piece in enumerate(content):
        if isinstance(piece, MarkdownText):
            for offset, line in enumerate(piece.lines):
                if _NEWS.match(line):
                    before = MarkdownText(piece.lines[:offset], piece.line)
                    behind = MarkdownText(piece.lines[offset + 1 :], piece.line + offset + 1)
                    return [*content[:index], before], [behind, *content[index + 1 :]]
    return content, []
