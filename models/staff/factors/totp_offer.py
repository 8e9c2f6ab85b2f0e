"""A secret for an authenticator app before the app has proved that it holds it: the form itself carries it, sealed.

So nothing is written by a page that is only looked at, and the app that is in use goes on working until a new one does.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import NamedTuple

from ...store.clock import now
from ...store.sealed import Unreadable, seal, unseal
from ..member import Member
from . import totp
from .second_factor import WrongCode

LASTS = timedelta(hours=1)
_PURPOSE = "totp-offer"
_TIME_BYTES = 8


class Offer(NamedTuple):
    """A secret, and what stands for it in a form."""

    secret: bytes
    sealed: str


def make(member: Member) -> Offer:
    """A new secret for *member*'s app."""
    secret = totp.new_secret()
    timed = int(now().timestamp()).to_bytes(_TIME_BYTES, "big") + secret
    return Offer(secret, urlsafe_b64encode(seal(_PURPOSE, _owner(member), timed)).decode())


def read(member: Member, sealed: str) -> Offer:
    """The secret that *member* was offered.

    Raises:
        WrongCode: it was offered more than an hour ago, or to somebody else.
    """
    try:
        timed = unseal(_PURPOSE, _owner(member), urlsafe_b64decode(sealed.encode("ascii", "replace")))
    except (Unreadable, ValueError):
        raise _too_old() from None
    if abs(now().timestamp() - int.from_bytes(timed[:_TIME_BYTES], "big")) > LASTS.total_seconds():
        raise _too_old()
    return Offer(timed[_TIME_BYTES:], sealed)


def _too_old() -> WrongCode:
    return WrongCode("The picture was shown too long ago. Here is a new one: scan it, then enter the code.",
                     field="code")  # fmt: skip


def _owner(member: Member) -> str:
    # Once another app is set up, or the password is another one, an older form sets up nothing.
    return f"member/{member.id}/{member.session_number}"
