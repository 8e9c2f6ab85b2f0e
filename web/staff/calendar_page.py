"""The calendar of all newsletters: what went out, what is planned, and empty slots, by month or by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from models.issues import send_time
from models.issues.calendar import calendar_entries, office_day
from models.issues.calendar.calendar_entries import MOVABLE, CalendarEntry
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.issues.send_time import UnusualTime
from models.staff.permission import Permission
from models.store.clock import TOKYO, today, tokyo_date
from templates.content.calendar_words import MONTHS, WEEKDAYS

from ..language import language
from ..request import session
from . import access, warning_words
from .login_session import blueprint

WEEK = timedelta(days=7)
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass
class CalendarLine:
    """An entry as the page shows it."""

    entry: CalendarEntry
    warnings: Sequence[str]
    movable: bool
    """Whether the person who looks may give it another time."""


@dataclass
class CalendarDay:
    """One day of the page."""

    day: date
    holiday: str
    outside: bool
    """Whether it belongs to the month before or after the one that is shown."""
    past: bool
    lines: list[CalendarLine] = field(default_factory=list)


@blueprint.get("/calendar")
def calendar() -> ResponseReturnValue:
    """A month, or the week of ``?week=``."""
    newsletters = access.list_newsletters()
    chosen = _chosen(newsletters)
    week = request.args.get("week", "")
    shown = _read_day(week) if week else _read_day(f"{request.args.get('month') or f'{today():%Y-%m}'}-01")
    first, last = _week(shown) if week else _month(shown)
    days = _days(chosen, first, last, None if week else shown.month)
    only = chosen[0].id if len(chosen) == 1 else None
    return render_template(
        "staff/calendar.html", weeks=[days[at : at + 7] for at in range(0, len(days), 7)], shown=shown,
        by="week" if week else "month", newsletters=newsletters, chosen=request.args.get("newsletter", ""),
        title=_title(shown, first, last, by_week=bool(week)), weekdays=_weekdays(), today=today(),
        before=_step(shown, -1, by_week=bool(week)), after=_step(shown, 1, by_week=bool(week)),
        waiting=calendar_entries.without_time(session(), access.scope(Permission.READ_ISSUES), only),
        day_words=day_words, time_words=time_words,
    )  # fmt: skip


def _chosen(newsletters: Sequence[Newsletter]) -> list[Newsletter]:
    slug = request.args.get("newsletter", "")
    return [one for one in newsletters if slug in ("", one.slug)] or abort(404)


def _read_day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else abort(404)


def _week(day: date) -> tuple[date, date]:
    """From Sunday, with which calendars in Japan begin, to Saturday."""
    first = day - timedelta(days=(day.weekday() + 1) % 7)
    return first, first + timedelta(days=6)


def _month(day: date) -> tuple[date, date]:
    """The whole weeks around a month."""
    end = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return _week(day.replace(day=1))[0], _week(end)[1]


def _step(shown: date, by: int, *, by_week: bool) -> dict[str, str]:
    """The page before or after, as a query; empty at the end of time."""
    moved = shown + by * WEEK if by_week else (shown.replace(day=15) + by * timedelta(days=30)).replace(day=1)
    if not FIRST_YEAR <= moved.year <= LAST_YEAR:
        return {}
    return {"week": f"{moved}"} if by_week else {"month": f"{moved:%Y-%m}"}


def _days(newsletters: Sequence[Newsletter], first: date, last: date, month: int | None) -> list[CalendarDay]:
    days = {}
    day = first
    while day <= last:
        outside = month is not None and day.month != month
        days[day] = CalendarDay(day, office_day.holiday_name(day), outside, day < today())
        day += timedelta(days=1)
    entries = calendar_entries.between(session(), newsletters, first, last)
    for entry in entries:
        days[tokyo_date(entry.at)].lines.append(_line(entry, entries))
    return list(days.values())


def _line(entry: CalendarEntry, entries: Sequence[CalendarEntry]) -> CalendarLine:
    one = entry.issue
    movable = one is not None and one.state in MOVABLE and access.may(Permission.SEND, entry.newsletter.id)
    warnings = warning_words.short(_warnings(entry, entries)) if one and one.state is IssueState.SCHEDULED else []
    return CalendarLine(entry, warnings, movable)


def _warnings(entry: CalendarEntry, entries: Sequence[CalendarEntry]) -> list[UnusualTime]:
    """What the calendar itself can tell; other newsletters' readers are compared when a time is chosen."""
    newsletter = entry.newsletter
    found = send_time.unusual(entry.at, (newsletter.quiet_from, newsletter.quiet_until))
    if any(_meet(entry, other) for other in entries):
        found.append(UnusualTime.SAME_DAY)
    return [*found, UnusualTime.FULL_HOUR] if send_time.is_full_hour(entry.at) else found


def _meet(one: CalendarEntry, other: CalendarEntry) -> bool:
    """Whether readers of a newsletter get two issues on one day, drafts that a slot plans for it included."""
    if one is other or one.newsletter is not other.newsletter or not (one.issue and other.issue):
        return False
    audiences = {one.issue.audience, other.issue.audience}
    return tokyo_date(one.at) == tokyo_date(other.at) and ("" in audiences or len(audiences) == 1)


def _weekdays() -> list[str]:
    names = WEEKDAYS[language()]
    return [names[-1], *names[:-1]]


def _title(shown: date, first: date, last: date, *, by_week: bool) -> str:
    if language() == "ja":
        if by_week:
            return f"{first.year}年{first.month}月{first.day}日〜{last.month}月{last.day}日"
        return f"{shown.year}年{shown.month}月"
    if by_week:
        return f"{first.day} {MONTHS[first.month - 1]} – {last.day} {MONTHS[last.month - 1]} {last.year}"
    return f"{MONTHS[shown.month - 1]} {shown.year}"


def day_words(day: date) -> str:
    """A day without its year, in the language of the page."""
    if language() == "ja":
        return f"{day.month}月{day.day}日（{WEEKDAYS['ja'][day.weekday()]}）"
    return f"{WEEKDAYS['en'][day.weekday()][:3]} {day.day} {MONTHS[day.month - 1]}"


def time_words(moment: Any) -> str:
    """The time of day in Asia/Tokyo."""
    return f"{moment.astimezone(TOKYO):%H:%M}"
