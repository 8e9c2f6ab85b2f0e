"""What a person of the staff may do: permissions, and the table of roles that give them.

Roles follow how a Japanese office decides (起案, 決裁): who writes does not approve, who administrates does neither.
A role is given for one newsletter or for all (:mod:`.role_grant`); nobody has a permission without a role.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute


class Role(enum.Enum):
    """What a person is on the staff for."""

    AUTHOR = "author"  # 起案
    APPROVER = "approver"  # 決裁
    SENDER = "sender"  # 配信
    ANALYST = "analyst"  # 分析
    ADMINISTRATOR = "administrator"  # 管理


class Permission(enum.Enum):
    """One kind of thing that can be done. Every page, command and call asks for one of these."""

    READ_ISSUES = "read issues"
    """Issues, articles and previews, in whatever state, and how far an issue has gone out."""
    WRITE = "write"
    """Issues, articles, pictures and corrections as drafts; handing them to the approvers."""
    SEND_TESTS = "send tests"
    APPROVE = "approve"
    """Say yes or no to somebody else's issue, correction or link."""
    SEND = "send"
    """Schedule, send, pause, cancel, repair; what readers see of an issue that is out."""
    READ_REPORTS = "read reports"
    EXPORT_REPORTS = "export reports"
    """Reports, rankings, evidence and certificates as files; handing a certificate out."""
    READ_SUBSCRIBERS = "read subscribers"
    EDIT_SUBSCRIBERS = "edit subscribers"
    IMPORT_SUBSCRIBERS = "import subscribers"
    EXPORT_SUBSCRIBERS = "export subscribers"
    EDIT_NEWSLETTER = "edit newsletter"
    """Its name, sender, look, topics, texts and keys, and how many must approve."""
    EDIT_DELIVERY = "edit delivery"
    """Relays and lanes, which all newsletters share."""
    MANAGE_PEOPLE = "manage people"
    """Who is on the staff, and with which roles."""
    READ_AUDIT = "read audit"


_P = Permission
_EVERYBODY = frozenset({_P.READ_ISSUES, _P.READ_REPORTS, _P.EXPORT_REPORTS})

PERMISSIONS_OF: Mapping[Role, frozenset[Permission]] = {
    Role.AUTHOR: _EVERYBODY | {_P.WRITE, _P.SEND_TESTS},
    Role.APPROVER: _EVERYBODY | {_P.APPROVE, _P.SEND_TESTS},
    Role.SENDER: _EVERYBODY
    | {_P.SEND, _P.SEND_TESTS, _P.READ_SUBSCRIBERS, _P.EDIT_SUBSCRIBERS, _P.IMPORT_SUBSCRIBERS},
    Role.ANALYST: _EVERYBODY,
    Role.ADMINISTRATOR: _EVERYBODY
    | {_P.READ_SUBSCRIBERS, _P.EDIT_SUBSCRIBERS, _P.IMPORT_SUBSCRIBERS, _P.EXPORT_SUBSCRIBERS, _P.EDIT_NEWSLETTER,
       _P.EDIT_DELIVERY, _P.MANAGE_PEOPLE, _P.READ_AUDIT},
}  # fmt: skip
"""What each role gives, for the newsletters that it is given for."""


@dataclass(frozen=True)
class Scope:
    """The newsletters for which a person may do something: all, also those that are still to come, or some."""

    every: bool = False
    newsletter_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.every or bool(self.newsletter_ids)

    def __contains__(self, newsletter_id: int | None) -> bool:
        """Whether a newsletter is among them; None asks for all of them."""
        return self.every or newsletter_id in self.newsletter_ids

    def only(self, newsletter_id: int) -> Scope:
        """One newsletter alone, if it is among them; else none."""
        return Scope(newsletter_ids=frozenset({newsletter_id} if newsletter_id in self else ()))

    def where(self, column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        """The condition that keeps a query, whose *column* is a newsletter's id, to these newsletters."""
        return true() if self.every else column.in_(sorted(self.newsletter_ids))


EVERY_NEWSLETTER = Scope(every=True)
"""What commands and the worker see, which act for nobody."""


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that give a permission."""
    return frozenset(role for role, given in PERMISSIONS_OF.items() if permission in given)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """What several roles give together."""
    return frozenset().union(*(PERMISSIONS_OF[role] for role in roles))
