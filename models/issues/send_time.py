"""When an issue may go out, and which times are asked about once more."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from ..store.clock import TOKYO, now
from ..store.errors import Invalid

LATEST = timedelta(days=731)
FAR = timedelta(days=60)
NIGHT_FROM, NIGHT_UNTIL = 21, 7
"""Hours in Asia/Tokyo between which people sleep."""


class UnusualTime(enum.Enum):
    """Why a time may be a slip."""

    NIGHT = "at night"
    WEEKEND = "on a Saturday or Sunday"
    FAR = "more than 60 days from now"


def check(at: datetime) -> None:
    """Refuse a time (aware) at which nothing can be sent.

    Raises:
        Invalid: it has passed, or is more than two years away.
    """
    if at < now():
        raise Invalid("this time has passed: choose a later one", field="at")
    if at > now() + LATEST:
        raise Invalid("this is more than two years away: choose an earlier time", field="at")


def unusual(at: datetime) -> list[UnusualTime]:
    """What is unusual about a time (aware)."""
    local = at.astimezone(TOKYO)
    found = {
        UnusualTime.NIGHT: local.hour >= NIGHT_FROM or local.hour < NIGHT_UNTIL,
        UnusualTime.WEEKEND: local.weekday() >= 5,
        UnusualTime.FAR: at > now() + FAR,
    }
    return [why for why, holds in found.items() if holds]
