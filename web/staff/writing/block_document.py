"""Blocks as the document of the block editor (ProseMirror's JSON), and back.

Each rich text carries the Markdown that it was made of. Where it is unchanged, that Markdown is what is kept, sign by
sign; else it is written anew. A block that would not come back as it was (such as a table whose rows differ in length)
goes through the editor as a sealed one, which can be moved and removed. So blocks that nobody touches never change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError

from models.issues.block import EVERYONE, LONGEST_MARKDOWN, Block, RankingEntry
from models.manuscript.parse_context import explanation
from models.store.errors import Invalid
from models.store.phrase import Phrase, phrase

from . import rich_text, rich_text_writer
from .rich_text import Json

Place = tuple[int, ...]
"""Where a block stands in the document: its number from 0, and behind it that of a block inside a ranking's place."""
Problem = tuple[Place, Phrase]

RICH = {"prose": "text", "notice": "text", "article": "lead", "signup": "text"}
"""Kinds whose node holds one rich text, and the field that it is."""
SEALED = "sealed"
_KINDS: dict[str, type[BaseModel]] = {
    model.model_fields["kind"].default: model for model in get_args(get_args(Block)[0])
}
"""Each kind of block by its name."""
_MISSING = {
    ("figure", "image"): phrase("this figure has no picture yet: choose one"),
    ("article", "article"): phrase("no article is chosen yet: search for one by its title"),
    ("ranking", "article"): phrase("no article is chosen yet: search for one by its title"),
    ("button", "address"): phrase("this button leads nowhere yet: give it an address"),
}
UNREADABLE = phrase("this block cannot be read: remove it, or open the page anew")


@dataclass(slots=True)
class ReadDocument:
    """What a document says: its blocks, where each stands, and what is wrong."""

    blocks: list[Block] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def of(blocks: Iterable[Block]) -> Json:
    """The document that shows *blocks*."""
    return {"type": "doc", "content": [_node(block) for block in blocks] or [_empty()]}


def _empty() -> Json:
    return {"type": "prose", "attrs": {"markdown": None, "only": None}, "content": [{"type": "paragraph"}]}


def _node(block: Block) -> Json:
    node = _open(block)
    read = ReadDocument()
    try:
        if _can_be_shown(block) and _block(node, (0,), read) == block and not read.problems:
            return node
    except (Invalid, ValidationError):
        pass
    return {"type": SEALED, "attrs": {"block": block.model_dump(mode="json")}}


def _can_be_shown(block: Block) -> bool:
    """Whether the editor has room for it: a table has cells, and a list items."""
    return bool(getattr(block, "header", True)) and bool(getattr(block, "items", True))


def _open(block: Block) -> Json:
    """The node of *block*, whether or not it says all of it."""
    values = block.model_dump(mode="json")
    kind = values.pop("kind")
    values["only"] = None if block.only == EVERYONE else values["only"]
    if kind in RICH:
        source = values.pop(RICH[kind])
        return _rich(kind, source, values)
    if kind == "heading":
        return {"type": kind, "attrs": values, "content": text_nodes(values.pop("text"))}
    if kind == "listing":
        items = [_rich("listingItem", source, {}) for source in values.pop("items")]
        return {"type": kind, "attrs": values, "content": items}
    if kind == "table":
        header, rows = values.pop("header"), values.pop("rows")
        return {"type": kind, "attrs": values, "content": table_content([header, *rows])}
    if isinstance(block, RankingEntry):
        del values["news"]
        recap = _rich("recap", values.pop("recap"), {})
        return {"type": kind, "attrs": values, "content": [recap, *(_node(part) for part in block.news)]}
    return {"type": kind, "attrs": values}


def _rich(kind: str, source: str, values: Json) -> Json:
    return {"type": kind, "attrs": values | {"markdown": source}, "content": rich_text.nodes(source)}


def text_nodes(value: str) -> list[Json]:
    """The nodes of plain words."""
    return [{"type": "text", "text": value}] if value else []


def table_content(rows: Iterable[Iterable[str]]) -> list[Json]:
    """The rows of a table's node, the first of which heads the columns."""
    kinds = chain(["tableHeader"], repeat("tableCell"))
    return [
        {"type": "tableRow", "content": [{"type": kind, "content": text_nodes(cell)} for cell in row]}
        for kind, row in zip(kinds, rows, strict=False)
    ]


