"""The Markdown of a block's texts: paragraphs, lists, strong and emphasised words, links and line breaks.

Nothing else of Markdown is known here and no HTML passes: what is not in the dialect stands in the letter as it
was typed. Texts are read once into a small tree, from which both parts of a letter are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from models.manuscript import dialect
from models.manuscript.bare_address import canonical

from ..typography.line_breaks import columns


@dataclass(frozen=True, slots=True)
class Text:
    """Words."""

    value: str


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a line that the author wants to end here."""


@dataclass(frozen=True, slots=True)
class Strong:
    """Words of weight."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words with stress."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link. ``bare`` where the address itself is what a reader sees."""

    url: str
    children: tuple[Inline, ...]
    bare: bool = False
    unsure: bool = False
    """Whether what follows the address could belong to it as well."""


Inline = Text | Break | Strong | Emphasis | Anchor


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list; each item holds paragraphs and lists."""

    items: tuple[tuple[Node, ...], ...]
    ordered: bool = False
    start: int = 1


Node = Paragraph | Items

_BEGINS_LINE = re.compile(
    r"[\u3000・･•‣◦○●◯◎□■☐☑◇◆△▲▽▼▷▶☆★※→⇒➡＊①-⓿㈠-㈩〒]"
    r"|[*][0-9０-９]|-[^\W\d]"
    r"|[(（](?:[0-9０-９]{1,3}|[ア-ンあ-んa-zA-Z一二三四五六七八九十])[)）]"
    r"|[0-9０-９]{1,3}[.．)）、](?![0-9０-９])|第[0-9０-９一二三四五六七八九十]{1,4}[条章節項号]"
    r"|(?:[^\W\d_a-zA-Z][ \u3000]{0,2}){1,8}[:：](?!//)"
    r"|【|(?:TEL|FAX|電話|E-?mail|メール)[ \u3000:：0-9０-９(（]",
    re.IGNORECASE,
)
"""How a line begins that is one to its author: a list's mark, an article's number, a label (``日時：``), a contact."""


def _every_link_is_valid(url: str) -> bool:
    """Take every address for a link: the letter's own rules refuse the bad ones aloud instead of printing them."""
    return True


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"maxNesting": 20}).enable(
        ["list", "emphasis", "link", "autolink", "newline", "escape"]
    )
    dialect.use(reader)
    reader.validateLink = _every_link_is_valid  # type: ignore[method-assign]
    return reader


@lru_cache(maxsize=512)
def parse(markdown: str) -> tuple[Node, ...]:
    """The tree of a text."""
    return nodes_of(_reader().parse(markdown))


def nodes_of(tokens: Iterable[Token]) -> tuple[Node, ...]:
    """The tree of what a parser of the dialect has found, paragraphs and lists of it."""
    return _nodes(iter(tokens), "")


def _nodes(tokens: Iterator[Token], until: str) -> tuple[Node, ...]:
    found: list[Node] = []
    for token in tokens:
        if token.type == until:
            break
        if token.type == "inline":
            found.append(Paragraph(_inlines(token.children or [])))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            found.append(_items(token, tokens))
    return tuple(found)


def _items(opening: Token, tokens: Iterator[Token]) -> Items:
    items: list[tuple[Node, ...]] = []
    for token in tokens:
        if token.type == "list_item_open":
            items.append(_nodes(tokens, "list_item_close"))
        elif token.type == opening.type.replace("open", "close"):
            break
    start = opening.attrGet("start")
    return Items(tuple(items), opening.type.startswith("ordered"), int(start) if start is not None else 1)


def _inlines(tokens: list[Token]) -> tuple[Inline, ...]:
    """The tree of one paragraph: openings push a level, closings pop it."""
    levels: list[tuple[Token | None, list[Inline]]] = [(None, [])]
    for index, token in enumerate(tokens):
        if token.nesting == 1:
            levels.append((token, []))
        elif token.nesting == -1:
            opening, children = levels.pop()
            if opening is not None:
                levels[-1][1].append(_wrapped(opening, tuple(children)))
        elif token.type == "hardbreak":
            levels[-1][1].append(Break())
        elif token.type == "softbreak":
            levels[-1][1].extend(_soft_break(tokens, index))
        elif token.content:
            levels[-1][1].append(Text(token.content))
    return tuple(levels[0][1])


