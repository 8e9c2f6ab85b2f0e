"""The editor's rich text as Markdown of our dialect, such that the letter's reader finds the same text in it.

The dialect leaves signs alone where Japanese prose means them (:mod:`models.manuscript.dialect`), so no rule can say
once and for all which sign needs a backslash. Each paragraph is therefore written in the plainest way first, read
again, and written in the next way where something else came out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby, product
from typing import NamedTuple

from models.manuscript.bare_address import canonical
from models.manuscript.dialect import PICTURE
from models.store.errors import Invalid
from models.store.phrase import phrase
from templates.render import article_markdown, markdown
from templates.render.markdown import Node, Paragraph

from .rich_text import BREAK, LISTS, Json, Sign, is_bare, signs, signs_of

_LINE_MARK = re.compile(r"[ \t]*(?:[-+*]|#{1,6}|:::|```|~~~)(?=[ \t]|$)|[ \t]*(?::::|```|~~~)")
_NUMBER_MARK = re.compile(r"([ \t]*\d{1,9})([.)])(?=[ \t]|$)")
_EDGES = " \t\u3000" + BREAK
_SHOWN_LETTERS = 30
LONGEST_PARAGRAPH = 20_000
"""Characters. Each way of writing is read again, and there are 48 of them, so a longer one may take a minute."""


class Dialect(NamedTuple):
    """What reads the Markdown, and which signs it takes for more than signs."""

    read: Callable[[str], tuple[Node, ...]]
    special: str
    """Signs that are mark-up anywhere."""
    line_mark: re.Pattern[str] = _LINE_MARK
    """What begins something else than a paragraph where it begins a line."""


LETTER = Dialect(markdown.parse, "*[]<")
ARTICLE = Dialect(
    article_markdown.text,
    "*[]<`",
    re.compile(rf"{_LINE_MARK.pattern}|[ \t]*(?:>|[-=_*:|][-=_*:| \t]*$)"),
)


class _Way(NamedTuple):
    """One way to write a paragraph."""

    escaped: re.Pattern[str] | None
    """Which signs get a backslash."""
    address: str
    """How an address that shows itself is written: ``{}``, ``<{}>``, or as any other link where it is empty."""
    line_end: str
    bold_outside: bool
    links_inside: bool
    """Whether a mark goes around links, as it must where a blank stands before one."""


@cache
def _ways(special: str) -> list[_Way]:
    """All ways to write, the plainest first."""
    signs = f"[{re.escape(special)}]"
    escaping = (None, re.compile(signs), re.compile(rf"(?<![A-Za-z0-9:.\\/_-]){signs}"))
    return [
        _Way(escaped, address, line_end, outside, inside)
        for inside, escaped, outside, address, line_end in product(
            (False, True), escaping, (True, False), ("{}", "<{}>", ""), ("\\\n", "  \n")
        )
    ]


def write(content: Iterable[Json], dialect: Dialect = LETTER) -> str:
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
            parts.append(_list(node, marker, dialect))
        elif lines := _paragraph(node, dialect):
            parts.append(lines)
            marker = ""
    return "\n\n".join(part for part in parts if part)


def _other_marker(node: Json, before: str) -> str:
    first, second = (".", ")") if LISTS[node["type"]] else ("-", "*")
    return second if before == first else first


def _list(node: Json, marker: str, dialect: Dialect) -> str:
    start = int(node.get("attrs", {}).get("start", 1))
    items: list[str] = []
    for number, item in enumerate(node.get("content", ()), start):
        mark = f"{number}{marker}" if LISTS[node["type"]] else marker
        lines = write(item.get("content", ()), dialect).split("\n")
        indented = [lines[0], *(" " * (len(mark) + 1) + line if line else "" for line in lines[1:])]
        items.append(f"{mark} " + "\n".join(indented) if lines[0] else mark)
    loose = any("\n\n" in item for item in items)
    return ("\n\n" if loose else "\n").join(items)


def _paragraph(node: Json, dialect: Dialect) -> str:
    wanted = trimmed(signs(node))
    if not wanted:
        return ""
    if len(wanted) > LONGEST_PARAGRAPH:
        raise Invalid(phrase("this is longer than {limit} characters: shorten it", limit=LONGEST_PARAGRAPH))
    upright = [sign._replace(italic=False) for sign in wanted]
    for version in (wanted, upright) if upright != wanted else (wanted,):
        for written in written_ways(version, dialect):
            if _is_read_as(written, version, dialect):
                return written
    words = "".join(sign.value for sign in wanted)
    marked = "".join(sign.value for sign in wanted if sign.bold) or words
    raise Invalid(
        phrase(
            "“{words}” cannot be kept like this: make whole words bold, without signs at their edges, or none",
            words=marked[:_SHOWN_LETTERS],
        )
    )


def written_ways(wanted: list[Sign], dialect: Dialect) -> Iterator[str]:
    """Each way to write a paragraph or what it holds, the plainest first."""
    has_links = any(sign.href for sign in wanted)
    for way in _ways(dialect.special):
        if way.links_inside and not has_links:
            return
        written = _written(wanted, way, dialect.line_mark)
        yield PICTURE.sub(r"\\![", written) if dialect is ARTICLE else written


def trimmed(found: list[Sign]) -> list[Sign]:
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


def _written(found: list[Sign], way: _Way, line_mark: re.Pattern[str]) -> str:
    written = _linked(found, way)
    if way.links_inside:
        outside = "bold" if way.bold_outside else "italic"
        written = "".join(
            _around(_MARKS[outside] if is_set else "", _linked([_without(outside, sign) for sign in part], way))
            for is_set, part in groupby(found, lambda sign: getattr(sign, outside))
        )
    return way.line_end.join(_without_mark(line, line_mark) for line in written.split(BREAK))


def _without(mark: str, sign: Sign) -> Sign:
    return sign._replace(bold=False) if mark == "bold" else sign._replace(italic=False)


def _linked(found: Iterable[Sign], way: _Way) -> str:
    """Words with their links, and with asterisks inside of them."""
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
    return "".join(parts)


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


def _without_mark(line: str, line_mark: re.Pattern[str]) -> str:
    """A line that begins no list and no headline."""
    if number := _NUMBER_MARK.match(line):
        return f"{number[1]}\\{line[number.end(1) :]}"
    if mark := line_mark.match(line):
        stripped = line.lstrip(" \t")
        return line[: len(line) - len(stripped)] + "\\" + stripped if mark[0].strip() else line
    return line


def _is_read_as(written: str, wanted: list[Sign], dialect: Dialect) -> bool:
    tree = dialect.read(written)
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
