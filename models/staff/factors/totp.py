"""Codes of an authenticator app that change every 30 seconds: TOTP (RFC 6238) over HOTP (RFC 4226), plain functions.

SHA-1, 30 seconds and six digits: what every app expects that reads our QR code, and the only thing that some can do.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
"""As long as what SHA-1 makes (RFC 4226, 4: R6)."""
TOLERANCE = 1
"""Steps by which the clock of a telephone may be off (RFC 6238, 5.2)."""


def new_secret() -> bytes:
    """A secret that an app and we share."""
    return secrets.token_bytes(SECRET_BYTES)


def step_at(moment: datetime) -> int:
    """The number of the step of 30 seconds in which *moment* lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code that an app shows in a step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, code: str, moment: datetime, tolerance: int = TOLERANCE) -> int | None:
    """The step whose code *code* is, at most *tolerance* steps from *moment*, the nearest first; None where none is."""
    present = step_at(moment)
    for distance in sorted(range(-tolerance, tolerance + 1), key=abs):
        if hmac.compare_digest(code_at(secret, present + distance).encode(), code.encode("utf-8", "replace")):
            return present + distance
    return None


def readable(secret: bytes) -> str:
    """The secret as a person types it into an app: base32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code says: an ``otpauth`` address, as authenticator apps read it (Key URI format).

    Arguments:
        account: whose secret it is: their mail address.
        issuer: for what: the app's list shows it.
    """
    label = quote(f"{issuer}:{account}", safe="@:")
    values = {"secret": b32encode(secret).decode().rstrip("="), "issuer": issuer}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"
