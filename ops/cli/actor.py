"""Who does it: the option ``--as``, and whom the audit log names."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from models.staff import audit_origin, member
from models.staff.audit_origin import Origin
from models.staff.member import Member
from models.staff.permission import Permission, Role, roles_with
from models.store.errors import Forbidden
from models.store.phrase import phrase

option = click.option("--as", "address", default="", help="Address of the member of staff who does it, for the log.")


def begin(context: click.Context) -> None:
    """What this command changes is known to come from it; without an entry of its own it gets one."""
    origin = Origin("command", actor=f"kairan {context.invoked_subcommand}", watched=True)
    token = audit_origin.begin(origin)
    context.call_on_close(lambda: audit_origin.end(token))


def of(session: Session, address: str, command: str, permission: Permission, newsletter_id: int | None) -> Member | str:
    """The member of staff with *address*, or the *command* (as ``issue pause``) where nobody is named.

    Arguments:
        permission, newsletter_id: what a person who is named must be allowed to do; see :func:`find`.

    Raises:
        NotFound, Forbidden: see :func:`find`.
    """
    return find(session, address, permission, newsletter_id) if address else f"kairan {command}"


def find(session: Session, address: str, permission: Permission, newsletter_id: int | None) -> Member:
    """The active member of staff with *address*, who may do something.

    Arguments:
        permission: what they must be allowed to do.
        newsletter_id: with which newsletter; None: with all of them, and with what they share.

    Raises:
        NotFound: nobody has it.
        Forbidden: the member is not active any more, or has no role that allows it.
    """
    found = active(session, address)
    check(found, permission, newsletter_id)
    return found


def active(session: Session, address: str) -> Member:
    """The active member of staff with *address*, whatever they may do.

    Raises:
        NotFound: nobody has it.
        Forbidden: the member is not active any more.
    """
    found = member.find(session, address)
    if not found.may_enter:
        raise Forbidden(phrase("{address} is not active any more", address=address))
    return found


def check(member: Member, permission: Permission, newsletter_id: int | None) -> None:
    """Refuse what *member* may not do on a page either.

    Raises:
        Forbidden: they have no role that allows it.
    """
    if not member.may(permission, newsletter_id):
        roles = ", ".join(role.value for role in Role if role in roles_with(permission))
        raise Forbidden(phrase("{address} may not do this: it takes the role {roles}", address=member.address,
                               roles=roles))  # fmt: skip
