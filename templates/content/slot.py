"""Slots: the places of a letter that differ from reader to reader.

While a letter is rendered, a slot is a marker of ASCII alphanumerics that no HTML, CSS, URL or Markdown processing
changes. Freezing finds the markers again and keeps the bytes between them. A nonce of the rendering stands in
each marker, so that no text of an author or a reader can ever be taken for one.
"""

from __future__ import annotations

import enum
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from models.store.token import Purpose

from ..typography.line_breaks import WIDTH, line_ends, shape


class Escape(enum.Enum):
    """How a field's value is written where the slot stands."""

    NONE = "none"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class TokenSlot:
    """A token of one purpose: always 32 bytes."""

    purpose: Purpose


_ADDRESSED = ("様", "さま", "サマ", "さん", "先生", "御中", "各位")
"""Honorifics that readers write into their own name. Not 殿, with which family names end (鵜殿)."""


@dataclass(frozen=True, slots=True)
class FieldSlot:
    """A reader's own detail: ``name``, ``kana``, ``organisation`` or a custom field; *fallback* where it is empty.

    ``honorific`` follows a value, and no fallback: 皆さま is complete.
    """

    name: str
    fallback: str = ""
    escape: Escape = Escape.NONE
    honorific: str = field(default="", repr=False)  # boundaries of messages are made of how slots are written

    def addressed(self, value: str) -> str:
        """A *value* that is there, with its honorific, unless somebody has written one into it."""
        return value if not value or value.endswith(_ADDRESSED) else value + self.honorific


@dataclass(frozen=True, slots=True)
class WrappedSlot:
    """The end of a paragraph of the text part, from the line before a reader's first detail on.

    A name is as long as it is, so its lines are broken when it is known. Names of as many kanji have the same lines,
    which are looked for once: sending stays quick.

    Arguments:
        text: the paragraph, without line ends of its own.
        first, rest: what stands before its first line and before every other one.
        width: columns of a line behind what stands before it.
    """

    text: tuple[str | FieldSlot, ...]
    first: str = ""
    rest: str = ""
    width: int = WIDTH

    def filled(self, value_of: Callable[[FieldSlot], str], line_end: str) -> str:
        """The lines with details filled in.

        Arguments:
            value_of: gives the value of a detail.
            line_end: what stands between two lines: ``\\n``, or ``\\r\\n`` in a message.
        """
        values = [part if isinstance(part, str) else value_of(part) for part in self.text]
        shapes = [part if isinstance(part, str) else shape(at) for part, at in zip(self.text, values, strict=True)]
        text, start = "".join(values), 0
        lines: list[str] = []
        for end in line_ends("".join(shapes), self.width) or (0,):
            lines.append(((self.rest if lines else self.first) + text[start:end]).rstrip(" \t\u3000"))
            start = end
        return line_end.join(lines)


@dataclass(frozen=True, slots=True)
class HeaderSlot:
    """A header value of the copy: ``to`` (the address as it stands in To), ``message_id`` or ``date``."""

    name: str


OwnSlot = FieldSlot | WrappedSlot
"""What each reader has for themself, of any length."""
Slot = TokenSlot | OwnSlot | HeaderSlot


@dataclass(slots=True)
class Slots:
    """The slots of one rendering. Equal slots share a marker."""

    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    known: list[Slot] = field(default_factory=list)

    def marker(self, slot: Slot) -> str:
        """The text that stands for *slot* until the letter is frozen (ASCII letters and digits only)."""
        if slot not in self.known:
            self.known.append(slot)
        return f"Slot{self.nonce}N{self.known.index(slot)}E"

    def unwrapped(self, text: str) -> str:
        """*text* with what paragraphs around details say, and markers of the details alone."""

        def words(match: re.Match[str]) -> str:
            slot = self.known[int(match[1])]
            if not isinstance(slot, WrappedSlot):
                return match[0]
            return slot.first + "".join(part if isinstance(part, str) else self.marker(part) for part in slot.text)

        return self.pattern.sub(words, text)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches any marker; group 1 is the index of the slot in ``known``."""
        return re.compile(rf"Slot{self.nonce}N(\d+)E")
