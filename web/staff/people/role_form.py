"""Roles as check boxes: a table for each newsletter, and one for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NamedTuple

from flask import request

from models.staff.member import Member
from models.staff.permission import Permission, Role

from .. import access

_FOR_ALL = "all"


class RoleTable(NamedTuple):
    """Check boxes for the roles of one newsletter."""

    field: str
    """The name of the boxes: ``roles-all``, or ``roles-`` and the newsletter's id."""
    newsletter: str
    """Its name; empty for all newsletters."""
    chosen: frozenset[str]


def role_tables(chosen: Mapping[int | None, Set[Role]]) -> list[RoleTable]:
    """What the person who asks may give: for all newsletters first, where they manage all, then for each.

    Arguments:
        chosen: the roles that are ticked, by the newsletter's id; None: for all.
    """
    scope = access.scope(Permission.MANAGE_PEOPLE)
    tables = [(None, "")] if scope.every else []
    return [
        RoleTable(_field(number), name, frozenset(role.value for role in chosen.get(number, ())))
        for number, name in [*tables, *((one.id, one.name) for one in access.list_newsletters())]
    ]


def chosen_roles() -> dict[int | None, Set[Role]]:
    """The roles that are ticked in the form, by newsletter, of those that the person who asks may give."""
    scope = access.scope(Permission.MANAGE_PEOPLE)
    offered = [None] if scope.every else []
    known = {role.value: role for role in Role}
    return {
        number: frozenset(known[value] for value in request.form.getlist(_field(number)) if value in known)
        for number in [*offered, *(one.id for one in access.list_newsletters())]
    }


def present_roles(one: Member) -> dict[int | None, Set[Role]]:
    """The roles that somebody was given, by newsletter; those of their groups at the identity provider are not."""
    found: dict[int | None, set[Role]] = {}
    for grant in (one for one in one.grants if not one.by_group):
        found.setdefault(grant.newsletter_id, set()).add(grant.role)
    return dict(found)


def _field(newsletter_id: int | None) -> str:
    return f"roles-{newsletter_id or _FOR_ALL}"
