"""What judging needs of a nameless hit, under the seal of its issue's salt.

Rules name the kind of browser, its language, the network, the mail service. The database knows such things of readers,
too: the agent with which somebody signed up, the address's domain, hits by name in another newsletter. So beside a
nameless hit stands only what it counts as (:data:`.rules.KEPT`). All that fired is sealed with it, which
:mod:`.salt` opens for as long as hits of the issue are told apart, and nobody afterwards.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from .rules import RETIRED, RULES

PREFIX = "sealed:"
"""Before what is sealed, among the names of rules that the tracker hands on."""
_RULES, _RULE, _NONCE = 12, 2, 12
"""Rules at most, and bytes: of a rule and of the nonce (RFC 8439, 2.8)."""


def seal(salt: bytes, marks: Sequence[str]) -> str:
    """What fired, as text of one length.

    Arguments:
        marks: names of rules; of more than twelve, which nothing fires, the last ones are left out.
    """
    codes = b"".join(map(_code, marks[:_RULES])).ljust(_RULES * _RULE, b"\0")
    nonce = os.urandom(_NONCE)
    return PREFIX + b64encode(nonce + _cipher(salt).encrypt(nonce, codes, None)).decode()


def open_seal(salt: bytes, text: str) -> tuple[str, ...] | None:
    """What :func:`seal` was given; None where it was another salt, or no seal."""
    try:
        data = b64decode(text.removeprefix(PREFIX))
        codes = _cipher(salt).decrypt(data[:_NONCE], data[_NONCE:], None)
    except (InvalidTag, ValueError):
        return None
    found = [_NAMES.get(codes[at : at + _RULE]) for at in range(0, len(codes), _RULE)]
    return tuple(name for name in found if name)


def split(marks: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """The names of rules that stand for everybody to see, and what is sealed."""
    if marks and marks[-1].startswith(PREFIX):
        return marks[:-1], marks[-1]
    return marks, None


def _cipher(salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(blake2b(key=salt, person=b"kairan-seal", digest_size=32).digest())


def _code(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=_RULE).digest()


_NAMES = {_code(name): name for name in (*RETIRED, *RULES)}
