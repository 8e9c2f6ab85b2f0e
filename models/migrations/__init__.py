"""Bringing the database to the state that the code expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ..store import db
from ..store.errors import KairanError
from ..store.phrase import phrase


class UnknownMigration(KairanError):
    """The database is at a migration that this code does not have. The text says what to do."""


def configuration() -> Config:
    """What Alembic is told: where the migrations are."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration


def upgrade() -> None:
    """Run every migration that has not run yet, in one transaction. Two at once wait for each other.

    Raises:
        UnknownMigration: a newer version of Kairan has been here.
    """
    if not is_known(at := current()):
        raise UnknownMigration(
            phrase(
                "The database is at migration {at}, which this version does not know. {remedy}", at=at, remedy=REMEDY
            )
        )
    command.upgrade(configuration(), "head")


REMEDY = "Start the newer version of Kairan that made it, or restore the backup from before."
"""What to do about a database that is newer than the code."""


def is_known(revision: str) -> bool:
    """Whether this code has the migration *revision*; so it has where none has run."""
    return not revision or revision in {known.revision for known in _scripts().walk_revisions()}


def head() -> str:
    """The revision that this code expects."""
    return str(_scripts().get_current_head())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def current() -> str:
    """The revision that the database is at; empty where no migration has run."""
    with db.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""
