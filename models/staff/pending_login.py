"""Logins of which the first step is done and the second factor is still to come. They open nothing but its page.

They are no sessions (:mod:`.login_session`) and have a table of their own, so that no query for a session finds one.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import BigInteger, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.clock import now
from .member import Member

LASTS = timedelta(minutes=10)


class PendingLogin(Base):
    """One such login in one browser. Only the digest of what the cookie holds is kept."""

    __tablename__ = "pending_login"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    session_number: Mapped[int]
    """The member's at the first step: a new one ends this."""
    first_step: Mapped[str] = mapped_column(String(40), default="password")
    """What they proved who they are with, for the audit log."""
    created_at: Mapped[datetime] = mapped_column(default=now)


def begin(session: Session, member: Member, first_step: str) -> tuple[PendingLogin, str]:
    """Remember that the first step of *member*'s login is done.

    Arguments:
        first_step: what they proved who they are with, for the audit log.

    Returns:
        It, and its key, which is known to their browser alone.
    """
    session.execute(delete(PendingLogin).where(PendingLogin.created_at < now() - LASTS))
    key = secrets.token_urlsafe(32)
    made = PendingLogin(
        key_digest=_digest(key),
        member_id=member.id,
        session_number=member.session_number,
        created_at=now(),
        first_step=first_step,
    )
    session.add(made)
    session.flush()
    return made, key


def find(session: Session, key: str) -> PendingLogin | None:
    """The login *key*; None where there is none, or it is older than :data:`LASTS`, or its person is out since."""
    found = session.scalar(select(PendingLogin).where(PendingLogin.key_digest == _digest(key)))
    if found is None or abs(now() - found.created_at) > LASTS:
        return None
    member = session.get(Member, found.member_id)
    if member is None or not member.may_enter or member.session_number != found.session_number:
        return None
    return found


def find_member(session: Session, key: str) -> Member | None:
    """Whose login *key* is; None where :func:`find` finds none."""
    found = find(session, key)
    return session.get(Member, found.member_id) if found else None


def end(session: Session, key: str) -> None:
    """Forget it: the second factor was right, or the person begins anew."""
    session.execute(delete(PendingLogin).where(PendingLogin.key_digest == _digest(key)))


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
