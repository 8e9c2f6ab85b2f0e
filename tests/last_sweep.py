"""Moves the last sweep into the past, so that tests need not wait for it to be long ago."""

from __future__ import annotations

from redis import Redis

from models.store import last_sweep


def set_back(redis_client: Redis, seconds: float) -> None:
    """Let the last sweep be so many more seconds ago."""
    noted = redis_client.get(last_sweep.KEY)
    assert isinstance(noted, bytes)
    redis_client.set(last_sweep.KEY, float(noted) - seconds)
