"""Monthly slots of a newsletter, such as the second Tuesday at 10:10: when the next issues are to go out.

They are values of the newsletter (:attr:`models.issues.newsletter.Newsletter.slots`), as forms and files have them.
"""

from __future__ import annotations

import calendar
import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from ...store import input_rule
from ...store.clock import TOKYO
from ...store.phrase import Phrase, phrase
from .. import send_time
from . import office_day

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_SLOTS = 20
MOST_DAYS_AHEAD = 60
LONGEST = {"name": 100, "subject": 200}
_DAY = re.compile(rf"[1-9]|[12]\d|3[01]|last|(?:[1-4]|last)-(?:{'|'.join(WEEKDAYS)})")
KEYS = frozenset({"name", "day", "time", "moved", "opens", "subject"})


class SlotMove(enum.Enum):
    """Where a slot goes whose day falls on one on which offices are closed."""

    BEFORE = "before"
    AFTER = "after"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class IssueSlot:
    """One slot in every month."""

    name: str
    """Unique in its newsletter; a slot of another name is another slot."""
    day: str
    """``15`` (the last day where a month is shorter), ``last``, ``2-tue`` (the second Tuesday) or ``last-fri``."""
    time: clock_time
    moved: SlotMove
    opens: int
    """Days before its day on which its draft is opened."""
    subject: str
    """Of the draft, with ``{year}``, ``{month}`` and ``{newsletter}``; empty: the name with year and month."""

    def day_in(self, year: int, month: int) -> date:
        """Its day in a month, moved where offices are closed; that may be in the month before or after."""
        nominal = _nominal(self.day, year, month)
        match self.moved:
            case SlotMove.BEFORE:
                return office_day.last_before(nominal)
            case SlotMove.AFTER:
                return office_day.first_after(nominal)
        return nominal

    def subject_of(self, month: date, newsletter: str) -> str:
        """The subject of the draft for a month."""
        text = self.subject or "{newsletter} " + self.name + " {year}/{month}"
        for key, value in {"year": month.year, "month": month.month, "newsletter": newsletter}.items():
            text = text.replace(f"{{{key}}}", str(value))
        return text[:500]


@dataclass(frozen=True, slots=True)
class SlotDate:
    """A slot in one month."""

    slot: IssueSlot
    month: date
    """The first day of the month that it belongs to, also where it was moved out of it."""
    at: datetime
    """When its issue is to go out (aware)."""


def read(stored: Sequence[Any]) -> list[IssueSlot]:
    """The slots of a newsletter; they were checked when they were stored."""
    return [
        IssueSlot(one["name"], str(one["day"]), send_time.time_of_day(one["time"]), SlotMove(one["moved"]),
                  int(one["opens"]), one["subject"])
        for one in stored
    ]  # fmt: skip


def between(slots: Sequence[IssueSlot], first: date, last: date) -> Iterator[SlotDate]:
    """Where *slots* fall from *first* to *last*, both included."""
    month = (first.replace(day=1) - timedelta(days=1)).replace(day=1)
    while month <= last + timedelta(days=31):
        for slot in slots:
            day = slot.day_in(month.year, month.month)
            if first <= day <= last:
                yield SlotDate(slot, month, datetime.combine(day, slot.time, TOKYO))
        month = (month + timedelta(days=31)).replace(day=1)


def fault(slots: Sequence[Any]) -> Phrase | None:
    """Why a newsletter cannot have *slots*, a mapping of :data:`KEYS` each; None where it can."""
    if len(slots) > MOST_SLOTS:
        return phrase("a newsletter has up to {most} monthly slots: take some out", most=MOST_SLOTS)
    for slot in slots:
        if not isinstance(slot, dict) or set(slot) != KEYS:
            return phrase("each monthly slot has {names}, and nothing else", names=", ".join(sorted(KEYS)))
        if (found := _fault(slot)) is not None:
            return found
    names = [slot["name"] for slot in slots]
    if len(set(names)) < len(names):
        return phrase("two monthly slots have one name: give one of them another")
    return None


def _fault(slot: dict[str, Any]) -> Phrase | None:
    texts = [slot["name"], slot["subject"]]
    if not all(isinstance(text, str) and input_rule.is_line(text) for text in texts) or not slot["name"].strip():
        return phrase("a monthly slot needs a name in one line")
    if any(len(slot[name]) > most for name, most in LONGEST.items()):
        return phrase("the name of a monthly slot has up to 100 characters, its subject up to 200")
    if not _DAY.fullmatch(str(slot["day"])):
        return phrase("choose the day of a monthly slot, such as 15, last, 2-tue or last-fri")
    if not send_time.is_time_of_day(slot["time"]):
        return phrase("write the time of a monthly slot as 10:10")
    if slot["moved"] not in {one.value for one in SlotMove}:
        return phrase("choose what a monthly slot does on a closed day: before, after or stay")
    if not str(slot["opens"]).isdecimal() or int(slot["opens"]) > MOST_DAYS_AHEAD:
        return phrase("a draft is opened 0 to {most} days ahead", most=MOST_DAYS_AHEAD)
    return None


def _nominal(day: str, year: int, month: int) -> date:
    length = calendar.monthrange(year, month)[1]
    week, _, weekday = day.partition("-")
    if not weekday:
        return date(year, month, length if week == "last" else min(int(week), length))
    wanted = WEEKDAYS.index(weekday)
    if week == "last":
        end = date(year, month, length)
        return end - timedelta(days=(end.weekday() - wanted) % 7)
    start = date(year, month, 1)
    return start + timedelta(days=(wanted - start.weekday()) % 7 + 7 * (int(week) - 1))
