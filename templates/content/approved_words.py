"""What approvers read of an issue, piece by piece: kept with their yes, so that a later look can say what is new.

The words are those of the manuscript with the titles of articles in it, and with everything that a change could hide
behind: addresses, for whom a block is, which picture. What stands in no piece is still part of the digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.issues.block import Block, Only
from models.issues.content_digest import BLOCK
from models.issues.issue import Issue
from models.store.clock import TOKYO

from . import segment_words
from .letter import Letter

_SILENT = frozenset({"kind", "only", "level", "ordered"})
"""Keys of a block whose values are no words; the digest sees them."""


def of_letter(issue: Issue, letter: Letter) -> tuple[tuple[str, str], ...]:
    """Names of pieces and their words, in the letter's order.

    Arguments:
        letter: the one with every block.
    """
    return tuple((name, text) for name, text in _pieces(issue, letter) if text or name.startswith(BLOCK))


def _pieces(issue: Issue, letter: Letter) -> Iterator[tuple[str, str]]:
    sender = letter.sender
    yield "subject", letter.subject
    yield "preheader", letter.preheader
    addresses = (sender.address, sender.reply_to, sender.postal_address, sender.contact)
    yield "sender", "\n".join(filter(None, (sender.newsletter, sender.name, *addresses)))
    yield "recipients", "\n".join(segment_words.describe(issue, issue.newsletter.staff_language))
    yield "window", window(issue)
    yield "dated", str(issue.dated or "")
    yield "correction_note", letter.correction_note
    for block in letter.blocks:
        yield f"{BLOCK}{block.kind}", "\n".join(filter(None, _words(block, letter)))


def window(issue: Issue) -> str:
    """The window of sending as two times in Asia/Tokyo, with a wave dash between; empty where there is none."""
    if issue.not_before is None and issue.not_after is None:
        return ""
    ends = (f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}" if at else "" for at in (issue.not_before, issue.not_after))
    return " ～ ".join(ends)


def _words(block: Block, letter: Letter) -> Iterator[str]:
    if block.only != Only():
        yield f"[{' / '.join((*block.only.audiences, *block.only.topics))}]"
    yield from _texts(block.model_dump(mode="json"), letter)


def _texts(value: Any, letter: Letter, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _SILENT:
                yield from _texts(inner, letter, name)
    elif isinstance(value, list):
        if value and isinstance(value[0], list):
            yield from (" / ".join(map(str, row)) for row in value)
        else:
            for inner in value:
                yield from _texts(inner, letter, key)
    elif key == "article" and value in letter.articles:
        article = letter.articles[value]
        yield from (article.title, article.address, article.recap)
    elif key == "topics":
        yield letter.topics.get(value, str(value))
    elif key == "image":
        yield f"({str(value)[:8]})"
    elif value is not None and value is not False:
        yield str(value)
