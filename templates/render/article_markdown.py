"""The Markdown of an article's text: CommonMark with tables, without HTML and pictures, in our dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Literal, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from models.manuscript import dialect

from . import markdown

PartKind = Literal["text", "mixed", "heading", "table", "quote", "code", "rule"]
"""A ``text`` has paragraphs and lists of what a letter knows, too; a ``mixed`` one more, such as program text."""
_KINDS: dict[str, PartKind] = {
    "paragraph_open": "text", "bullet_list_open": "text", "ordered_list_open": "text", "heading_open": "heading",
    "table_open": "table", "blockquote_open": "quote", "fence": "code", "code_block": "code", "hr": "rule",
}  # fmt: skip


class ArticlePart(NamedTuple):
    """Some lines of an article's text that are one thing. Paragraphs and lists in a row are one text."""

    kind: PartKind
    source: str
    """The lines as they were written."""
    tokens: tuple[Token, ...]

    @property
    def levels(self) -> list[int]:
        """Of the headlines in it, 1 to 6 each: one is in a headline, and some may be in a list or quotation."""
        return [int(token.tag[1:]) for token in self.tokens if token.type == "heading_open"]


@cache
def reader() -> MarkdownIt:
    """What reads an article's text for its page."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
    return dialect.use(parser.disable(["image", "entity"]), is_article=True)


def parts(source: str) -> list[ArticlePart] | None:
    """The parts of a text, in order; None where a link's address stands apart from it, so that no part is whole."""
    env: dict[str, Any] = {}
    tokens = reader().parse(source, env)
    if env.get("references"):
        return None
    lines = source.split("\n")
    found: list[ArticlePart] = []
    before = 0
    for group in _groups(tokens):
        first, last = group[0].map or [0, 0]
        kind = _KINDS[group[0].type]
        if kind == "text" and not _is_known(group):
            kind = "mixed"
        if found and found[-1].kind == kind == "text":
            group, first = [*found.pop().tokens, *group], before
        found.append(ArticlePart(kind, "\n".join(lines[first:last]).rstrip("\n"), tuple(group)))
        before = first
    return found


def _groups(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """The tokens of each thing that stands in no other."""
    group: list[Token] = []
    depth = 0
    for token in tokens:
        group.append(token)
        depth += token.nesting
        if depth == 0:
            yield group
            group = []


def plain(token: Token) -> str | None:
    """The words of a headline or cell; None where something is set on them, other than a link on an address."""
    children = token.children or []
    if any(child.type.startswith("link_") and child.info != "auto" and child.nesting == 1 for child in children):
        return None
    if {child.type for child in children} - {"text", "text_special", "link_open", "link_close"}:
        return None
    return "".join(child.content for child in children)


def words_of_heading(part: ArticlePart) -> str | None:
    """The words of a headline; None where something is set on them."""
    return plain(part.tokens[1])


def cells(part: ArticlePart) -> list[list[str]] | None:
    """The words of a table by its rows, its head first; None where something is set on them."""
    rows: list[list[str]] = []
    for token in part.tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            words = plain(token)
            if words is None:
                return None
            rows[-1].append(words)
    return rows


def alignments(part: ArticlePart) -> list[str]:
    """How the columns of a table are aligned: ``left``, ``center``, ``right`` or nothing."""
    found = [str(token.attrGet("style") or "") for token in part.tokens if token.type == "th_open"]
    return [style.rpartition(":")[2].strip() for style in found]


def text(source: str) -> tuple[markdown.Node, ...]:
    """The tree of a text that is nothing but paragraphs and lists of what a letter knows; empty where it is more."""
    found = parts(source)
    return markdown.nodes_of(found[0].tokens) if found and [part.kind for part in found] == ["text"] else ()


def _is_known(tokens: Iterable[Token]) -> bool:
    """Whether a letter has all of this, too: no headlines in lists, and no program text."""
    blocks = {"paragraph", "bullet_list", "ordered_list", "list_item"}
    for token in tokens:
        if token.type == "inline":
            if any(child.type == "code_inline" for child in token.children or []):
                return False
        elif token.type.rpartition("_")[0] not in blocks:
            return False
    return True
