r"""The Markdown of authors' texts as a plugin of markdown-it: CommonMark where Japanese prose leaves its signs alone.

CommonMark looks for spaces and punctuation around words, which Japanese has not: it reads ``3*4=12、5*6`` as emphasis
and ``**「…」**です`` as none. Here a sign is mark-up only where nobody means the sign itself:

- ``*`` beside a figure, between kanji or Latin letters, before 。、」 or with a blank inside its edge is a sign, and so
  are four and more (``090-****-1234``); ``_`` always is one.
- A backslash is a sign (``C:\koho``, ``\1,200``), but before ``* [ ] <``, before a mark of a list or headline at a
  line's beginning, and at a line's end.
- ``<…>`` is a link around an address of the web or of mail, and two signs around anything else.
- An address is a link as it is typed (:mod:`.bare_address`); inside ``[words](address)`` it may hold spaces.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import paragraph as any_paragraph
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from . import bare_address, emphasis

_IN_PATH = re.compile(r"[A-Za-z]:\\|\\\\|\\[^*\[\]<\\`!]")
"""What a path on a disk or in a network has, and escaped signs have not."""
_LOOK_BACK = 300
_ESCAPED = "*[]<"
_NAME_GOES_ON = re.compile(r"[A-Za-z0-9._/\\-]")
_ESCAPED_SIGN = re.compile(r"(?<![A-Za-z0-9:\\])\\[*\[\]]|\\[*\[\]](?![A-Za-z0-9._/\\-])")
_BLOCK_MARK = re.compile(r"\\(?:[-+>*](?=[ \t]|$)|#{1,6}(?=[ \t]|$)|:::|```|~~~)", re.MULTILINE)
_NUMBER = re.compile(r" {0,3}\d{1,9}")
_NUMBER_MARK = re.compile(r"\\[.)](?=[ \t]|$)", re.MULTILINE)
_ESCAPED_IN_ARTICLE = re.compile(r"\\(?:[-+>*=_#|:~`]|!(?=\[))")
PICTURE = re.compile(r"(?<!\\)!\[")
"""What begins a picture, which no article's text has: a backslash before it makes it a sign before a link."""
_LINKED = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>", re.IGNORECASE)
_MAILED = re.compile(r"<([\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63})>", re.ASCII)
_ABSOLUTE = re.compile(r"(?:https?:|mailto:|article:)", re.IGNORECASE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|bmp|tiff?|heic)$", re.IGNORECASE)
_TITLE = re.compile(r"""[ \t]+(?:"[^"]*"|'[^']*'|\([^()]*\))$""")
_BEFORE_END = re.compile(r"""\s+(?:"[^"]*"|'[^']*'|\([^()]*\))\s*\)""")
_SPACE = re.compile(r"[ \t\u3000]")
_ONLY_SPACES = re.compile(r"^[ \t]*\u3000[ \t\u3000]*$", re.MULTILINE)
_MAX_DESTINATION = 2000
_MAX_FILE_NAME = 200


def use(parser: MarkdownIt, *, bare_addresses: bool = True, is_article: bool = False) -> MarkdownIt:
    """Teach *parser* the dialect; what is enabled in it stays enabled.

    Arguments:
        bare_addresses: whether an address without brackets is a link.
        is_article: whether it knows quotations, lines and program text as well, whose signs can be escaped then.
    """
    parser.core.ruler.after("normalize", "blank_lines", _blank_lines)
    parser.block.ruler.at("paragraph", _paragraph)
    parser.inline.ruler.at("escape", _escape_in_article if is_article else _escape)
    parser.inline.ruler.at("autolink", _autolink)
    parser.inline.ruler.at("emphasis", emphasis.read_signs)
    parser.inline.ruler2.at("balance_pairs", emphasis.pair)
    parser.inline.ruler2.at("emphasis", lambda state: None)
    parser.normalizeLink = bare_address.canonical  # type: ignore[method-assign, assignment]
    if bare_addresses:
        parser.inline.ruler.before("newline", "bare_address", _bare_address)
    parser.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=helpers.parseLinkLabel,
        parseLinkTitle=helpers.parseLinkTitle,
        parseLinkDestination=_destination,
    )
    return parser


