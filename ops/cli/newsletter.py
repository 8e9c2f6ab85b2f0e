"""``kairan newsletter``: newsletters from YAML files."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from models.issues import newsletter as newsletters
from models.issues import newsletter_edit
from models.issues.newsletter import Newsletter
from models.issues.test_letters import test_group
from models.manuscript.newsletter_file.export_newsletter import newsletter_file
from models.manuscript.newsletter_file.import_newsletter import import_newsletter
from models.staff.permission import Permission
from models.store import db
from models.store.errors import Invalid
from templates.content import newsletter_faults

from . import actor, newsletter_routes, void_approvals


@click.group
def newsletter() -> None:
    """Newsletters: what people subscribe to."""


newsletter.add_command(newsletter_routes.route)
newsletter.add_command(newsletter_routes.substitute_)


@newsletter.command
@click.argument("file", type=click.Path(path_type=Path))
def create(file: Path) -> None:
    """Make a newsletter from a YAML FILE, or change what the FILE says of one; see docs/manuscript.md."""
    with db.session_scope() as session:
        made, outcome = import_newsletter(session, file, newsletter_faults.first_fault)
        done = [f"{made.slug}: {outcome.value}", *void_approvals.return_changed(session, "newsletter create")]
    click.echo("\n".join(done))


@newsletter.command
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; by default, the screen.")
def export(slug: str, out: Path | None) -> None:
    """Write a newsletter as a YAML file, as `create` reads it: all that it is, and no secret."""
    with db.session_scope() as session:
        text = newsletter_file(newsletters.find(session, slug))
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(str(out))


@newsletter.command("test-group")
@click.argument("slug")
@click.argument("name")
@click.argument("addresses", nargs=-1)
@click.option("--remove", is_flag=True, help="Take the group away.")
@actor.option
def set_test_group(slug: str, name: str, addresses: tuple[str, ...], remove: bool, address: str) -> None:
    """Let the group NAME of a newsletter get test letters at ADDRESSES."""
    if remove is bool(addresses):
        raise Invalid("name the addresses of the group, or take it away with --remove")
    with db.session_scope() as session:
        one = newsletters.find(session, slug)
        by = actor.of(session, address, "newsletter test-group", Permission.EDIT_NEWSLETTER, one.id)
        if remove:
            test_group.find(one, name)
        groups = test_group.changed(one, name, test_group.split(" ".join(addresses)))
        newsletter_edit.change(session, one, {"test_groups": groups}, by)
    click.echo(f"{slug}: {name} {'is gone' if remove else 'is kept'}.")


@newsletter.command("list")
def list_newsletters() -> None:
    """List the newsletters."""
    with db.session_scope() as session:
        found = session.scalars(select(Newsletter).order_by(Newsletter.slug)).all()
    for one in found:
        click.echo(f"{one.slug:24}  {one.sender_address:32}  {one.name}")
    if not found:
        click.echo("There are no newsletters.", err=True)


@newsletter.command
@click.argument("slug")
def show(slug: str) -> None:
    """Show a newsletter with its topics and audiences."""
    with db.session_scope() as session:
        one = newsletters.find(session, slug)
        rows = [
            ("name", one.name),
            ("sender", f"{one.sender_name} <{one.sender_address}>"),
            ("postal address", one.postal_address),
            ("contact", one.contact),
            ("language", one.language),
            ("tracking", one.tracking.value),
            ("approvals", str(one.approvals_needed)),
            *((f"topic {topic.slug}", topic.name) for topic in one.topics),
            *((f"audience {audience.slug}", audience.name) for audience in one.audiences),
        ]
    for name, value in rows:
        click.echo(f"{name:24}  {value}")
