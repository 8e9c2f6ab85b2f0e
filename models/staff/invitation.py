"""Invitations to the staff: a letter with a link that is good for 72 hours, once, and for one person alone.

Whoever is invited is a :class:`.member.Member` at once, with their roles, and can log in when they have chosen a
password, or come from the identity provider by the link. A new invitation takes the place of the one before it. Only a
digest of the link's key is kept.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ..outbox import transactional
from ..store.base import Base
from ..store.clock import now
from ..store.errors import Invalid, NotFound
from ..store.phrase import phrase
from . import audit
from .member import Member, checked_name, known_id
from .single_sign_on import provider_identity
from .single_sign_on.provider_identity import ProviderAccount

VALID_HOURS = 72
KIND = "staff_invitation"


class Invitation(Base):
    """One letter that invites one person."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    """Nobody where a command did."""
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    """When another one took its place, or the person was shut out."""

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.accepted_at is None and self.withdrawn_at is None and now() < self.expires_at


def make(session: Session, member: Member, invited_by: Member | None) -> str:
    """Invite *member*, and return the link, which is kept nowhere; what was open before works no more.

    Raises:
        Invalid: they can log in already, or are shut out.
    """
    if not member.active:
        raise Invalid(phrase("{address} is not active: activate them first", address=member.address))
    if member.password_hash:
        raise Invalid(phrase("{address} has chosen a password already", address=member.address))
    if provider_identity.has_any(session, member):
        raise Invalid(phrase("{address} comes in through the identity provider already", address=member.address))
    withdraw(session, member)
    key = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            member_id=member.id,
            invited_by_id=invited_by.id if invited_by else None,
            key_digest=_digest(key),
            created_at=now(),
            expires_at=now() + timedelta(hours=VALID_HOURS),
        )
    )
    session.flush()
    return f"{settings.get().base_url.rstrip('/')}/staff/invitations/{key}"


def send(session: Session, member: Member, invited_by: Member) -> None:
    """Invite *member* by a letter.

    Raises:
        Invalid: as :func:`make`.
    """
    link = make(session, member, invited_by)
    transactional.post(
        session,
        KIND,
        member.address,
        language=member.letter_language,
        link=link,
        expires=(now() + timedelta(hours=VALID_HOURS)).isoformat(),
        name=member.name,
        invited_by=invited_by.name,
    )
    audit.record(session, invited_by, "invite member", f"member/{member.id}")


def withdraw(session: Session, member: Member) -> None:
    """Let no link to *member* work any more."""
    session.execute(
        update(Invitation)
        .where(Invitation.member_id == member.id, Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )


def latest(session: Session, member_ids: list[int]) -> dict[int, Invitation]:
    """By member the newest invitation that there is."""
    rows = session.scalars(select(Invitation).where(Invitation.member_id.in_(member_ids)).order_by(Invitation.id))
    return {row.member_id: row for row in rows}


def find(session: Session, key: str) -> tuple[Invitation, Member]:
    """The invitation of a link, and whom it invites.

    Raises:
        NotFound: there is none, or another one took its place.
        Invalid: it was used.
        Invalid: its time is over, or the person was shut out.
    """
    found = session.scalar(select(Invitation).where(Invitation.key_digest == _digest(key)).with_for_update())
    if found is None:
        raise NotFound("there is no such invitation: look whether the link is whole")
    return found, _invited(session, found)


def accept(session: Session, key: str, name: str, password: str) -> Member:
    """Choose a password by a link, which works no more then.

    Arguments:
        name: how the person wants to be called; empty leaves it as it was given.

    Raises:
        NotFound, Invalid: as :func:`find`, or name or password is refused.
    """
    found, member = find(session, key)
    member.set_password(password, "new_password")
    member.name = checked_name(name.strip() or member.name)
    found.accepted_at = now()
    audit.record(session, member, "accept invitation", f"member/{member.id}")
    return member


def accept_by_identity(session: Session, invitation_id: int, told: ProviderAccount) -> Member:
    """Take an invitation by coming from the identity provider, in place of a password. The link works no more then.

    Whoever has the link shows that the letter is theirs, so the provider need not tell the same mail address; but
    whoever comes with a colleague's has been lured to a link that is another's.

    Raises:
        NotFound, Invalid: as :func:`find`; or the identity belongs to somebody else (field ``subject``).
    """
    found = session.get(Invitation, invitation_id, with_for_update=True)
    if found is None:
        raise NotFound("there is no such invitation: look whether the link is whole")
    member = _invited(session, found)
    if told.verified and (known_id(session, told.address) or member.id) != member.id:
        raise Invalid("whoever has this link comes with a colleague's mail address", field="subject")
    provider_identity.connect(session, member, told.issuer, told.subject, member).address = told.address
    found.accepted_at = now()
    audit.record(session, member, "accept invitation", f"member/{member.id}", factor=provider_identity.ACTOR)
    return member


def _invited(session: Session, found: Invitation) -> Member:
    """Whom *found* invites, if it still does."""
    member = session.get_one(Member, found.member_id, populate_existing=True)
    if provider_identity.has_any(session, member) and not member.password_hash:
        raise Invalid("this invitation was used: log in at the identity provider")
    if found.accepted_at is not None or member.password_hash:  # also one that was chosen by another way
        raise Invalid("this invitation was used: log in with the password that was chosen then")
    if not member.may_enter:
        raise Invalid("this account is not active: ask whoever invited you")
    if found.withdrawn_at is not None:
        raise NotFound("a newer invitation took the place of this one: use the link of the newest letter")
    if now() >= found.expires_at:
        raise Invalid(
            phrase(
                "this invitation worked for {hours} hours and is over: ask whoever invited you for another",
                hours=VALID_HOURS,
            )
        )
    return member


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
