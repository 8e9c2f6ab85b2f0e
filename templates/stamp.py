"""Stamping: a frozen message and a reader become that reader's letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .freeze import Frozen
from .mime import StampedLetter
from .slot import Slot


class Reader(NamedTuple):
    """Whose copy it is. Values may hold anything; they are cleaned and escaped here."""

    subscriber_id: int
    address: str
    name: str = ""
    fields: Mapping[str, str] = {}
    """``kana``, ``organisation`` and custom fields by their names."""


def neutral(slot: Slot) -> str:
    """What stands in a slot where there is no reader (the archive): a field's fallback, else nothing."""
    raise NotImplementedError


class Stamper:
    """Makes the copies of one edition. Make it once per batch; it is not for several threads at once.

    Arguments:
        frozen: the edition.
        issue_id: the issue that tokens are made for.
    """

    def __init__(self, frozen: Frozen, issue_id: int) -> None:
        raise NotImplementedError

    def stamp(self, reader: Reader, date: bytes) -> StampedLetter:
        """The copy of *reader*, about 10 µs of work.

        Arguments:
            reader: whose it is.
            date: :func:`templates.mime.date_value` of now; once per window is often enough.

        Raises:
            Invalid: the address cannot stand in a header.
        """
        raise NotImplementedError
