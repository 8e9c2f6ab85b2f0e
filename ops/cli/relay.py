"""``kairan relay``: the servers that letters are handed to."""

from __future__ import annotations

import click

import settings
from models.deliveries.relays import relay as relays
from models.deliveries.relays import relay_address
from models.staff.permission import Permission
from models.store import db

from . import actor


@click.group
def relay() -> None:
    """Relays: the SMTP servers that letters are handed to, each with its share."""


@relay.command("list")
def list_relays() -> None:
    """List relays with their shares. Without any, all letters go to SMTP_URL."""
    with db.session_scope() as session:
        found = relays.list_active(session)
    total = sum(one.weight for one in found)
    for one in found:
        click.echo(f"{one.name:20}  {one.weight / total:4.0%}  {relay_address.of_url(one.url).shown}")
    if not found:
        click.echo(f"{'SMTP_URL':20}  100%  {relay_address.of_url(settings.get().smtp_url).shown}")


@relay.command
@click.argument("name")
@click.argument("url")
@click.option("--weight", default=1, show_default=True, help="Its share, relative to the others'.")
@actor.option
def add(name: str, url: str, weight: int, address: str) -> None:
    """Hand letters to the server at URL, too, and call it NAME.

    URL is smtp://, smtp+starttls:// or smtps:// with user and password. As the password, file:PATH (with %2F for /)
    names a file that holds it, so that it does not stand in the database.
    """
    with db.session_scope() as session:
        relays.add(
            session, name, url, weight, by=actor.of(session, address, "relay add", Permission.EDIT_DELIVERY, None)
        )
    click.echo(f"Letters go to {name}, too. SMTP_URL is for installations without relays of their own.")


@relay.command
@click.argument("name")
@actor.option
def remove(name: str, address: str) -> None:
    """Hand nothing more to the relay NAME. Without any relay, all letters go to SMTP_URL again."""
    with db.session_scope() as session:
        relays.remove(session, name, by=actor.of(session, address, "relay remove", Permission.EDIT_DELIVERY, None))
    click.echo(f"The relay {name} is removed.")
