"""Retention: details of hits are deleted after weeks, hits and readings after years; roll-ups stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ..store.base import Base
from ..store.clock import month_begun, now
from . import ingest
from .hit import RejectedHit
from .readership import ArticleRead
from .shared_copy import SharedCopy


class DetailCut(Base):
    """Until when details are deleted already, in a table of one row, so that only later hits are read."""

    __tablename__ = "detail_cut"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]


def details_cutoff() -> datetime:
    """The time before which hits keep neither client nor agent nor headers."""
    return now() - timedelta(days=settings.get().hit_detail_days)


def apply_retention(session: Session) -> None:
    """Delete details, months of hits, readings and rejected hits that are too old."""
    ingest.lock(session)
    until = details_cutoff()
    done = session.get(DetailCut, 1) or DetailCut(id=1, until=datetime.min.replace(tzinfo=until.tzinfo))
    if until > done.until:
        session.execute(_DELETE_DETAILS, {"done": done.until, "until": until})
        done.until = until
        session.add(done)
    session.execute(delete(RejectedHit).where(RejectedHit.found_at < until))
    first = first_month_kept()
    for name in _months_before(session, first):
        session.execute(text(f"DROP TABLE {name}"))
    session.execute(delete(ArticleRead).where(ArticleRead.day < first))
    session.execute(delete(SharedCopy).where(SharedCopy.last_day < first))
    session.flush()


def first_month_kept() -> date:
    """The first day of the oldest month whose hits are kept."""
    return month_begun(settings.get().hit_retention_months)


_DELETE_DETAILS = text(
    """
    UPDATE hit SET client = NULL, agent = NULL, headers = NULL
    WHERE at >= :done AND at < :until AND (client IS NOT NULL OR agent IS NOT NULL OR headers IS NOT NULL)
    """
)


def _months_before(session: Session, first: date) -> list[str]:
    names = session.scalars(text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'hit'::regclass"))
    return [name for name in names if name < f"hit_{first:%Y_%m}"]
