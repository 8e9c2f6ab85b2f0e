"""How many wrong codes somebody may enter who knows a password: six digits are soon tried out (NIST SP 800-63B, 3.2.2).

Kept in the database, so that it holds while the broker is away. Devices that the person has logged in from count for
themselves: whoever tries codes elsewhere shuts nobody out of these, and no session that runs ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...store.base import Base
from ...store.clock import now
from ..member import Member

FREE_TRIES = 5
"""So many wrong codes in a row are nobody's attack."""
MAX_WAIT = timedelta(minutes=5)
LOCKED_FROM = 50
"""So many in a row, and codes are not looked at for :data:`LOCKED_FOR`: the chance to hit one was 1 in 6,000."""
LOCKED_FOR = timedelta(hours=24)


class WrongCodes(Base):
    """Wrong codes of one person in a row, on devices that are known or on others."""

    __tablename__ = "wrong_codes"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    known_device: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(default=now)


def wait(session: Session, member: Member, known_device: bool) -> int:
    """How many seconds nobody may try a code for *member* on such a device; 0 where it may be tried now.

    Tries at once go one after another: the row is locked until the caller commits.
    """
    row = {"member_id": member.id, "known_device": known_device, "count": 0, "last_at": now()}
    session.execute(insert(WrongCodes).values(row).on_conflict_do_nothing())
    found = _locked(session, member, known_device)
    if found.count < FREE_TRIES:
        return 0
    pause = timedelta(seconds=2 ** min(found.count - FREE_TRIES, 20))
    until = min(found.last_at, now()) + (LOCKED_FOR if found.count >= LOCKED_FROM else min(pause, MAX_WAIT))
    return max(0, -int((now() - until).total_seconds() // 1))


def note_wrong(session: Session, member: Member, known_device: bool) -> int:
    """Count a wrong code. The caller commits, whatever it answers.

    Returns:
        How many there were in a row.
    """
    found = _locked(session, member, known_device)
    if found.count >= LOCKED_FROM:  # that time is over: a few more may be tried before the next
        found.count = LOCKED_FROM - FREE_TRIES
    found.count, found.last_at = found.count + 1, now()
    session.flush()
    return found.count


def forget(session: Session, member: Member, known_device: bool) -> None:
    """Begin to count anew, after a right code."""
    found = session.get(WrongCodes, (member.id, known_device))
    if found is not None:
        found.count = 0


def _locked(session: Session, member: Member, known_device: bool) -> WrongCodes:
    return session.scalars(
        select(WrongCodes)
        .where(WrongCodes.member_id == member.id, WrongCodes.known_device.is_(known_device))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
