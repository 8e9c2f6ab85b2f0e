"""``kairan staff group``, ``identity`` and ``enter``: what single sign-on needs that pages cannot do."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

import settings
from models.issues import newsletter as newsletters
from models.staff import audit, member, membership
from models.staff.permission import Role
from models.staff.single_sign_on import entry_link, group_role, provider_identity
from models.store import clock, db
from models.store.errors import Invalid, WrongState
from models.store.phrase import phrase

role_option = click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What members of the group may do."
)
newsletter_option = click.option("--newsletter", "slug", default="", help="In this newsletter alone; else in all.")


@click.group
def group() -> None:
    """Groups at the identity provider, and the roles that they stand for."""


@group.command("add")
@click.argument("name")
@role_option
@newsletter_option
def add_group(name: str, role: str, slug: str) -> None:
    """Let the group NAME stand for a role, from each person's next login on."""
    with db.session_scope() as session:
        group_role.add(session, name, Role(role), _newsletter_id(session, slug), "kairan staff group add")
    click.echo(f"{name}: {role}{f' in {slug}' if slug else ''}")


@group.command("remove")
@click.argument("name")
@role_option
@newsletter_option
def remove_group(name: str, role: str, slug: str) -> None:
    """Let the group NAME stand for a role no longer; who has it by that loses it at the next login."""
    with db.session_scope() as session:
        group_role.remove(session, name, Role(role), _newsletter_id(session, slug), "kairan staff group remove")
    click.echo(f"{name}: no longer {role}{f' in {slug}' if slug else ''}")


@group.command("list")
def list_groups() -> None:
    """List which group stands for which role."""
    with db.session_scope() as session:
        found = group_role.list_all(session)
        slugs = {one.id: one.slug for one in newsletters.list_all(session)}
    for one in found:
        where = slugs.get(one.newsletter_id, "") if one.newsletter_id else "every newsletter"
        click.echo(f"{one.group_name:40}  {one.role.value:14}  {where}")
    if not found:
        click.echo("No group stands for a role: kairan staff group add NAME --role …", err=True)


@click.group
def identity() -> None:
    """Identities at the identity provider, and the accounts that they belong to."""


@identity.command("connect")
@click.argument("address")
@click.argument("subject")
def connect_identity(address: str, subject: str) -> None:
    """Let ADDRESS log in as SUBJECT, the provider's name for the person (`sub`; the audit log has it)."""
    issuer = settings.get().oidc_issuer
    if not issuer:
        raise Invalid("OIDC_ISSUER is not set, so there is no identity provider")
    with db.session_scope() as session:
        found = member.find(session, address)
        provider_identity.connect(session, found, issuer, subject, "kairan staff identity connect")
    click.echo(f"{found.address} is {subject} at {issuer}.")


@identity.command("disconnect")
@click.argument("address")
def disconnect_identity(address: str) -> None:
    """Take every identity from ADDRESS, with the roles that its groups gave, and end the sessions."""
    command = "kairan staff identity disconnect"
    with db.session_scope() as session:
        found = member.find(session, address)
        if provider_identity.has_any(session, found):
            membership.renew_roles_by_groups(
                session, found, set(), command
            )  # while they still count as able to come in
            found.end_sessions()
        count = provider_identity.disconnect(session, found, command)
    click.echo(f"{found.address}: {count} disconnected")


@identity.command("list")
def list_identities() -> None:
    """List who is who at the provider."""
    with db.session_scope() as session:
        for address, one in provider_identity.list_all(session):
            last = (
                one.last_login_at.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M") if one.last_login_at else "never"
            )
            click.echo(f"{address:32}  {one.subject:40}  last login {last:16}  {one.issuer}")


@click.command
@click.argument("address")
def enter(address: str) -> None:
    """Print a link that lets ADDRESS in, once, within ten minutes: for when the identity provider is away."""
    with db.session_scope() as session:
        found = member.find(session, address)
        if not found.may_enter:
            first = phrase("activate them first: kairan staff activate {address}", address=found.address)
            raise WrongState(found.address, phrase("not active"), phrase("let them in"), first)
        token = entry_link.make(found)
        audit.record(session, "kairan staff enter", "make entry link", f"member/{found.id}")
    click.echo(f"{settings.get().base_url}/staff/enter/{token}")


def _newsletter_id(session: Session, slug: str) -> int | None:
    return newsletters.find(session, slug).id if slug else None
