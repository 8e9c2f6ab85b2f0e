"""What Alembic runs: finds every table, then migrates under a lock and with limits on waiting."""

from __future__ import annotations

import importlib
import pkgutil

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

import models
import settings
from models.store.base import Base
from models.store.db import driver_url

# "kairan" in ASCII; whoever else migrates the same database waits for us, then finds nothing to do.
LOCK = 0x6B616972616E


def import_models() -> None:
    """Import every module below ``models``, so that the metadata know every table."""
    for module in pkgutil.walk_packages(models.__path__, "models."):
        if not module.name.startswith("models.migrations"):
            importlib.import_module(module.name)


def migrate(connection: Connection) -> None:
    """Migrate over *connection* in one transaction."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        # A migration that waits for a lock blocks everybody behind it: better to fail and be tried again.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL statement_timeout = '15min'"))
        context.run_migrations()


import_models()
_engine = create_engine(driver_url(settings.get().database_url), poolclass=pool.NullPool)
with _engine.connect() as _connection:
    migrate(_connection)
_engine.dispose()
