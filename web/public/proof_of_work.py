"""A small calculation in the browser, which lets a form through where its network has sent many.

A town hall's people share one address; a wall would turn them away. A number is looked for whose SHA-256 together with
our challenge begins with some zero bits: half a second to some seconds for a browser, once for a form. Who runs no
scripts waits instead. What protects mailboxes is not this, but the limits of letters.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256

from itsdangerous import BadSignature, TimestampSigner
from redis.exceptions import RedisError

from models.store import broker
from models.store.secret_key import secret_key

CHALLENGE_FIELD = "challenge"
NUMBER_FIELD = "proof"
BITS = 16
"""Zero bits at the beginning: 65,536 tries on average."""
MAX_AGE = 3600
"""Seconds for which a challenge is good."""


def challenge() -> str:
    """A new challenge."""
    return _signer().sign(secrets.token_urlsafe(12)).decode()


def is_done(form: Mapping[str, str]) -> bool:
    """Whether *form* brings the number that its challenge asks for. True once for a challenge."""
    given, number = form.get(CHALLENGE_FIELD, ""), form.get(NUMBER_FIELD, "")
    if not (given and number.isascii() and number.isdigit() and len(number) <= 20):
        return False
    try:
        nonce = _signer().unsign(given, max_age=MAX_AGE).decode()
    except (BadSignature, UnicodeError):
        return False
    if int.from_bytes(sha256(f"{given}:{number}".encode()).digest()[:4]) >> (32 - BITS):
        return False
    with suppress(RedisError):
        return bool(broker.client().set(f"kairan:proof:{nonce}", 1, nx=True, ex=MAX_AGE))
    return True  # with the broker down nobody is limited at all


def _signer() -> TimestampSigner:
    return TimestampSigner(secret_key(), salt="proof of work")
