"""The demo's past: moments of it, and steps that happen at them, with the clock of this process set back."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from models.store import clock

STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the clock of this process show *moment* (aware), and go on from there, while the context lasts."""
    with clock.moved(moment - clock.now()):
        yield


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in Asia/Tokyo."""
    return clock.start_of_day(day) + timedelta(hours=hour, minutes=minute)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let a request to stop wait until the context has ended: letters that are out must be written down as sent."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
