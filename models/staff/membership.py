"""Changes of who is on the staff and with which roles: who may make them, and each with its audit entry.

Somebody is always left to run the house: the last administrator of all newsletters who can log in and has no end of
term keeps the role and the door, also where two of them take it away from each other at once. Such changes wait for
one another.

Roles that come from groups at an identity provider stand beside those that people give, and follow the groups alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..store import mail_address
from ..store.clock import today
from ..store.db import NO_KEY_UPDATE
from ..store.errors import Forbidden, Invalid
from . import audit, invitation, last_administrator
from . import member as members
from .member import Member
from .permission import EVERY_NEWSLETTER, Permission, Role, Scope
from .role_grant import RoleGrant

Actor = Member | str
"""A person, or the name of a command."""
_LOCK = 0x726F6C65  # advisory lock: one change of people at a time


def add(session: Session, address: str, name: str, roles: Mapping[int | None, Set[Role]], by: Actor) -> Member:
    """Put somebody on the staff, who has no password yet.

    Arguments:
        address: as it was typed.
        roles: by the newsletter's id; None: for all.
        by: who does it.

    Raises:
        Invalid: the address is none, or is on the staff already.
        Forbidden: *by* may not give these roles.
    """
    made = members.create(session, mail_address.parse(address).text, name, frozenset())
    audit.record(session, by, "add member", f"member/{made.id}")
    for newsletter_id, chosen in roles.items():
        set_roles(session, made, chosen, newsletter_id, by)
    return made


def set_term(session: Session, member: Member, last: date | None, by: Actor) -> None:
    """Set the last day (Asia/Tokyo) on which somebody comes in; None: there is no end.

    Raises:
        Forbidden: *by* may not manage everything that the person does, or puts off the end of their own term.
        Invalid: the day is over (shut them out instead), or nobody else is an administrator without an end.
    """
    begin(session, member, by)
    _check_may_manage(member, by)
    if last is not None and last < today():
        raise Invalid("this day is over: choose today or a later one, or shut the person out", field="term_ends_on")
    if member.term_ends_on == last:
        return
    if isinstance(by, Member) and by.id == member.id and (last is None or last > (member.term_ends_on or last)):
        raise Forbidden("nobody puts off the end of their own term: ask another administrator")
    ruled, before = last_administrator.rules(session, member), member.term_ends_on
    member.term_ends_on = last
    session.flush()
    last_administrator.check_somebody_rules(session, member, ruled)
    audit.record(session, by, "set term", f"member/{member.id}",
                 before=before and before.isoformat(), after=last and last.isoformat())  # fmt: skip


def may_see(by: Member, member: Member) -> bool:
    """Whether *by* manages any of what *member* does; who has no role is seen by those who manage all."""
    managed = by.scope(Permission.MANAGE_PEOPLE)
    return managed.every or any(grant.newsletter_id in managed.newsletter_ids for grant in member.grants)


def list_managed(session: Session, managed: Scope) -> Sequence[Member]:
    """Everybody with a role for one of these newsletters, and everybody at all where they are all; those who can
    come in first, then by name."""
    query = select(Member).order_by(Member.active.desc(), Member.name, Member.id)
    if not managed.every:
        able = select(RoleGrant.member_id).where(RoleGrant.newsletter_id.in_(sorted(managed.newsletter_ids)))
        query = query.where(Member.id.in_(able))
    return session.scalars(query).all()


def grant(session: Session, member: Member, role: Role, newsletter_id: int | None, by: Actor) -> None:
    """Give somebody a role, beside those that they have; again changes nothing.

    Arguments:
        newsletter_id: for which newsletter; None: for all.
        by: who does it.

    Raises:
        Forbidden: *by* may not manage people there.
    """
    begin(session, member, by)
    set_roles(session, member, _roles_at(member, newsletter_id) | {role}, newsletter_id, by)


def revoke(session: Session, member: Member, role: Role, newsletter_id: int | None, by: Actor) -> None:
    """Take a role away from somebody, at once; again changes nothing.

    Raises:
        Forbidden: *by* may not manage people there.
        Invalid: nobody else is an administrator of all newsletters.
    """
    begin(session, member, by)
    set_roles(session, member, _roles_at(member, newsletter_id) - {role}, newsletter_id, by)


def set_roles(session: Session, member: Member, roles: Set[Role], newsletter_id: int | None, by: Actor) -> None:
    """Give somebody these roles in place of those that they have, at once.

    Arguments:
        newsletter_id: for which newsletter; None: for all. Roles for others stay as they are.
        by: who does it.

    Raises:
        Forbidden: *by* may not manage people there.
        Invalid: nobody else is an administrator of all newsletters.
    """
    begin(session, member, by)
    if isinstance(by, Member) and not by.may(Permission.MANAGE_PEOPLE, newsletter_id):
        raise Forbidden("you may not give or take roles there: ask an administrator of all newsletters")
    before, ruled = describe(member), last_administrator.rules(session, member)
    if _roles_at(member, newsletter_id) == roles:
        return
    member.grants = [
        one for one in member.grants if one.by_group or one.newsletter_id != newsletter_id or one.role in roles
    ] + [
        RoleGrant(role=role, newsletter_id=newsletter_id, granted_by_id=by.id if isinstance(by, Member) else None)
        for role in Role if role in roles - _roles_at(member, newsletter_id)
    ]  # fmt: skip
    session.flush()
    last_administrator.check_somebody_rules(session, member, ruled)
    audit.record(session, by, "set roles", f"member/{member.id}", before=before, roles=describe(member))


def renew_roles_by_groups(session: Session, member: Member, wanted: Set[tuple[Role, int | None]], by: str) -> None:
    """Give somebody the roles that their groups stand for, in place of those that groups gave them before.

    The last administrator of all newsletters stays one, as everywhere: the next login after there is another takes the
    role away.

    Arguments:
        wanted: roles, each with the newsletter that it is for; None: for all.
    """
    begin(session, member)
    before, ruled = describe(member), last_administrator.rules(session, member)
    had = {(one.role, one.newsletter_id) for one in member.grants if one.by_group}
    if had == wanted:
        return
    try:
        with session.begin_nested():
            _set_roles_by_groups(session, member, wanted)
            last_administrator.check_somebody_rules(session, member, ruled)
    except Invalid:
        session.refresh(member)
        wanted = wanted | {(Role.ADMINISTRATOR, None)}
        if had == wanted:
            return
        _set_roles_by_groups(session, member, wanted)
    audit.record(session, by, "set roles by groups", f"member/{member.id}", before=before, roles=describe(member))


def follows_groups(member: Member) -> bool:
    """Whether groups at the provider give *member* roles: then the provider is asked at each login whether they do."""
    return any(grant.by_group for grant in member.grants)


def _set_roles_by_groups(session: Session, member: Member, wanted: Set[tuple[Role, int | None]]) -> None:
    had = {(one.role, one.newsletter_id) for one in member.grants if one.by_group}
    member.grants = [
        one for one in member.grants if not one.by_group or (one.role, one.newsletter_id) in wanted
    ] + [
        RoleGrant(role=role, newsletter_id=newsletter_id, by_group=True) for role, newsletter_id in wanted - had
    ]  # fmt: skip
    session.flush()


def deactivate(session: Session, member: Member, by: Actor) -> None:
    """Shut somebody out at once who has left; what they did keeps their name, and their roles wait for them.

    Raises:
        Forbidden: *by* may not manage everything that the person does.
        Invalid: nobody else is an administrator of all newsletters.
    """
    begin(session, member, by)
    _check_may_manage(member, by)
    if not member.active:
        return
    ruled = last_administrator.rules(session, member)
    member.deactivate()
    invitation.withdraw(session, member)
    session.flush()
    last_administrator.check_somebody_rules(session, member, ruled)
    audit.record(session, by, "deactivate member", f"member/{member.id}")


def reactivate(session: Session, member: Member, by: Actor) -> None:
    """Let somebody in again who was shut out, with the roles and the password that they had.

    Raises:
        Forbidden: *by* may not manage everything that the person did.
    """
    begin(session, member, by)
    _check_may_manage(member, by)
    if not member.active:
        member.active = True
        audit.record(session, by, "activate member", f"member/{member.id}")


def may_manage(by: Member, member: Member) -> bool:
    """Whether *by* may shut *member* out or change their address: all that they do is among what *by* manages."""
    managed = by.scope(Permission.MANAGE_PEOPLE)
    return bool(managed) and all(grant.newsletter_id in managed for grant in member.grants)


def describe(member: Member, among: Scope = EVERY_NEWSLETTER) -> list[str]:
    """The roles of somebody as the audit log has them: ``author``, or ``author newsletter/3`` for that one alone.

    Arguments:
        among: whose newsletters' roles alone are told.
    """
    return sorted(
        grant.role.value
        + (f" newsletter/{grant.newsletter_id}" if grant.newsletter_id else "")
        + (" by group" if grant.by_group else "")
        for grant in member.grants
        if grant.newsletter_id in among
    )


def begin(session: Session, member: Member, *others: Actor) -> None:
    """Wait for other changes of people, then see what they left: whoever asks may have lost the right to.

    Each change here begins so itself; :mod:`models.handover` does before it looks at what somebody holds.

    Arguments:
        member: who is changed. Their row is locked before the audit log is, as whoever changes their own account
            does: the other way round, the two would wait for each other.
        others: who else is looked at anew.
    """
    session.flush()
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    session.refresh(member, with_for_update=NO_KEY_UPDATE)
    for one in others:
        if isinstance(one, Member):
            session.refresh(one)


def _roles_at(member: Member, newsletter_id: int | None) -> frozenset[Role]:
    """The roles that somebody was given there, without those that come from groups."""
    return frozenset(one.role for one in member.grants if one.newsletter_id == newsletter_id and not one.by_group)


def _check_may_manage(member: Member, by: Actor) -> None:
    if isinstance(by, Member) and not may_manage(by, member):
        raise Forbidden("this person works for newsletters that you do not manage: ask an administrator of all of them")
