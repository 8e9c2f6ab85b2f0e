"""Staff: people, and what each of them may do."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, and_, or_, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

import settings

from ..store import input_rule
from ..store.base import Base
from ..store.clock import now, today
from ..store.errors import Invalid, NotFound
from ..store.phrase import phrase
from . import password as passwords
from .permission import PERMISSIONS_OF, Permission, Role, Scope, permissions_of, roles_with
from .role_grant import RoleGrant

LONGEST_NAME = 200


class NotificationTiming(enum.Enum):
    """When letters tell a person what waits for them; the bell on every page tells it in any case."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


class Member(Base):
    """One person, known by the address with which they log in."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    password_hash: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    """False once they are shut out."""
    term_ends_on: Mapped[date | None]
    """The last day (Asia/Tokyo) on which they may enter (有効期限); None: there is no end."""
    session_number: Mapped[int] = mapped_column(default=1)
    """Stands in the session; raising it logs the person out everywhere."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(2), default="")
    """In which pages speak to this person; empty where their browser says so."""
    notification_timing: Mapped[NotificationTiming] = mapped_column(default=NotificationTiming.AT_ONCE)
    """When letters about :mod:`models.issues.notifications` go to this person."""

    grants: Mapped[list[RoleGrant]] = relationship(
        foreign_keys=[RoleGrant.member_id], order_by=RoleGrant.id, lazy="selectin", cascade="all, delete-orphan"
    )
    """Their roles, those of every newsletter. Changed by :mod:`.membership` alone."""

    @hybrid_property
    def may_enter(self) -> bool:
        """Whether they are neither shut out nor past the end of their term."""
        return self.active and (self.term_ends_on is None or today() <= self.term_ends_on)

    @may_enter.inplace.expression
    @classmethod
    def _may_enter(cls) -> ColumnElement[bool]:
        return and_(cls.active, or_(cls.term_ends_on.is_(None), cls.term_ends_on >= today()))

    def roles(self, newsletter_id: int | None) -> frozenset[Role]:
        """The roles that count for a newsletter: its own and those for all; None: those for all alone."""
        return frozenset(grant.role for grant in self.grants if grant.newsletter_id in (None, newsletter_id))

    def permissions(self, newsletter_id: int | None) -> frozenset[Permission]:
        """What this person may do with a newsletter; None: with all of them, and with what they share."""
        return permissions_of(self.roles(newsletter_id)) if self.may_enter else frozenset()

    def may(self, permission: Permission, newsletter_id: int | None) -> bool:
        """Whether this person may do something with a newsletter; None: with all of them, and with what they share."""
        return permission in self.permissions(newsletter_id)

    def scope(self, permission: Permission) -> Scope:
        """The newsletters with which this person may do something."""
        found = {grant.newsletter_id for grant in self.grants if permission in PERMISSIONS_OF[grant.role]}
        if not self.may_enter:
            found = set()
        return Scope(None in found, frozenset(one for one in found if one is not None))

    @property
    def letter_language(self) -> str:
        """In which letters speak to this person."""
        return self.language or settings.get().default_language

    def set_password(self, password: str, field: str = "password") -> None:
        """Take a new password and end every session.

        Arguments:
            field: the form field that it stands in.

        Raises:
            Invalid: it is shorter than 12 characters, or among the first that somebody would try.
        """
        passwords.check(password, (self.name, self.address), field)
        self.password_hash = passwords.hashed(password)
        self.end_sessions()

    def deactivate(self) -> None:
        """Shut the person out, for good as far as present sessions go. What they did keeps their name.

        Who may do that, and that somebody is left to run the house, is asked by :func:`.membership.deactivate`.
        """
        self.active = False
        self.end_sessions()

    def end_sessions(self) -> None:
        """Log the person out everywhere."""
        self.session_number = (self.session_number or 0) + 1


def checked_name(name: str) -> str:
    """*name* if somebody can be called so.

    Raises:
        Invalid: nobody sees anything in it, or it is too long.
    """
    if not input_rule.is_visible(name) or len(name) > LONGEST_NAME:
        raise Invalid(phrase("enter a name in up to {most} characters", most=LONGEST_NAME), field="name")
    return name


def create(session: Session, address: str, name: str, roles: Set[Role], password: str = "") -> Member:
    """Add a person; without a password they cannot log in until they have set one.

    Arguments:
        roles: for all newsletters; :func:`.membership.set_roles` gives those for one.

    Raises:
        Invalid: someone with this address exists, or name or password is refused.
    """
    address = address.strip().lower()
    if session.scalar(select(Member.id).where(Member.address == address)):
        raise Invalid(phrase("{address} is on the staff already", address=address), field="address")
    grants = [RoleGrant(role=role) for role in Role if role in roles]
    member = Member(address=address, name=checked_name(name), grants=grants, active=True)
    if password:
        member.set_password(password)
    session.add(member)
    session.flush()
    return member


def find(session: Session, address: str) -> Member:
    """The person with this address.

    Raises:
        NotFound: there is none.
    """
    member = session.scalar(select(Member).where(Member.address == address.strip().lower()))
    if member is None:
        raise NotFound(phrase("nobody on the staff has the address {address}", address=address))
    return member


def known_id(session: Session, address: str) -> int | None:
    """The id of the person with this address; None where there is none."""
    return session.scalar(select(Member.id).where(Member.address == address.strip().lower()))


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The names of people by their ids."""
    return {one.id: one.name for one in list_by_id(session, ids)}


def list_by_id(session: Session, ids: Iterable[int]) -> Sequence[Member]:
    """People by their ids, the oldest member first."""
    return session.scalars(select(Member).where(Member.id.in_(set(ids))).order_by(Member.id)).all()


def list_with(session: Session, permission: Permission, newsletter_id: int | None) -> Sequence[Member]:
    """Everybody who may do something with a newsletter (None: with all of them), the oldest member first."""
    here = or_(RoleGrant.newsletter_id.is_(None), RoleGrant.newsletter_id == newsletter_id)
    able = select(RoleGrant.member_id).where(RoleGrant.role.in_(roles_with(permission)), here)
    return session.scalars(select(Member).where(Member.may_enter, Member.id.in_(able)).order_by(Member.id)).all()


def list_approvers(session: Session, newsletter_id: int) -> Sequence[Member]:
    """Everybody who may approve what a newsletter sends, the oldest member first."""
    return list_with(session, Permission.APPROVE, newsletter_id)


def approvers_of(session: Session, newsletter_ids: Iterable[int]) -> dict[int, list[Member]]:
    """The same of several newsletters, in one query for all of them."""
    able = select(RoleGrant.member_id).where(RoleGrant.role.in_(roles_with(Permission.APPROVE)))
    found = session.scalars(select(Member).where(Member.may_enter, Member.id.in_(able)).order_by(Member.id)).all()
    return {of: [one for one in found if one.may(Permission.APPROVE, of)] for of in newsletter_ids}


def authenticate(session: Session, address: str, password: str) -> Member | None:
    """The person, if the password is theirs and they are active. Takes as long for an unknown address."""
    member = session.scalar(select(Member).where(Member.address == address.strip().lower()))
    fits = passwords.fits(member.password_hash if member else "", password)
    if not fits or member is None or not member.may_enter:
        return None
    if passwords.is_outdated(member.password_hash):
        member.password_hash = passwords.hashed(password)
    return member
