"""What transactional letters are about: the kinds that there are, and the values that each needs.

The values are kept as JSON in the outbox (:mod:`models.outbox.transactional`) and become one of these classes when the
letter is written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.store.errors import Invalid
from models.store.phrase import phrase

from ..content.personal_values import clean
from ..message import header
from .staff_kinds import AccountChanged, StaffInvitation, StaffLoginFailures, StaffNotifications, StaffPassword


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``confirmation``: somebody asked for the newsletter with this address; nothing comes before they confirm.

    It never says the name that was typed: anybody can type anything into a form, and a confirmation must not carry
    a stranger's words to a third person.
    """

    link: str
    """Where they confirm."""
    expires: str
    """When the link stops working: ISO 8601 with a zone."""
    asked: str = ""
    """When the form was sent: ISO 8601 with a zone."""


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
    """As it was confirmed before, not as it was typed now."""


@dataclass(frozen=True, slots=True)
class Goodbye:
    """``goodbye``: the subscription has ended."""

    signup: str
    """Where they can come back."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AddressChangeRequest:
    """``address_change``: goes to the new address, which must confirm."""

    link: str
    expires: str
    old_address: str = ""
    """Shown with its middle hidden."""


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """``address_changed``: goes to the old address, in case somebody with a forwarded letter took the subscription."""

    new_address: str
    """Shown with its middle hidden."""
    link: str = ""
    """Where they undo it; letters that an older version has posted lack it."""
    expires: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class OwnData:
    """``own_data``: a reader asked for a copy of everything that is kept about them."""

    link: str
    """Where they fetch it."""
    expires: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class FreshLink:
    """``fresh_link``: a reader asked for a link that shows and changes everything."""

    link: str
    expires: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """``erasure``: somebody asked on a reader's page to have the reader's data erased."""

    link: str
    """Where they erase it."""
    expires: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionProposed:
    """``correction_proposed``: somebody wants to change a link, or the archive's note, of an issue that is out."""

    link: str
    """Where it is decided."""
    issue: str
    """The issue's number."""
    subject: str
    by: str
    """Who proposed it."""
    after: str = ""
    """What readers would see; empty where the note would be removed."""
    before: str = ""
    """What they see now; empty where there is no note."""
    number: str = ""
    """Of the link; empty for the note."""
    decides: str = ""
    """Empty where the letter only informs."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionDecided:
    """``correction_decided``: such a change was approved, refused, or made at once because it needs no approval."""

    link: str
    issue: str
    subject: str
    by: str
    """Who decided."""
    outcome: str
    """``approved``, ``refused`` or ``made``."""
    after: str = ""
    before: str = ""
    number: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class RelayTestLetter:
    """``relay_test``: a member of staff tries a relay."""

    relay: str
    """What staff call it."""
    asked: str
    """When: ISO 8601 with a zone."""


Values = (
    Confirmation
    | Welcome
    | AlreadySubscribed
    | Goodbye
    | AddressChangeRequest
    | AddressChanged
    | OwnData
    | FreshLink
    | ErasureRequest
    | StaffInvitation
    | StaffPassword
    | StaffLoginFailures
    | AccountChanged
    | StaffNotifications
    | CorrectionProposed
    | CorrectionDecided
    | RelayTestLetter
)

KINDS: dict[str, type[Values]] = {
    "confirmation": Confirmation,
    "welcome": Welcome,
    "already_subscribed": AlreadySubscribed,
    "goodbye": Goodbye,
    "address_change": AddressChangeRequest,
    "address_changed": AddressChanged,
    "own_data": OwnData,
    "fresh_link": FreshLink,
    "erasure": ErasureRequest,
    "staff_invitation": StaffInvitation,
    "staff_password": StaffPassword,
    "staff_login_failures": StaffLoginFailures,
    "account_changed": AccountChanged,
    "staff_notifications": StaffNotifications,
    "correction_proposed": CorrectionProposed,
    "correction_decided": CorrectionDecided,
    "relay_test": RelayTestLetter,
}

_ADDRESSES = frozenset({"link", "preferences", "unsubscribe", "archive", "signup"})
MOMENTS = frozenset({"expires", "asked", "since", "at"})
MASKED = frozenset({"old_address", "new_address"})
LISTS = frozenset({"things"})
"""Values that are several things with a link each."""


def values_of(kind: str, values: Mapping[str, Any]) -> Values:
    """*values* as the class of *kind*, each cleaned.

    Raises:
        Invalid: there is no such kind, a value is missing, unknown or no text, or an address or time is none.
    """
    if kind not in KINDS:
        raise Invalid(phrase("there is no transactional letter “{kind}”", kind=kind), field="kind")
    known = {field.name: field for field in dataclasses.fields(KINDS[kind])}
    for name, value in values.items():
        if name not in known or not (_is_list(value) if name in LISTS else isinstance(value, str)):
            raise Invalid(phrase("a {kind} letter takes no {name} like this", kind=kind, name=name), field=name)
    for name, field in known.items():
        if field.default is dataclasses.MISSING and not values.get(name):
            raise Invalid(phrase("a {kind} letter needs {name}", kind=kind, name=name), field=name)
    checked: dict[str, Any] = {
        name: _checked_list(value) if name in LISTS else _checked(name, value) for name, value in values.items()
    }
    return KINDS[kind](**checked)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(
        isinstance(one, dict)
        and one.keys() == {"title", "link"}
        and all(isinstance(part, str) for part in one.values())
        for one in value
    )


def _checked_list(value: Iterable[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    return tuple({name: _checked(name, part) for name, part in one.items()} for one in value)


def _checked(name: str, value: str) -> str:
    if value and name in _ADDRESSES:
        return header.web_address(value, name)
    if value and name in MOMENTS:
        moment(value)
    return clean(value)


def moment(text: str) -> datetime:
    """The time that *text* says in ISO 8601.

    Raises:
        Invalid: it is none, or does not say its zone.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(phrase("“{text}” is no time like 2026-12-01T09:00:00+09:00", text=text[:40])) from None
    if found.tzinfo is None:
        raise Invalid(phrase("“{text}” does not say its zone: write it like 2026-12-01T09:00:00+09:00", text=text[:40]))
    return found
