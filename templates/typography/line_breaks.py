"""Lines of plain text: counted in columns and broken where Japanese may be broken (禁則処理, JIS X 4051).

Text is cut into pieces that must stay whole: a word in Latin script, an address, a number, or one Japanese
character together with whatever may not begin the next line after it or end the line before it. Lines are
filled with whole pieces. A piece that is wider than a line keeps a line to itself and is never cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

import regex

WIDTH = 70
"""Columns of a line: 35 full-width characters. RFC 5322 recommends 78, and replies add quote marks in front."""

NO_START = frozenset(
    "、。，．・：；？！゛゜ヽヾゝゞ々〻ー’”）〕］｝〉》」』】〙〗｠»°′″℃¢％‰‥…―─〜～–‐゠〟"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
    "｡｣､･ｧｨｩｪｫｬｭｮｯｰﾞﾟ,.:;?!)]}‼⁇⁈⁉"
)
"""Characters that begin no line."""

NO_END = frozenset("‘“（〔［｛〈《「『【〘〖｟«〝｢([{￥＄￡＃№〒¥$£")
"""Characters that end no line."""

Measure = Callable[[str], int]

_KANA_AND_KANJI = frozenset(
    character
    for character in map(chr, (*range(0x3041, 0x3100), *range(0x4E00, 0xA000)))
    if character.isalpha() and character not in NO_START
)
"""Kana and kanji: but for its neighbours, a line may end before and after each of them."""

_TOKEN = re.compile(
    rf"[{''.join(sorted(_KANA_AND_KANJI))}]+"  # by the dozen, as they are most of a text
    r"|https?://[!-~]+"  # an address is whole, whatever stands in it
    r"|[ \t\u3000]+"
    r"|[０-９]{1,12}"
    r"|[!-~]++\u2022+@[!-~]+"  # an address with its middle hidden
    r"|[!-~\u00a0-\u00ff\u0100-\u024f\u0370-\u052f\u0590-\u0dff]+"  # words of scripts that put spaces between them
    r"|(?s:.)"
)
_SPACES = " \t\u3000"
_MIN_LAST_LINE = 8
"""Columns below which a last line looks lost."""
_JOINER = "\u200d"
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN = range(0x1F3FB, 0x1F400)
_CLUSTER = regex.compile(r"\X")
_LONGEST_CLUSTER = 40
"""Characters before a place that are looked at: a family of emoji has eleven."""


@lru_cache(maxsize=8192)
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


@lru_cache(maxsize=16384)
def columns(text: str) -> int:
    """How many columns *text* fills: two for wide, full-width and ambiguous characters (UAX #11), else one."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=8192)
def _never_begins_line(character: str) -> bool:
    """Whether *character* never begins a line: forbidden, a space, or part of the character before it."""
    return (
        character in NO_START
        or character in _SPACES
        or character == _JOINER
        or ord(character) in _SKIN
        or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")
    )


def _no_break_before(without_spaces: str, last: str, first: str) -> bool:
    """Whether no line may end before the character *first*.

    Arguments:
        without_spaces: the last character before it that is no space, or nothing.
        last: the last character before it.
        first: the character itself.
    """
    if _never_begins_line(first) or without_spaces in NO_END or last == _JOINER:
        return True
    if ord(first) in _REGIONAL and ord(last) in _REGIONAL:
        return True
    return bool(last) and not last.isascii() and first not in _KANA_AND_KANJI and within_cluster(last, first)


@lru_cache(maxsize=8192)
def within_cluster(before: str, after: str) -> bool:
    """Whether a break between two texts would fall inside of what a reader takes for one character (UAX #29)."""
    start = before[-_LONGEST_CLUSTER:]
    return bool(before and after) and len(_CLUSTER.findall(start + after[0])) == len(_CLUSTER.findall(start))


def unbreakable_pieces(text: str) -> list[str]:
    """*text* cut where a line may end; put together again, the pieces are *text*."""
    found: list[str] = []
    without_spaces = last = ""
    for token in _TOKEN.findall(text):
        first, *others = token if token[0] in _KANA_AND_KANJI else (token,)
        if found and _no_break_before(without_spaces, last, token[0]):
            found[-1] += first
        else:
            found.append(first)
        found += others
        last = token[-1]
        without_spaces = without_spaces if last in _SPACES else last
    return found


def break_lines(text: str, width: int = WIDTH, *, measure: Measure = columns) -> list[str]:
    """*text*, which has no line ends, as lines of at most *width* columns.

    Spaces at which a line was broken stay at its end, so that the lines put together are *text* again.
    Only a line that is a single piece may be wider. A last line of two or three characters gets some more from
    the one before.

    Arguments:
        text: one paragraph.
        width: columns of a line, without the spaces at its end.
        measure: counts the columns of a piece.
    """
    lines: list[list[str]] = []
    filled = width
    for piece in unbreakable_pieces(text):
        without_spaces = piece.rstrip(_SPACES)
        columns_of_piece = measure(without_spaces)
        if not lines or filled + columns_of_piece > width:
            lines.append([])
            filled = 0
        lines[-1].append(piece)
        filled += (
            columns_of_piece if without_spaces == piece else columns_of_piece + columns(piece[len(without_spaces) :])
        )
    if len(lines) > 1 and filled < _MIN_LAST_LINE <= width // 2:
        _lengthen_last_line(lines[-2], lines[-1], filled, measure)
    return ["".join(line) for line in lines]


_ALIKE = re.compile(f"[{''.join(sorted(_KANA_AND_KANJI))}]")


def shape(text: str) -> str:
    """*text* with one kanji for all kana and kanji: lines of both are broken at the same places."""
    return _ALIKE.sub("山", text)


@lru_cache(maxsize=4096)
def line_ends(of_shape: str, width: int) -> tuple[int, ...]:
    """Where the lines of every text of a shape end, in characters, as :func:`break_lines` says; kept, as it costs.

    Arguments:
        of_shape: a text without line ends, of which any part may be its :func:`shape`.
        width: columns of a line.
    """
    return tuple(accumulate(map(len, break_lines(of_shape, width))))


def _lengthen_last_line(before: list[str], last: list[str], filled: int, measure: Measure) -> None:
    """Move Japanese characters, but no whole words, from the line *before* to the *last* one while it is short."""
    while filled < _MIN_LAST_LINE and len(before) > 1 and columns(before[-1]) <= _MIN_LAST_LINE // 2:
        last.insert(0, before.pop())
        filled += measure(last[0])


def wrap(text: str, width: int = WIDTH, *, first: str = "", rest: str = "", measure: Measure = columns) -> list[str]:
    """The lines of *text*, each of its own lines broken, without spaces at their ends.

    Arguments:
        text: one or more lines.
        width: columns of a line, indent included.
        first, rest: what stands before the first line and before every other one.
        measure: counts the columns of a piece.
    """
    lines: list[str] = []
    available = width - max(columns(first), columns(rest))
    for paragraph in text.split("\n"):
        fits = measure(paragraph) <= available
        for line in [paragraph] if fits else break_lines(paragraph, available, measure=measure):
            indent = rest if lines else first
            lines.append((indent + line).rstrip(_SPACES))
    return lines
