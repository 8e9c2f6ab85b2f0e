r"""The words of the manuscript against the words of both parts: a letter that got lost on the way blocks approval.

This looks at a text with eyes of its own, so that it sees what the reader of Markdown takes for mark-up by mistake: it
knows only what may be missing (brackets and address of a link, asterisks that stand beside no figure, a mark of a
list, a backslash before a sign). Everything else must be there, in order and with nothing between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import html as trees

from models.manuscript import bare_address

from ..content.letter import Letter
from ..content.merge import evaluated
from ..content.slot import Escape
from ..render.edition import Rendered
from .finding import HTML_PART, LETTER, PREHEADER, TEXT_PART, Finding, error
from .passages import Passage, passages

MAX_WORK = 300_000
"""Comparisons of one text; a paste that wants more is not judged here."""

_SPACE = re.compile(r"\s+")
_SLOT = "\ufdd1"
_ADDRESS_END = "\ufdd0"
_LIST_MARKS = re.compile(r"(?:[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]+|$))+", re.MULTILINE)
_BRACKETED_ADDRESS = re.compile(r"<(?=(?:https?://|mailto:|[^\s<>]+@)[^\s<>]*>)", re.IGNORECASE)
_AMPERSAND = re.compile(r"(?<=&)(?:amp|#38|#x26);", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(?=[*\[\]<>+#.):`~-]|\n)")
_STARS = re.compile(r"\*+")
_ADDED = re.compile(r"\[\d+\]|\([^()\s]+@[^()\s]+\)")
"""What the text part puts behind a link's words."""
_NUMBERED = re.compile(r"・|\d+\.")
"""What the text part puts before an item."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters without spaces. ``optional`` where they may be missing, ``first`` where they begin a line."""

    letters: str
    optional: bool = False
    first: bool = False
    instead: str = ""
    """What may stand there instead: the address of a link without words."""


def check(letter: Letter, rendered: Rendered) -> Iterator[Finding]:
    """Every text of *letter* that is not in a part as it was typed."""
    known = rendered.slots.pattern
    typed = evaluated(letter, rendered.slots, Escape.HTML)
    parts = {
        HTML_PART: _letters(_SLOT.join(known.split(_shown(rendered.html))[::2])),
        TEXT_PART: _letters(_SLOT.join(known.split(rendered.slots.unwrapped(rendered.text))[::2])),
    }
    note = Passage(typed.correction_note, LETTER, "note", markdown=True)
    for passage in (*passages(typed), note):
        source = _SLOT.join(known.split(passage.text)[::2])
        for part, words in parts.items():
            if part is TEXT_PART and passage.where is PREHEADER:
                continue
            if lost := find_lost(source, words, markdown=passage.markdown):
                yield error("words.changed", passage.where, text=lost, part=part.words)


def find_lost(source: str, words: str, *, markdown: bool) -> str:
    """The end of what of *source* is in *words*, and what is missing behind it; nothing where nothing is missing.

    Arguments:
        source: a text as it was typed.
        words: all words of a part, without spaces.
        markdown: whether signs of *source* may be mark-up.
    """
    pieces = list(_pieces(_with_ends_of_addresses(source))) if markdown else [_Piece(_letters(source))]
    start = next((at for at, piece in enumerate(pieces) if piece.letters and not piece.optional), None)
    if start is None:
        return ""
    # Where the first letters that must be there are found, one goes on in all these places at once.
    ends, work = _everywhere(pieces[start].letters, words), 0
    for at in range(start, len(pieces)):
        if at > start:
            ends, work = _advanced(pieces[at], ends, words), work + len(ends)
        if work > MAX_WORK:
            return ""
        if not ends:
            before = "".join(piece.letters for piece in pieces[max(start, at - 6) : at])
            return (before[-15:] + pieces[at].letters[:15]).replace(_ADDRESS_END, "")
    return ""


def _with_ends_of_addresses(source: str) -> str:
    """*source* with a mark behind each address, where the text part puts the number of its link."""
    pieces, at = [], 0
    for address in bare_address.find_all(source):
        pieces.append(source[at : address.end])
        at = address.end
    return _ADDRESS_END.join([*pieces, source[at:]])


def _everywhere(letters: str, words: str) -> set[int]:
    ends: set[int] = set()
    at = words.find(letters)
    while at >= 0:
        ends.add(at + len(letters))
        at = words.find(letters, at + 1)
    return ends


