"""``kairan staff``: the people who may log in."""

from __future__ import annotations

import secrets
from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from models.handover import holding, pass_on
from models.handover.holding import HoldingKind
from models.issues import newsletter as newsletters
from models.readers import subscriber  # noqa: F401  (the outbox refers to its table)
from models.staff import audit, first_member, invitation, member, membership
from models.staff.factors import second_factor
from models.staff.member import Member
from models.staff.permission import Role
from models.store import clock, db
from models.store.errors import Invalid
from models.store.phrase import phrase

from .. import actor
from .sign_on import enter, group, identity

_ROLES = "author 起案, approver 決裁, sender 配信, analyst 分析, administrator 管理; may be repeated."
role_option = click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]),
                           help=_ROLES)  # fmt: skip
as_option = click.option("--as", "by", default="", help="Address of the member of staff who does it, for the log.")
newsletter_option = click.option("--newsletter", "slug", default="", metavar="SLUG",
                                 help="For this newsletter alone; for all of them where it is not named.")  # fmt: skip


@click.group
def staff() -> None:
    """Staff: who may write, approve, send and administrate."""


@staff.command
@click.argument("address")
@click.option("--name", required=True, help="How the person or office is called on pages and in the audit log.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]),
              help=_ROLES)  # fmt: skip
@newsletter_option
@click.option("--ask-password", is_flag=True, help="Ask for a password instead of making one.")
@as_option
def add(address: str, name: str, roles: tuple[str, ...], slug: str, ask_password: bool, by: str) -> None:
    """Add somebody; prints the password to hand over, unless you type one.

    Where passwords are switched off, it prints a link by which they come from the identity provider.
    """
    password = _password(ask_password) if settings.get().password_login else ""
    with db.session_scope() as session:
        where, who = _newsletter_id(session, slug), _manager(session, by, "staff add")
        made = member.create(session, _checked(address), name, frozenset(), password)
        audit.record(session, who, "add member", f"member/{made.id}")
        membership.set_roles(session, made, {Role(role) for role in roles}, where, who)
        link = "" if password else invitation.make(session, made, None)
    if link:
        click.echo(link)
    else:
        _print_login(made, password, ask_password)


@staff.command
@click.argument("address")
@click.option("--name", required=True, help="How the person or office is called on pages and in the audit log.")
def first(address: str, name: str) -> None:
    """Make the first administrator, while nobody is on the staff; prints a link to choose a password by."""
    with db.session_scope() as session:
        made = first_member.make(session, address, name, "", "kairan staff first")
        link = invitation.make(session, made, None)
    click.echo(link)


@staff.command
@click.argument("address")
@click.option("--ask-password", is_flag=True, help="Ask for a password instead of making one.")
def password(address: str, ask_password: bool) -> None:
    """Give somebody a new password; it logs them out everywhere."""
    if not settings.get().password_login:
        raise Invalid("passwords are switched off (PASSWORD_LOGIN): kairan staff enter prints a link that lets in")
    new = _password(ask_password)
    with db.session_scope() as session:
        found = member.find(session, address)
        found.set_password(new)
        audit.record(session, "kairan staff password", "set password", f"member/{found.id}")
    _print_login(found, new, ask_password)


@staff.command
@click.argument("address")
@as_option
def deactivate(address: str, by: str) -> None:
    """Shut somebody out at once, who has left; what they did keeps their name."""
    with db.session_scope() as session:
        found = member.find(session, address)
        membership.deactivate(session, found, _manager(session, by, "staff deactivate"))
    click.echo(f"{found.address} cannot log in any more.")


@staff.command
@click.argument("address")
@as_option
def activate(address: str, by: str) -> None:
    """Let somebody in again who was shut out, with the password and the roles that they had."""
    with db.session_scope() as session:
        found = member.find(session, address)
        membership.reactivate(session, found, _manager(session, by, "staff activate"))
    click.echo(f"{found.address} can log in.")


@staff.command
@click.argument("address")
@role_option
@click.option("--none", "nothing", is_flag=True, help="Take every role away, for all newsletters or for the named one.")
@newsletter_option
@as_option
def roles(address: str, roles: tuple[str, ...], nothing: bool, slug: str, by: str) -> None:
    """Give somebody other roles in place of those that they have, at once.

    Roles for all newsletters and those for single ones are set apart from each other.
    """
    if bool(roles) == nothing:
        raise Invalid("name each role by --role, or take them all away by --none", field="role")
    with db.session_scope() as session:
        found, who = member.find(session, address), _manager(session, by, "staff roles")
        membership.set_roles(session, found, {Role(role) for role in roles}, _newsletter_id(session, slug), who)
        click.echo(f"{found.address}: {', '.join(_roles(session, found)) or 'no role'}")


