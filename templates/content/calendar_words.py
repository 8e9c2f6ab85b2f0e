"""Names of weekdays and months, and dates in words."""

from __future__ import annotations

from datetime import date, datetime

from models.store.clock import TOKYO
from models.store.language import Language

from ..translations import phrase

WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "ja": ("月", "火", "水", "木", "金", "土", "日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
"""As :meth:`datetime.date.weekday` counts them: Monday is 0. English ones are abbreviated to their first three."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""In English, January first."""


def date_in_words(moment: date, language: Language) -> str:
    """A day in words; a *moment* with a time (aware) is taken in Japan's time. The weekday stands in Japanese only."""
    day = moment.astimezone(TOKYO).date() if isinstance(moment, datetime) else moment
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日({WEEKDAYS['ja'][day.weekday()]})"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def moment_in_words(moment: datetime, language: Language) -> str:
    """*moment* (aware) in Japan's time, in words."""
    there = moment.astimezone(TOKYO)
    if language == "ja":
        return f"{date_in_words(there, language)}{there.hour}時{there.minute:02d}分"
    return f"{date_in_words(there, language)}, {there:%H:%M} (Japan time)"


def missed(at: datetime, language: Language) -> str:
    """Why an issue that was to go out *at* (aware) has been taken out of the timetable."""
    time = moment_in_words(at, language)
    return phrase("it was to go out at {time}, when no worker ran: choose a time again", time=time).say(language)
