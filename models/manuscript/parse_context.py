"""What the context of one manuscript knows while it goes on, and how it complains."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel, ValidationError

from ..store.errors import Invalid
from ..store.phrase import Phrase, phrase
from . import dialect
from .fence import MarkdownText

LoadImage = Callable[[str, int], str]
"""From the path that a manuscript names, and the line where it does, to the digest of the stored picture."""

ReferenceKind = Literal[
    "newsletter", "audience", "topic", "field", "article", "address", "corrects", "read", "number", "place"
]
BlockT = TypeVar("BlockT", bound=BaseModel)

_MARKDOWN = frozenset({"text", "lead", "recap", "items"})
_UNFINISHED_LINK = re.compile(r"\[[^\[\]\n]{0,200}\]\((?:https?:|mailto:|article:|www\.)[^\s)]{0,40}", re.IGNORECASE)
_NOT_TEXT = {
    "heading_open": phrase("a headline cannot stand here: close the part with “:::” before it"),
    "hr": phrase("a line across the page has no place in a letter: part sections with a headline (##)"),
    "blockquote_open": phrase("a quotation (>) has no place in a letter: use “::: notice”, or quotation marks"),
    "fence": phrase("program text (```) has no place in a letter"),
    "table_open": phrase("a table cannot stand in this text: put it outside, or into “::: table”"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that a manuscript names and that must exist, with the line where it is named."""

    what: ReferenceKind
    name: str
    line: int


@cache
def markdown() -> MarkdownIt:
    """The block structure of CommonMark with tables; without HTML, indented code and reference links.

    What is left out stands in the letter as it was typed, which is what people who paste text expect.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": 20, "html": False}).enable("table")
    parser.disable(["code", "html_block", "lheading", "reference"])
    dialect.use(parser)
    parser.core.ruler.enableOnly(["normalize", "blank_lines", "block"])
    return parser


@cache
def _inline_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": 20}).enable(["link", "image", "autolink", "escape"])
    dialect.use(parser, bare_addresses=False)
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


def inline_tokens(text: str) -> list[Token]:
    """Words, links and pictures of one paragraph; addresses as they were typed."""
    found = _inline_parser().parseInline(text)
    return found[0].children or [] if found else []


def leading_link(text: str) -> tuple[str, str, str] | None:
    """Words, address and the plain text behind, where *text* begins with a link and has no other one."""
    tokens = [token for token in inline_tokens(text) if token.type != "text" or token.content]
    types = [token.type for token in tokens]
    if not types or types[0] != "link_open" or types.count("link_open") != 1 or "image" in types:
        return None
    end = types.index("link_close")
    words, behind = ("".join(token.content for token in part) for part in (tokens[1:end], tokens[end + 1 :]))
    return words, str(tokens[0].attrGet("href") or ""), behind


def suggestion(name: str, known: Iterable[str]) -> Phrase | str:
    """``; did you mean “…”?`` where one of *known* looks like *name*, else nothing."""
    near = get_close_matches(name, list(known), 1, 0.6)
    return phrase("; did you mean “{name}”?", name=near[0]) if near else ""


def known_names(name: str, known: Iterable[str], *, further: Iterable[str] = ()) -> Phrase:
    """Which names there are, the one that looks like *name* first.

    Arguments:
        further: names that are suggested, but not listed.
    """
    listed = list(known)
    hint = suggestion(name, [*listed, *further]) or phrase(".")
    return phrase("{hint} Known are: {names}", hint=hint, names=", ".join(listed))


@dataclass(slots=True)
class ParseContext:
    """One manuscript on its way in: its file's name, how it gets pictures, and what it has named so far."""

    file: str
    load_image: LoadImage
    references: list[Reference] = field(default_factory=list)

    def wrong(self, message: str | Phrase, line: int) -> Invalid:
        """The error to raise, with file and line."""
        return Invalid(message, file=self.file, line=line)

    def add_reference(self, what: ReferenceKind, name: str, line: int) -> None:
        """Remember that *name* was named."""
        self.references.append(Reference(what, name, line))

    def build(self, kind: type[BlockT], line: int, text_line: int = 0, **values: Any) -> BlockT:
        """A block of *kind*, its references noted.

        Arguments:
            text_line: the line where its Markdown begins, where that is not the block's own line.

        Raises:
            Invalid: a value is missing, unknown, too long or of the wrong form.
        """
        try:
            block = kind(**values)
        except ValidationError as error:
            raise self.wrong(explanation(kind, error), line) from None
        self.note(block, line, text_line)
        return block

    def note(self, block: BaseModel, line: int, text_line: int = 0) -> None:
        """Remember what *block* names; not what the blocks inside of it do.

        Raises:
            Invalid: a link in it is not whole.
        """
        for name, value in block:
            if name == "article":
                self.add_reference("article", value, line)
            elif name == "place":
                self.add_reference("place", str(value), line)
            elif name in ("topics", "audiences"):
                for slug in value:
                    self.add_reference("topic" if name == "topics" else "audience", slug, line)
            elif name == "only":
                self.note(value, line, 0)
            elif name in ("address", "source_address") and value:
                self.add_reference("address", value, line)
            elif name == "products":
                for product in value:
                    self.note(product, line, 0)
            elif name in _MARKDOWN:
                for text in (value,) if isinstance(value, str) else value:
                    self.note_links(text, text_line or line, following=bool(text_line))

    def note_links(self, text: str, line: int, following: bool = True) -> None:
        """Remember the links of a text, and refuse unfinished ones.

        Arguments:
            line: where it begins.
            following: whether its lines stand below each other in the file, and not all in that line.
        """
        at = 0
        for paragraph in re.split(r"(\n[ \t]*\n)", text):
            for token in inline_tokens(paragraph):
                address = str(token.attrGet("href") or "") if token.type == "link_open" else ""
                unfinished = _UNFINISHED_LINK.search(token.content) if token.type == "text" else None
                found = unfinished.group() if unfinished else address
                above = (text[:at] + paragraph[: max(0, paragraph.find(found))]).count("\n") if following else 0
                if unfinished:
                    raise self.wrong(
                        phrase("“{found}” is no whole link: write [words](https://…)", found=found), line + above
                    )
                if address:
                    self.add_reference("address", address, line + above)
            at += len(paragraph)

    def text(self, source: MarkdownText) -> tuple[str, int]:
        """A text of paragraphs and lists as it stands, and its first line.

        Raises:
            Invalid: something stands in it that is no text: a headline, a table, a picture, ….
        """
        trimmed = source.trimmed()
        text = "\n".join(trimmed.lines)
        tokens = markdown().parse(text)
        self.check_numbers(tokens, trimmed.line)
        for token in tokens:
            line = trimmed.line + (token.map[0] if token.map else 0)
            if token.type in _NOT_TEXT:
                raise self.wrong(_NOT_TEXT[token.type], line)
            if token.type == "inline":
                self.refuse_picture(token.content, line)
        return text, trimmed.line

    def check_numbers(self, tokens: Iterable[Token], first: int) -> None:
        """Refuse numbered lists whose numbers would be others in the letter: it counts 1, 2, 3, … by itself."""
        lists: list[tuple[int, int]] = []
        for token in tokens:
            if token.type == "ordered_list_open":
                lists.append((int(token.attrGet("start") or 1), 0))
            elif token.type == "ordered_list_close":
                lists.pop()
            elif token.type == "list_item_open" and token.info.isdigit() and lists:
                start, count = lists[-1]
                lists[-1] = (start, count + 1)
                # Many people write 1. before every item and leave the counting to the program.
                if int(token.info) not in (start + count, start):
                    raise self.wrong(
                        phrase(
                            "the list goes on with {what}, but {info} is written: mend the number, or write it as "
                            "“{info}\\.” to keep it",
                            what=start + count,
                            info=token.info,
                        ),
                        first + (token.map[0] if token.map else 0),
                    )

    def refuse_picture(
        self,
        text: str,
        line: int,
        why: Phrase = phrase("a picture stands alone: put blank lines around it"),  # noqa: B008
    ) -> None:
        """Refuse a picture between words."""
        if "![" in text and any(token.type == "image" for token in inline_tokens(text)):
            raise self.wrong(why, line)

    def check_allowed(self, tokens: Iterable[Token], first: int) -> Iterator[Token]:
        """Pass tokens on, but refuse what has no place in a letter."""
        for token in tokens:
            if token.type in ("hr", "blockquote_open", "fence"):
                raise self.wrong(_NOT_TEXT[token.type], first + (token.map[0] if token.map else 0))
            yield token


