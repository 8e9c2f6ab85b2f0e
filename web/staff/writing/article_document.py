"""The text of an article as the document of the block editor (ProseMirror's JSON), and back.

Each part carries the Markdown that it was made of, and comes back sign by sign where nobody has changed it. What the
editor has no block for (a quotation, program text, words set inside of a table) goes through it sealed, to be moved and
removed. A text that could not come back whole is not shown as a document at all, but written as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from models.issues.block import LONGEST_MARKDOWN
from models.manuscript.article_edit import MAX_TEXT
from models.store.errors import Invalid
from models.store.phrase import phrase
from templates.render import article_markdown, markdown
from templates.render.article_markdown import ArticlePart

from . import block_document, rich_text, rich_text_writer
from .block_document import SEALED, UNREADABLE, Problem
from .rich_text import Json, Sign
from .rich_text_writer import ARTICLE

_TOP = 2
"""The level of the highest headline, as a page shows it."""
_MARKS = {"left": ":--", "center": ":-:", "right": "--:", "": "---"}


@dataclass(slots=True)
class ReadArticle:
    """What a document says: the text, and what is wrong, with the place of its block."""

    body: str = ""
    problems: list[Problem] = field(default_factory=list)


class _Written(NamedTuple):
    """A part of the text, and the number of its block."""

    source: str
    number: int


def of(body: str) -> Json | None:
    """The document that shows *body*; None where it could not come back as it is."""
    parts = article_markdown.parts(body)
    if parts is None or len(body) > MAX_TEXT:
        return None
    shift = _TOP - min((level for part in parts for level in part.levels), default=_TOP)
    nodes = [_node(part, shift) for part in parts]
    if shift and any(node["type"] == SEALED and part.levels for node, part in zip(nodes, parts, strict=True)):
        return None  # its level would be another one beside a headline that somebody adds
    joined = "\n\n".join(part.source for part in parts)
    if article_markdown.reader().render(joined) != article_markdown.reader().render(body):
        return None
    if _sources(f"{joined}\n\n# x")[-1] != "# x":
        return None  # program text that nobody has closed takes in whatever is written behind it
    document = {"type": "doc", "content": nodes or [_prose(None, [{"type": "paragraph"}])]}
    found = read(document, body)
    return document if found.body == body and not found.problems else None


def _node(part: ArticlePart, shift: int) -> Json:
    if part.kind == "text":
        return _prose(part.source, rich_text.of_tree(markdown.nodes_of(part.tokens)))
    if part.kind == "heading" and (words := article_markdown.words_of_heading(part)):
        attrs = {"level": part.levels[0] + shift, "markdown": part.source, "only": None}
        return {"type": "heading", "attrs": attrs, "content": block_document.text_nodes(words)}
    if part.kind == "table" and (rows := article_markdown.cells(part)) is not None:
        attrs = {"caption": "", "source": "", "markdown": part.source, "only": None}
        return {"type": "table", "attrs": attrs, "content": block_document.table_content(rows)}
    return {"type": SEALED, "attrs": {"block": {"kind": part.kind, "source": part.source}, "only": None}}


def _prose(source: str | None, content: list[Json]) -> Json:
    return {"type": "prose", "attrs": {"markdown": source, "only": None}, "content": content}


def read(document: Any, stored: str) -> ReadArticle:
    """The text that a document says. A block in which nobody wrote anything is left out.

    Arguments:
        stored: the text that it was made of, which is the answer where every part is as it was.

    Raises:
        Invalid: it is no document of the editor.
    """
    content = document.get("content") if isinstance(document, dict) else None
    if not isinstance(content, list):
        raise Invalid("this is no text of the editor: open the page anew")
    found = ReadArticle()
    written = list(_written(content, found))
    sources = [one.source for one in written]
    found.body = "\n\n".join(sources)
    if len(found.body) > MAX_TEXT:
        raise Invalid(phrase("this is longer than {limit} characters: shorten it", limit=MAX_TEXT))
    again = _sources(found.body)
    if again != sources and not found.problems:
        apart = next((one for one, other in zip(written, again, strict=False) if one.source != other), None)
        number = (apart or written[-1]).number
        found.problems.append(((number,), _cannot_be_kept(sources[0] if apart is None else apart.source)))
    if sources == _sources(stored):
        found.body = stored
    return found


def of_recap(recap: str) -> Json:
    """The document that shows a recap, whose Markdown is that of a letter."""
    return {"type": "doc", "content": rich_text.nodes(recap)}


def read_recap(document: Any, stored: str) -> ReadArticle:
    """The recap that a document says: *stored* where it says the same.

    Raises:
        Invalid: it is no document of the editor.
    """
    content = document.get("content") if isinstance(document, dict) else None
    if not isinstance(content, list):
        raise Invalid("this is no text of the editor: open the page anew")
    try:
        if sum(map(block_document.length, content)) > LONGEST_MARKDOWN:
            raise Invalid(phrase("this is longer than {limit} characters: shorten it", limit=LONGEST_MARKDOWN))
        if rich_text.same(rich_text.nodes(stored), content):
            return ReadArticle(stored)
        return ReadArticle("" if rich_text.is_blank(content) else rich_text_writer.write(content))
    except Invalid as error:
        return ReadArticle(problems=[((0,), error.phrase)])
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return ReadArticle(problems=[((0,), UNREADABLE)])


def _sources(body: str) -> list[str]:
    return [part.source for part in article_markdown.parts(body) or ()]


def _written(content: list[Any], found: ReadArticle) -> Iterator[_Written]:
    """What each block says; texts in a row are one."""
    try:
        keeps_levels = _keeps_levels(content)
        groups = [(kind, list(group)) for kind, group in groupby(enumerate(content), lambda one: one[1]["type"])]
    except (LookupError, TypeError, ValueError, AttributeError):
        found.problems.append(((0,), UNREADABLE))
        return
    for kind, group in groups:
        runs = [group] if kind == "prose" else [[one] for one in group]
        for run in runs:
            number = run[0][0]
            try:
                source = _source(kind, [node for _, node in run], keeps_levels)
            except Invalid as error:
                found.problems.append(((number,), error.phrase))
            except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
                found.problems.append(((number,), UNREADABLE))
            else:
                if source:
                    yield _Written(source, number)


def _source(kind: str, nodes: list[Json], keeps_levels: bool) -> str:
    if kind == "prose":
        return _text(nodes)
    [node] = nodes
    if kind == "heading":
        return _heading(node, keeps_levels)
    if kind == "table":
        return _table(node)
    if kind == SEALED:
        return str(node["attrs"]["block"]["source"])
    raise ValueError(kind)


def _text(nodes: list[Json]) -> str:
    content = [child for node in nodes for child in node["content"]]
    if sum(map(block_document.length, content)) > MAX_TEXT:  # reading it would take long
        raise Invalid(phrase("this is longer than {limit} characters: shorten it", limit=MAX_TEXT))
    known = [node.get("attrs", {}).get("markdown") for node in nodes]
    if all(isinstance(one, str) for one in known):
        source = "\n\n".join(known)
        if rich_text.same(rich_text.of_tree(article_markdown.text(source)), content):
            return source
    source = "" if rich_text.is_blank(content) else rich_text_writer.write(content, ARTICLE)
    if _letters(rich_text.of_tree(article_markdown.text(source))) != _letters(content):
        raise Invalid(_cannot_be_kept(_letters(content)))  # such as lists that stand too deep in each other
    return source


def _letters(content: Iterable[Json]) -> str:
    """All that a person sees of some nodes, without blanks, which Markdown has not everywhere."""
    return "".join("".join([*node.get("text", "").split(), _letters(node.get("content", ()))]) for node in content)


def _part(source: Any, kind: str) -> ArticlePart | None:
    """What a block was made of, where that is one part of this kind."""
    parts = article_markdown.parts(source) if isinstance(source, str) else None
    return parts[0] if parts and len(parts) == 1 and parts[0].kind == kind else None


def _known_heading(node: Json) -> ArticlePart | None:
    """The headline that a block was made of, where its words are still those."""
    part = _part(node.get("attrs", {}).get("markdown"), "heading")
    return part if part and article_markdown.words_of_heading(part) == block_document.words_of(node) else None


def _keeps_levels(content: Iterable[Json]) -> bool:
    """Whether headlines stand to each other as they did, so that each may stay as it was written.

    The highest one of a text is shown as one of level 2, whatever it is.
    """
    shifts: set[int] = set()
    for node in content:
        if node["type"] == "heading":
            part = _known_heading(node)
            shifts.add(int(node["attrs"]["level"]) - part.levels[0] if part else 0)
    return len(shifts) <= 1


def _heading(node: Json, keeps_levels: bool) -> str:
    part = _known_heading(node)
    if part and keeps_levels:
        return part.source
    wanted = block_document.words_of(node).strip()
    if not wanted:
        return ""
    marks = "#" * min(6, max(_TOP, int(node["attrs"]["level"])))

    def is_read(source: str) -> bool:
        found = _part(source, "heading")
        return found is not None and article_markdown.words_of_heading(found) == wanted

    return _plain(wanted, [f"{marks} {{}}", f"{marks} {{}} {marks}"], is_read)


def _table(node: Json) -> str:
    rows = [list(row) for row in block_document.cells_of(node["content"])]
    known = _part(node.get("attrs", {}).get("markdown"), "table")
    if known and article_markdown.cells(known) == rows:
        return known.source
    if not any(cell.strip() for row in rows for cell in row):
        return ""
    head, *others = [[_cell(cell.strip()) for cell in row] for row in rows]
    aligned = article_markdown.alignments(known) if known else []
    marks = [_MARKS.get(one, "---") for one in aligned] if len(aligned) == len(head) else ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *others))


def _cell(wanted: str) -> str:
    def is_read(source: str) -> bool:
        found = _part(source, "table")
        return found is not None and article_markdown.cells(found) == [[wanted]]

    written = _plain(wanted.replace("\n", " "), ["| {} |\n| --- |"], is_read, bars=True)
    return written.removeprefix("| ").removesuffix(" |\n| --- |")


def _plain(wanted: str, forms: list[str], is_read: Callable[[str], bool], *, bars: bool = False) -> str:
    """Plain words in the plainest way in which they are read as such."""
    for way in rich_text_writer.written_ways([Sign(sign) for sign in wanted], ARTICLE):
        for form in forms:
            source = form.replace("{}", way.replace("|", "\\|") if bars else way)
            if is_read(source):
                return source
    raise Invalid(_cannot_be_kept(wanted))


def _cannot_be_kept(words: str) -> Any:
    return phrase("“{words}” has signs that cannot be kept here: write it in another way", words=words[:30])
