"""Secrets that must be read again, such as an authenticator's: kept encrypted, so no copy of the database opens one.

The key is derived from SECRET_KEY, one per purpose, as the keys of tokens are. What a secret belongs to goes into the
seal, so that a row that is put in another's place does not open there.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from .errors import KairanError
from .secret_key import secret_key

_NONCE_BYTES = 12


class Unreadable(KairanError):
    """It was sealed with another SECRET_KEY, for something else, or it was changed."""


def seal(purpose: str, owner: str, secret: bytes) -> bytes:
    """*secret*, encrypted and authenticated (ChaCha20-Poly1305, RFC 8439).

    Arguments:
        purpose: separates the keys; up to 16 bytes.
        owner: what the secret belongs to, such as ``member/12``; :func:`unseal` must be told the same.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher(purpose).encrypt(nonce, secret, owner.encode())


def unseal(purpose: str, owner: str, sealed: bytes) -> bytes:
    """What :func:`seal` was given.

    Raises:
        Unreadable: it does not open.
    """
    if len(sealed) < _NONCE_BYTES:
        raise Unreadable("a secret that is cut short")
    try:
        return _cipher(purpose).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.encode())
    except InvalidTag:
        raise Unreadable("a secret that was kept with another SECRET_KEY, or for somebody else") from None


def derived_key(purpose: str) -> bytes:
    """A key of 32 bytes for *purpose* alone (up to 16 bytes), derived from SECRET_KEY.

    Raises:
        Invalid: SECRET_KEY is missing or weak.
    """
    return blake2b(secret_key().encode(), person=b"kairan-key", salt=purpose.encode(), digest_size=32).digest()


def _cipher(purpose: str) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(derived_key(purpose))
