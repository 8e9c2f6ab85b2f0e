"""What never stands in a log, whatever fails: mail addresses, tokens, and what a database quotes of rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

# A word is taken whole, from its beginning, and looked at by itself: a pattern that began anew at each of its
# characters would take minutes for a long one, and no other thread runs meanwhile. Strangers write such words.
_IN_WORD = r"[^\s<>()\[\]{}\"',;:=/“”「」]"
# A local part in quotes (RFC 5321, 4.1.2) belongs to its word: so do we write the dots of old addresses of docomo.
_QUOTED = r'"(?:[^"\\\r\n]|\\.){1,80}"(?=[@＠]|%40)'
_WORD = re.compile(rf"{_QUOTED}{_IN_WORD}++|(?<!{_IN_WORD}){_IN_WORD}++")
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
    return _cut(_TOKEN.sub("[token]", replace_addresses(text, lambda _local, _domain: "[address]")))


def replace_addresses(text: str, change: Callable[[str, str], str]) -> str:
    """*text* with each mail address in it changed: the one place that says what looks like one in what others write.

    Arguments:
        change: gets the local part, with its quotes, and the domain; gives what is to stand in the address's place.
    """

    def changed(word: re.Match[str]) -> str:
        at = _AT.search(word[0], 1)
        return change(word[0][: at.start()], word[0][at.end() :]) if at and "." in word[0][at.end() : -1] else word[0]

    return _WORD.sub(changed, text) if _AT.search(text) else text


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
