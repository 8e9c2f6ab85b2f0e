"""Pseudonyms: negative numbers in place of a reader who must not be identified.

A pseudonym is a keyed hash of the reader under a salt that lives for a week, in Redis and in memory only. While the
salt lives, the same reader of the same issue has the same pseudonym, so that different readers can be counted. When it
is gone, nobody can tell whose a pseudonym was, or whether two issues had the same reader. A reader who comes back after
that week counts again.
"""

from __future__ import annotations

import os
import time
from hashlib import blake2b

from redis.exceptions import RedisError

from ..store import broker

DAYS = 7
_KEY = "kairan:salt:{issue}"
_RETRY = 10.0
_salts: dict[int, tuple[bytes, float]] = {}


def pseudonym_of(issue: int, reader: int) -> int:
    """The pseudonym of a subscriber for an issue: below zero, at least -2**63."""
    digest = blake2b(reader.to_bytes(8, "big"), key=_salt(issue), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "big") >> 1)


def forget_salts() -> None:
    """Drop the salts that this process remembers; for tests."""
    _salts.clear()


def _salt(issue: int) -> bytes:
    known = _salts.get(issue)
    if known and known[1] > time.monotonic():
        return known[0]
    # While the broker is down, this process uses a salt of its own: a reader may count twice, but stays unknown.
    made = known[0] if known else os.urandom(32)
    for old in [number for number, (_, until) in _salts.items() if until < time.monotonic()]:
        del _salts[old]
    try:
        salt, seconds = _shared(issue, made)
    except (RedisError, OSError):
        salt, seconds = made, _RETRY
    _salts[issue] = (salt, time.monotonic() + seconds)
    return salt


def _shared(issue: int, made: bytes) -> tuple[bytes, float]:
    """The salt that all processes use, and for how many more seconds."""
    with broker.client().pipeline() as pipe:
        pipe.set(_KEY.format(issue=issue), made, nx=True, ex=DAYS * 86_400)
        pipe.get(_KEY.format(issue=issue))
        pipe.pttl(_KEY.format(issue=issue))
        _, salt, milliseconds = pipe.execute()
    return (salt or made), min(max(milliseconds, 0) / 1000, 3600.0)
