"""Single letters to one person: confirmation, welcome, goodbye, invitations. Same MIME code, no issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .letter import Sender
from .mime import StampedLetter


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``confirmation``: somebody asked for the newsletter with this address; nothing comes before they confirm."""

    link: str
    """Where they confirm."""
    expires: str
    """When the link stops working: ISO 8601 with a zone."""
    asked: str = ""
    """When the form was sent: ISO 8601 with a zone."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    """``welcome``: the subscription is confirmed."""

    preferences: str
    unsubscribe: str
    archive: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AlreadySubscribed:
    """``already_subscribed``: the form was sent with an address that has the newsletter already."""

    preferences: str
    unsubscribe: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """``goodbye``: the subscription has ended."""

    signup: str
    """Where they can come back."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AddressChange:
    """``address_change``: goes to the new address, which must confirm."""

    link: str
    expires: str
    old_address: str = ""
    """Shown with its middle hidden."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class StaffInvitation:
    """``staff_invitation``: a new member of staff sets a password."""

    link: str
    expires: str
    name: str = ""
    invited_by: str = ""


@dataclass(frozen=True, slots=True)
class StaffPassword:
    """``staff_password``: a member of staff asked for a new password."""

    link: str
    expires: str
    name: str = ""


def render(
    kind: str, language: str, values: Mapping[str, Any], *, to: str, sender: Sender, number: int, moment: datetime
) -> StampedLetter:
    """One single letter.

    Arguments:
        kind: the name in quotes in the docstring of one of the classes above.
        language: ``ja`` or ``en``.
        values: the fields of that class; those without a default must be there.
        to: the address that it goes to.
        sender: who sends, for From and the footer.
        number: the notice's number: its Message-ID is made from it.
        moment: Date of the letter.

    Raises:
        Invalid: there is no such kind, a value is missing or unknown, or an address is none.
    """
    raise NotImplementedError
