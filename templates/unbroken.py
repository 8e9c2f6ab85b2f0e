"""Telephone numbers and postcodes, which a narrow screen would break at their hyphens."""

from __future__ import annotations

import re

from markupsafe import Markup

_NUMBER = re.compile(r"(?:[(（](?=[0-9０-９]+[)）]))?[0-9０-９]+(?:[-‐−－()（）]+[0-9０-９]+)+")


def unbroken(text: str) -> Markup:
    """*text* as HTML that is broken inside of no number."""
    found, end = Markup(), 0
    for number in _NUMBER.finditer(text):
        found += Markup('%s<span style="white-space:nowrap">%s</span>') % (text[end : number.start()], number[0])
        end = number.end()
    return found + text[end:]
