"""The key that signs the audit log (Ed25519, RFC 8032), derived from SECRET_KEY, and the public halves it has had.

A copy of the database signs nothing, and whoever may do everything in the database cannot put in an entry that looks
as if Kairan had written it. Where SECRET_KEY has changed, the next entry makes another public key known.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b, sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base, after_create
from ..store.clock import now
from ..store.errors import KairanError
from ..store.secret_key import secret_key


class AuditKey(Base):
    """A public key with which entries were signed."""

    __tablename__ = "audit_key"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The first 16 hexadecimal digits of the SHA-256 of the public key."""
    public_key: Mapped[bytes]
    """32 bytes (RFC 8032, 5.1.5)."""
    made_at: Mapped[datetime] = mapped_column(default=now)


after_create(
    AuditKey,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_key
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()
    """,
)


def message(day: date, number: int, digest: str) -> bytes:
    """What a signature is over: what it is, the day, the entry's number and digest, a line each."""
    return f"kairan audit log 1\n{day.isoformat()}\n{number}\n{digest}".encode()


def publish(session: Session) -> str:
    """Let the public half of the present key be known; returns the key's name.

    Raises:
        Invalid: SECRET_KEY is missing or can be guessed.
    """
    _private, public, name = _pair(secret_key())
    if session.get(AuditKey, name) is None:
        values = {"id": name, "public_key": public, "made_at": now()}
        session.execute(insert(AuditKey).values(**values).on_conflict_do_nothing())
    return name


def sign(signed: bytes) -> str:
    """The signature of the present key over *signed*, in base64.

    Raises:
        Invalid: SECRET_KEY is missing or can be guessed.
    """
    return base64.b64encode(_pair(secret_key())[0].sign(signed)).decode()


def own_key() -> str:
    """The name of the key of this installation; empty where SECRET_KEY is not set."""
    try:
        return _pair(secret_key())[2]
    except KairanError:
        return ""


def list_keys(session: Session) -> Sequence[AuditKey]:
    """Every key that entries were signed with, the oldest first."""
    return session.scalars(select(AuditKey).order_by(AuditKey.made_at, AuditKey.id)).all()


def holds(public_key: bytes, signed: bytes, signature: str) -> bool:
    """Whether *signature* over *signed* was made with the key whose public half is *public_key*."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(base64.b64decode(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=2)
def _pair(secret: str) -> tuple[Ed25519PrivateKey, bytes, str]:
    """Private key, public key and name."""
    private = Ed25519PrivateKey.from_private_bytes(
        blake2b(secret.encode(), person=b"kairan-key", salt=b"audit-log", digest_size=32).digest()
    )
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return private, public, sha256(public).hexdigest()[:16]
