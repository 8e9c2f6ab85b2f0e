"""One fence → one block: the text behind its name, the text inside and its attributes are the block's fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown_it.token import Token

from ..issues.block import (
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)
from ..store.phrase import phrase
from .fence import Fence, MarkdownText, Pieces
from .markdown_block import listing, read_all, source_and_address, source_line, table
from .parse_context import ParseContext, known_names, leading_link, markdown

KINDS: dict[str, type[Block]] = {
    "heading": Heading,
    "prose": Prose,
    "list": Listing,
    "figure": Figure,
    "table": Table,
    "notice": Notice,
    "button": Button,
    "article": ArticleCard,
    "ranking": RankingEntry,
    "products": RelatedProducts,
    "topics": TopicLinks,
    "search": SearchCall,
    "signup": SignupCall,
}
JAPANESE = {
    "見出し": "heading",
    "本文": "prose",
    "箇条書き": "list",
    "図": "figure",
    "表": "table",
    "お知らせ": "notice",
    "ボタン": "button",
    "記事": "article",
    "ランキング": "ranking",
    "関連製品": "products",
    "テーマ": "topics",
    "検索": "search",
    "登録": "signup",
    "限定": "only",
}
_ARGUMENTS: dict[type[Block], str] = {
    Heading: "text",
    Figure: "image",
    Table: "caption",
    Notice: "title",
    ArticleCard: "article",
    RelatedProducts: "title",
    TopicLinks: "title",
    SearchCall: "title",
    SignupCall: "title",
}
"""The field that the text behind a fence's name gives."""
_BODIES: dict[type[Block], str] = {Prose: "text", Notice: "text", ArticleCard: "lead", SignupCall: "text"}
"""The field that the text inside gives."""

_BEFORE_TEXT = re.compile(r"^\s*[:\uff1a]?\s*")


def name_of(fence: Fence) -> str:
    """The English name of a fenced block."""
    return JAPANESE.get(fence.name, fence.name)


def read(fence: Fence, context: ParseContext) -> Block:
    """The block that a fence holds.

    Raises:
        Invalid: its name is unknown, or a value is missing, unknown or wrong.
    """
    kind = KINDS.get(name_of(fence))
    if kind is None:
        known = [*KINDS, "only"]
        raise context.wrong(
            phrase(
                "there is no part “{name}”{known}",
                name=fence.name,
                known=known_names(fence.name, known, further=JAPANESE),
            ),
            fence.line,
        )
    given: dict[str, Any] = {}
    if fence.argument and kind is not Button:
        if kind not in _ARGUMENTS:
            raise context.wrong(
                phrase(
                    "“{argument}” has no meaning behind “::: {name}”", argument=fence.argument[:80], name=fence.name
                ),
                fence.line,
            )
        given[_ARGUMENTS[kind]] = fence.argument
    text_line = 0
    inside = body(fence, fence.content, context)
    if kind is Button:
        given |= _button(fence, context)
    if inside is not None and kind in _STRUCTURED:
        given |= _STRUCTURED[kind](inside, fence, context)
    elif inside is not None:
        text, text_line = context.text(inside)
        if kind not in _BODIES:
            raise context.wrong(phrase("no text can stand inside “::: {name}”", name=fence.name), text_line)
        given[_BODIES[kind]] = text
    values = merge_attributes(fence, given, context)
    if kind is Figure and isinstance(values.get("image"), str):
        values["image"] = context.load_image(values["image"], fence.line)
    return context.build(kind, fence.line, text_line, **values)


def merge_attributes(fence: Fence, given: dict[str, Any], context: ParseContext) -> dict[str, Any]:
    """A fence's attributes together with the values that were given otherwise.

    Raises:
        Invalid: something is given in both ways.
    """
    for twice in given.keys() & fence.attributes.keys():
        raise context.wrong(
            phrase("“{twice}” of “::: {name}” is given twice", twice=twice, name=fence.name), fence.line
        )
    return {**fence.attributes, **given}


