"""Markdown and fences → blocks, with the two fences that hold other blocks: ``only`` and ``ranking``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from ..issues.block import SLUG, Block, Figure, Listing, Notice, Only, Prose, RankingEntry, Table
from ..store.phrase import phrase
from . import fenced_block, markdown_block
from .fence import Fence, MarkdownText, Pieces, read_attributes
from .fenced_block import name_of
from .parse_context import ParseContext, markdown, suggestion

NEWS = (Prose, Listing, Figure, Table, Notice)
"""What may stand in what is new of a ranking's place."""
NEWS_HEADLINE = "最新動向"
_HEADLINE = re.compile(r"^ {0,3}#{2,6}[ \t\u3000]+(\S.*?)[ \t\u3000]*#*[ \t]*$")
_NEWS = re.compile(r"^ {0,3}#{2,6}[ \t\u3000]*(?:最新動向|what(?: is|’s|'s) new)[ \t#]*$", re.IGNORECASE)
_PLACE = re.compile(r"^第?\s*(\d{1,9})\s*位?\s+(\S+)$")
_CONDITION_FIELDS = {"audience": "audiences", "topic": "topics"}


def blocks(pieces: Pieces, context: ParseContext, *, only: Only | None = None, news: bool = False) -> Iterator[Block]:
    """The blocks of *pieces*, in order.

    Arguments:
        only: the condition of the fence that they stand in.
        news: whether they stand in what is new of a ranking's place, where not every kind may.

    Raises:
        Invalid: a block is unknown, is not allowed where it stands, or cannot be read.
    """
    for piece in pieces:
        if isinstance(piece, Fence) and name_of(piece) == "only":
            if only is not None:
                raise context.wrong("a part for some readers cannot stand inside another one", piece.line)
            inside = list(blocks(piece.content, context, only=_only(piece, context), news=news))
            if not inside:
                raise context.wrong("this part is empty, and what stands below its “:::” is for everybody", piece.line)
            yield from inside
            continue
        for block in _blocks_of(piece, context):
            if news and not isinstance(block, NEWS):
                raise context.wrong(
                    phrase(
                        "in a place of a ranking there can be text, lists, pictures, tables and notices, but no "
                        "{kind}: close the place with “:::” before it",
                        kind=block.kind,
                    ),
                    _headline(piece) or piece.line,
                )
            yield block if only is None else block.model_copy(update={"only": only})


def _headline(piece: MarkdownText | Fence) -> int:
    """The line of the first headline in a text; 0 where there is none."""
    lines = piece.lines if isinstance(piece, MarkdownText) else []
    return next((number for number, line in enumerate(lines, piece.line) if _HEADLINE.match(line)), 0)


def _blocks_of(piece: MarkdownText | Fence, context: ParseContext) -> Iterable[Block]:
    if isinstance(piece, MarkdownText):
        return markdown_block.read(piece, context)
    return (_ranking(piece, context) if name_of(piece) == "ranking" else fenced_block.read(piece, context),)


def _only(fence: Fence, context: ParseContext) -> Only:
    values = dict(fence.attributes)
    if fence.argument:
        values |= read_attributes("{" + fence.argument + "}", fence.line, context.file, names=True)[1]
    found: dict[str, tuple[str, ...]] = {}
    for key, value in values.items():
        if key not in _CONDITION_FIELDS:
            raise context.wrong(
                phrase("“{key}” is not known here{hint}", key=key, hint=suggestion(key, _CONDITION_FIELDS)), fence.line
            )
        slugs = tuple(re.split(r"[,、\uff0c]", str(value)))
        for slug in slugs:
            if not re.fullmatch(SLUG, slug):
                raise context.wrong(phrase("“{slug}” cannot be the name of an {key}", slug=slug, key=key), fence.line)
            context.add_reference("audience" if key == "audience" else "topic", slug, fence.line)
        found[_CONDITION_FIELDS[key]] = slugs
    if not found:
        raise context.wrong("say for whom: “::: only audience=official”, “::: only topic=rpa”, or both", fence.line)
    return Only(**found)


def _ranking(fence: Fence, context: ParseContext) -> Block:
    match = _PLACE.match(unicodedata.normalize("NFKC", fence.argument))
    if match is None:
        raise context.wrong("write the place and the article: “::: ranking 5 slug-of-the-article”", fence.line)
    recap, title, news = _split_at_news(fence.content)
    given: dict[str, Any] = {"place": int(match.group(1)), "article": match.group(2)}
    text_line = 0
    if (body := fenced_block.body(fence, recap, context)) is not None:
        given["recap"], text_line = context.text(body)
    given["news"] = tuple(blocks(news, context, news=True))
    if title is not None:
        given["news_title"] = title
    return context.build(RankingEntry, fence.line, text_line, **fenced_block.merge_attributes(fence, given, context))


def _split_at_news(content: Pieces) -> tuple[Pieces, str | None, Pieces]:
    """The recap; the headline of what is new (None: the usual one, empty: none); and what is new.

    Without a headline the text flows: the recap ends where a picture, a table or a fence stands first.
    """
    for index, piece in enumerate(content):
        if isinstance(piece, Fence):
            return content[:index], "", content[index:]
        found = _end_of_recap(piece)
        if found is not None:
            offset, title, skipped = found
            before = MarkdownText(piece.lines[:offset], piece.line)
            behind = MarkdownText(piece.lines[offset + skipped :], piece.line + offset + skipped)
            return [*content[:index], before], title, [behind, *content[index + 1 :]]
    return content, None, []


def _end_of_recap(piece: MarkdownText) -> tuple[int, str | None, int] | None:
    """The line of *piece* where the recap ends, the headline, and how many lines that takes."""
    found: list[tuple[int, str | None, int]] = []
    for offset, line in enumerate(piece.lines):
        headline = _HEADLINE.match(line)
        if _NEWS.match(line) or headline:
            found.append((offset, None if headline is None or _NEWS.match(line) else headline[1], 1))
            break
    for token in markdown().parse("\n".join(piece.lines)):
        if token.level == 0 and token.map is not None and token.type in ("paragraph_open", "table_open"):
            start = token.map[0]
            if token.type == "table_open" or markdown_block.is_picture(piece.lines[start]):
                found.append((start, "", 0))
                break
    return min(found, key=lambda one: one[0], default=None)