def explanation(kind: type[BaseModel], error: ValidationError) -> Phrase:
    """The first thing that is wrong with a value, in words."""
    found = error.errors(include_url=False)
    # A misspelt name is told before the missing one that it was meant to be.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "missing":
        return phrase("“{name}” is missing", name=name)
    if first["type"] == "extra_forbidden":
        known = [field for field in kind.model_fields if field not in ("kind", "only")]
        return phrase("“{name}” is not known here{known}", name=name, known=known_names(name, known))
    value = first.get("input")
    shown = f"“{value[:80]}” " if isinstance(value, str) else ""
    if first["type"] == "string_pattern_mismatch":
        if name in ("address", "source_address") or "address" in first["loc"]:
            return phrase(
                "{shown}is no whole address: begin it with https://, http://, mailto:, tel: or article:", shown=shown
            )
        return phrase("{shown}cannot be a name: use small letters, digits and hyphens", shown=shown)
    return phrase("“{name}”: {shown}{wrong}", name=name, shown=shown, wrong=_wrong_with(first))


_WRONG = {
    "string_too_long": phrase("it has more than {max_length} characters"),
    "string_too_short": phrase("it is empty"),
    "string_type": phrase("it is no text"),
    "int_type": phrase("it is no whole number"),
    "string_unicode": phrase(
        "it holds characters that no text can have, such as control characters: write the words anew"
    ),
    "int_parsing": phrase("it is no whole number"),
    "int_parsing_size": phrase("it is no whole number"),
    "int_from_float": phrase("it is no whole number"),
    "greater_than_equal": phrase("it must be {ge} or more"),
    "less_than_equal": phrase("it must be {le} or less"),
    "tuple_type": phrase("it is no list"),
    "list_type": phrase("it is no list"),
    "dict_type": phrase("it is no mapping of keys and values"),
    "literal_error": phrase("it must be {expected}"),
}
"""What pydantic says by its kinds of errors."""


def _wrong_with(found: Mapping[str, Any]) -> Phrase:
    if known := _WRONG.get(found["type"]):
        return known.filled(**found.get("ctx", {}))
    said = found["msg"].removeprefix("Value error, ")
    return Phrase(said[0].lower() + said[1:])
