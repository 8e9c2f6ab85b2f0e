"""``kairan migrate``."""

from __future__ import annotations

import click

from models import migrations


@click.command
def migrate() -> None:
    """Bring the database to the state that this version expects.

    Two at once are safe: the second one waits and finds nothing to do.
    """
    before = migrations.current()
    migrations.upgrade()
    after = migrations.current()
    click.echo(f"The database is at {after}." if before == after else f"Migrated {before or 'nothing'} → {after}.")
