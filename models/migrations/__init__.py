"""Bringing the database to the state that the code expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from ..store import db


def configuration() -> Config:
    """What Alembic is told: where the migrations are."""
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration


def upgrade() -> None:
    """Run every migration that has not run yet, in one transaction. Two at once wait for each other."""
    command.upgrade(configuration(), "head")


def head() -> str:
    """The revision that this code expects."""
    return str(ScriptDirectory.from_config(configuration()).get_current_head())


def current() -> str:
    """The revision that the database is at; empty where no migration has run."""
    with db.engine().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""
