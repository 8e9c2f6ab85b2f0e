"""When lost work was last looked for: noted in the broker by the sweep, read by the web server and the doctor.

A worker or a timetable that hangs, or is stopped without ending, is told by nobody else: the launcher sees it live.
"""

from __future__ import annotations

from redis.exceptions import RedisError

import settings

from . import broker

KEY = "kairan:last sweep"
_OVERDUE_SECONDS = 180.0
_MISSED_SWEEPS = 6
"""Where sweeps are so rare that the seconds above would name a worker that is well, this many of them count."""


def note() -> None:
    """A sweep has ended. Where the broker takes nothing, nothing is noted: that the broker is down is said anyway."""
    try:
        broker.client().set(KEY, _broker_time())
    except RedisError:
        return


def age() -> float | None:
    """Seconds since a sweep ended, by the broker's clock on both sides; nothing where that is not known."""
    try:
        noted = broker.client().get(KEY)
        return None if noted is None else max(0.0, _broker_time() - float(noted))  # type: ignore[arg-type]
    except (RedisError, ValueError):
        return None


def overdue() -> int | None:
    """Seconds for which nothing has looked for work, where these are too many; nothing where all is well or unknown."""
    seconds = age()
    if seconds is None or seconds <= max(_OVERDUE_SECONDS, _MISSED_SWEEPS * settings.get().sweep_seconds):
        return None
    return int(seconds)


def text(seconds: int) -> str:
    """What is wrong where a sweep is overdue by *seconds*, as ``/readyz`` and the doctor say it."""
    return f"nothing has looked for work for {seconds} s: worker or timetable hang"


def _broker_time() -> float:
    seconds, microseconds = broker.client().time()  # type: ignore[misc]
    return float(seconds + microseconds / 1e6)