def read(document: Any) -> ReadDocument:
    """The blocks of an editor's document. A text in which nobody wrote anything is left out.

    Raises:
        Invalid: it is no document of the editor.
    """
    found = ReadDocument()
    content = document.get("content") if isinstance(document, dict) else None
    if not isinstance(content, list):
        raise Invalid("this is no text of the editor: open the page anew")
    for block, place in _blocks(content, (), found):
        found.blocks.append(block)
        found.places.append(place)
    return found


def _blocks(content: list[Json], above: Place, found: ReadDocument) -> Iterator[tuple[Block, Place]]:
    for number, node in enumerate(content):
        place = (*above, number)
        try:
            _check_lengths(node)
            if not _is_new_and_blank(node):
                yield _block(node, place, found), place
        except Invalid as error:
            found.problems.append((place, error.phrase))
        except ValidationError as error:
            found.problems.append((place, _explained(node, error)))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            found.problems.append((place, UNREADABLE))


def _check_lengths(node: Json) -> None:
    """Refuse texts that no block may hold before they are read: that takes ten seconds for a million characters."""
    texts = {"listing": node.get("content"), "ranking": node.get("content", [])[:1]}.get(node["type"], [])
    for text in [node] if node["type"] in RICH else texts or []:
        source = (text.get("attrs") or {}).get("markdown")
        if max(length(text), len(source) if isinstance(source, str) else 0) > LONGEST_MARKDOWN:
            said = phrase("this is longer than {limit} characters: shorten it", limit=LONGEST_MARKDOWN)
            raise Invalid(said)


def length(node: Json) -> int:
    """How many characters stand below a node."""
    return len(node.get("text", "")) + sum(map(length, node.get("content", ())))


def _is_new_and_blank(node: Json) -> bool:
    """Whether nobody wrote anything in a text, and nobody stored it like that either."""
    if node["type"] != "prose" or not rich_text.is_blank(node["content"]):
        return False
    source = node["attrs"].get("markdown")
    return source is None or not rich_text.same(rich_text.nodes(source), node["content"])


def _block(node: Json, place: Place, found: ReadDocument) -> Block:
    kind, values = node["type"], dict(node.get("attrs") or {})
    if kind == SEALED:
        return _one(values["block"]["kind"], values["block"])
    content = node.get("content", [])
    source = values.pop("markdown", None)
    values.pop("pending", None)  # how the editor finds a picture again that is on its way
    values["only"] = values.get("only") or {}
    if kind in RICH:
        values[RICH[kind]] = _markdown(source, content)
    elif kind == "heading":
        values["text"] = words_of(node)
    elif kind == "listing":
        values["items"] = tuple(_markdown(item["attrs"].get("markdown"), item["content"]) for item in content)
    elif kind == "table":
        values["header"], *values["rows"] = cells_of(content)
    elif kind == "ranking":
        values["recap"] = _markdown(content[0]["attrs"].get("markdown"), content[0]["content"])
        values["news"] = [part for part, _ in _blocks(content[1:], place, found)]
    return _one(kind, values)


def _one(kind: str, values: Json) -> Block:
    return cast(Block, _KINDS[kind].model_validate(values | {"kind": kind}))


def _markdown(source: Any, content: list[Json]) -> str:
    if isinstance(source, str) and rich_text.same(rich_text.nodes(source), content):
        return source
    return rich_text_writer.write(content)


def words_of(node: Json) -> str:
    """The words of a headline or cell."""
    return "".join(child["text"] for child in node.get("content", ()))


def cells_of(rows: list[Json]) -> list[tuple[str, ...]]:
    """The texts of a table's cells; a cell that spans several stands in the first of them."""
    found: list[list[str]] = []
    for row in rows:
        cells: list[str] = []
        for cell in row.get("content", ()):
            span = int((cell.get("attrs") or {}).get("colspan") or 1)
            cells += [words_of(cell), *[""] * (min(span, 100) - 1)]
        found.append(cells)
    if sum(map(len, found)) and len({len(row) for row in found}) > 1:
        width = max(map(len, found))
        found = [row + [""] * (width - len(row)) for row in found]
    return [tuple(row) for row in found]


def _explained(node: Json, error: ValidationError) -> Phrase:
    if node["type"] == SEALED:  # nobody can have changed what is in it
        return UNREADABLE
    wrong = error.errors(include_url=False)[0]
    name = str(wrong["loc"][0]) if wrong["loc"] else ""
    if not (node.get("attrs") or {}).get(name) and (missing := _MISSING.get((node["type"], name))):
        return missing
    if wrong["type"] == "string_too_long":  # whoever writes here knows no names of fields
        return phrase("this is longer than {limit} characters: shorten it", limit=wrong["ctx"]["max_length"])
    return explanation(_KINDS[node["type"]], error)
