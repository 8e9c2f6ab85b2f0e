"""Relays: the servers that we hand mail to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...staff import audit
from ...staff.member import Member
from ...store.base import Base
from ...store.errors import Invalid, NotFound
from ...store.phrase import phrase
from . import relay_address

LONGEST_NAME = 100


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
    """Add a relay; once there is one, ``SMTP_URL`` is no longer used.

    Raises:
        Invalid: there is one of that name, the address cannot be read, or the weight is not positive.
    """
    shown = relay_address.of_url(url).shown
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid(
            phrase("a relay needs a name of at most {longest} characters", longest=LONGEST_NAME), field="name"
        )
    if session.scalar(select(Relay.id).where(Relay.name == name)):
        raise Invalid(phrase("there is a relay “{name}” already: remove it first", name=name), field="name")
    if weight <= 0:
        raise Invalid("the weight must be more than 0", field="weight")
    relay = Relay(name=name, url=url, weight=weight)
    session.add(relay)
    session.flush()
    changed = {"address": [None, shown], "weight": [None, weight]}
    audit.record(session, by, "add relay", f"relay/{name}", weight=weight, changed=changed)
    return relay


def find(session: Session, name: str, *, lock: bool = False) -> Relay:
    """The relay called *name*.

    Raises:
        NotFound: there is none of that name.
    """
    query = select(Relay).where(Relay.name == name)
    relay = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if relay is None:
        raise NotFound(phrase("there is no relay “{name}”", name=name))
    return relay


def get(session: Session, relay_id: int, *, lock: bool = False) -> Relay:
    """The relay with this id.

    Raises:
        NotFound: there is none any more.
    """
    relay = session.get(Relay, relay_id, with_for_update={"key_share": True} if lock else None, populate_existing=lock)
    if relay is None:
        raise NotFound(phrase("there is no relay “{name}”", name=str(relay_id)))
    return relay


def parts(url: str) -> relay_address.RelayAddress:
    """The parts of a relay's address, to be shown; the file that its password may stand in is not read.

    Raises:
        Invalid: the address cannot be read.
    """
    return relay_address.RelayAddress.parse(url.replace(":file:", ":", 1))


def edit(session: Session, relay: Relay, url: str, weight: int, *, by: Member | str) -> None:
    """Give a relay another address or share. The audit log says that a password is new, and not which.

    Raises:
        Invalid: the address cannot be read, or the weight is not positive.
    """
    before, after = parts(relay.url), relay_address.of_url(url)
    if weight <= 0:
        raise Invalid("the weight must be more than 0", field="weight")
    changed: dict[str, list[object]] = {}
    if before.shown != after.shown:
        changed["address"] = [before.shown, after.shown]
    elif relay.url != url:
        changed["password"] = ["***", "***"]
    if relay.weight != weight:
        changed["weight"] = [relay.weight, weight]
    relay.url, relay.weight = url, weight
    session.flush()
    if changed:
        audit.record(session, by, "edit relay", f"relay/{relay.name}", changed=changed)


def remove(session: Session, name: str, *, by: Member | str) -> None:
    """Stop using a relay.

    Raises:
        NotFound: there is none of that name.
    """
    session.delete(find(session, name))
    audit.record(session, by, "remove relay", f"relay/{name}")
