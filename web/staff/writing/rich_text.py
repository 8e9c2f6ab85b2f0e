"""Authors' Markdown as the rich text of the block editor: nodes of ProseMirror's JSON.

What the editor shows is the tree that the letter is made of (:mod:`templates.render.markdown`), so both say the same.
The way back is :mod:`.rich_text_writer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from models.manuscript.bare_address import canonical
from templates.render import markdown
from templates.render.markdown import Anchor, Break, Emphasis, Inline, Items, Node, Strong, Text

Json = dict[str, Any]
LISTS = {"bulletList": False, "orderedList": True}
"""The editor's lists, and whether each is numbered."""
BREAK = "\n"
"""What stands for the end of a line among the signs of a paragraph."""


class Sign(NamedTuple):
    """One character of a paragraph with what is set on it."""

    value: str
    bold: bool = False
    italic: bool = False
    href: str = ""


def nodes(source: str) -> list[Json]:
    """The editor's nodes for a Markdown text; an empty paragraph, to type in, where it says nothing."""
    return of_tree(markdown.parse(source))


def of_tree(tree: Iterable[Node]) -> list[Json]:
    """The editor's nodes for what Markdown was read as."""
    return _blocks(tree) or [{"type": "paragraph"}]


def _blocks(tree: Iterable[Node]) -> list[Json]:
    return [_list(node) if isinstance(node, Items) else paragraph(signs_of(node.children)) for node in tree]


def _list(node: Items) -> Json:
    items = [{"type": "listItem", "content": _blocks(item) or [{"type": "paragraph"}]} for item in node.items]
    if node.ordered:
        return {"type": "orderedList", "attrs": {"start": node.start}, "content": items}
    return {"type": "bulletList", "content": items}


def signs_of(children: Iterable[Inline], bold: bool = False, italic: bool = False, href: str = "") -> list[Sign]:
    """Each character below *children*, with what is set on it."""
    found: list[Sign] = []
    for child in children:
        match child:
            case Text(value):
                found += [Sign(one, bold, italic, href) for one in value]
            case Break():
                found.append(Sign(BREAK, bold, italic, href))
            case Strong():
                found += signs_of(child.children, True, italic, href)
            case Emphasis():
                found += signs_of(child.children, bold, True, href)
            case Anchor():
                found += signs_of(child.children, bold, italic, child.url)
    return found


def paragraph(signs: Iterable[Sign]) -> Json:
    """The editor's paragraph of *signs*."""
    content = [_inline(run) for run in runs(signs)]
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def runs(signs: Iterable[Sign]) -> Iterator[Sign]:
    """*signs* with neighbours joined that have the same set on them; an end of a line stands alone."""
    last: Sign | None = None
    for sign in signs:
        if last is not None and BREAK not in (last.value, sign.value) and last[1:] == sign[1:]:
            last = last._replace(value=last.value + sign.value)
            continue
        if last is not None:
            yield last
        last = sign
    if last is not None:
        yield last


def _inline(run: Sign) -> Json:
    marks: list[Json] = [{"type": "link", "attrs": {"href": run.href}}] if run.href else []
    marks += [{"type": name} for name, is_set in (("bold", run.bold), ("italic", run.italic)) if is_set]
    node: Json = {"type": "hardBreak"} if run.value == BREAK else {"type": "text", "text": run.value}
    return node | {"marks": marks} if marks else node


def signs(node: Json) -> list[Sign]:
    """Each character of an editor's paragraph, with what is set on it."""
    found: list[Sign] = []
    for child in node.get("content", ()):
        marks = {mark["type"]: mark.get("attrs", {}) for mark in child.get("marks", ())}
        look = Sign("", "bold" in marks, "italic" in marks, str(marks.get("link", {}).get("href") or ""))
        value = BREAK if child["type"] == "hardBreak" else child.get("text", "")
        found += [look._replace(value=one) for one in value]
    return found


def is_blank(content: Iterable[Json]) -> bool:
    """Whether nothing is written in the editor's nodes."""
    return all(node["type"] == "paragraph" and not any(s.value.strip() for s in signs(node)) for node in content)


def same(one: Iterable[Json], other: Iterable[Json]) -> bool:
    """Whether two lists of the editor's nodes say the same, however their text is cut into nodes."""
    return _plain(one) == _plain(other)


def _plain(content: Iterable[Json]) -> list[Any]:
    return [
        (node["type"], node.get("attrs", {}).get("start", 1), [_plain(i.get("content", ())) for i in node["content"]])
        if node["type"] in LISTS
        else signs(node)
        for node in content
    ]


def is_bare(run: Sign) -> bool:
    """Whether a linked run of signs shows its own address."""
    return bool(run.href) and canonical(run.value.strip()) == canonical(run.href)
