"""One rule for what comes in, by page, command or file: characters and numbers that the database can keep.

A control character is no part of any text: PostgreSQL keeps no NUL, XML and YAML hardly one of them, and a line break
in a single-line value would begin a new header, also one that only Unicode knows (U+0085, U+2028, U+2029). Half of a
surrogate pair is no character (Unicode, 3.8), and U+FFFE and U+FFFF are none either: one in a title, and nobody could
read the feed. Tabs and line breaks belong to texts of several lines.
"""

from __future__ import annotations

import re

MAX_INTEGER = 2**31 - 1
"""The largest number of a column of type integer; no id, number or page is larger."""

_NO_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NO_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def is_text(value: str) -> bool:
    """Whether *value* can be kept as a text of any number of lines."""
    return _NO_CHARACTER.search(value) is None


def is_line(value: str) -> bool:
    """Whether *value* can be kept as a text of one line."""
    return _NO_LINE.search(value) is None


def cleaned(value: str) -> str:
    """*value* without the characters that no text has."""
    return _NO_CHARACTER.sub("", value)


def first_wrong(value: str) -> int | None:
    """The position of the first character that no text has, counted from 0."""
    found = _NO_CHARACTER.search(value)
    return found.start() if found else None


def whole_number(typed: str, least: int = 1, most: int = MAX_INTEGER) -> int | None:
    """The number that *typed* says in ASCII digits; None where it says none between *least* and *most*."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10):
        return None
    number = int(typed)
    return number if least <= number <= most else None
