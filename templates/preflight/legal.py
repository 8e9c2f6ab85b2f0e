"""What 特定電子メール法 wants in every letter, looked for in both parts as a reader gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from ..content.letter import Letter
from ..render.edition import Rendered
from .finding import HTML_PART, TEXT_PART, Finding, Location, error

_TAGS = re.compile(r"<[^>]+>")
_SPACE = re.compile(r"\s+")


def check(letter: Letter, rendered: Rendered) -> Iterator[Finding]:
    """The sender's name, postal address, contact and the way to stop (the law's article 4, its ordinance 7 to 9)."""
    sender = letter.sender
    wanted = {
        "legal.sender": sender.name,
        "legal.postal_address": sender.postal_address,
        "legal.contact": sender.contact,
    }
    for part, words, where in _parts(rendered):
        for rule, value in wanted.items():
            if not value.strip() or _without_spaces(value) not in words:
                yield error(rule, where, part=part)
        if "/u/" not in words:
            yield error("legal.unsubscribe", where, part=part)


def _parts(rendered: Rendered) -> Iterator[tuple[str, str, Location]]:
    # Addresses of links count for the way to stop, so they are kept beside the words of the HTML.
    html = " ".join(re.findall(r'href="([^"]*)"', rendered.html)) + _TAGS.sub("", rendered.html)
    yield "HTML", _without_spaces(unescape(html)), HTML_PART
    yield "text", _without_spaces(rendered.text), TEXT_PART


def _without_spaces(text: str) -> str:
    """*text* without white space: lines are broken where they must be, and that changes nothing."""
    return _SPACE.sub("", text).replace("\u200b", "")
