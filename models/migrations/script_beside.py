"""Migrations that are SQL: a script of the same name beside the migration."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run(migration: str) -> None:
    """Run the script beside a migration.

    Arguments:
        migration: the migration's ``__file__``.
    """
    script = Path(migration).with_suffix(".sql").read_text(encoding="utf-8")
    # Past SQLAlchemy, which would look for parameters behind every percent sign.
    cursor = op.get_bind().connection.cursor()
    cursor.execute(script)
    cursor.close()
