"""Tokens: unforgeable names for a reader's copy of an issue, one key per purpose.

A token is 24 bytes in base64url, always 32 characters, so that a slot for it never moves what follows::

    issue (4 bytes) | subscriber (6 bytes) | MAC (14 bytes, keyed BLAKE2b, RFC 7693)

It carries the issue, so that a redirect needs no look-up of the delivery. A token of one purpose is
worthless for another. Letters without an issue (a confirmation) put a time of expiry in the first field.
"""

from __future__ import annotations

import enum
import hmac
import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from .clock import now
from .errors import KairanError
from .phrase import phrase
from .secret_key import secret_key

LENGTH = 32
MAC_BYTES = 14
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FROM_URL_SAFE = bytes.maketrans(b"-_+/", b"+/**")
"""Back, with what no token has turned into a character that no base64 has."""
_FOLDED_MAC = 20
_FOLDED = re.compile(rf"([0-9a-f]{{1,8}})-([0-9a-f]{{1,12}})-[0-9a-f]{{{_FOLDED_MAC}}}")


class Purpose(enum.Enum):
    """What a token may be used for. The value separates the keys."""

    CLICK = "click"
    OPEN = "open"
    VIEW = "view"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    LEAVE = "leave"
    """Of letters without an issue; the first number is the newsletter's."""
    CONFIRM = "confirm"
    ADDRESS = "address"
    DATA = "data"
    CHOICES = "choices"
    MAILBOX = "mailbox"
    UNDO = "undo"
    ERASE = "erase"
    MESSAGE = "message"
    RETURN = "return"
    """Of return paths; as :func:`folded_maker` writes them."""
    FIRST_MEMBER = "first-member"
    PASSWORD = "password"  # noqa: S105  (the name of a purpose)


class BadToken(KairanError):
    """The token is forged, cut short, or made for another purpose."""


class ExpiredToken(BadToken):
    """The token was good once."""


class Claim(NamedTuple):
    """What a token says: the two numbers that it was made from."""

    issue: int
    subscriber: int


@cache
def _keyed(person: str) -> blake2b:
    """A BLAKE2b state keyed for one purpose; copying it is cheaper than keying afresh."""
    key = blake2b(secret_key().encode(), person=b"kairan-key", salt=person[:16].encode()).digest()
    return blake2b(key=key, digest_size=MAC_BYTES)


def forget_keys() -> None:
    """Drop derived keys, after SECRET_KEY has changed in this process."""
    _keyed.cache_clear()
    _address_keyed.cache_clear()


def maker(purpose: Purpose) -> Callable[[int, int], bytes]:
    """A function from (issue, subscriber) to the token as 32 ASCII bytes; made once, called per letter."""
    copy = _keyed(purpose.value).copy

    def make(issue: int, subscriber: int) -> bytes:
        body = issue.to_bytes(4, "big") + subscriber.to_bytes(6, "big")
        state = copy()
        state.update(body)
        return urlsafe_b64encode(body + state.digest())

    return make


def bundler(purposes: Sequence[Purpose], issue: int) -> Callable[[int], bytes]:
    """A function from a subscriber to their tokens of several purposes for *issue*, 32 ASCII bytes each, in one run.

    As :func:`maker` for each purpose, at half the cost: 24 bytes fill 32 characters, so that all are encoded at once.
    """
    head = issue.to_bytes(4, "big")
    copies = []
    for purpose in purposes:
        # Fed with the issue already, a state has its key behind it: that halves the hashing left for each reader.
        state = _keyed(purpose.value).copy()
        state.update(head)
        copies.append(state.copy)

    def make_all(subscriber: int) -> bytes:
        tail = subscriber.to_bytes(6, "big")
        digests = [b""]
        for copy in copies:
            state = copy()
            state.update(tail)
            digests.append(state.digest())
        return b2a_base64((head + tail).join(digests), newline=False).translate(_URL_SAFE)

    return make_all


def make(purpose: Purpose, issue: int, subscriber: int) -> str:
    """The token for *subscriber*'s copy of *issue*. Pass issue 0 where there is none."""
    return maker(purpose)(issue, subscriber).decode()


def read(purpose: Purpose, token: str | bytes) -> Claim:
    """What *token* says, once its MAC holds for *purpose*.

    Raises:
        BadToken: it does not.
    """
    raw = token.encode("ascii", "replace") if isinstance(token, str) else token
    if len(raw) != LENGTH:
        raise BadToken("token of the wrong length")
    try:
        data = a2b_base64(raw.translate(_FROM_URL_SAFE), strict_mode=True)
    except ValueError as error:
        raise BadToken("token that is not base64url") from error
    if len(data) != 24:
        raise BadToken("token that is not base64url")
    state = _keyed(purpose.value).copy()
    state.update(data[:10])
    if not hmac.compare_digest(state.digest(), data[10:]):
        raise BadToken(phrase("token that is not for {purpose}", purpose=purpose.value))
    return Claim(int.from_bytes(data[:4], "big"), int.from_bytes(data[4:10], "big"))


def folded_maker(purpose: Purpose, issue: int) -> Callable[[int], str]:
    """A function from a subscriber to a token for *issue* that mail servers may write in capitals.

    Hexadecimal digits, ``issue-subscriber-MAC`` with ten bytes of MAC: 24 to 42 characters, few enough that forwarders
    can put their own before it in a local part of 64 (RFC 5321, 4.5.3.1.1).
    """
    state = _keyed(purpose.value).copy()
    state.update(issue.to_bytes(4, "big"))
    copy, start = state.copy, f"{issue:x}-"

    def make_folded(subscriber: int) -> str:
        state = copy()
        state.update(subscriber.to_bytes(6, "big"))
        return f"{start}{subscriber:x}-{state.hexdigest()[:_FOLDED_MAC]}"

    return make_folded


def read_folded(purpose: Purpose, token: str) -> Claim:
    """What a token of :func:`folded_maker` says, in whatever case it came back.

    Raises:
        BadToken: its MAC does not hold.
    """
    found = _FOLDED.fullmatch(token.lower())
    if found is None:
        raise BadToken("token that is not of a return path")
    issue, subscriber = int(found[1], 16), int(found[2], 16)
    if not hmac.compare_digest(folded_maker(purpose, issue)(subscriber), token.lower()):
        raise BadToken(phrase("token that is not for {purpose}", purpose=purpose.value))
    return Claim(issue, subscriber)


def make_expiring(purpose: Purpose, number: int, seconds: int) -> str:
    """A token for *number* that works for *seconds* from now."""
    return make(purpose, int(now().timestamp()) + seconds, number)


def made_at(claim: Claim, seconds: int) -> int:
    """When a token of :func:`make_expiring` was made, in seconds since 1970 as whole ones."""
    return claim.issue - seconds


def read_expiring(purpose: Purpose, token: str | bytes) -> int:
    """The number of a token made by :func:`make_expiring`.

    Raises:
        ExpiredToken: its time is over.
        BadToken: it was never good.
    """
    claim = read(purpose, token)
    if claim.issue < now().timestamp():
        raise ExpiredToken("token whose time is over")
    return claim.subscriber


def address_hash(address_key: str) -> str:
    """A keyed hash of a normalised address (64 hex digits): finds a suppressed address that was erased."""
    hashed = _address_keyed().copy()
    hashed.update(address_key.encode())
    return hashed.hexdigest()


@cache
def _address_keyed() -> blake2b:
    key = blake2b(secret_key().encode(), person=b"kairan-key", salt=b"address").digest()
    return blake2b(key=key, digest_size=32)
