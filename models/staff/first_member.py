"""The first person of the staff: made by a link that works while there is nobody, or by a command."""

from __future__ import annotations

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

import settings

from ..store import mail_address, token
from ..store.errors import Invalid, NotFound
from ..store.token import BadToken, Purpose
from . import audit, member
from .member import Member
from .permission import Role

_LOCK = 0x66697273  # advisory lock: of two who ask at once, one is the first


def link() -> str:
    """The address of the page that makes the first administrator."""
    return f"{settings.get().base_url.rstrip('/')}/staff/first/{token.make(Purpose.FIRST_MEMBER, 0, 0)}"


def is_needed(session: Session) -> bool:
    """Whether there is nobody on the staff."""
    return not session.scalar(select(exists().select_from(Member)))


def check_key(session: Session, key: str) -> None:
    """Hold to a link of :func:`link`.

    Raises:
        NotFound: it is none, or there is somebody already.
    """
    try:
        token.read(Purpose.FIRST_MEMBER, key)
    except BadToken:
        raise NotFound("there is no such page") from None
    if not is_needed(session):
        raise NotFound("there is an administrator already: log in, or ask them for an invitation")


def make(session: Session, address: str, name: str, password: str, by: str) -> Member:
    """Make the first administrator, of all newsletters.

    Arguments:
        password: empty where an invitation follows.
        by: the page or the command that does it, for the audit log.

    Raises:
        Invalid: there is somebody already, the address or name is none, or the password is refused.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not is_needed(session):
        raise Invalid("there is somebody on the staff already: an administrator invites others")
    if not name:
        raise Invalid("the name is missing", field="name")
    made = member.create(session, mail_address.parse(address).text, name, {Role.ADMINISTRATOR})
    if password:
        made.set_password(password, "new_password")
    audit.record(session, by, "add member", f"member/{made.id}", roles=[Role.ADMINISTRATOR.value])
    return made
