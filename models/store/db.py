"""The engine, sessions, and the rule of who commits: the edge does, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

import settings

NO_KEY_UPDATE: dict[str, bool] = {"key_share": True}
"""How a row is locked for a change: ``FOR NO KEY UPDATE``, as its key never changes.

PostgreSQL locks the row that a foreign key names (``FOR KEY SHARE``) when a row that names it is changed for the second
time in a transaction. Two transactions that had both done so, and then asked for a plain ``FOR UPDATE``, would wait
for each other for ever.
"""


def driver_url(url: str) -> str:
    """*url* with psycopg 3 named as its driver, so that plain ``postgresql://`` addresses work."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in ("postgres", "postgresql") else url


@cache
def engine() -> Engine:
    """The engine of this process, made when first asked for, so that a forked worker has its own."""
    return create_engine(
        driver_url(settings.get().database_url),
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        pool_timeout=10,
        hide_parameters=True,  # an error's text goes into logs, and parameters are readers' addresses and names
        connect_args={"connect_timeout": 5, "application_name": "kairan"},
    )


def dispose() -> None:
    """Close every connection and forget the engine: after a fork, or when the address has changed."""
    if engine.cache_info().currsize:
        engine().dispose()
        engine.cache_clear()


@contextmanager
def session_scope() -> Iterator[Session]:
    """A session that commits when the block ends and rolls back when it raises. For entry points only."""
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session that reads the database as it is at one moment, whatever others write meanwhile."""
    with Session(engine()) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def array_literal(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it, of values without commas, quotes and braces: a tenth of the driver's time."""
    return f"{{{','.join(map(str, values))}}}"