def _wrapped(opening: Token, children: tuple[Inline, ...]) -> Inline:
    if opening.type == "strong_open":
        return Strong(children)
    if opening.type == "em_open":
        return Emphasis(children)
    url = str(opening.attrGet("href") or "")
    shown = plain(children).strip()
    if not shown:
        return Anchor(url, (Text(url),), bare=True)
    return Anchor(url, children, canonical(shown) == canonical(url), bool(opening.meta.get("unsure")))


def _soft_break(tokens: list[Token], at: int) -> tuple[Text | Break, ...]:
    """What stands for the line end *at* inside a paragraph: a space, but nothing beside Japanese.

    Lines that begin as lines of a list do (``・``, ``(1)``, ``○``, ``※``), or with a full-width space, stay lines.
    """
    if _BEGINS_LINE.match("".join(token.content for token in tokens[at + 1 : at + 5])):
        return (Break(),)
    last = next((tokens[i].content[-1] for i in range(at - 1, -1, -1) if tokens[i].content), "")
    first = next((tokens[i].content[0] for i in range(at + 1, len(tokens)) if tokens[i].content), "")
    return () if columns(last) == 2 or columns(first) == 2 else (Text(" "),)


def plain(children: tuple[Inline, ...], note: Callable[[Anchor], str] | None = None) -> str:
    """The words of a paragraph.

    Arguments:
        note: gives what follows a link's words, such as ``[1]``.
    """
    words: list[str] = []
    for child in children:
        match child:
            case Text(value):
                words.append(value)
            case Break():
                words.append("\n")
            case Anchor() if note is not None:
                words.append(plain(child.children) + note(child))
            case _:
                words.append(plain(child.children, note))
    return "".join(words)


def paragraphs(nodes: tuple[Node, ...]) -> Iterator[Paragraph]:
    """The paragraphs of a text, those of its lists' items among them."""
    for node in nodes:
        if isinstance(node, Items):
            for item in node.items:
                yield from paragraphs(item)
        else:
            yield node


def inlines(children: tuple[Inline, ...]) -> Iterator[Inline]:
    """Everything inside a paragraph, at any depth."""
    for child in children:
        yield child
        if isinstance(child, Strong | Emphasis | Anchor):
            yield from inlines(child.children)


def html(nodes: tuple[Node, ...], href: Callable[[Anchor], str]) -> Markup:
    """HTML of a text. *href* gives the address to write for a link."""
    return Markup("").join(_node_html(node, href) for node in nodes)


def _node_html(node: Node, href: Callable[[Anchor], str]) -> Markup:
    if isinstance(node, Paragraph):
        return Markup("<p>%s</p>") % inline_html(node.children, href)
    items = Markup("").join(Markup("<li>%s</li>") % item_html(item, href) for item in node.items)
    if not node.ordered:
        return Markup("<ul>%s</ul>") % items
    start = Markup("") if node.start == 1 else Markup(' start="%d"') % node.start
    return Markup("<ol%s>%s</ol>") % (start, items)


def item_html(item: tuple[Node, ...], href: Callable[[Anchor], str]) -> Markup:
    """HTML inside a list's item: its paragraphs are parted by line breaks, as margins differ among clients."""
    parts: list[Markup] = []
    for before, node in pairwise((None, *item)):
        if isinstance(node, Paragraph):
            if isinstance(before, Paragraph):
                parts.append(Markup("<br>"))
            parts.append(inline_html(node.children, href))
        elif node is not None:
            parts.append(_node_html(node, href))
    return Markup("").join(parts)


def inline_html(children: tuple[Inline, ...], href: Callable[[Anchor], str]) -> Markup:
    """HTML of one paragraph's words."""
    parts: list[Markup] = []
    for child in children:
        match child:
            case Text(value):
                parts.append(escape(value))
            case Break():
                parts.append(Markup("<br>"))
            case Strong():
                parts.append(Markup("<strong>%s</strong>") % inline_html(child.children, href))
            case Emphasis():
                parts.append(Markup("<em>%s</em>") % inline_html(child.children, href))
            case Anchor():
                parts.append(Markup('<a href="%s">%s</a>') % (href(child), inline_html(child.children, href)))
    return Markup("").join(parts)
