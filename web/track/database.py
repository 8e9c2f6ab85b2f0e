"""The tracker's own way to the database: few connections, short patience, and none at all while it is down."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError

import settings
from models.store.db import driver_url
from models.store.errors import Unavailable

RETRY_SECONDS = 1.0


class CircuitBreaker:
    """Remembers that a part is down: one request a second finds out whether it is back, all others go on at once."""

    def __init__(self, pause: float = RETRY_SECONDS) -> None:
        self._pause, self._until, self._down = pause, 0.0, False
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether this request should try."""
        if not self._down:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                return False
            self._until = now + self._pause
            return True

    def failed(self) -> None:
        """It did not answer."""
        with self._lock:
            self._down, self._until = True, time.monotonic() + self._pause

    def worked(self) -> None:
        """It answered."""
        self._down = False


class Database:
    """Connections that give up sooner than those of pages do."""

    def __init__(self) -> None:
        self._breaker = CircuitBreaker()
        self._engine = create_engine(
            driver_url(settings.get().database_url),
            pool_size=2,
            max_overflow=2,
            pool_timeout=0.5,
            pool_pre_ping=True,
            hide_parameters=True,  # They are readers and whole hits, and an error's text goes into logs.
            connect_args={
                "connect_timeout": 2,
                "application_name": "kairan tracker",
                "options": "-c statement_timeout=2000 -c lock_timeout=1000",
            },
        )

    @contextmanager
    def ask(self) -> Iterator[Connection]:
        """A connection in a transaction that is committed at the end.

        Raises:
            Unavailable: the database does not answer, or did not a moment ago.
        """
        if not self._breaker.allows():
            raise Unavailable("the database does not answer")
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            self._breaker.failed()
            raise Unavailable("the database does not answer") from error
        self._breaker.worked()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
