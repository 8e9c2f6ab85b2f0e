"""A letter as a MIME message: its headers, its parts, and how they are written down.

A message is plain values: texts whose slots stand as values between strings (*pieces*). It is either written at
once for one reader (:func:`write`, for single letters and previews, and the reference for tests) or frozen for
many (:func:`templates.freeze.freeze`). Both give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from .letter import Letter, Sender
from .slot import Slot, Slots

Pieces = tuple[str | Slot, ...]
"""A text with its slots: strings and slots in the order in which they stand."""


class StampedLetter(NamedTuple):
    """One reader's letter, ready for the wire.

    ``headers`` ends with the CRLF of its last line; the empty line stands in neither part. ``body`` is canonical
    for DKIM's relaxed and simple rules already, ends with one CRLF, and no line of it begins with a dot.
    Both are ASCII, but for a To address that needs SMTPUTF8.
    """

    headers: bytes
    body: bytes

    @property
    def raw(self) -> bytes:
        """The whole message."""
        return b"\r\n".join(self)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of which every reader gets a copy (or one reader, where there are no slots)."""


def pieces(text: str, slots: Slots) -> Pieces:
    """*text* with its markers replaced by the slots that they stand for."""
    raise NotImplementedError


def filled(text: Pieces, value_of: Callable[[Slot], str]) -> str:
    """*text* with each slot replaced by ``value_of(slot)``; e.g. :func:`templates.stamp.neutral` for the archive."""
    raise NotImplementedError


def content_id(sender: Sender, digest: str) -> str:
    """What an embedded image is called: HTML says ``src="cid:…"`` with it, its part has it as Content-ID (RFC 2392)."""
    raise NotImplementedError


def message_domain(sender: Sender) -> str:
    """What stands right of the @ in Message-ID: the domain of the From address.

    A copy's Message-ID is ``<`` + token of ``Purpose.MESSAGE`` for (issue, subscriber) + ``@domain>``.
    """
    raise NotImplementedError


def date_value(moment: datetime) -> bytes:
    """*moment* (aware) as a Date header says it (RFC 5322), in Japan's time."""
    raise NotImplementedError


def compose(letter: Letter, html: str, text: str, slots: Slots) -> Message:
    """The message of one edition.

    Arguments:
        letter: what it says; its subject may hold markers of :class:`FieldSlot` (escape NONE).
        html: the HTML part, inlined, with markers; embedded images as ``cid:`` + :func:`content_id`.
        text: the text part with markers, lines ended by LF.
        slots: the slots whose markers stand in all three.

    Raises:
        Invalid: something that goes into a header has a control character, or is no address.
    """
    raise NotImplementedError


def write(message: Message, value_of: Callable[[Slot], str]) -> StampedLetter:
    """The bytes of *message* for one reader, the straight way: fill, then encode."""
    raise NotImplementedError
