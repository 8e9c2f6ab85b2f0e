"""Freezing: a message becomes bytes with slots, so that a reader's copy is a matter of joining."""

from __future__ import annotations

from dataclasses import dataclass

from .mime import Message


@dataclass(frozen=True, slots=True)
class Frozen:
    """A message with slots, as it is kept in the database."""

    @property
    def digest(self) -> str:
        """SHA-256 (64 hex digits) over everything that decides what a copy looks like."""
        raise NotImplementedError

    @property
    def size(self) -> int:
        """Bytes of a copy on the wire, with fields at their fallbacks and a To of 24 characters."""
        raise NotImplementedError

    @property
    def html_size(self) -> int:
        """Bytes of the HTML part before base64 (Gmail clips beyond 102,400)."""
        raise NotImplementedError

    @property
    def text_size(self) -> int:
        """Bytes of the text part before base64."""
        raise NotImplementedError

    def pack(self) -> bytes:
        """As bytes for the database: versioned, the same for equal messages."""
        raise NotImplementedError

    @classmethod
    def unpack(cls, data: bytes) -> Frozen:
        """What :meth:`pack` wrote.

        Raises:
            Invalid: *data* is cut short, was written by a newer Kairan, or is something else.
        """
        raise NotImplementedError


def freeze(message: Message) -> Frozen:
    """Freeze *message*."""
    raise NotImplementedError
