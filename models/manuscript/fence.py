"""Fences: the lines of a manuscript that begin with ``:::``, which say what plain Markdown cannot.

A line ``::: NAME ARGUMENT {KEY=VALUE …}`` opens a block, a bare ``:::`` closes the last one that is open. The
splitting works by lines and knows no Markdown, so that every piece keeps the number of its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..store.errors import Invalid
from ..store.phrase import phrase

MAX_DEPTH = 6
# An input method leaves full-width colons and spaces behind; they mean the same here.
_FENCE = re.compile(r"^ {0,3}[:\uff1a]{3,}(.*)$")
_SPACES = " \t\u3000"
_NAME = re.compile(r"([^\s{}]+)[ \t\u3000]*")
_ATTRIBUTES = re.compile(r"(?:^|[ \t\u3000])\{(?=\s*[a-z_]+\s*=)")
_KEY = re.compile(r"\s*([a-z_]+)\s*=\s*")
_WORD = re.compile(r"[^\s{}\"\[\]]+")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class MarkdownText:
    """Lines of plain Markdown. ``line`` is the number of the first one, from 1."""

    lines: list[str]
    line: int

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(line.strip() for line in self.lines)

    def trimmed(self) -> MarkdownText:
        """The same without blank lines at both ends."""
        filled = [index for index, line in enumerate(self.lines) if line.strip()]
        if not filled:
            return MarkdownText([], self.line)
        return MarkdownText(self.lines[filled[0] : filled[-1] + 1], self.line + filled[0])


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block: its name, what follows the name on its line, and what stands inside."""

    name: str
    argument: str
    attributes: dict[str, Any]
    line: int
    content: list[MarkdownText | Fence] = field(default_factory=list)


Pieces = list[MarkdownText | Fence]


def split(lines: Iterable[str], first: int, file: str) -> Pieces:
    """The Markdown and the fenced blocks of a text, nested as they stand.

    Arguments:
        lines: without their ends.
        first: number of the first line.
        file: its name, for errors.

    Raises:
        Invalid: a fence is not closed, closed without being open, nested too deeply, or cannot be read.
    """
    levels: list[Pieces] = [[]]
    openings: list[Fence] = []
    number = first
    for number, line in enumerate(lines, first):
        match = _FENCE.match(line)
        if match is None:
            _add(levels[-1], line, number)
        elif opening := match.group(1).strip(_SPACES):
            if len(openings) >= MAX_DEPTH:
                raise Invalid("parts are nested too deeply: close some with “:::”", file=file, line=number)
            openings.append(_open(opening, number, file))
            levels[-1].append(openings[-1])
            levels.append(openings[-1].content)
        elif not openings:
            raise Invalid("“:::” closes a part here, but none is open", file=file, line=number)
        else:
            openings.pop()
            levels.pop()
    if openings:
        name = openings[-1].name
        raise Invalid(
            phrase("“::: {name}” is never closed: put a line “:::” where it ends", name=name),
            file=file,
            line=openings[-1].line,
        )
    return levels[0]


def _add(pieces: Pieces, line: str, number: int) -> None:
    if pieces and isinstance(pieces[-1], MarkdownText):
        pieces[-1].lines.append(line)
    else:
        pieces.append(MarkdownText([line], number))


def _open(text: str, line: int, file: str) -> Fence:
    match = _NAME.match(text)
    if match is None:
        raise Invalid("“:::” wants the name of a part, such as “::: notice”", file=file, line=line)
    argument, attributes = read_attributes(text[match.end() :], line, file)
    return Fence(match.group(1), argument, attributes, line)


def read_attributes(text: str, line: int, file: str, *, names: bool = False) -> tuple[str, dict[str, Any]]:
    """*text* parted into what stands before its ``{KEY=VALUE …}`` and the values, which are JSON or single words.

    Arguments:
        names: single words are names, also such as 0e0 and true, which JSON takes for something else.

    Raises:
        Invalid: a value cannot be read, or something stands behind the braces.
    """
    opening = _ATTRIBUTES.search(text)
    if opening is None:
        return text.strip(), {}
    wrong = Invalid(
        'the part in braces cannot be read: write {key="value"}, with quotation marks around the value',
        file=file,
        line=line,
    )
    found: dict[str, Any] = {}
    at = opening.end()
    while (key := _KEY.match(text, at)) is not None:
        if key.group(1) in found:
            raise Invalid(phrase("“{key}” is given twice", key=key.group(1)), file=file, line=line)
        try:
            found[key.group(1)], at = _value(text, key.end(), names)
        except (ValueError, RecursionError):
            raise wrong from None
    if text[at:].strip() != "}":
        raise wrong
    return text[: opening.start()].strip(), found


def _value(text: str, at: int, names: bool) -> tuple[Any, int]:
    word = _WORD.match(text, at)
    if word is None:
        return _DECODER.raw_decode(text, at)
    if names:
        return word.group(), word.end()
    try:
        return json.loads(word.group()), word.end()
    except ValueError:
        return word.group(), word.end()


def write_attributes(values: dict[str, Any]) -> str:
    """``{KEY=VALUE …}`` with every value as JSON on one line; nothing where there are no values."""
    if not values:
        return ""
    parts = (f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
    return "{" + " ".join(parts) + "}"
