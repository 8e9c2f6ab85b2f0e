"""When an issue may go out, and which times are asked about once more."""

from __future__ import annotations

import enum
import re
import unicodedata
from datetime import datetime, time, timedelta

import jpholiday

from ..store.clock import TOKYO, now
from ..store.errors import Invalid
from ..store.phrase import phrase

LATEST = timedelta(days=731)
MISSED = timedelta(hours=6)
"""An issue so much later than its time is asked about: no worker ran then, and what it says may be out of date."""
FAR = timedelta(days=60)
NIGHT = ("21:00", "07:00")
"""Times in Asia/Tokyo between which people sleep: the quiet hours of a newsletter that has chosen no others."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
"""What the database stores in year 1 of Tokyo lies before year 1 of UTC, and no program could read it again."""
_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
NEW_YEAR = frozenset({(12, 29), (12, 30), (12, 31), (1, 2), (1, 3)})
"""Months and days on which public bodies are closed besides public holidays (行政機関の休日に関する法律, article 1)."""


class UnusualTime(enum.Enum):
    """Why a time may be a slip."""

    NIGHT = "within the quiet hours"
    WEEKEND = "on a Saturday or Sunday"
    HOLIDAY = "on a public holiday"
    NEW_YEAR = "between 29 December and 3 January, when offices are closed"
    FAR = "more than 60 days from now"
    SAME_DAY = "on the day of another issue to the same readers"
    FULL_HOUR = "on the full hour, when many letters are sent"


def read(typed: str) -> datetime:
    """A time that somebody typed, such as ``2026-12-01 09:00``: that of Asia/Tokyo where it names no other zone.

    Raises:
        Invalid: it is no such time.
    """
    text = unicodedata.normalize("NFKC", typed).strip().replace("/", "-")
    try:
        moment = datetime.fromisoformat(text)
        if len(text) < len("2026-12-01 09:00"):
            raise ValueError("a day has no time")
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise ValueError("no letter goes out then")
        return moment.astimezone(TOKYO) if moment.tzinfo else moment.replace(tzinfo=TOKYO)
    except (ValueError, OverflowError):
        raise Invalid(
            phrase("“{typed}” is no time: write it as 2026-12-01 09:00", typed=typed[:80]), field="at"
        ) from None


def check(at: datetime) -> None:
    """Refuse a time (aware) at which nothing can be sent.

    Raises:
        Invalid: it has passed, or is more than two years away.
    """
    if at < now():
        raise Invalid("this time has passed: choose a later one", field="at")
    if at > now() + LATEST:
        raise Invalid("this is more than two years away: choose an earlier time", field="at")


def is_time_of_day(text: object) -> bool:
    """Whether *text* is a time such as ``09:05``."""
    return isinstance(text, str) and _TIME_OF_DAY.fullmatch(text) is not None


def time_of_day(text: str) -> time:
    """A time such as ``09:05``.

    Raises:
        ValueError: it is none; see :func:`is_time_of_day`.
    """
    return time.fromisoformat(text)


def is_quiet(at: datetime, hours: tuple[str, str]) -> bool:
    """Whether *at* (aware) is in the quiet *hours*, the first included and the second not.

    Equal ones and empty ones are none.
    """
    if not all(hours):
        return False
    begin, end = map(time_of_day, hours)
    there = at.astimezone(TOKYO).time()
    return begin <= there < end if begin <= end else there >= begin or there < end


def is_full_hour(at: datetime) -> bool:
    """Whether *at* (aware) is a full hour, when everybody sends and receiving servers are busy."""
    return at.astimezone(TOKYO).minute == 0


def unusual(at: datetime, quiet: tuple[str, str] = NIGHT) -> list[UnusualTime]:
    """What is unusual about a time (aware) in itself; :mod:`models.deliveries.scheduling` looks at other issues, too.

    Arguments:
        quiet: the quiet hours of the newsletter.
    """
    local = at.astimezone(TOKYO)
    found = {
        UnusualTime.NIGHT: is_quiet(at, quiet),
        UnusualTime.WEEKEND: local.weekday() >= 5,
        UnusualTime.HOLIDAY: jpholiday.is_holiday(local.date()),
        UnusualTime.NEW_YEAR: (local.month, local.day) in NEW_YEAR,
        UnusualTime.FAR: at > now() + FAR,
    }
    return [why for why, holds in found.items() if holds]
