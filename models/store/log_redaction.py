"""What never stands in a log, whatever fails: mail addresses, tokens, and what a database quotes of rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# A word is taken whole, from its beginning, and looked at by itself: a pattern that began anew at each of its
# characters would take minutes for a long one, and no other thread runs meanwhile. Strangers write such words.
_IN_WORD = r"[^\s<>()\[\]{}\"',;:=/“”「」]"
_WORD = re.compile(rf"(?<!{_IN_WORD}){_IN_WORD}++")
_AT = re.compile(r"[@＠]|%40")
MOST_CHARACTERS = 20_000
"""Of one value of a log line; a stranger who writes more fills no disk."""
# 32 characters of base64url, as models.store.token makes them: capitals and small letters both occur.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[A-Za-z0-9_-]{32}(?![\w-])")
# PostgreSQL names the values of a row in a message's second part, and the place in a statement.
_QUOTED_ROW = re.compile(r"\b(DETAIL|CONTEXT|LINE \d+):.*?(?=\n\[SQL|\n\n|\nCONTEXT:|\Z)", re.DOTALL)


def redact(text: str) -> str:
    """*text* without addresses, tokens and values of rows."""
    text = _QUOTED_ROW.sub(r"\1: [hidden]", text)
    if _AT.search(text):
        text = _WORD.sub(_hide_address, text)
    return _cut(_TOKEN.sub("[token]", text))


def _hide_address(word: re.Match[str]) -> str:
    at = _AT.search(word[0], 1)
    return "[address]" if at and "." in word[0][at.end() : -1] else word[0]


def _cut(text: str) -> str:
    left_out = len(text) - MOST_CHARACTERS
    if left_out <= 0:
        return text
    half = MOST_CHARACTERS // 2
    return f"{text[:half]} [{left_out} characters left out] {text[-half:]}"


def redact_value(value: Any) -> Any:
    """A value of a log line, redacted; what is no plain value becomes text."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redact(value)
        case Mapping():
            return {redact(str(key)): redact_value(one) for key, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [redact_value(one) for one in value]
        case _:
            return redact(repr(value))


def redact_event(_logger: object, _method: str, event: Any) -> Any:
    """A processor of structlog: every value of a line, redacted."""
    return {
        key: value if key in ("_record", "_from_structlog") else redact_value(value) for key, value in event.items()
    }