def _advanced(piece: _Piece, ends: set[int], words: str) -> set[int]:
    """Where in *words* one may be behind *piece*, for each place where one may be before it."""
    starts = _with_added(ends, words)
    if piece.first:
        starts |= {found.end() for at in starts if (found := _NUMBERED.match(words, at))}
    ends = starts
    # An address inside of what may be missing has its number behind it, too.
    for number, letters in enumerate(piece.letters.split(_ADDRESS_END)):
        ends = _with_added(ends, words) if number else ends
        ends = {at + len(letters) for at in ends if words.startswith(letters, at)}
    if piece.instead:
        ends |= {at + len(piece.instead) for at in starts if words.startswith(piece.instead, at)}
    return ends | starts if piece.optional else ends


def _with_added(ends: set[int], words: str) -> set[int]:
    return ends | {added.end() for at in ends if (added := _ADDED.match(words, at))}


def _pieces(source: str) -> Iterator[_Piece]:
    """*source* cut at everything that may be missing."""
    at = text_from = 0
    first = True
    tails = _link_tails(source)
    last_tail = max(tails, default=-1)
    while at < len(source):
        at_line_start = at == 0 or source[at - 1] == "\n"
        end = _end_of_optional(source, at, tails, last_tail, at_line_start)
        if at_line_start or end:
            yield from _kept(source[text_from:at], first)
            text_from, first = at, at_line_start
        if end:
            for character in source[at:end] if at not in tails else (source[at:end],):
                instead = _shown_address(source, at, end) if at in tails else ""
                yield _Piece(_letters(character), optional=True, first=first, instead=instead)
                first = first and at_line_start
            text_from = at = end
        else:
            at += 1
    yield from _kept(source[text_from:], first)


def _kept(text: str, first: bool) -> Iterator[_Piece]:
    """What must be there: one piece up to each end of an address."""
    for letters in _letters(text).split(_ADDRESS_END) if text else ():
        yield _Piece(letters, first=first)
        first = False


def _end_of_optional(source: str, at: int, tails: dict[int, int], last_tail: int, at_line_start: bool) -> int:
    """Where what may be missing ends that begins at *at*; 0 where everything there must stay."""
    sign = source[at]
    if at_line_start and (marks := _LIST_MARKS.match(source, at)):
        return marks.end()
    if sign == "*":
        stars = _STARS.match(source, at)
        return stars.end() if stars and _may_vanish(source, at, stars.end()) else 0
    if sign == "[":
        return at + 1 if at < last_tail else 0
    if sign == "]":
        return tails.get(at, 0)
    if sign == ">":
        return at + 1 if source.rfind("<", max(0, at - 2100), at) >= 0 else 0
    for pattern in (_BRACKETED_ADDRESS, _ESCAPE, _AMPERSAND):
        if sign in "<\\a#A" and (found := pattern.match(source, at)):
            return found.end()
    return 0


def _may_vanish(source: str, start: int, end: int) -> bool:
    """Whether a run of asterisks may be mark-up: never in a sum, a mask or a footnote's mark."""
    before, behind = source[max(0, start - 1) : start], source[end : end + 1]
    if end - start > 3 or ((before + behind).isascii() and before.isalnum() and behind.isalnum()):
        return False
    return end - start == 2 or not behind.isdigit()


def _link_tails(source: str) -> dict[int, int]:
    """Where each ``](address)`` begins and ends."""
    found: dict[int, int] = {}
    for opening in re.finditer(r"\]\(", source):
        depth = 0
        for at in range(opening.end(), min(len(source), opening.end() + 2500)):
            if source[at] == "(":
                depth += 1
            elif source[at] == ")":
                if depth == 0:
                    found[opening.start()] = at + 1
                    break
                depth -= 1
    return found


def _shown_address(source: str, start: int, end: int) -> str:
    """What a link shows that ends with ``](address)`` and has no words: its address."""
    if source[max(0, start - 50) : start].rstrip()[-1:] != "[":
        return ""
    inside = source[start + 2 : end - 1].replace(_ADDRESS_END, "").split(maxsplit=1)
    return bare_address.canonical(inside[0].strip("<>")) if inside else ""


def _shown(html: str) -> str:
    """The words of a page, with what stands for its pictures, in order."""
    return " ".join(_words_of(trees.document_fromstring(html)))


def _words_of(page: trees.HtmlElement) -> Iterable[str]:
    for element in page.iter():
        if element.tag == "img":
            yield element.get("alt", "")
    yield "".join(page.find("body").itertext())


def _letters(text: str) -> str:
    return _SPACE.sub("", text)
