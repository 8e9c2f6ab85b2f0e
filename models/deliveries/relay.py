"""Relays: the servers that we hand mail to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..staff import audit
from ..staff.member import Member
from ..store.base import Base
from ..store.errors import Invalid, NotFound
from ..store.phrase import phrase


class Relay(Base):
    """An SMTP server that we hand mail to. Without a row, ``SMTP_URL`` is the only one."""

    __tablename__ = "relay"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    url: Mapped[str] = mapped_column(String(500))
    """As ``SMTP_URL``; a password may be given as ``file:PATH`` to keep it out of the database."""
    weight: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)


def list_active(session: Session) -> Sequence[Relay]:
    """The relays in use; if there are none, ``SMTP_URL`` is the only one."""
    return session.scalars(select(Relay).where(Relay.active, Relay.weight > 0).order_by(Relay.id)).all()


def add(session: Session, name: str, url: str, weight: int, *, by: Member | str) -> Relay:
    """Add a relay; once there is one, ``SMTP_URL`` is no longer used. The caller has checked *url*.

    Raises:
        Invalid: there is one of that name, or the weight is not positive.
    """
    if session.scalar(select(Relay.id).where(Relay.name == name)):
        raise Invalid(phrase("there is a relay “{name}” already: remove it first", name=name), field="name")
    if weight <= 0:
        raise Invalid("the weight must be more than 0", field="weight")
    relay = Relay(name=name, url=url, weight=weight)
    session.add(relay)
    session.flush()
    audit.record(session, by, "add relay", f"relay/{name}", weight=weight)
    return relay


def remove(session: Session, name: str, *, by: Member | str) -> None:
    """Stop using a relay.

    Raises:
        NotFound: there is none of that name.
    """
    relay = session.scalar(select(Relay).where(Relay.name == name))
    if relay is None:
        raise NotFound(phrase("there is no relay “{name}”", name=name))
    session.delete(relay)
    audit.record(session, by, "remove relay", f"relay/{name}")
