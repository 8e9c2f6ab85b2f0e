"""Where a line may be broken: a Japanese heading between its phrases, and no number inside of itself."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import budoux
from markupsafe import Markup, escape

from .line_breaks import NO_END, NO_START

MAX_CHARACTERS = 300
"""Longer texts are no headings and are left alone."""


_NUMBER = re.compile(r"(?:[(（](?=[0-9０-９]+[)）]))?[0-9０-９]+(?:[-‐−－()（）]+[0-9０-９]+)+")
"""Telephone numbers and postcodes, which a narrow screen would break at their hyphens."""


@cache
def _parser() -> budoux.Parser:
    return budoux.load_default_japanese_parser()


def split_phrases(text: str) -> list[str]:
    """*text* in its phrases; together they are *text* again. No word in Latin script is cut."""
    if not text or len(text) > MAX_CHARACTERS or text.isascii():
        return [text]
    found: list[str] = []
    for phrase in _parser().parse(text):
        if found and _no_break_between(found[-1][-1], phrase[0]):
            found[-1] += phrase
        else:
            found.append(phrase)
    return found


def _no_break_between(last: str, first: str) -> bool:
    return last in NO_END or first in NO_START or (last.isascii() and first.isascii())


@lru_cache(maxsize=1024)
def phrases(text: str) -> Markup:
    """*text* as HTML that may be broken between its phrases only, where styles keep the rest together."""
    return Markup("<wbr>").join(map(escape, split_phrases(text)))


def unbroken(text: str) -> Markup:
    """*text* as HTML that is broken inside of no number."""
    found, end = Markup(), 0
    for number in _NUMBER.finditer(text):
        found += Markup('%s<span style="white-space:nowrap">%s</span>') % (text[end : number.start()], number[0])
        end = number.end()
    return found + text[end:]
