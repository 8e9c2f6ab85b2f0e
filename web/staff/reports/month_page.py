"""A newsletter's month on A4, to be printed or kept as PDF."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from models.issues import issue_list
from models.issues.newsletter import Newsletter
from models.reports import period as periods
from models.reports.kept.reader_months import next_month
from models.reports.period import Period, PeriodKind
from models.reports.tables import month_report as model
from models.store import clock
from models.store.errors import Invalid, NotFound
from models.store.phrase import phrase

from ...language import language
from ...request import session
from .. import access
from ..login_session import blueprint

_MONTHS = 36
"""So many of the last months can be chosen; any other one by its address."""


@blueprint.get("/reports/month")
def month_report() -> ResponseReturnValue:
    """The sheet of one month, the last one that is over where none is named."""
    every = access.list_newsletters()
    if not every:
        return render_template("staff/reports/month.html", found=None)
    newsletter = access.newsletter()
    month = _month()
    return render_template(
        "staff/reports/month.html",
        found=model.of_month(session(), newsletter, month.start),
        chosen=newsletter,
        newsletters=every,
        months=[(one.key, one.label(language())) for one in _choices(newsletter, month)],
        label=month.label(language()),
        is_over=month.end <= clock.today(),
        drawn_at=clock.now(),
    )


def _month() -> Period:
    asked = request.args.get("month", "")
    if not asked:
        last = clock.today().replace(day=1)
        number = last.year * 12 + last.month - 2
        return periods.month(number // 12, number % 12 + 1)
    try:
        found = periods.parse(asked)
    except Invalid as error:
        raise NotFound(phrase("there is no such month")) from error
    if found.kind is not PeriodKind.MONTH:
        raise NotFound(phrase("there is no such month"))
    return found


def _choices(newsletter: Newsletter, chosen: Period) -> list[Period]:
    first = issue_list.first_prepared_at(session(), newsletter.id)
    month = clock.tokyo_date(first).replace(day=1) if first else chosen.start
    found: list[Period] = []
    while month <= clock.today():
        found.insert(0, _of(month))
        month = next_month(month)
    found = found[:_MONTHS]
    return found if chosen in found else [chosen, *found]


def _of(month: date) -> Period:
    return periods.month(month.year, month.month)
