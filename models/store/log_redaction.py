"""What never stands in a log, whatever fails: mail addresses, tokens, and what a database quotes of rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PART = r"[^\s<>()\[\]{}\"',;:@=/“”「」]"
_ADDRESS = re.compile(rf"{_PART}+(?:@|＠|%40){_PART}*\.{_PART}+")
# 32 characters of base64url, as models.store.token makes them: capitals and small letters both occur.
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[A-Za-z0-9_-]{32}(?![\w-])")
# PostgreSQL names the values of a row in a message's second part, and the place in a statement.
_QUOTED_ROW = re.compile(r"\b(DETAIL|CONTEXT|LINE \d+):.*?(?=\n\[SQL|\n\n|\nCONTEXT:|\Z)", re.DOTALL)


def redact(text: str) -> str:
    """*text* without addresses, tokens and values of rows."""
    text = _QUOTED_ROW.sub(r"\1: [hidden]", text)
    return _TOKEN.sub("[token]", _ADDRESS.sub("[address]", text))


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
