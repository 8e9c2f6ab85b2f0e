"""Pseudonyms: negative numbers in place of a reader who must not be identified.

A pseudonym is a keyed hash of the reader under the issue's salt (:mod:`models.tracking.salt`). While the salt lives,
the same reader of the same issue has the same pseudonym, so that different readers can be counted. When it is gone,
nobody can tell whose a pseudonym was, or whether two issues had the same reader.

Numbers close to zero are nobody's: they count as hits and never as a reader. A hit gets one where the salt is gone or
was never there, and where a machine says by itself that it is one: what its agent tells must not stand beside a person.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

NOBODIES = 1 << 44
"""So many numbers below zero are nobody's; pseudonyms begin below them."""
_PSEUDONYMS = (1 << 63) - NOBODIES


def of_reader(salt: bytes, reader: int) -> int:
    """The pseudonym of a subscriber under an issue's salt: from -2**63 to below -:data:`NOBODIES`."""
    return -1 - NOBODIES - _hash(salt, reader, b"reader") % _PSEUDONYMS


def of_machine(salt: bytes, reader: int) -> int:
    """Nobody's number, the same for all machines that follow a subscriber's copy of an issue."""
    return -1 - _hash(salt, reader, b"machine") % NOBODIES


def of_nobody() -> int:
    """Nobody's number, that no other hit has."""
    return -1 - secrets.randbelow(NOBODIES)


def is_nobody(reader: int) -> bool:
    """Whether a hit with this number counts no reader."""
    return -NOBODIES <= reader < 0


def _hash(salt: bytes, reader: int, person: bytes) -> int:
    digest = blake2b(reader.to_bytes(8, "big"), key=salt, person=person, digest_size=16).digest()
    return int.from_bytes(digest, "big")