@staff.command("reset-second-factor")
@click.argument("address")
def reset_second_factor(address: str) -> None:
    """Take app, passkeys and recovery codes from somebody who has lost them; it logs them out everywhere."""
    with db.session_scope() as session:
        found = member.find(session, address)
        second_factor.reset(session, found, "kairan staff reset-second-factor")
    click.echo(f"{found.address} logs in with the password alone, and sets up a new one where a role requires it.")


@staff.command
@click.argument("leaver", metavar="FROM")
@click.argument("successor", metavar="TO")
@click.option("--only", "kinds", multiple=True, type=click.Choice([kind.value for kind in HoldingKind]),
              help="Only this kind of thing; may be repeated.")  # fmt: skip
@newsletter_option
@click.option("--deactivate", "at_once", is_flag=True, help="Shut FROM out at once.")
@click.option("--last-day", type=click.DateTime(["%Y-%m-%d"]), help="The last day (Asia/Tokyo) on which FROM comes in.")
@click.option("--yes", "sure", is_flag=True, help="Do not ask.")
@as_option
def handover(
    leaver: str, successor: str, kinds: tuple[str, ...], slug: str, at_once: bool, last_day: datetime | None,
    sure: bool, by: str,
) -> None:  # fmt: skip
    """Let everything that FROM holds pass to TO: drafts, approvals that wait, schedules, invitations.

    What passes is listed, and asked about. What was approved or sent stays under the name of whoever did it.
    """
    chosen = {HoldingKind(kind) for kind in kinds} or set(HoldingKind)
    with db.session_scope() as session:
        who = _manager(session, by, "staff handover")
        one, other = member.find(session, leaver), member.find(session, successor)
        pass_on.check_successor(one, other)
        where = _newsletter_id(session, slug)
        held = holding.list_held(session, one, other, pass_on.managed_by(who, where))
        for thing in held.passing:
            if thing.kind in chosen:
                click.echo(f"  {thing.kind.value:12} {thing.called}")
        for thing in held.staying:
            click.echo(f"  stays        {thing.called}")
        if not sure:
            click.confirm(f"Pass this from {one.address} to {other.address}?", abort=True)
        departure = pass_on.Departure(at_once, last_day.date() if last_day else None)
        passed = pass_on.pass_on(session, one, other, chosen, who, seen=held.digest, departure=departure,
                                 newsletter_id=where)  # fmt: skip
        click.echo(f"{len(passed.passing)} things have passed to {other.address}.")


@staff.command("list")
def list_staff() -> None:
    """List the staff. A role for one newsletter alone has its name behind an @."""
    with db.session_scope() as session:
        found = session.scalars(select(Member).order_by(Member.address)).all()
        roles = {one.id: ", ".join(_roles(session, one)) or "no role" for one in found}
    for one in found:
        last = one.last_login_at.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M") if one.last_login_at else "never"
        state = "" if one.active else "  (not active)"
        click.echo(f"{one.address:32}  {roles[one.id]:32}  last login {last:16}  {one.name}{state}")
    if not found:
        click.echo("There is nobody yet: kairan staff add ADDRESS --name … --role administrator", err=True)


def _manager(session: Session, by: str, command: str) -> Member | str:
    """Who does it; whether they may is asked where it is done (:mod:`models.staff.membership`)."""
    return actor.active(session, by) if by else f"kairan {command}"


def _newsletter_id(session: Session, slug: str) -> int | None:
    return newsletters.find(session, slug).id if slug else None


def _roles(session: Session, one: Member) -> list[str]:
    slugs = {found.id: found.slug for found in newsletters.list_all(session)}
    return sorted(
        grant.role.value + (f"@{slugs[grant.newsletter_id]}" if grant.newsletter_id else "") for grant in one.grants
    )


def _password(ask: bool) -> str:
    if ask:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return secrets.token_urlsafe(12)


def _print_login(one: Member, password: str, asked: bool) -> None:
    click.echo(f"{one.address} can log in." if asked else f"{one.address}  {password}")


def _checked(address: str) -> str:
    local, _, domain = address.strip().rpartition("@")
    if not local or "." not in domain:
        raise Invalid(phrase("“{address}” is no mail address", address=address), field="address")
    return address


staff.add_command(group)
staff.add_command(identity)
staff.add_command(enter)
