"""The columns of the form for monthly slots, and what is stored of a row."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import lazy_gettext

from models.issues.calendar.monthly_slot import WEEKDAYS

from .row_form import Row, RowColumn

_NAMES = {
    "mon": lazy_gettext("Monday"), "tue": lazy_gettext("Tuesday"), "wed": lazy_gettext("Wednesday"),
    "thu": lazy_gettext("Thursday"), "fri": lazy_gettext("Friday"), "sat": lazy_gettext("Saturday"),
    "sun": lazy_gettext("Sunday"),
}  # fmt: skip
_OFFICE = WEEKDAYS[:5]
_OPENS = "14"


def _day_options() -> tuple[tuple[str, Any], ...]:
    """Days of weeks first: most newsletters keep to one. A Saturday or Sunday comes last."""
    weekdays = [
        (f"{week}-{name}", lazy_gettext("%(count)s. %(weekday)s", count=week, weekday=_NAMES[name]))
        for name in (*_OFFICE, *WEEKDAYS[5:])
        for week in range(1, 5)
    ]
    last = [(f"last-{name}", lazy_gettext("last %(weekday)s", weekday=_NAMES[name])) for name in WEEKDAYS]
    days = [(str(day), lazy_gettext("day %(number)s", number=day)) for day in range(1, 32)]
    return (("", ""), *weekdays, *last, *days, ("last", lazy_gettext("last day of the month")))


COLUMNS = (
    RowColumn("name", lazy_gettext("Name of the slot"), lazy_gettext("As staff see it, such as 月例号. It stays."),
              fixed=True),
    RowColumn("day", lazy_gettext("Day of the month"), kind="choice", options=_day_options()),
    RowColumn("time", lazy_gettext("Time of day"), lazy_gettext("Better not the full hour, when everybody sends."),
              kind="time"),
    RowColumn("moved", lazy_gettext("When offices are closed that day"), kind="choice", options=(
        ("", ""),
        ("before", lazy_gettext("the working day before")),
        ("after", lazy_gettext("the working day after")),
        ("stay", lazy_gettext("as it is")),
    )),
    RowColumn("opens", lazy_gettext("Days before on which the draft is opened"), lazy_gettext("14 where empty."),
              kind="number"),
    RowColumn("subject", lazy_gettext("Subject of the draft"),
              lazy_gettext("{year}, {month} and {newsletter} are filled in. Empty: newsletter, slot and month.")),
)  # fmt: skip
"""Name, day, time and the rest, one slot a row."""


def stored(row: Row) -> dict[str, Any]:
    """A row as the newsletter keeps it; what is no number stays as it was typed, for the check to refuse."""
    typed = {name: row.values[name] for name in ("name", "day", "time", "moved", "subject")}
    opens = unicodedata.normalize("NFKC", row.values["opens"]) or _OPENS
    return {**typed, "opens": int(opens) if opens.isascii() and opens.isdecimal() and len(opens) < 5 else opens}
