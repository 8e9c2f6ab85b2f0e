"""The one clock. Everything that asks for the time asks here, so that tests can move it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .errors import Invalid
from .phrase import phrase

TOKYO = ZoneInfo("Asia/Tokyo")

_shift = timedelta(0)


def now() -> datetime:
    """The present as an aware datetime in UTC."""
    return datetime.now(UTC) + _shift


def today() -> date:
    """The present date in Asia/Tokyo, by which public bodies in Japan count days and years."""
    return tokyo_date(now())


def tokyo_date(moment: datetime) -> date:
    """The day in Asia/Tokyo of *moment* (aware)."""
    return moment.astimezone(TOKYO).date()


def start_of_day(day: date) -> datetime:
    """When *day* begins in Asia/Tokyo, in UTC.

    Raises:
        Invalid: that is before the year 1.
    """
    try:
        return datetime(day.year, day.month, day.day, tzinfo=TOKYO).astimezone(UTC)
    except OverflowError:
        raise Invalid(phrase("{day} is too long ago", day=day)) from None


def end_of_day(day: date) -> datetime:
    """When *day* is over in Asia/Tokyo, in UTC; there is one of the last day of the year 9999, too."""
    return start_of_day(day) + timedelta(days=1)


def month_begun(months_ago: int) -> date:
    """The first day of the month that lies so many months before the present one, in UTC, by which hits are kept."""
    day = now().date()
    number = day.year * 12 + day.month - 1 - months_ago
    return date(number // 12, number % 12 + 1, 1)


def monotonic() -> float:
    """Seconds that have passed since some moment, by a clock that nobody sets; it goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Move the clock of this process by *by* while the context lasts: for tests, and for the demo's past."""
    global _shift
    before = _shift
    _shift = before + by
    try:
        yield
    finally:
        _shift = before