def body(fence: Fence, content: Pieces, context: ParseContext) -> MarkdownText | None:
    """The Markdown inside a fence, without blank lines at its ends; None where there is none.

    Raises:
        Invalid: another fence stands inside.
    """
    found: MarkdownText | None = None
    for piece in content:
        if isinstance(piece, Fence):
            raise context.wrong(
                phrase("“::: {name}” cannot stand inside “::: {name2}” here", name=piece.name, name2=fence.name),
                piece.line,
            )
        if not piece.blank:
            found = piece.trimmed()
    return found


def _single_token(piece: MarkdownText, types: tuple[str, ...]) -> Token | None:
    """What stands alone at the top of a piece, where it is of one of *types*."""
    tokens = markdown().parse("\n".join(piece.lines))
    tops = [token for token in tokens if token.level == 0 and token.nesting >= 0]
    return tops[0] if len(tops) == 1 and tops[0].type in types else None


def _list(inside: MarkdownText, _fence: Fence, context: ParseContext) -> dict[str, Any]:
    token = _single_token(inside, ("bullet_list_open", "ordered_list_open"))
    if token is None:
        raise context.wrong("“::: list” holds one list and nothing else", inside.line)
    made = listing(token, inside, context)
    return {"ordered": made.ordered, "items": made.items}


def _table(inside: MarkdownText, _fence: Fence, context: ParseContext) -> dict[str, Any]:
    given: dict[str, Any] = {}
    lines = list(inside.lines)
    if source := source_line(lines[-1]):
        given["source"] = source
        lines.pop()
    piece = MarkdownText(lines, inside.line).trimmed()
    if _single_token(piece, ("table_open",)) is None:
        raise context.wrong(
            "“::: table” holds one table (lines that begin with |, the second one |---|) and a line 出典: …",
            inside.line,
        )
    made = table(piece, context)
    return {"header": made.header, "rows": made.rows, **given}


def _button(fence: Fence, context: ParseContext) -> dict[str, Any]:
    if not fence.argument:
        return {}
    text, address = source_and_address(fence.argument)
    if not address:
        raise context.wrong("write “::: button [words](https://…)”", fence.line)
    return {"text": text, "address": address}


def _topics(inside: MarkdownText, fence: Fence, context: ParseContext) -> dict[str, Any]:
    lead, topics = _lead_and_items(inside, fence, context)
    return {"topics": topics, "lead": lead} if lead else {"topics": topics}


def _products(inside: MarkdownText, fence: Fence, context: ParseContext) -> dict[str, Any]:
    lead, items = _lead_and_items(inside, fence, context)
    if lead:
        raise context.wrong("“::: products” holds one list and nothing else", inside.line)
    return {"products": tuple(_product(item, inside.line, context) for item in items)}


def _product(item: str, line: int, context: ParseContext) -> Product:
    first, _, below = item.partition("\n")
    link = leading_link(first)
    if link is None:
        raise context.wrong(
            phrase("“{first}”: a product begins with its link, [name](https://…)", first=first[:80]), line
        )
    name, address, behind = link
    text = "\n".join(words for words in (_BEFORE_TEXT.sub("", behind.rstrip()), below) if words)
    return context.build(Product, line, name=name, address=address, text=text)


def _lead_and_items(inside: MarkdownText, fence: Fence, context: ParseContext) -> tuple[str, tuple[str, ...]]:
    """The paragraphs before a list, and its items."""
    made = read_all(inside, context)
    lead = ""
    if made and isinstance(made[0], Prose):
        lead = made[0].text
        made = made[1:]
    if len(made) != 1 or not isinstance(made[0], Listing):
        raise context.wrong(phrase("“::: {name}” wants a list (lines that begin with -)", name=fence.name), inside.line)
    return lead, made[0].items


_STRUCTURED: dict[type[Block], Callable[[MarkdownText, Fence, ParseContext], dict[str, Any]]] = {
    Listing: _list,
    Table: _table,
    TopicLinks: _topics,
    RelatedProducts: _products,
}
"""Blocks whose inside is more than a text."""
