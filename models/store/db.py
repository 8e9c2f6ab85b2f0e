"""The engine, sessions, and the rule of who commits: the edge does, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from psycopg import Connection, Error, OperationalError
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction
from sqlalchemy import CursorResult, Engine, Result, create_engine, event, exc, func, select, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.orm import Session

import settings

NO_KEY_UPDATE: dict[str, bool] = {"key_share": True}
"""How a row is locked for a change: ``FOR NO KEY UPDATE``, as its key never changes.

PostgreSQL locks the row that a foreign key names (``FOR KEY SHARE``) when a row that names it is changed for the second
time in a transaction. Two transactions that had both done so, and then asked for a plain ``FOR UPDATE``, would wait
for each other for ever.
"""


class ReadOnly(exc.OperationalError):
    """The database answers, and takes no writes now."""


def driver_url(url: str) -> str:
    """*url* with psycopg 3 named as its driver, so that plain ``postgresql://`` addresses work."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in ("postgres", "postgresql") else url


class _LimitedConnection(Connection[Any]):
    """A connection on which nothing waits longer than ``limit`` seconds for a server that says nothing.

    The server's own limit (statement_timeout) is of no use where the server hangs.
    """

    limit: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As the driver waits; a connection on which it waited in vain is closed, since nobody knows its state."""
        try:
            return super().wait(gen, interval, timeout if timeout is not None else self.limit)
        except Error as error:
            if type(error).__name__ != "_WaitTimeout":
                raise
            self.pgconn.finish()
            raise OperationalError("the database did not answer in time") from None


def limit_waiting(seconds: float) -> None:
    """Let no statement of this process take longer than *seconds*, whether the server works or hangs; 0: any time.

    For processes whose answers somebody waits for. Connections that are open keep what they have.
    """
    global _limit
    _limit = seconds


_limit = 0.0


@cache
def engine() -> Engine:
    """The engine of this process, made when first asked for, so that a forked worker has its own."""
    made = _create_engine()
    event.listen(made, "do_connect", _connect)
    event.listen(made, "handle_error", _tell_apart)
    return made


def _tell_apart(context: ExceptionContext) -> None:
    """A database that takes no writes now (it became a replica, say) is away, as one that does not answer."""
    if isinstance(context.original_exception, ReadOnlySqlTransaction):
        raise ReadOnly(context.statement, None, context.original_exception) from context.original_exception


def _connect(_dialect: object, _record: object, arguments: list[Any], named: dict[str, Any]) -> Connection[Any]:
    if _limit:
        named["options"] = f"{named.get('options', '')} -c statement_timeout={int(_limit * 1000)}".strip()
    opened = _LimitedConnection.connect(*arguments, **named)
    opened.limit = _limit + 2 if _limit else None
    return opened


def _create_engine() -> Engine:
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


def takes_writes() -> bool:
    """Whether the database takes writes: not a replica, and not set to be read only.

    Raises:
        SQLAlchemyError: it does not answer.
    """
    with engine().connect() as connection:
        return bool(connection.scalar(text("SHOW transaction_read_only")) == "off")


@contextmanager
def session_scope(*, durable: bool = True) -> Iterator[Session]:
    """A session that commits when the block ends and rolls back when it raises. For entry points only.

    Arguments:
        durable: False for many small transactions that are done again where they are missing: the commit does not
            wait for the disk, so a server that crashes may lose the last ones, each whole.
    """
    with Session(engine(), expire_on_commit=False) as session, session.begin():
        if not durable:
            session.execute(text("SET LOCAL synchronous_commit = off"))
        yield session


class TooSlow(Exception):
    """A statement has taken longer than it may."""


@contextmanager
def time_limit(session: Session, seconds: float, **planner: str) -> Iterator[None]:
    """Let no statement inside take longer than *seconds*; the transaction goes on after one that has.

    Arguments:
        planner: further settings of PostgreSQL for what is inside, such as ``work_mem="128MB"``.

    Raises:
        TooSlow: one has; what was done inside is undone.
    """
    inside = {"statement_timeout": str(max(1, int(seconds * 1000))), **planner}
    before = {name: str(session.scalar(select(func.current_setting(name)))) for name in inside}
    try:
        with session.begin_nested():
            _set_local(session, inside)
            yield
            _set_local(session, before)
    except exc.OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TooSlow from error
        raise


def _set_local(session: Session, values: Mapping[str, str]) -> None:
    session.execute(select(*(func.set_config(name, value, True) for name, value in values.items())))


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session that reads the database as it is at one moment, whatever others write meanwhile."""
    with Session(engine()) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def rows_changed(result: Result[Any]) -> int:
    """How many rows a statement has added, changed or deleted."""
    assert isinstance(result, CursorResult)
    return int(result.rowcount)


def array_literal(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it, of values without commas, quotes and braces: a tenth of the driver's time."""
    return f"{{{','.join(map(str, values))}}}"
