"""Staff: people with roles."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base
from ..store.clock import now
from ..store.errors import Invalid, NotFound
from ..store.phrase import phrase


class Role(enum.Enum):
    """What a person may do."""

    AUTHOR = "author"  # 起案
    APPROVER = "approver"  # 決裁
    SENDER = "sender"  # 配信
    ADMINISTRATOR = "administrator"  # 管理


MIN_PASSWORD = 12
_hasher = PasswordHasher()  # argon2id with the library's present defaults (RFC 9106)


class Member(Base):
    """One person, known by the address with which they log in."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(default="")
    role_names: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    active: Mapped[bool] = mapped_column(default=True)
    session_number: Mapped[int] = mapped_column(default=1)
    """Stands in the session; raising it logs the person out everywhere."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]

    @property
    def roles(self) -> frozenset[Role]:
        """What this person may do."""
        return frozenset(Role(name) for name in self.role_names)

    def set_password(self, password: str) -> None:
        """Take a new password and end every session.

        Raises:
            Invalid: it is shorter than 12 characters.
        """
        if len(password) < MIN_PASSWORD:
            raise Invalid(
                phrase("a password needs at least {min_password} characters", min_password=MIN_PASSWORD),
                field="password",
            )
        self.password_hash = _hasher.hash(password)
        self._end_sessions()

    def deactivate(self) -> None:
        """Shut the person out, for good as far as present sessions go. What they did keeps their name."""
        self.active = False
        self._end_sessions()

    def _end_sessions(self) -> None:
        self.session_number = (self.session_number or 0) + 1


def create(session: Session, address: str, name: str, roles: set[Role], password: str = "") -> Member:
    """Add a person; without a password they cannot log in until they have set one.

    Raises:
        Invalid: someone with this address exists, or the password is too short.
    """
    address = address.strip().lower()
    if session.scalar(select(Member.id).where(Member.address == address)):
        raise Invalid(phrase("{address} is on the staff already", address=address), field="address")
    member = Member(address=address, name=name, role_names=sorted(role.value for role in roles))
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


def list_approvers(session: Session) -> Sequence[Member]:
    """Everybody who may approve, the oldest member first."""
    query = select(Member).where(Member.active, Member.role_names.contains([Role.APPROVER.value]))
    return session.scalars(query.order_by(Member.id)).all()


def authenticate(session: Session, address: str, password: str) -> Member | None:
    """The person, if the password is theirs and they are active. Takes as long for an unknown address."""
    member = session.scalar(select(Member).where(Member.address == address.strip().lower()))
    decoy = _dummy_hash()
    try:
        _hasher.verify(member.password_hash if member and member.password_hash else decoy, password)
    except (VerificationError, InvalidHashError):
        return None
    if member is None or not member.password_hash or not member.active:
        return None
    if _hasher.check_needs_rehash(member.password_hash):
        member.password_hash = _hasher.hash(password)
    member.last_login_at = now()
    return member


@cache
def _dummy_hash() -> str:
    """What nobody's password fits. Made when a process first looks at a password: it takes a fifth of a second."""
    return _hasher.hash("nobody has this password")
