"""Readers' own values, cleaned before they come near a letter.

A name comes from a form that anybody can fill in, or from a list of somebody else. It must stay one short run of
text: no line ends (they would forge headers), no control characters, nothing that turns the direction of what
stands beside it (Unicode TR 36, 2.5), nothing invisible.
"""

from __future__ import annotations

import re

import regex

from models.store.input_rule import CONTROLS, DIRECTION, INVISIBLE, NONCHARACTERS, PRIVATE_USE

MAX_LENGTH = 200
"""Characters of a value that a letter shows; what is longer is cut and ends in an ellipsis."""

_LINE_END_CHARACTERS = "\t-\r\x1c-\x1f\x85\u2028\u2029"

_LINE_ENDS = re.compile(f"[{_LINE_END_CHARACTERS}]+")
_UNWANTED = re.compile(f"[{CONTROLS}{DIRECTION}{INVISIBLE}{NONCHARACTERS}{PRIVATE_USE}]")
_DIRECTION = re.compile(f"[{DIRECTION}]")
_CONTROL = re.compile(f"[{CONTROLS}]")


def clean(value: object) -> str:
    """*value* as it may stand in a letter: one line, at most 200 characters, nothing invisible; None is empty."""
    text = value if isinstance(value, str) else "" if value is None else str(value)
    if not text.isprintable():
        text = _UNWANTED.sub("", _LINE_ENDS.sub(" ", text))
    text = text.strip()
    return text if len(text) <= MAX_LENGTH else _shortened(text)


def has_control(text: str) -> bool:
    """Whether *text* has a control character, a line end of any kind or half of a surrogate pair."""
    return _CONTROL.search(text) is not None


def without_direction(text: str) -> str:
    """*text* without the characters that turn the direction of writing."""
    return _DIRECTION.sub("", text)


_CLUSTER = regex.compile(r"\X")


def clusters(text: str) -> list[str]:
    """*text* in what a reader takes for single characters (grapheme clusters, UAX #29): an emoji with all its parts."""
    found: list[str] = _CLUSTER.findall(text)
    return found


def _shortened(text: str) -> str:
    kept = ""
    for cluster in clusters(text[: 2 * MAX_LENGTH]):
        if len(kept) + len(cluster) >= MAX_LENGTH:
            break
        kept += cluster
    # A "character" of 200 marks is an attack on the layout (zalgo), not a name.
    return (kept or text[: MAX_LENGTH - 1]).rstrip() + "…"
