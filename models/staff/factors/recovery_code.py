"""Recovery codes: ten numbers on paper, each good once, for the day on which telephone or key are gone.

Sixteen digits, as on a card: typed on any keyboard, with an input method switched on or not. They are kept as keyed
hashes, whose key is derived from SECRET_KEY: 53 bits behind a key that no copy of the database holds need no slow hash
(NIST SP 800-63B, 3.1.2.2), and ten slow ones would take seconds.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...store.base import Base
from ...store.clock import now
from ...store.sealed import derived_key
from ..member import Member

COUNT = 10
DIGITS = 16


class RecoveryCode(Base):
    """One code of a person."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


def make(session: Session, member: Member) -> list[str]:
    """Make ten codes in place of those that there were.

    Returns:
        The codes, digits alone. They are shown once and kept nowhere.
    """
    forget(session, member)
    codes = ["".join(secrets.choice("0123456789") for _ in range(DIGITS)) for _ in range(COUNT)]
    session.add_all(RecoveryCode(member_id=member.id, code_hash=_hash(member, code), made_at=now()) for code in codes)
    session.flush()
    return codes


def use(session: Session, member: Member, code: str) -> bool:
    """Use up *code* (digits alone); False where it is none of *member*'s, or was used before."""
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.member_id == member.id,
            RecoveryCode.code_hash == _hash(member, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    return used.first() is not None


def left(session: Session, member: Member) -> int:
    """How many codes *member* has not used."""
    query = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.member_id == member.id, RecoveryCode.used_at.is_(None)
    )
    return session.scalar(query) or 0


def forget(session: Session, member: Member) -> None:
    """Throw every code of *member* away."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.member_id == member.id))


def grouped(code: str) -> str:
    """A code in groups of four digits, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _hash(member: Member, code: str) -> str:
    key = derived_key("recovery-code")
    return blake2b(f"{member.id}:{code}".encode(), key=key, digest_size=32).hexdigest()
