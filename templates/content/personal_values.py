"""Readers' own values, cleaned before they come near a letter.

A name comes from a form that anybody can fill in, or from a list of somebody else. It must stay one short run of
text: no line ends (they would forge headers), no control characters, nothing that turns the direction of what
stands beside it (Unicode TR 36, 2.5), nothing invisible.
"""

from __future__ import annotations

import re

MAX_LENGTH = 200
"""Characters of a value that a letter shows; what is longer is cut and ends in an ellipsis."""

_LINE_END_CHARACTERS = "\t-\r\x1c-\x1f\x85\u2028\u2029"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
# Zero-width joiner and non-joiner stay: emoji and some scripts are spelled with them.
_INVISIBLE = "\u00ad\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e001f"

_LINE_ENDS = re.compile(f"[{_LINE_END_CHARACTERS}]+")
_UNWANTED = re.compile(f"[{_CONTROLS}{_BIDI}{_INVISIBLE}]")
_DIRECTION = re.compile(f"[{_BIDI}]")
_CONTROL = re.compile(f"[{_CONTROLS}]")


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


# What belongs to the character before it: combining marks, half-width voicing marks, variation selectors, skin
# tones, tags, the vowels and finals of Hangul. Unicode TR 29 has more, for scripts that few names here use.
_EXTENDS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a"
    "\u0e47-\u0e4e\u1160-\u11ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f"
    "\uff9e\uff9f\u200c\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef"
)
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_CLUSTER = re.compile(f"(?:{_FLAG}{_FLAG}|.)[{_EXTENDS}]*(?:\u200d(?:[^\\x00-\\xff][{_EXTENDS}]*)?)*", re.DOTALL)


def clusters(text: str) -> list[str]:
    """*text* in what a reader takes for single characters: a letter with its marks, an emoji with all its parts."""
    return _CLUSTER.findall(text)


def _shortened(text: str) -> str:
    kept = ""
    for cluster in clusters(text[: 2 * MAX_LENGTH]):
        if len(kept) + len(cluster) >= MAX_LENGTH:
            break
        kept += cluster
    # A "character" of 200 marks is an attack on the layout (zalgo), not a name.
    return (kept or text[: MAX_LENGTH - 1]).rstrip() + "…"
