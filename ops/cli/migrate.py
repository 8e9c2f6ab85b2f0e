"""``kairan migrate``."""

from __future__ import annotations

import click

from models import migrations
from models.staff import audit, audit_key
from models.store import db


@click.command
def migrate() -> None:
    """Bring the database to the state that this version expects.

    Two at once are safe: the second one waits and finds nothing to do.
    """
    before = migrations.current()
    migrations.upgrade()
    after = migrations.current()
    if before != after and audit_key.own_key():
        with db.session_scope() as session:
            audit.record(session, "kairan migrate", "migrate database", before=before, after=after)
    click.echo(f"The database is at {after}." if before == after else f"Migrated {before or 'nothing'} → {after}.")
