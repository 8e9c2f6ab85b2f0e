"""One try to log in at the provider: what leaves with the browser, and what has to come back with it.

The *state* (RFC 6749, 10.12) is signed and holds where the person was going. The browser keeps a secret for each try in
a cookie, so that several tabs do not disturb each other; the *nonce* and the verifier of PKCE (RFC 7636) are made of
it, so a state, a code or a token of another browser fits nothing here.
"""

from __future__ import annotations

import enum
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Response, request
from itsdangerous import BadData, URLSafeSerializer
from redis.exceptions import RedisError

import settings
from models.store import broker
from models.store.clock import now
from models.store.secret_key import secret_key

from ...request import cookie_name, cookie_path

SECONDS = 600
"""So long may somebody take at the provider, a second factor and a forgotten password included."""
MAX_NEXT = 1500
"""Characters of the page that is wanted; a longer one is forgotten, as addresses have limits."""
_AT_ONCE = 8
"""Tries of one browser whose cookies are kept; of more, the oldest is given up."""
_NUMBER = re.compile(r"[0-9a-f]{24}")


class SignInPurpose(enum.Enum):
    """What somebody goes to the provider for."""

    LOG_IN = "log in"
    CONNECT = "connect"
    """To connect an identity with the account that they are logged in to."""
    CONFIRM = "confirm"
    """To prove once more who they are, before a step that matters."""
    ACCEPT = "accept"
    """To take up an invitation."""


class SignInAttempt(NamedTuple):
    """A try to log in."""

    number: str
    """24 hex digits, the first 8 of which are its time."""
    secret: str
    """What this browser alone holds."""
    next: str
    """The page that was wanted, as it was asked for: unchecked."""
    purpose: SignInPurpose
    about: int
    """The id of the member who is logged in, or of the invitation; 0 for a login."""

    @property
    def begun_at(self) -> int:
        """When it was begun, in seconds since 1970."""
        return int(self.number[:8], 16)

    @property
    def state(self) -> str:
        """What the provider hands back."""
        return str(_serializer().dumps([self.number, self.next, self.purpose.value, self.about]))

    @property
    def nonce(self) -> str:
        """What the identity token has to hold."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """What shows that whoever brings the code is who asked for it (RFC 7636, 4.1: 43 characters)."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The verifier's digest, which goes ahead (S256)."""
        return str(create_s256_code_challenge(self.verifier))

    def _derived(self, name: str) -> str:
        digest = hmac.new(secret_key().encode(), f"single sign-on:{name}:{self.secret}".encode(), sha256).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def begin(wanted: str, purpose: SignInPurpose = SignInPurpose.LOG_IN, about: int = 0) -> SignInAttempt:
    """A new try.

    Arguments:
        wanted: the page that was wanted.
        about: the id of whoever is logged in, or of the invitation that is taken up; 0 for a login.
    """
    number = f"{int(now().timestamp()):08x}{secrets.token_hex(8)}"
    wanted = wanted if len(wanted) <= MAX_NEXT else ""
    return SignInAttempt(number, secrets.token_urlsafe(32), wanted, purpose, about)


def keep(attempt: SignInAttempt, response: Response) -> None:
    """Give the browser its secret, and take those of forgotten tries."""
    forgotten = sorted(name for name in request.cookies if _NUMBER.fullmatch(name.removeprefix(_name(""))))
    for name in forgotten[: -(_AT_ONCE - 1)]:
        _set(response, name, "", 0)
    _set(response, _name(attempt.number), attempt.secret, SECONDS)


def find(state: str) -> SignInAttempt | None:
    """The try of this browser that *state* belongs to; None where it is late, used, made up or another browser's."""
    try:
        number, wanted, purpose, about = _serializer().loads(state)
    except BadData:
        return None
    found = SignInAttempt(number, request.cookies.get(_name(number), ""), wanted, SignInPurpose(purpose), about)
    in_time = 0 <= now().timestamp() - found.begun_at <= SECONDS
    return found if found.secret and in_time else None


def use(attempt: SignInAttempt) -> bool:
    """Use a try; False where it has been used, also by whoever copied the cookie."""
    with suppress(RedisError):  # without the broker, the provider still takes a code once
        return bool(broker.client().set(f"kairan:sign-in-used:{attempt.number}", 1, nx=True, ex=SECONDS))
    return True


def forget(attempt: SignInAttempt, response: Response) -> None:
    """Take the secret from the browser."""
    _set(response, _name(attempt.number), "", 0)


def _name(number: str) -> str:
    return cookie_name(f"kairan-sign-in-{number}")


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    # Lax, not Strict: the browser comes back from the provider's pages.
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=settings.get().base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
        path=cookie_path(),
    )


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(), salt="single sign-on")
