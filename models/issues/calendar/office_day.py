"""Days on which public bodies work (行政機関の休日に関する法律, article 1), and the next one before or after."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import jpholiday

from ..send_time import NEW_YEAR

_DAY = timedelta(days=1)


@lru_cache(4096)
def holiday_name(day: date) -> str:
    """What a public holiday is called in Japanese; empty on any other day."""
    return jpholiday.is_holiday_name(day) or ""


def is_office_day(day: date) -> bool:
    """Whether offices are open: no Saturday, Sunday or public holiday, nor a day from 29 December to 3 January."""
    return day.weekday() < 5 and not holiday_name(day) and (day.month, day.day) not in NEW_YEAR


def last_before(day: date) -> date:
    """*day*, or the last day before it on which offices are open."""
    while not is_office_day(day):
        day -= _DAY
    return day


def first_after(day: date) -> date:
    """*day*, or the first day after it on which offices are open."""
    while not is_office_day(day):
        day += _DAY
    return day
