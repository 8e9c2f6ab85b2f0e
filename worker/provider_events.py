"""Following what sending services told, one event a transaction, so that what goes wrong with one keeps no other."""

from __future__ import annotations

import structlog

from models.bounces.events import provider_event
from models.store.db import session_scope

log = structlog.get_logger(__name__)


def follow_all() -> int:
    """Follow every event that waits; returns how many."""
    followed = 0
    while True:
        with session_scope() as session:
            waiting = provider_event.begin(session)
        if not waiting:
            return followed
        followed += sum(map(_follow, waiting))


def _follow(event_id: int) -> bool:
    try:
        with session_scope() as session:
            return provider_event.follow(session, event_id)
    except Exception:
        log.exception("event not followed; it is tried again", number=event_id)
        return False