def _blank_lines(state: StateCore) -> None:
    """Take a line of full-width spaces for the blank line that it looks like."""
    if "\u3000" in state.src:
        state.src = _ONLY_SPACES.sub("", state.src)


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph with the spaces before it, from the first full-width one on (字下げ), which CommonMark strips."""
    any_paragraph(state, start, end, silent)
    indent = re.match(r"[ \t]*(\u3000[ \t\u3000]*)", state.getLines(start, start + 1, state.blkIndent, False))
    if indent is not None:
        state.tokens[-2].content = indent[1] + state.tokens[-2].content
    return True


def _escape(state: StateInline, silent: bool) -> bool:
    r"""A backslash before a sign that would be mark-up, or at the end of a line, where it breaks the line."""
    pos, src = state.pos, state.src
    if src[pos] != "\\" or pos + 1 >= state.posMax:
        return False
    line = src[max(0, pos - _LOOK_BACK) : pos].rpartition("\n")[2]
    word = re.split(r"\s", line)[-1]
    in_path = _IN_PATH.search(word) is not None
    if src[pos + 1] == "\n" and not in_path:
        if not silent:
            state.push("hardbreak", "br", 0)
        state.pos = pos + 2
        while state.pos < state.posMax and src[state.pos] in " \t":
            state.pos += 1
        return True
    joined = word[-1:].isascii() and (word[-1:].isalnum() or word[-1:] == ":") and not _closes_escape(src, pos, line)
    escapes = (
        (src[pos + 1] in _ESCAPED and not in_path and not joined)
        or (not line.strip(" ") and _BLOCK_MARK.match(src, pos))
        or (_NUMBER.fullmatch(line) and _NUMBER_MARK.match(src, pos))
    )
    if escapes and not silent:
        token = state.push("text_special", "", 0)
        token.content, token.markup, token.info = src[pos + 1], src[pos : pos + 2], "escape"
    state.pos += 2 if escapes else 0
    return bool(escapes)


def _escape_in_article(state: StateInline, silent: bool) -> bool:
    """The same, and one before a grave accent, before ``![``, and before what begins a block where a line begins."""
    pos, src = state.pos, state.src
    if _ESCAPED_IN_ARTICLE.match(src, pos) and (src[pos + 1] in "`!" or not src[:pos].rpartition("\n")[2].strip(" ")):
        if not silent:
            token = state.push("text_special", "", 0)
            token.content, token.markup, token.info = src[pos + 1], src[pos : pos + 2], "escape"
        state.pos += 2
        return True
    return _escape(state, silent)


def _closes_escape(src: str, pos: int, line: str) -> bool:
    r"""Whether the backslash at *pos* is the second one of a pair such as ``\*ABC\*``, and none of a path."""
    sign = src[pos + 1]
    if sign not in "*]" or _NAME_GOES_ON.match(src, pos + 2):
        return False
    signs = [found[0][-1] for found in _ESCAPED_SIGN.finditer(line)]
    return signs.count("*") % 2 == 1 if sign == "*" else signs.count("[") > signs.count("]")


def _autolink(state: StateInline, silent: bool) -> bool:
    """``<https://…>`` and ``<somebody@…>``; anything else in angle brackets is prose."""
    linked = _LINKED.match(state.src, state.pos, state.posMax)
    found = linked or _MAILED.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        typed = bare_address.shown(found[1])
        _push_link(state, bare_address.canonical(typed) if linked else f"mailto:{typed}", typed, "autolink")
    state.pos = found.end()
    return True


def _push_link(state: StateInline, address: str, words: str, markup: str) -> Token:
    link = state.push("link_open", "a", 1)
    link.attrs, link.markup, link.info = {"href": address}, markup, "auto"
    state.push("text", "", 0).content = words
    state.push("link_close", "a", -1)
    return link


def _bare_address(state: StateInline, silent: bool) -> bool:
    """An address as it is typed: the colon of ``https://`` is where the reader of plain words stops."""
    pos, src = state.pos, state.src
    if not src.startswith("://", pos):
        return False
    start = pos - 5 if src[max(0, pos - 5) : pos].lower() == "https" else pos - 4
    if start < 0 or src[start:pos].lower() not in ("http", "https"):
        return False
    found = bare_address.match(src, start, state.posMax)
    if found is None:
        return False
    state.pos = found.end
    if silent:
        return True
    typed = bare_address.shown(src[start : found.end])
    if state.linkLevel:
        state.pending += typed[pos - start :]
        return True
    state.pending = state.pending[: -(pos - start)]
    link = _push_link(state, bare_address.canonical(typed), typed, "linkify")
    link.meta["unsure"] = found.unsure
    return True


def _destination(text: str, pos: int, limit: int) -> Any:
    """The address of ``[words](address)``: as CommonMark reads it, or else with spaces up to its closing bracket."""
    found = helpers.parseLinkDestination(text, pos, limit)
    if found.ok and _is_followed_by_end(text, found.pos, limit):
        return found
    longest = _MAX_DESTINATION if _ABSOLUTE.match(text, pos) else _MAX_FILE_NAME
    end = _end_of_brackets(text, pos, min(limit, pos + longest))
    if end is None:
        return found
    inside = text[pos:end]
    title = _TITLE.search(inside)
    address = inside[: title.start() if title else len(inside)].rstrip(" \t")
    if not _SPACE.search(address) or not (_ABSOLUTE.match(address) or _PICTURE.search(address)):
        return found
    spaced = _SPACE.sub("%20", bare_address.shown(address)) if _ABSOLUTE.match(address) else address
    return SimpleNamespace(ok=True, pos=pos + len(address), str=spaced)


def _is_followed_by_end(text: str, pos: int, limit: int) -> bool:
    """Whether an address that ends at *pos* is followed by the closing bracket, or by a title and that."""
    rest = text[pos : min(limit, pos + _MAX_DESTINATION)]
    return rest.lstrip(" \t\n")[:1] == ")" or _BEFORE_END.match(rest) is not None


def _end_of_brackets(text: str, pos: int, limit: int) -> int | None:
    """Where the bracket closes that was opened before *pos*, on the same line."""
    depth = 0
    for at in range(pos, limit):
        sign = text[at]
        if sign == "\n":
            return None
        if sign == "(":
            depth += 1
        elif sign == ")":
            if depth == 0:
                return at
            depth -= 1
    return None
