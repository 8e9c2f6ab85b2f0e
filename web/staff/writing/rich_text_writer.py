"""The editor's rich text as Markdown of our dialect, such that the letter's reader finds the same text in it.

The dialect leaves signs alone where Japanese prose means them (:mod:`models.manuscript.dialect`), so no rule can say
once and for all which sign needs a backslash. Each paragraph is therefore written in the plainest way first, read
again, and written in the next way where something else came out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, product
from typing import NamedTuple

from models.manuscript.bare_address import canonical
from models.store.errors import Invalid
from models.store.phrase import phrase
from templates.render import markdown
from templates.render.markdown import Paragraph

from .rich_text import BREAK, LISTS, Json, Sign, is_bare, signs, signs_of

_LINE_MARK = re.compile(r"[ \t]*(?:[-+*]|#{1,6}|:::|```|~~~)(?=[ \t]|$)|[ \t]*(?::::|```|~~~)")
_NUMBER_MARK = re.compile(r"([ \t]*\d{1,9})([.)])(?=[ \t]|$)")
_SPECIAL = re.compile(r"[*\[\]<]")
_BEHIND_WORD = re.compile(r"(?<![A-Za-z0-9:.\\/_-])[*\[\]<]")
_EDGES = " \t\u3000" + BREAK
_SHOWN_LETTERS = 30
LONGEST_PARAGRAPH = 20_000
"""Characters. Each way of writing is read again, and there are 24 of them, so a longer one may take a minute."""


class _Way(NamedTuple):
    """One way to write a paragraph."""

    escaped: re.Pattern[str] | None
    """Which signs get a backslash."""
    address: str
    """How an address that shows itself is written: ``{}``, ``<{}>``, or as any other link where it is empty."""
    line_end: str
    bold_outside: bool


_WAYS = [
    _Way(escaped, address, line_end, outside)
    for escaped, outside, address, line_end in product(
        (None, _SPECIAL, _BEHIND_WORD), (True, False), ("{}", "<{}>", ""), ("\\\n", "  \n")
    )
]


def write(content: Iterable[Json]) -> str:
    """Markdown that the letter's reader reads as *content*: paragraphs and lists of the editor.

    Empty paragraphs and blanks at the edges of a line are left out, as Markdown has neither.

    Raises:
        Invalid: bold or a sign stands where the dialect cannot say it; with the words in question.
    """
    parts: list[str] = []
    marker = ""
    for node in content:
        if node["type"] in LISTS:
            # Two lists in a row would be one, had they the same mark.
            marker = _other_marker(node, marker)
            parts.append(_list(node, marker))
        elif lines := _paragraph(node):
            parts.append(lines)
            marker = ""
    return "\n\n".join(part for part in parts if part)


def _other_marker(node: Json, before: str) -> str:
    first, second = (".", ")") if LISTS[node["type"]] else ("-", "*")
    return second if before == first else first


def _list(node: Json, marker: str) -> str:
    start = int(node.get("attrs", {}).get("start") or 1)
    items: list[str] = []
    for number, item in enumerate(node.get("content", ()), start):
        mark = f"{number}{marker}" if LISTS[node["type"]] else marker
        lines = write(item.get("content", ())).split("\n")
        indented = [lines[0], *(" " * (len(mark) + 1) + line if line else "" for line in lines[1:])]
        items.append(f"{mark} " + "\n".join(indented) if lines[0] else mark)
    loose = any("\n\n" in item for item in items)
    return ("\n\n" if loose else "\n").join(items)


def _paragraph(node: Json) -> str:
    wanted = _trimmed(signs(node))
    if not wanted:
        return ""
    if len(wanted) > LONGEST_PARAGRAPH:
        raise Invalid(phrase("this is longer than {limit} characters: shorten it", limit=LONGEST_PARAGRAPH))
    upright = [sign._replace(italic=False) for sign in wanted]
    for version in (wanted, upright) if upright != wanted else (wanted,):
        for way in _WAYS:
            written = _written(version, way)
            if _is_read_as(written, version):
                return written
    words = "".join(sign.value for sign in wanted)
    marked = "".join(sign.value for sign in wanted if sign.bold) or words
    raise Invalid(
        phrase(
            "“{words}” cannot be kept like this: make whole words bold, without signs at their edges, or none",
            words=marked[:_SHOWN_LETTERS],
        )
    )


def _trimmed(found: list[Sign]) -> list[Sign]:
    """Signs without what Markdown has not: blanks around lines, breaks at the edges, looks of what nobody sees."""
    lines = [list(line) for is_end, line in groupby(found, lambda s: s.value == BREAK) if not is_end]
    kept: list[Sign] = []
    for line in lines:
        while line and line[-1].value in _EDGES:
            line.pop()
        while line and line[0].value in " \t":
            line.pop(0)
        if line:
            kept += [Sign(BREAK)] * bool(kept) + line
    return _tidy(kept)


def _tidy(kept: list[Sign]) -> list[Sign]:
    """Blanks at the edges of bold or stressed words are neither; an end of a line is what both sides are."""
    whole = list(kept)
    for at, sign in enumerate(kept):
        if sign.value == BREAK:
            before, behind = kept[at - 1], kept[at + 1]
            whole[at] = Sign(BREAK, before.bold and behind.bold, before.italic and behind.italic,
                             before.href if before.href == behind.href else "")  # fmt: skip
    for step in (1, -1):
        open_look = Sign("")
        for at in range(len(whole))[::step]:
            sign = whole[at]
            if sign.value in _EDGES:
                sign = sign._replace(bold=sign.bold and open_look.bold, italic=sign.italic and open_look.italic)
                whole[at] = sign
            open_look = sign
    return whole


def _written(found: list[Sign], way: _Way) -> str:
    parts: list[str] = []
    for href, linked in groupby(found, lambda sign: sign.href):
        inside = list(linked)
        words = "".join(sign.value for sign in inside)
        if href and way.address and is_bare(Sign(words, href=href)):
            parts.append(_marked([Sign(way.address.format(words), inside[0].bold, inside[0].italic)], way, None))
        elif href:
            parts.append(f"[{_marked(inside, way, way.escaped)}]({_target(href)})")
        else:
            parts.append(_marked(inside, way, way.escaped))
    return way.line_end.join(_without_mark(line) for line in "".join(parts).split(BREAK))


def _target(href: str) -> str:
    return re.sub(r"[ \t\n<>()\\]", lambda sign: f"%{ord(sign[0]):02X}", href)


def _marked(found: list[Sign], way: _Way, escaped: re.Pattern[str] | None) -> str:
    """Words with asterisks around what is bold or stressed, the one inside of the other."""
    outside, inside = ("bold", "italic") if way.bold_outside else ("italic", "bold")
    return "".join(
        _around(
            _MARKS[outside] if is_set else "",
            "".join(
                _around(_MARKS[inside] if is_inner else "", _escaped("".join(s.value for s in words), escaped))
                for is_inner, words in groupby(part, lambda sign: getattr(sign, inside))
            ),
        )
        for is_set, part in groupby(found, lambda sign: getattr(sign, outside))
    )


_MARKS = {"bold": "**", "italic": "*"}


def _around(mark: str, words: str) -> str:
    return f"{mark}{words}{mark}"


def _escaped(words: str, which: re.Pattern[str] | None) -> str:
    return which.sub(lambda sign: "\\" + sign[0], words) if which else words


def _without_mark(line: str) -> str:
    """A line that begins no list and no headline."""
    if number := _NUMBER_MARK.match(line):
        return f"{number[1]}\\{line[number.end(1) :]}"
    if mark := _LINE_MARK.match(line):
        stripped = line.lstrip(" \t")
        return line[: len(line) - len(stripped)] + "\\" + stripped if mark[0].strip() else line
    return line


def _is_read_as(written: str, wanted: list[Sign]) -> bool:
    tree = markdown.parse(written)
    if len(tree) != 1 or not isinstance(tree[0], Paragraph):
        return False
    found = signs_of(tree[0].children)
    if len(found) != len(wanted):
        return False
    bare = list(_bare_addresses(found))
    return all(
        one.value == other.value
        and (one.value in _EDGES or (one.bold, one.italic) == (other.bold, other.italic))
        and (canonical(one.href) == canonical(other.href) or (not other.href and is_own) or one.value in _EDGES)
        for one, other, is_own in zip(found, wanted, bare, strict=True)
    )


def _bare_addresses(found: list[Sign]) -> Iterator[bool]:
    """For each sign, whether it belongs to an address that became a link by itself."""
    for href, linked in groupby(found, lambda sign: sign.href):
        words = list(linked)
        own = is_bare(Sign("".join(sign.value for sign in words), href=href))
        yield from [own] * len(words)
