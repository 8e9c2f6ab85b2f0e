"""Addresses that are never mailed (配信停止), found by a keyed hash that outlives the erasure of the address."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.clock import now
from ..store.token import address_hash


class SuppressionReason(enum.Enum):
    """Why an address is not mailed."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    ERASED = "erased"
    STAFF = "staff"


class Suppression(Base):
    """One address, for one newsletter or (without one) for all."""

    __tablename__ = "suppression"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64))
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id"))
    reason: Mapped[SuppressionReason]
    note: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("address_hash", "newsletter_id", postgresql_nulls_not_distinct=True),)


def suppress(
    session: Session,
    address_key: str,
    reason: SuppressionReason,
    *,
    newsletter_id: int | None = None,
    note: str = "",
) -> None:
    """Never mail this address again. Doing it twice keeps the first reason."""
    session.execute(
        insert(Suppression)
        .values(
            address_hash=address_hash(address_key),
            newsletter_id=newsletter_id,
            reason=reason,
            note=note[:500],
            at=now(),
        )
        .on_conflict_do_nothing()
    )


def find(session: Session, address_key: str, newsletter_id: int | None = None) -> Suppression | None:
    """Why an address is not mailed, for all newsletters or for this one; None where it may be."""
    return session.scalar(
        select(Suppression)
        .where(
            Suppression.address_hash == address_hash(address_key),
            or_(Suppression.newsletter_id.is_(None), Suppression.newsletter_id == newsletter_id),
        )
        .order_by(Suppression.newsletter_id.nulls_first())
        .limit(1)
    )
