"""An examination of the senders' domains that somebody asked for on a page; a worker makes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..staff import audit
from ..staff.member import Member
from ..store import enqueue
from ..store.base import Base
from ..store.clock import now
from .domain_finding import DomainFinding

_GIVEN_UP = timedelta(hours=1)
"""After that no worker takes it any more, and the button asks anew."""


class DomainCheck(Base):
    """One examination. The last that is done and one that waits are kept."""

    __tablename__ = "domain_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """As :meth:`~.domain_finding.DomainFinding.plain` has them."""
    at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]

    @property
    def found(self) -> list[DomainFinding]:
        """What was found."""
        return [DomainFinding.of_plain(one) for one in self.findings]


def request(session: Session, member: Member) -> DomainCheck:
    """Have a worker examine the domains; where one is asked to already, that one is meant."""
    for waits in waiting(session):
        return session.get_one(DomainCheck, waits)
    made = DomainCheck()
    session.add(made)
    session.flush()
    audit.record(session, member, "examine sender's domain", "installation")
    enqueue.enqueue(session, enqueue.EXAMINE_DOMAINS, made.id)
    return made


def finish(session: Session, check: DomainCheck, found: Sequence[DomainFinding]) -> None:
    """Keep what was found; earlier examinations are forgotten."""
    check.findings, check.finished_at = [one.plain() for one in found], now()
    session.execute(delete(DomainCheck).where(DomainCheck.id < check.id))


def latest(session: Session) -> DomainCheck | None:
    """The last one that is done."""
    query = select(DomainCheck).where(DomainCheck.finished_at.is_not(None)).order_by(DomainCheck.id.desc())
    return session.scalar(query.limit(1))


def waiting(session: Session) -> Sequence[int]:
    """Those that no worker has made, for the sweep: a broker may lose their tasks."""
    query = select(DomainCheck.id).where(DomainCheck.finished_at.is_(None), DomainCheck.at > now() - _GIVEN_UP)
    return session.scalars(query.order_by(DomainCheck.id)).all()


def is_running(session: Session, since: timedelta) -> bool:
    """Whether one was asked for less than *since* ago and is not done."""
    query = select(DomainCheck.id).where(DomainCheck.finished_at.is_(None), DomainCheck.at > now() - since)
    return session.scalar(query.limit(1)) is not None
