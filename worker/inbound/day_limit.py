"""How much mail a day brings at most: whoever has more of it keeps it, so that strangers cannot fill the database."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Lock

import structlog
from sqlalchemy.exc import SQLAlchemyError

import settings
from models.bounces import returned_mail
from models.store.clock import now
from models.store.db import session_scope

log = structlog.get_logger(__name__)

FRESH_SECONDS = 30.0
"""How long what the database said is believed; what this process takes in meanwhile is added."""


class DayLimit:
    """Whether the last 24 hours have brought RETURNS_DAY_MEGABYTES. Its methods may block."""

    def __init__(self) -> None:
        self._bytes = 0
        self._read_at = float("-inf")
        self._lock = Lock()

    def is_reached(self) -> bool:
        """Whether no more is taken in for now."""
        most = settings.get().returns_day_megabytes * 1_000_000
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_SECONDS:
                try:
                    with session_scope() as session:
                        self._bytes = returned_mail.bytes_since(session, now() - timedelta(days=1))
                except SQLAlchemyError:
                    return False  # Storing will tell.
                self._read_at = time.monotonic()
                if self._bytes >= most:
                    log.warning("returned mail has to wait: RETURNS_DAY_MEGABYTES have come", bytes=self._bytes)
            return self._bytes >= most

    def add(self, count: int) -> None:
        """A message of *count* bytes has come."""
        with self._lock:
            self._bytes += count
