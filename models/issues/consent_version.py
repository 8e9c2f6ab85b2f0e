"""The words that readers agree to at sign-up (同意文), each version kept. Rows are only ever added.

What one reader agreed to stands with the reader (:mod:`models.readers.consent`), word for word. This is the other side:
what the newsletter asked for, from when on, and who wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..staff.member import Member
from ..store.base import Base
from ..store.clock import now
from .newsletter import Newsletter


class ConsentVersion(Base):
    """One version of a newsletter's own words. An empty one stands for Kairan's, which name sender and newsletter."""

    __tablename__ = "consent_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    number: Mapped[int]
    """Counted from 1 within the newsletter."""
    text: Mapped[str]
    by: Mapped[str] = mapped_column(String(320), default="")
    """The address of the person, or the name of the command; empty where it was there before versions were kept."""
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("newsletter_id", "number"),)


def keep(session: Session, newsletter: Newsletter, by: Member | str) -> None:
    """Keep the newsletter's present words as a new version, unless they are those of the last one."""
    last = session.scalar(_of(newsletter).limit(1))
    if last is None or last.text != newsletter.consent_text:
        who = by.address if isinstance(by, Member) else by
        number = last.number + 1 if last else 1
        session.add(ConsentVersion(newsletter_id=newsletter.id, number=number, text=newsletter.consent_text, by=who))
        session.flush()


def history(session: Session, newsletter: Newsletter) -> Sequence[ConsentVersion]:
    """Every version, the present one first."""
    return session.scalars(_of(newsletter)).all()


def _of(newsletter: Newsletter) -> Select[ConsentVersion]:
    found = select(ConsentVersion).where(ConsentVersion.newsletter_id == newsletter.id)
    return found.order_by(ConsentVersion.number.desc())
