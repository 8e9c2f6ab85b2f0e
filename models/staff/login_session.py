"""Sessions of staff: kept here, so that logging out, a new password or time ends them whoever has copied the cookie."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import BigInteger, ForeignKey, String, Update, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ..store.base import Base
from ..store.clock import now
from .member import Member

_NOTE_EVERY = timedelta(minutes=1)
"""So exact is the time of the last request: not every page needs to write."""
_KEPT_DAYS = 90
PROOF_LASTS = timedelta(minutes=10)
"""So long somebody who has proved who they are need not do so again before a step that matters."""


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
    client: Mapped[str] = mapped_column(String(45), default="")
    """The client address of the last request that was noted."""
    browser: Mapped[str] = mapped_column(String(60), default="")
    """Browser and system in plain words, such as ``Firefox (Windows)``."""
    proved_at: Mapped[datetime | None]
    """When the person last proved who they are, by a login or before a step that matters."""


def begin(session: Session, member: Member, client: str = "", browser: str = "") -> str:
    """Begin a session of *member*; the answer, a random text, is known to their browser alone.

    Sessions that are long over are forgotten.

    Arguments:
        client: the client address.
        browser: browser and system in plain words.
    """
    session.execute(
        delete(LoginSession).where(
            LoginSession.member_id == member.id, LoginSession.created_at < now() - timedelta(days=_KEPT_DAYS)
        )
    )
    key, member.last_login_at = secrets.token_urlsafe(32), now()
    session.add(
        LoginSession(
            key_digest=_digest(key),
            member_id=member.id,
            session_number=member.session_number,
            created_at=now(),
            last_seen_at=now(),
            client=client[:45],
            browser=browser[:60],
            proved_at=now(),
        )
    )
    session.flush()
    return key


def find_member(session: Session, key: str) -> Member | None:
    """Whose session *key* is; None where there is none, or it has ended.

    It ends by logging out, a new password or leaving the staff, after SESSION_IDLE_MINUTES without a request and after
    SESSION_HOURS. One that was begun by a clock which was as far ahead has no such end, so it is over at once.
    """
    found = find(session, key)
    if found is None or not _is_within_time(found):
        return None
    member = session.get(Member, found.member_id)
    if member is None or not member.may_enter or member.session_number != found.session_number:
        return None
    return member


def owner_id(session: Session, key: str) -> int:
    """The id of the member whose session *key* is or was; 0 where it is nobody's."""
    return session.scalar(select(LoginSession.member_id).where(LoginSession.key_digest == _digest(key))) or 0


def note_request(session: Session, key: str, client: str = "") -> bool:
    """Write down that the session *key* is in use; False where that was done lately, or is being done.

    The caller commits at once: while a request holds the row, no other one of the same person may have to wait for it.

    Arguments:
        client: the address that the request came from; empty leaves the one that is known.
    """
    used = session.scalar(
        select(LoginSession)
        .where(LoginSession.key_digest == _digest(key), LoginSession.last_seen_at < now() - _NOTE_EVERY)
        .with_for_update(skip_locked=True)
    )
    if used is not None:
        used.last_seen_at, used.client = now(), client[:45] or used.client
    return used is not None


def is_proved(session: Session, key: str) -> bool:
    """Whether the person of the session *key* has proved within :data:`PROOF_LASTS` who they are."""
    found = find(session, key)
    return found is not None and found.proved_at is not None and abs(now() - found.proved_at) <= PROOF_LASTS


def note_proof(session: Session, key: str) -> None:
    """Write down that the person of the session *key* has just proved who they are."""
    if (found := find(session, key)) is not None:
        found.proved_at = now()


def list_running(session: Session, member: Member) -> Sequence[LoginSession]:
    """The sessions of *member* that have not ended, the last used first."""
    found = session.scalars(
        select(LoginSession)
        .where(
            LoginSession.member_id == member.id,
            LoginSession.session_number == member.session_number,
            LoginSession.ended_at.is_(None),
        )
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    )
    return [one for one in found if _is_within_time(one)]


def is_of(one: LoginSession, key: str) -> bool:
    """Whether *one* is the session that *key* opens."""
    return one.key_digest == _digest(key)


def end_one(session: Session, member: Member, session_id: int) -> bool:
    """End one session of *member* by its number; False where they have none such that runs."""
    ended = update(LoginSession).where(LoginSession.id == session_id).values(ended_at=now())
    return bool(session.execute(_own(ended, member).returning(LoginSession.id)).first())


def end_others(session: Session, member: Member, key: str) -> int:
    """End every session of *member* but the one of *key*.

    Returns:
        How many there were.
    """
    ended = update(LoginSession).where(LoginSession.key_digest != _digest(key)).values(ended_at=now())
    return len(session.execute(_own(ended, member).returning(LoginSession.id)).all())


def end(session: Session, key: str) -> None:
    """End the session *key*, if it still runs."""
    if (found := find(session, key)) is not None:
        found.ended_at = now()


def find(session: Session, key: str) -> LoginSession | None:
    """The session *key*, while nobody has ended it."""
    return session.scalar(
        select(LoginSession).where(LoginSession.key_digest == _digest(key), LoginSession.ended_at.is_(None))
    )


def _is_within_time(found: LoginSession) -> bool:
    limits, moment = settings.get(), now()
    idle, total = timedelta(minutes=limits.session_idle_minutes), timedelta(hours=limits.session_hours)
    return moment - found.last_seen_at <= idle and abs(moment - found.created_at) <= total


def _own(statement: Update, member: Member) -> Update:
    return statement.where(LoginSession.member_id == member.id, LoginSession.ended_at.is_(None))


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
