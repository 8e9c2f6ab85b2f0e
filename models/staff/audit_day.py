"""The heads of the audit log: of each day that is over, the number and the digest of its last entry.

A head vouches for every entry up to it. Heads stay when entries are cut away that are older than AUDIT_RETENTION_DAYS.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base, after_create
from ..store.errors import Invalid
from ..store.phrase import phrase


class AuditDay(Base):
    """The head of one day (Asia/Tokyo) with entries, written when a later day begins."""

    __tablename__ = "audit_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
    """The number of the day's last entry."""
    head: Mapped[str] = mapped_column(String(64))
    """Its digest."""
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(88))
    """Its signature, over the day, number and digest; empty where an older version wrote the day's entries."""


REFUSE = """
    CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
"""

after_create(
    AuditDay,
    REFUSE,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_day
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()
    """,
)


class Head(NamedTuple):
    """What is noted of a log in another place: one line, which proves every entry up to it."""

    day: date | None
    number: int
    """0 where the digest alone was noted."""
    digest: str

    def __str__(self) -> str:
        return f"{self.day}/{self.number}/{self.digest}" if self.day else self.digest


def parse_head(typed: str) -> Head:
    """A head as it was printed, or a digest alone.

    Raises:
        Invalid: it is neither.
    """
    found = re.fullmatch(r"(?:(\d{4}-\d\d-\d\d)/(\d{1,18})/)?([0-9a-f]{64})", typed.strip().lower())
    try:
        if found:
            return Head(date.fromisoformat(found[1]) if found[1] else None, int(found[2] or 0), found[3])
    except ValueError:
        pass
    raise Invalid(
        phrase("“{typed}” is no head of the log: write it as it was printed, DAY/NUMBER/DIGEST", typed=typed[:120]),
        field="head",
    )


def close(session: Session, day: date, head: Head, key_id: str, signature: str) -> None:
    """Write down the head of a day that is over, once."""
    values = {"day": day, "last": head.number, "head": head.digest, "key_id": key_id, "signature": signature}
    session.execute(insert(AuditDay).values(**values).on_conflict_do_nothing())


def list_days(session: Session) -> Sequence[AuditDay]:
    """The heads of all days that are over and had entries, the oldest first."""
    return session.scalars(select(AuditDay).order_by(AuditDay.day)).all()
