"""Challenges for passkeys, tied to this browser's session, and the JSON that its script is told them in."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Response, request
from flask import session as cookie

from models.staff.factors import passkey_challenge
from models.staff.factors.passkey_challenge import Ceremony
from models.staff.member import Member

_NAME = "passkey_browser"


def options(ceremony: Ceremony, member: Member | None, make: Callable[[bytes], str]) -> Response:
    """Answer with what *make* writes for a new challenge.

    Arguments:
        member: who must answer it; None for anybody.
    """
    browser = cookie.setdefault(_NAME, secrets.token_urlsafe(16))
    challenge = passkey_challenge.begin(browser, ceremony, member.id if member else 0)
    return Response(make(challenge), mimetype="application/json")


def take(ceremony: Ceremony, member: Member | None) -> bytes:
    """The challenge that this browser was given, which nobody gets again.

    Raises:
        BadPasskey: there is none.
    """
    return passkey_challenge.take(cookie.get(_NAME, ""), ceremony, member.id if member else 0)


def answer() -> str:
    """What the browser's device has answered: JSON that its script has put into the form; empty where none came."""
    return request.form.get("credential", "")
