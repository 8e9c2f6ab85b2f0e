"""Sessions of staff: kept here, so that logging out, a new password or time ends them whoever has copied the cookie."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import BigInteger, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ..store.base import Base
from ..store.clock import now
from .member import Member

_NOTE_EVERY = timedelta(minutes=1)
"""So exact is the time of the last request: not every page needs to write."""
_KEPT_DAYS = 90


class LoginSession(Base):
    """One login of one person in one browser. Only the digest of what the cookie holds is kept."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    session_number: Mapped[int]
    """The member's at the login: a new password, or leaving the staff, raises theirs, which ends this."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


def begin(session: Session, member: Member) -> str:
    """Begin a session of *member*; the answer, a random text, is known to their browser alone.

    Sessions that are long over are forgotten.
    """
    session.execute(
        delete(LoginSession).where(
            LoginSession.member_id == member.id, LoginSession.created_at < now() - timedelta(days=_KEPT_DAYS)
        )
    )
    key = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            key_digest=_digest(key),
            member_id=member.id,
            session_number=member.session_number,
            created_at=now(),
            last_seen_at=now(),
        )
    )
    session.flush()
    return key


def find_member(session: Session, key: str) -> Member | None:
    """Whose session *key* is; None where there is none, or it has ended.

    It ends by logging out, a new password or leaving the staff, after SESSION_IDLE_MINUTES without a request and after
    SESSION_HOURS. One that was begun by a clock which was as far ahead has no such end, so it is over at once.
    """
    found = session.scalar(select(LoginSession).where(LoginSession.key_digest == _digest(key)))
    if found is None or found.ended_at is not None:
        return None
    limits, moment = settings.get(), now()
    idle, total = timedelta(minutes=limits.session_idle_minutes), timedelta(hours=limits.session_hours)
    if moment - found.last_seen_at > idle or abs(moment - found.created_at) > total:
        return None
    member = session.get(Member, found.member_id)
    if member is None or not member.may_enter or member.session_number != found.session_number:
        return None
    return member


def note_request(session: Session, key: str) -> bool:
    """Write down that the session *key* is in use; False where that was done lately, or is being done.

    The caller commits at once: while a request holds the row, no other one of the same person may have to wait for it.
    """
    used = session.scalar(
        select(LoginSession)
        .where(LoginSession.key_digest == _digest(key), LoginSession.last_seen_at < now() - _NOTE_EVERY)
        .with_for_update(skip_locked=True)
    )
    if used is not None:
        used.last_seen_at = now()
    return used is not None


def end(session: Session, key: str) -> None:
    """End the session *key*, if it still runs."""
    found = session.scalar(select(LoginSession).where(LoginSession.key_digest == _digest(key)))
    if found is not None and found.ended_at is None:
        found.ended_at = now()


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
