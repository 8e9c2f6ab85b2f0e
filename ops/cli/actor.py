"""Who does it: the option ``--as``, and whom the audit log names."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from models.staff import member
from models.staff.member import Member
from models.store.errors import Forbidden
from models.store.phrase import phrase

option = click.option("--as", "address", default="", help="Address of the member of staff who does it, for the log.")


def of(session: Session, address: str, command: str) -> Member | str:
    """The member of staff with *address*, or the *command* (as ``issue pause``) where nobody is named.

    Raises:
        NotFound, Forbidden: see :func:`find`.
    """
    return find(session, address) if address else f"kairan {command}"


def find(session: Session, address: str) -> Member:
    """The active member of staff with *address*.

    Raises:
        NotFound: nobody has it.
        Forbidden: the member is not active any more.
    """
    found = member.find(session, address)
    if not found.active:
        raise Forbidden(phrase("{address} is not active any more", address=address))
    return found
