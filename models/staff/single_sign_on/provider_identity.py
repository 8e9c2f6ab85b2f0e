"""Who somebody of the identity provider is to us. An identity is (issuer, subject) and nothing else.

A mail address can be given to somebody else tomorrow, and in many directories people write their own. So it finds an
account once at most, at the first login, and only where the provider has verified it and the installation wants that
(OpenID Connect Core 1.0, 5.7).
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, String, UniqueConstraint, exists, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...store.base import Base
from ...store.clock import now
from ...store.errors import Invalid
from ...store.phrase import phrase
from .. import audit
from .. import member as members
from ..member import Member
from .sign_in_refusal import RefusalReason, SignInRefused

ACTOR = "single sign-on"
"""In whose name the audit log has what follows from a login at the provider."""


_LOCK = 0x6B737369  # advisory lock: one login from the provider at a time finds or makes its account


class ProviderAccount(NamedTuple):
    """What the provider says of somebody, checked as far as the protocol goes."""

    issuer: str
    subject: str
    address: str
    """In the form of :attr:`Member.address`; empty where it tells none."""
    verified: bool
    """Whether the address is known to be theirs."""
    name: str
    groups: frozenset[str]
    second_factor: bool
    authenticated_at: int
    """When the person was asked who they are, in seconds since 1970; 0 where the provider does not tell."""
    sid: str
    """The provider's name for its session; empty where it tells none."""
    id_token: str
    """As it came; empty where it is too long to be kept."""


def written_once(issuer: str) -> str:
    """*issuer* as identities have it: settings and commands may write it with a slash at the end or without."""
    return issuer.rstrip("/")


class ProviderIdentity(Base):
    """An identity at the provider that belongs to one of the staff."""

    __tablename__ = "provider_identity"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    address: Mapped[str] = mapped_column(String(320), default="")
    """The mail address that the provider told last."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("issuer", "subject"),)


def find(session: Session, issuer: str, subject: str) -> ProviderIdentity | None:
    """The identity, where it is known."""
    return session.scalar(
        select(ProviderIdentity).where(
            ProviderIdentity.issuer == written_once(issuer), ProviderIdentity.subject == subject
        )
    )


def of_member(session: Session, member: Member) -> list[ProviderIdentity]:
    """The identities that belong to *member*, the oldest first."""
    query = select(ProviderIdentity).where(ProviderIdentity.member_id == member.id)
    return list(session.scalars(query.order_by(ProviderIdentity.id)))


def has_any(session: Session, member: Member) -> bool:
    """Whether *member* comes in through the provider."""
    return bool(session.scalar(select(exists().where(ProviderIdentity.member_id == member.id))))


def list_all(session: Session) -> list[tuple[str, ProviderIdentity]]:
    """Every identity with the address of whom it belongs to."""
    query = select(Member.address, ProviderIdentity).join(ProviderIdentity, ProviderIdentity.member_id == Member.id)
    return [(address, one) for address, one in session.execute(query.order_by(Member.address, ProviderIdentity.id))]


def connect(session: Session, member: Member, issuer: str, subject: str, actor: Member | str) -> ProviderIdentity:
    """Let *member* log in with an identity from now on.

    Raises:
        Invalid: it belongs to somebody else.
    """
    if (known := find(session, issuer, subject)) is not None:
        if known.member_id != member.id:
            raise Invalid(
                phrase("this identity belongs to somebody else already: disconnect it there first"), field="subject"
            )
        return known
    made = ProviderIdentity(member_id=member.id, issuer=written_once(issuer), subject=subject)
    session.add(made)
    session.flush()
    audit.record(session, actor, "connect identity", f"member/{member.id}", issuer=issuer, identity=subject)
    return made


def disconnect(session: Session, member: Member, actor: Member | str) -> int:
    """Take all identities from *member*; the answer is how many they were."""
    found = of_member(session, member)
    for one in found:
        audit.record(
            session, actor, "disconnect identity", f"member/{member.id}", issuer=one.issuer, identity=one.subject
        )
        session.delete(one)
    session.flush()
    return len(found)


def recognise(session: Session, told: ProviderAccount, *, bind_addresses: bool) -> tuple[ProviderIdentity, Member]:
    """Whose account *told* comes for: the one it belongs to, one that it may have, or a new one.

    Arguments:
        bind_addresses: whether an account with the same, verified address may be had.

    Raises:
        SignInRefused: there is none that it may have, and none is made; with what to do.
    """
    # Two tabs of one new person are answered one after the other.
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    known = find(session, told.issuer, told.subject)
    if known is None:
        return _first_login(session, told, bind_addresses)
    person = session.get_one(Member, known.member_id)
    if not person.may_enter:
        raise SignInRefused(RefusalReason.INACTIVE)
    _follow_address(session, known, person, told)
    return known, person


def _first_login(session: Session, told: ProviderAccount, bind: bool) -> tuple[ProviderIdentity, Member]:
    if not told.address:
        raise SignInRefused(RefusalReason.NO_ADDRESS)
    # Letters go to it, some with links that let people in: so it has to be theirs, also where it is new to us.
    if not told.verified:
        raise SignInRefused(RefusalReason.UNVERIFIED)
    person = session.scalar(select(Member).where(Member.address == told.address).with_for_update())
    if person is None:
        person = members.create(session, told.address, told.name, set())
        audit.record(session, ACTOR, "add member", f"member/{person.id}")
    elif not person.may_enter:
        raise SignInRefused(RefusalReason.INACTIVE)
    elif not bind or of_member(session, person):
        # Somebody with another identity has this address now: a colleague who got it after the first had left, maybe.
        raise SignInRefused(RefusalReason.ACCOUNT_EXISTS)
    made = connect(session, person, told.issuer, told.subject, ACTOR)
    made.address = told.address
    return made, person


def _follow_address(session: Session, identity: ProviderIdentity, person: Member, told: ProviderAccount) -> None:
    """Take over an address that has changed there: people marry and offices are renamed, and the account stays theirs.

    One that never was the provider's stays, and so does one whose successor somebody here has.
    """
    if not told.address or not told.verified or told.address == identity.address:
        return
    before, identity.address = identity.address, told.address
    if before != person.address or members.known_id(session, told.address) is not None:
        return
    person.address = told.address
    audit.record(session, ACTOR, "change address", f"member/{person.id}", before=before, address=told.address)
