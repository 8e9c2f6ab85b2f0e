"""Changing the addresses of servers in a running process."""

from __future__ import annotations

import settings
from models.store import broker, db, enqueue
from models.tracking import salt


def apply(**addresses: str) -> None:
    """Take new *addresses* for this process and its children, and forget connections to the old ones."""
    settings.reload(**addresses)
    db.dispose()
    broker.forget()
    enqueue.forget_broker()
    salt.forget()
