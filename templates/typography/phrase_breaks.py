"""Where a line may be broken: a heading between its phrases, by style alone, and no number or joined word inside.

Phrases are kept together by ``word-break: auto-phrase`` (CSS Text Module Level 4, 5.2), which needs no mark between
them: marks inside of words look to spam filters like an attempt to hide the words, and programs that know nothing of
phrases would break at each of them. Those break Japanese as it is usually broken.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from .line_breaks import columns

_NUMBER = re.compile(r"(?:[(（](?=[0-9０-９]+[)）]))?[0-9０-９]+(?:[-‐−－()（）]+[0-9０-９]+)+")
"""Telephone numbers and postcodes, which a narrow screen would break at their hyphens."""
_JOINED = re.compile(rf"{_NUMBER.pattern}|[A-Za-z0-9]++(?:[-‐/&'’.+][A-Za-z0-9]++)+")
"""The same, and words such as Gov-Cloud."""
_WIDEST = 24
"""Columns of what is kept whole; more would be wider than a telephone."""
_OPENING = re.compile("[（［｛〈《「『【〔〖〘]")
"""Brackets that fill the right half of their square alone, so that a line which begins with one looks indented."""


def phrases(text: str) -> Markup:
    """The HTML of a heading: whole where style alone would break it, and flush where it begins with a bracket.

    The classes ``whole`` and ``opening`` stand in the style sheets of letters and pages.
    """
    bracket = _OPENING.match(text)
    first = Markup('<span class="opening">%s</span>') % bracket[0] if bracket else Markup()
    return first + _kept(text[len(bracket[0]) if bracket else 0 :], _JOINED, Markup('<span class="whole">%s</span>'))


def unbroken(text: str) -> Markup:
    """*text* as HTML that is broken inside of no number."""
    return _kept(text, _NUMBER, Markup('<span style="white-space:nowrap">%s</span>'))


def _kept(text: str, whole: re.Pattern[str], mark: Markup) -> Markup:
    found, end = Markup(), 0
    for match in whole.finditer(text):
        found += text[end : match.start()] + (mark % match[0] if columns(match[0]) <= _WIDEST else match[0])
        end = match.end()
    return found + text[end:]
