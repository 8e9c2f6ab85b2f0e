"""Following what sending services told, one event a transaction, so that what goes wrong with one keeps no other."""

from __future__ import annotations

import structlog

from models.bounces.events import provider_event
from models.store.db import session_scope

log = structlog.get_logger(__name__)


def follow_all() -> int:
    """Follow every event that waits; returns how many. What cannot be followed waits for the next time.

    Raises:
        SQLAlchemyError: the database does not answer. No event has spent a try on that.
    """
    followed, later = 0, set[int]()
    while True:
        with session_scope() as session:
            waiting = provider_event.begin(session, without=later)
        if not waiting:
            return followed
        for event_id in waiting:
            if _follow(event_id):
                followed += 1
            else:
                later.add(event_id)


def _follow(event_id: int) -> bool:
    with session_scope(durable=False) as session:
        if not provider_event.count_try(session, event_id):
            return False
    try:
        with session_scope(durable=False) as session:
            return provider_event.follow(session, event_id)
    except Exception:
        log.exception("event not followed; it is tried again", number=event_id)
        return False
