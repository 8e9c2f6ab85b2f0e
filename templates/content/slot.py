"""Slots: the places of a letter that differ from reader to reader.

While a letter is rendered, a slot is a marker of ASCII alphanumerics that no HTML, CSS, URL or Markdown processing
changes. Freezing finds the markers again and keeps the bytes between them. A nonce of the rendering stands in
each marker, so that no text of an author or a reader can ever be taken for one.
"""

from __future__ import annotations

import enum
import re
import secrets
from dataclasses import dataclass, field

from models.store.token import Purpose


class Escape(enum.Enum):
    """How a field's value is written where the slot stands."""

    NONE = "none"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class TokenSlot:
    """A token of one purpose: always 32 bytes."""

    purpose: Purpose


@dataclass(frozen=True, slots=True)
class FieldSlot:
    """A reader's own detail: ``name``, ``kana``, ``organisation`` or a custom field; *fallback* where it is empty."""

    name: str
    fallback: str = ""
    escape: Escape = Escape.NONE


@dataclass(frozen=True, slots=True)
class HeaderSlot:
    """A header value of the copy: ``to`` (the address as it stands in To), ``message_id`` or ``date``."""

    name: str


Slot = TokenSlot | FieldSlot | HeaderSlot


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

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches any marker; group 1 is the index of the slot in ``known``."""
        return re.compile(rf"Slot{self.nonce}N(\d+)E")
