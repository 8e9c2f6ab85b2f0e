"""``kairan staff``: the people who may log in."""

from __future__ import annotations

import secrets

import click
from sqlalchemy import select

from models.staff import audit, member
from models.staff.member import Member, Role
from models.store import clock, db
from models.store.errors import Invalid
from models.store.phrase import phrase

role_option = click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]),
    help="author 起案, approver 決裁, sender 配信, administrator 管理; may be repeated.",
)  # fmt: skip


@click.group
def staff() -> None:
    """Staff: who may write, approve, send and administrate."""


@staff.command
@click.argument("address")
@click.option("--name", required=True, help="How the person or office is called on pages and in the audit log.")
@role_option
@click.option("--ask-password", is_flag=True, help="Ask for a password instead of making one.")
def add(address: str, name: str, roles: tuple[str, ...], ask_password: bool) -> None:
    """Add somebody; prints the password to hand over, unless you type one."""
    password = _password(ask_password)
    with db.session_scope() as session:
        made = member.create(session, _checked(address), name, {Role(role) for role in roles}, password)
        audit.record(session, "kairan staff add", "add member", f"member/{made.id}", roles=sorted(roles))
    _print_login(made, password, ask_password)


@staff.command
@click.argument("address")
@click.option("--ask-password", is_flag=True, help="Ask for a password instead of making one.")
def password(address: str, ask_password: bool) -> None:
    """Give somebody a new password; it logs them out everywhere."""
    new = _password(ask_password)
    with db.session_scope() as session:
        found = member.find(session, address)
        found.set_password(new)
        audit.record(session, "kairan staff password", "set password", f"member/{found.id}")
    _print_login(found, new, ask_password)


@staff.command
@click.argument("address")
def deactivate(address: str) -> None:
    """Shut somebody out at once, who has left; what they did keeps their name."""
    with db.session_scope() as session:
        found = member.find(session, address)
        found.deactivate()
        audit.record(session, "kairan staff deactivate", "deactivate member", f"member/{found.id}")
    click.echo(f"{found.address} cannot log in any more.")


@staff.command
@click.argument("address")
def activate(address: str) -> None:
    """Let somebody in again who was shut out, with the password that they had."""
    with db.session_scope() as session:
        found = member.find(session, address)
        found.active = True
        audit.record(session, "kairan staff activate", "activate member", f"member/{found.id}")
    click.echo(f"{found.address} can log in.")


@staff.command
@click.argument("address")
@role_option
def roles(address: str, roles: tuple[str, ...]) -> None:
    """Give somebody other roles in place of those that they have, at once."""
    with db.session_scope() as session:
        found = member.find(session, address)
        before, found.role_names = found.role_names, sorted(set(roles))
        audit.record(session, "kairan staff roles", "set roles", f"member/{found.id}",
                     roles=found.role_names, before=before)  # fmt: skip
    click.echo(f"{found.address}: {', '.join(found.role_names)}")


@staff.command("list")
def list_staff() -> None:
    """List the staff."""
    with db.session_scope() as session:
        found = session.scalars(select(Member).order_by(Member.address)).all()
    for one in found:
        last = one.last_login_at.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M") if one.last_login_at else "never"
        state = "" if one.active else "  (not active)"
        click.echo(f"{one.address:32}  {', '.join(sorted(one.role_names)):32}  last login {last:16}  {one.name}{state}")
    if not found:
        click.echo("There is nobody yet: kairan staff add ADDRESS --name … --role administrator", err=True)


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
