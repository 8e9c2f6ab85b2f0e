"""Challenges for passkeys: each for one browser, one purpose and one use; in the broker they end by themselves."""

from __future__ import annotations

import enum
import secrets
from hashlib import sha256

from ...store import broker
from .passkey import BadPasskey

_SECONDS = 10 * 60
_BYTES = 32


class Ceremony(enum.Enum):
    """What a challenge may be answered for."""

    REGISTER = "register"
    LOG_IN = "log in"
    SECOND_STEP = "second step"
    CONFIRM = "confirm"
    NEW_PASSWORD = "new password"  # noqa: S105  (the name of a ceremony)


def begin(browser: str, ceremony: Ceremony, member_id: int = 0) -> bytes:
    """A new challenge, in place of one that the same browser was given for the same purpose.

    Arguments:
        browser: a random text that this browser's session holds, and no other one.
        member_id: who must answer it; 0 for anybody.
    """
    challenge = secrets.token_bytes(_BYTES)
    broker.client().set(_name(browser, ceremony, member_id), challenge, ex=_SECONDS)
    return challenge


def take(browser: str, ceremony: Ceremony, member_id: int = 0) -> bytes:
    """The challenge that this browser was given; nobody gets it a second time.

    Raises:
        BadPasskey: there is none, it was used, or its time is over.
    """
    challenge = broker.client().getdel(_name(browser, ceremony, member_id))
    if not isinstance(challenge, bytes):
        raise BadPasskey("that took too long, or the form was sent before: try once more")
    return challenge


def _name(browser: str, ceremony: Ceremony, member_id: int) -> str:
    named = sha256(browser.encode("utf-8", "replace")).hexdigest()
    return f"kairan:passkey-challenge:{ceremony.value}:{member_id}:{named}"
