"""The one door for what people type, paste and send: which characters a text has, and in which form they are kept.

Files, forms, search boxes, arguments of commands, lists of readers and headers from outside all pass here
(:func:`normalised`, then :func:`fault`), so that one rule holds whatever way a text takes.

- Letters and their marks are kept composed (NFC, UAX 15): a Mac copies が as か and a mark. Compatibility ideographs,
  such as 福 (U+FA1B) of a name, are kept as they were typed, though NFC would replace them by another shape.
- Line ends become ``\\n``: CR, CR LF, and those that only Unicode knows (U+0085, U+2028, U+2029).
- What nobody sees is taken out: characters that turn the direction of writing (UAX 9; Unicode TR 36, 2.5), that have no
  width, or that mark a file's beginning. The joiners that emoji and some scripts are spelled with stay.
- A control character is no part of any text: PostgreSQL keeps no NUL, XML and YAML hardly one of them, and a line break
  in a single-line value would begin a new header. Half of a surrogate pair is no character (Unicode, 3.8), and neither
  are the 66 noncharacters (23.7): one in a title, and nobody could read the feed.
- A private-use character (外字) looks different on each machine, or like nothing at all: it reaches no reader.
- More than :data:`MAX_MARKS` marks on one letter are an attack on the layout, and sorting them takes long.
"""

from __future__ import annotations

import enum
import re
import unicodedata

import regex

MAX_INTEGER = 2**31 - 1
"""The largest number of a column of type integer; no id, number or page is larger."""
MAX_MARKS = 30
"""Marks that follow one letter at most (UAX 15, 13: stream-safe text has no more)."""

DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Inside of brackets of a pattern: what turns the direction of writing."""
CONTROLS = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Inside of brackets of a pattern: control characters, line ends of any kind, halves of surrogate pairs."""
# Zero-width joiner and non-joiner stay, and the tags that some flags are spelled with.
INVISIBLE = "\u00ad\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb\U000e0000-\U000e001f"
"""Inside of brackets of a pattern: what has neither shape nor width."""
NONCHARACTERS = "\ufdd0-\ufdef" + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}"
                                          for plane in range(0, 0x110000, 0x10000))  # fmt: skip
"""Inside of brackets of a pattern: what Unicode promises never to make a character."""
PRIVATE_USE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
"""Inside of brackets of a pattern: characters that mean what somebody's own machine says."""

_COMPATIBILITY_IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_UNSEEN = re.compile(f"[{DIRECTION}{INVISIBLE}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]|[" + NONCHARACTERS + "]")
_PRIVATE = re.compile(f"[{PRIVATE_USE}]")
_MARKS = regex.compile(rf"\p{{M}}{{{MAX_MARKS + 1},}}")
_EXCESS_MARKS = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
_LINE = re.compile(r"[\n\x85\u2028\u2029]")
# Letters by name, but blank on every screen: fillers of Hangul, and the pattern of Braille without a dot.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


class TextFault(enum.Enum):
    """Why a text cannot be kept."""

    CONTROL = "control"
    """A character that no text has."""
    PRIVATE_USE = "private use"
    MARKS = "marks"
    LINES = "lines"
    """Several lines, where there is room for one."""


def normalised(value: str) -> str:
    """*value* in the one form in which texts are kept; what cannot be kept is still in it."""
    if value.isascii():
        return _LINE_ENDS.sub("\n", value) if "\r" in value else value
    value = _UNSEEN.sub("", _LINE_ENDS.sub("\n", value))
    if _MARKS.search(value):  # sorting them takes time that grows with their square
        return value
    return "".join(
        part if at % 2 else unicodedata.normalize("NFC", part)
        for at, part in enumerate(_COMPATIBILITY_IDEOGRAPHS.split(value))
    )


def line(value: str) -> str:
    """*value* in the one form, as a text of one line: tabs become spaces, and there are none around it."""
    return normalised(value).replace("\t", " ").strip()


def fault(value: str, *, lines: bool = True) -> TextFault | None:
    """What is wrong with a text that is :func:`normalised`; None where it can be kept.

    Arguments:
        lines: whether it may have several of them.
    """
    if value.isascii() and value.isprintable():
        return None
    if _CONTROL.search(value):
        return TextFault.CONTROL
    if _PRIVATE.search(value):
        return TextFault.PRIVATE_USE
    if _MARKS.search(value):
        return TextFault.MARKS
    return TextFault.LINES if not lines and _LINE.search(value) else None


def is_text(value: str) -> bool:
    """Whether *value* can be kept as a text of any number of lines, once it is :func:`normalised`."""
    return fault(normalised(value)) is None


def is_line(value: str) -> bool:
    """Whether *value* can be kept as a text of one line, once it is :func:`normalised`."""
    return fault(normalised(value), lines=False) is None


def is_visible(value: str) -> bool:
    """Whether there is anything to see in *value*: a letter, a figure or a sign."""
    return any(
        (unicodedata.category(character)[0] in "LNPS" or unicodedata.category(character) == "Cn")  # newer than Python
        and character not in _BLANK_LETTERS
        for character in _UNSEEN.sub("", value)
    )


def without_controls(value: str) -> str:
    """*value* with ``\\n`` as its only line end, and without controls and what nobody sees; its marks as they are."""
    return _CONTROL.sub("", _UNSEEN.sub("", _LINE_ENDS.sub("\n", value)))


def cleaned(value: str) -> str:
    """*value* in the one form, without what cannot be kept."""
    return normalised(_EXCESS_MARKS.sub(r"\1", _PRIVATE.sub("", without_controls(value))))


def whole_number(typed: str, least: int = 1, most: int = MAX_INTEGER) -> int | None:
    """The number that *typed* says in ASCII digits; None where it says none between *least* and *most*."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10):
        return None
    number = int(typed)
    return number if least <= number <= most else None
