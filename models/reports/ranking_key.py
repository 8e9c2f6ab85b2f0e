"""The keys that sign a newsletter's evidence of rankings (Ed25519, RFC 8032), and their public halves with their dates.

A private key is kept nowhere: it is derived from SECRET_KEY and a number that only this key has, as the keys of tokens
are. So a copy of the database signs nothing. The public half is published with the newsletter, and stays so after
another key has taken its place. Where SECRET_KEY has changed, the next evidence makes a new key by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b, sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..issues.newsletter import Newsletter
from ..store.base import Base
from ..store.clock import now
from ..store.secret_key import secret_key

_NONCE_BYTES = 16


class RankingKey(Base):
    """One key of a newsletter; at most one that is not retired."""

    __tablename__ = "ranking_key"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The first 16 hexadecimal digits of the SHA-256 of the public key."""
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    nonce: Mapped[bytes]
    """What the private key is derived from, beside SECRET_KEY."""
    public_key: Mapped[bytes]
    """32 bytes (RFC 8032, 5.1.5)."""
    made_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_ranking_key_newsletter_id", "newsletter_id", unique=True, postgresql_where="retired_at IS NULL"),
    )

    def sign(self, message: bytes) -> bytes:
        """The signature over *message*, 64 bytes."""
        return _private(self.nonce).sign(message)


def current(session: Session, newsletter: Newsletter) -> RankingKey:
    """The key that signs now; made where there is none that this installation can sign with. The caller commits."""
    chosen = select(RankingKey).where(RankingKey.newsletter_id == newsletter.id, RankingKey.retired_at.is_(None))
    found = session.scalar(chosen)
    if found is not None and _public(found.nonce) == found.public_key:
        return found
    if found is not None:
        _retire(session, found)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    public = _public(nonce)
    values = {"id": key_id(public), "newsletter_id": newsletter.id, "nonce": nonce, "public_key": public}
    # Of two that make the first key at once, one is kept.
    session.execute(insert(RankingKey).values(**values, made_at=now()).on_conflict_do_nothing())
    return session.scalars(chosen).one()


def rotate(session: Session, newsletter: Newsletter) -> RankingKey:
    """Retire the key that signs now and make another one. What it signed stays verifiable."""
    _retire(session, current(session, newsletter))
    return current(session, newsletter)


def list_keys(session: Session, newsletter: Newsletter) -> Sequence[RankingKey]:
    """Every key that the newsletter has had, the latest first."""
    chosen = select(RankingKey).where(RankingKey.newsletter_id == newsletter.id)
    return session.scalars(chosen.order_by(RankingKey.made_at.desc(), RankingKey.id)).all()


def published(keys: Sequence[RankingKey]) -> str:
    """The public keys in PEM (RFC 7468), each below its name and its dates."""
    return "\n".join(
        f"Key: {key.id}\nMade: {_second(key.made_at)}\n"
        + (f"Retired: {_second(key.retired_at)}\n" if key.retired_at else "")
        + pem(key.public_key)
        for key in keys
    )


def pem(public_key: bytes) -> str:
    """A public key as SubjectPublicKeyInfo (RFC 8410) in PEM."""
    public = Ed25519PublicKey.from_public_bytes(public_key)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_id(public_key: bytes) -> str:
    """The name of a public key."""
    return sha256(public_key).hexdigest()[:16]


def _second(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _retire(session: Session, key: RankingKey) -> None:
    key.retired_at = now()
    session.flush()


def _private(nonce: bytes) -> Ed25519PrivateKey:
    key = blake2b(secret_key().encode(), person=b"kairan-key", salt=b"ranking-key").digest()
    return Ed25519PrivateKey.from_private_bytes(blake2b(nonce, key=key, digest_size=32).digest())


def _public(nonce: bytes) -> bytes:
    return _private(nonce).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
