"""How each sending service proves that an event is its own. Secrets are compared in constant time.

A message that comes again as it was changes nothing, as every event counts once; a proof that comes again with another
body is refused.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from redis.exceptions import RedisError
from werkzeug.datastructures import Headers

from models.bounces.events.event_reading import EventReading, as_object, as_text, parsed
from models.store import broker
from models.store.clock import now
from models.store.errors import Forbidden, Unavailable

FOR_SERVICES = timedelta(days=1)
"""How old a signature may be: services try again for a day, and what they repeat counts once."""
FOR_RELAYS = timedelta(minutes=5)
"""The same for our own form, which is signed anew with each try."""
FOR_PASSWORDS = timedelta(days=3)
"""How old an event may be whose service signs nothing; Postmark and Brevo try again for less."""
_AHEAD = timedelta(minutes=5)
_WRONG = "the signature is not right"
_OLD = "the signature is too old, or of the future"


def _check_time(seconds: str, most: timedelta) -> None:
    try:
        signed_at = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        raise Forbidden("the time of the signature cannot be read") from None
    if not -_AHEAD <= now() - signed_at <= most:
        raise Forbidden(_OLD)


def check_sendgrid(key: str, headers: Headers, body: bytes) -> None:
    """ECDSA over time and body (SendGrid's Signed Event Webhook).

    Arguments:
        key: the public key as SendGrid shows it: DER in base64.

    Raises:
        Forbidden: the signature does not hold, or is too old.
    """
    timestamp = headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")
    signature = headers.get("X-Twilio-Email-Event-Webhook-Signature", "")
    try:
        public = load_der_public_key(base64.b64decode(key))
        if not isinstance(public, EllipticCurvePublicKey):
            raise ValueError
    except (ValueError, UnsupportedAlgorithm):
        raise Forbidden("HOOK_KEYS has no public key of SendGrid: write it as SendGrid shows it") from None
    try:
        public.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ECDSA(SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        raise Forbidden(_WRONG) from None
    _check_time(timestamp, FOR_SERVICES)


def check_mailgun(key: str, headers: Headers, body: bytes) -> None:
    """HMAC-SHA256 over time and token. It does not cover the event, so a token counts for one body alone.

    Arguments:
        key: the HTTP webhook signing key.

    Raises:
        Forbidden: the signature does not hold, is too old, or its token came with another body.
        Unavailable: nobody can say whether the token came before.
    """
    signed = as_object(as_object(parsed(body)).get("signature"))
    timestamp, token = as_text(signed.get("timestamp")), as_text(signed.get("token"))
    if not token or not _is_hmac(key, f"{timestamp}{token}".encode(), as_text(signed.get("signature"))):
        raise Forbidden(_WRONG)
    _check_time(timestamp, FOR_SERVICES)
    name, digest = f"hook-token:{sha256(token.encode()).hexdigest()}", sha256(body).hexdigest()
    try:
        client = broker.client()
        client.set(name, digest, nx=True, ex=int(2 * FOR_SERVICES.total_seconds()))
        first = client.get(name)
    except RedisError:
        raise Unavailable("nobody can say whether the signature came before: send it again later") from None
    if first != digest.encode():
        raise Forbidden("the signature came with another event before")


def check_relay(key: str, headers: Headers, body: bytes) -> None:
    """HMAC-SHA256 over time, a full stop and body: our own form (docs/delivery/events.md).

    Raises:
        Forbidden: the signature does not hold, or is too old.
    """
    timestamp = headers.get("X-Kairan-Timestamp", "")
    scheme, _, signature = headers.get("X-Kairan-Signature", "").partition("=")
    if scheme != "sha256" or not _is_hmac(key, timestamp.encode() + b"." + body, signature):
        raise Forbidden(_WRONG)
    _check_time(timestamp, FOR_RELAYS)


def check_password(key: str, headers: Headers, _body: bytes) -> None:
    """User and password in the hook's address, or a bearer token: Postmark and Brevo sign nothing.

    Arguments:
        key: ``user:password``, or a token without a colon.

    Raises:
        Forbidden: they are not right.
    """
    scheme, _, told = headers.get("Authorization", "").partition(" ")
    wanted = base64.b64encode(key.encode()).decode() if ":" in key else key
    right_scheme = scheme.lower() == ("basic" if ":" in key else "bearer")
    if not hmac.compare_digest(told.strip().encode("utf-8", "replace"), wanted.encode()) or not right_scheme:
        raise Forbidden("user and password are not right")


def check_age(provider: str, readings: Sequence[EventReading]) -> None:
    """Where nothing is signed, what is old is refused by the time of the event.

    Raises:
        Forbidden: an event is too old, or of the future.
    """
    if CHECKS[provider] is check_password:
        for one in readings:
            if not -FOR_SERVICES <= now() - one.at <= FOR_PASSWORDS:
                raise Forbidden("the event is too old, or of the future")


def _is_hmac(key: str, message: bytes, signature: str) -> bool:
    wanted = hmac.new(key.encode(), message, sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))


CHECKS: Final[Mapping[str, Callable[[str, Headers, bytes], None]]] = {
    "sendgrid": check_sendgrid,
    "mailgun": check_mailgun,
    "postmark": check_password,
    "brevo": check_password,
    "relay": check_relay,
}
"""By the name in the hook's address; that of Amazon is in :mod:`.sns_messages`."""
