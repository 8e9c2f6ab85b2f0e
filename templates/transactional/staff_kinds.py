"""What letters to staff about their accounts and their work need: see :mod:`.kinds`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class StaffLoginFailures:
    """``staff_login_failures``: somebody tried many wrong passwords for the account of a member of staff."""

    link: str
    """The staff's pages."""
    since: str
    """When the first of them was tried: ISO 8601 with a zone."""
    count: str
    network: str
    """Where the last one came from."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """``account_changed``: how a member of staff logs in has changed, or somebody else may be trying to."""

    link: str
    """Their account's page."""
    change: str
    """A word of :class:`models.staff.account_letters.AccountChange`."""
    at: str
    """When: ISO 8601 with a zone."""
    place: str = ""
    """Browser and address; empty where a command did it."""
    left: str = ""
    """How many recovery codes are left."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class StaffNotifications:
    """``staff_notifications``: something waits for a member of staff, or several things do."""

    link: str
    """The thing, or where all are listed."""
    title: str
    """The thing in one line; of several, the latest."""
    count: str
    """How many there are."""
    by: str = ""
    """Who did it, where it is one thing."""
    reason: str = ""
    advice: str = ""
    """What to do about it, where it is one thing."""
    things: tuple[Mapping[str, str], ...] = ()
    """Where there are several: ``title`` and ``link`` of each, the latest first."""
    more: str = ""
    """How many there are beside *things*; empty where there are none."""
    name: str = ""
