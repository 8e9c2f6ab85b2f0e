"""Test letters through one relay, to whoever asked for one: does it take our letters, and what does it answer?"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...staff import audit
from ...staff.member import Member
from ...store import enqueue
from ...store.base import Base
from ...store.clock import now
from ...store.errors import Invalid
from .relay import Relay

LETTERS_PER_HOUR = 20
"""Test letters that one person may send."""


class RelayTestState(enum.Enum):
    """What became of a test letter."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The relay answered, and does not take it."""
    UNREACHED = "unreached"
    """Nobody answered there, or it lets us not in."""
    FAILED = "failed"
    """The letter could not be written: no newsletter, no key, an address that cannot be read."""


class RelayTest(Base):
    """One test letter. Without a relay it goes through ``SMTP_URL``."""

    __tablename__ = "relay_test"

    id: Mapped[int] = mapped_column(primary_key=True)
    relay_id: Mapped[int | None] = mapped_column(ForeignKey("relay.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(320))
    state: Mapped[RelayTestState] = mapped_column(default=RelayTestState.WAITING)
    answer: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]

    def finish(self, state: RelayTestState, answer: str) -> None:
        """Note what became of it."""
        self.state, self.answer, self.finished_at = state, answer[:500], now()


def request(session: Session, relay: Relay | None, member: Member) -> RelayTest:
    """Have a worker send *member* a letter through *relay*; without one, through ``SMTP_URL``.

    Nobody can name another address, so that nobody mails strangers by this page.

    Raises:
        Invalid: the member has asked for very many within the hour.
    """
    lately = select(func.count()).where(RelayTest.address == member.address, RelayTest.at > now() - timedelta(hours=1))
    if (session.scalar(lately) or 0) >= LETTERS_PER_HOUR:
        raise Invalid("you have sent many test letters within the last hour: wait a while")
    made = RelayTest(relay_id=relay.id if relay else None, address=member.address)
    session.add(made)
    session.flush()
    audit.record(session, member, "test relay", f"relay/{relay.name if relay else 'SMTP_URL'}")
    enqueue.enqueue(session, enqueue.TEST_RELAY, made.id)
    return made


def latest(session: Session) -> dict[int | None, RelayTest]:
    """The last test of each relay, by the relay's id; None stands for ``SMTP_URL``."""
    last = select(func.max(RelayTest.id)).group_by(RelayTest.relay_id)
    return {one.relay_id: one for one in session.scalars(select(RelayTest).where(RelayTest.id.in_(last)))}


def waiting(session: Session) -> Sequence[int]:
    """Tests of the last hour that no worker has taken, for the sweep: a broker may lose their tasks."""
    query = select(RelayTest.id).where(
        RelayTest.state == RelayTestState.WAITING, RelayTest.at > now() - timedelta(hours=1)
    )
    return session.scalars(query).all()
