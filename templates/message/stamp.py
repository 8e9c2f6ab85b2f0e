"""Stamping: a frozen message and a reader become that reader's letter.

All that is the same for readers whose fields have the same sizes is prepared in a
:class:`~.letter_format.LetterFormat`. So a copy costs making the tokens, a handful of short encodings, and one
formatting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import chain, groupby
from typing import NamedTuple, Protocol

from models.store import mail_address, token

from ..content.personal_values import clean
from ..content.slot import Escape, FieldSlot, HeaderSlot, Slot, TokenSlot, WrappedSlot
from . import header
from .base64_layout import Tokens
from .freeze import FrozenMessage
from .letter_format import LetterFormats
from .mime import DATE, TO, Folded, StampedLetter, fill_slots

_EOL, _BLANK = b"\r\n", b"\r\n\r\n"


class Addressee(Protocol):
    """Whose copy it is: a :class:`Reader`, or a claimed copy, which says the same of its reader."""

    @property
    def subscriber_id(self) -> int:
        """The subscriber's number."""

    @property
    def address(self) -> str:
        """Where it goes."""

    @property
    def name(self) -> str:
        """The field ``name``; may be empty."""

    @property
    def fields(self) -> Mapping[str, object]:
        """``kana``, ``organisation`` and custom fields by their names."""


class Reader(NamedTuple):
    """Whose copy it is. Values may hold anything; they are cleaned and escaped here."""

    subscriber_id: int
    address: str
    name: str = ""
    fields: Mapping[str, object] = {}
    """``kana``, ``organisation`` and custom fields by their names."""


def neutral_value(slot: Slot) -> str:
    """What stands in a slot where there is no reader (the archive): a field's fallback, else nothing."""
    if isinstance(slot, WrappedSlot):
        return slot.filled(neutral_value, "\n")
    return _escaped(slot, slot.fallback) if isinstance(slot, FieldSlot) else ""


def slot_values(reader: Addressee, issue_id: int, date: bytes) -> Callable[[Slot], str]:
    """The value of any slot for one reader, for :func:`.mime.write`: it makes the same letter slowly."""

    def value_of(slot: Slot) -> str:
        match slot:
            case TokenSlot(purpose):
                return token.make(purpose, issue_id, reader.subscriber_id)
            case FieldSlot():
                return _field(slot, reader)
            case WrappedSlot():
                return slot.filled(lambda inner: _field(inner, reader), "\r\n")
            case HeaderSlot(name):
                return header.addr_spec(reader.address, "To") if name == "to" else date.decode()

    return value_of


def _field(slot: FieldSlot, reader: Addressee) -> str:
    return _escaped(slot, slot.addressed(_cleaned(slot.name, reader)) or slot.fallback)


def _cleaned(name: str, reader: Addressee) -> str:
    return clean(reader.name if name == "name" else reader.fields.get(name))


def _escaped(slot: FieldSlot, value: str) -> str:
    return escape(value) if slot.escape is Escape.HTML else value


class Stamper:
    """Makes the copies of one edition. Make one per batch.

    Arguments:
        frozen: the edition.
        issue_id: the issue that tokens are made for.
    """

    def __init__(self, frozen: FrozenMessage, issue_id: int) -> None:
        used = list(dict.fromkeys(_slots(frozen)))
        purposes = [slot.purpose for slot in used if isinstance(slot, TokenSlot)]
        places = {TokenSlot(purpose): token.LENGTH * at for at, purpose in enumerate(purposes)}
        self._make_tokens = token.bundler(purposes, issue_id)
        example = self._make_tokens(0)
        tokens = Tokens(places, {slot: example[place : place + 2] for slot, place in places.items()})
        self._folded = [node for node in frozen.headers if isinstance(node, Folded)]
        fields = sorted((slot for slot in used if isinstance(slot, FieldSlot)), key=_name)
        self._wrapped = [slot for slot in used if isinstance(slot, WrappedSlot)]
        self._formats = LetterFormats(frozen, tokens, (TO, DATE, *self._folded, *fields, *self._wrapped))
        # How each field is written: whether it is escaped, and what stands where it is empty.
        self._fields = [
            (name, [(slot, slot.escape is Escape.HTML, neutral_value(slot).encode()) for slot in slots])
            for name, slots in groupby(fields, _name)
        ]

    def stamp(self, reader: Addressee, date: bytes) -> StampedLetter:
        """The copy of *reader*.

        Arguments:
            reader: whose it is.
            date: :func:`templates.message.mime.date_value` of now; once per window is often enough.

        Raises:
            Invalid: the address cannot stand in a header.
        """
        # The first empty line is that between headers and body: no header has one.
        headers, _, body = self.whole(reader, date).partition(_BLANK)
        return StampedLetter(headers + _EOL, body)

    def whole(self, reader: Addressee, date: bytes) -> bytes:
        """As :meth:`stamp`, in one piece: saves a copy of the body where it is not signed."""
        address = reader.address
        to = address if mail_address.PLAIN.fullmatch(address) else header.addr_spec(address, "To")
        own = [to.encode(), date]
        for node in self._folded:
            own.append(header.unstructured(node.name, fill_slots(node.text, slot_values(reader, 0, b""))).encode())
        fields = []
        for name, variants in self._fields:
            text = _cleaned(name, reader)
            for slot, escaped, fallback in variants:
                own_text = slot.addressed(text) if slot.honorific else text
                fields.append((escape(own_text) if escaped else own_text).encode() or fallback)
        for wrapped in self._wrapped:
            fields.append(wrapped.filled(lambda slot: _field(slot, reader), "\r\n").encode())
        letter_format = self._formats[tuple([len(value) % 3 for value in fields])]
        return letter_format.fill(own + fields, self._make_tokens(reader.subscriber_id))


def _name(slot: FieldSlot) -> str:
    return slot.name


def _slots(frozen: FrozenMessage) -> Iterator[Slot]:
    """Every slot of an edition whose value is needed as bytes."""
    for node in chain(frozen.headers, *(node for node in frozen.body if isinstance(node, tuple))):
        if not isinstance(node, bytes | Folded):
            yield node
