"""Which session of the provider one of ours came from: so that ending one ends the other, in both directions.

OpenID Connect RP-Initiated Logout 1.0 and Back-Channel Logout 1.0. Where a second step follows here, its pending login
holds what the session is to have: a logout at the provider in between ends that, too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, ForeignKey, String, delete, exists, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ...store.base import Base
from ...store.clock import now
from .. import login_session
from ..login_session import LoginSession
from ..pending_login import PendingLogin
from .provider_identity import ProviderIdentity, written_once


class ProviderLogin(NamedTuple):
    """What a login at the provider leaves with ours."""

    identity_id: int
    sid: str
    """The provider's name for its session; empty where it tells none."""
    id_token: str
    second_factor: bool
    """Whether the provider says that it has asked for one."""


class ProviderSession(Base):
    """Where one of our sessions, or a login whose second step is still to come, comes from."""

    __tablename__ = "provider_session"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    login_session_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("login_session.id", ondelete="CASCADE"), unique=True
    )
    pending_login_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("pending_login.id", ondelete="CASCADE"), unique=True
    )
    identity_id: Mapped[int] = mapped_column(ForeignKey("provider_identity.id", ondelete="CASCADE"), index=True)
    sid: Mapped[str] = mapped_column(String(255), default="")
    id_token: Mapped[str] = mapped_column(default="")
    """What the provider wants to see when this session ends: it lets nobody in. Emptied then."""
    second_factor: Mapped[bool] = mapped_column(default=False)


def note(session: Session, begun: LoginSession | PendingLogin, login: ProviderLogin) -> None:
    """Write down that *begun* began with *login*. Tokens of sessions whose time is over are forgotten."""
    over = select(LoginSession.id).where(
        LoginSession.created_at < now() - timedelta(hours=settings.get().session_hours)
    )
    session.execute(
        update(ProviderSession)
        .where(ProviderSession.id_token != "", ProviderSession.login_session_id.in_(over))
        .values(id_token="")
    )
    made = ProviderSession(**login._asdict())
    if isinstance(begun, LoginSession):
        made.login_session_id = begun.id
    else:
        made.pending_login_id = begun.id
    session.add(made)
    session.flush()


def of_pending(session: Session, pending: PendingLogin) -> ProviderLogin | None:
    """The login at the provider that was the first step of *pending*; None where something else was."""
    found = session.scalar(select(ProviderSession).where(ProviderSession.pending_login_id == pending.id))
    return ProviderLogin(found.identity_id, found.sid, found.id_token, found.second_factor) if found else None


def has_second_factor(session: Session, key: str) -> bool:
    """Whether the session *key* began with a second factor at the provider."""
    ours = login_session.find(session, key)
    wanted = exists().where(ProviderSession.login_session_id == (ours.id if ours else 0), ProviderSession.second_factor)
    return bool(session.scalar(select(wanted)))


def take_id_token(session: Session, key: str) -> str | None:
    """The identity token with which the session *key* began, for the last time; None where it did not begin so."""
    ours = login_session.find(session, key)
    if ours is None:
        return None
    found = session.scalar(select(ProviderSession).where(ProviderSession.login_session_id == ours.id))
    if found is None:
        return None
    token, found.id_token = found.id_token, ""
    return token


def end_all(session: Session, issuer: str, *, subject: str = "", sid: str = "", before: datetime) -> list[int]:
    """End our sessions that came from the provider's, and began before a moment; and logins on their way to one.

    Arguments:
        subject, sid: of whom, and which session of the provider; one of the two at least.

    Returns:
        The ids of the members whose sessions were ended.
    """
    meant = (
        select(ProviderSession.id)
        .join(ProviderIdentity, ProviderIdentity.id == ProviderSession.identity_id)
        .where(ProviderIdentity.issuer == written_once(issuer))
    )
    if subject:
        meant = meant.where(ProviderIdentity.subject == subject)
    if sid:
        meant = meant.where(ProviderSession.sid == sid)
    halves = select(ProviderSession.pending_login_id).where(ProviderSession.id.in_(meant))
    session.execute(delete(PendingLogin).where(PendingLogin.id.in_(halves), PendingLogin.created_at <= before))
    ended = []
    for ours, theirs in session.execute(
        select(LoginSession, ProviderSession)
        .join(ProviderSession, ProviderSession.login_session_id == LoginSession.id)
        .where(ProviderSession.id.in_(meant), LoginSession.ended_at.is_(None), LoginSession.created_at <= before)
    ):
        ours.ended_at, theirs.id_token = now(), ""
        ended.append(ours.member_id)
    return sorted(set(ended))
