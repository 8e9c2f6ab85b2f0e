"""What the form of rankings asks for: from the address to a query, and back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import request
from flask_babel import gettext as _

from models.issues import issue_list
from models.issues.newsletter import Newsletter
from models.reports import period as periods
from models.reports.period import Period, PeriodKind
from models.reports.ranking import Measure, Query
from models.store import clock
from models.store.errors import Invalid, NotFound
from models.store.phrase import phrase
from models.tracking.readership import Policy

from ...language import language
from ...request import session
from .. import access

TOP = 5
_MONTHS = 24
"""So many of the last months can be chosen; any other one by its days."""


class RankingForm(NamedTuple):
    """What the form asks for."""

    newsletter: Newsletter
    query: Query
    top: int

    @property
    def arguments(self) -> dict[str, Any]:
        """The address's query that asks for the same again."""
        query = self.query
        return {
            "newsletter": query.newsletter, "period": query.period.key, "audience": query.audience or None,
            "topic": query.topic or None, "policy": query.policy.value, "measure": query.measure.value,
            "first_days": query.first_days if query.measure is Measure.EARLY else None, "top": self.top,
        }  # fmt: skip

    @property
    def label(self) -> str:
        """How a person calls the period."""
        return self.query.period.label(language())

    @property
    def last_day(self) -> date:
        """The period's last day."""
        return self.query.period.end - timedelta(days=1)

    @property
    def file_name(self) -> str:
        """What files are called that hold its answer, without an ending."""
        query = self.query
        return "-".join(part for part in (query.newsletter, query.period.key, query.audience, query.topic) if part)


def from_request() -> RankingForm:
    """What the address asks for.

    Raises:
        NotFound: there is no such newsletter, audience or topic.
        Invalid: there is no such period or measure; ``field`` says which.
    """
    chosen, today = access.newsletter(), clock.today()
    given = request.args.get
    for name, known in (("audience", chosen.audiences), ("topic", (*chosen.topics, *chosen.merged_topics))):
        if (wanted := given(name)) and wanted not in {one.slug for one in known}:
            raise NotFound(phrase("{slug} has no {name} “{wanted}”", slug=chosen.slug, name=name, wanted=wanted[:100]))
    try:
        query = Query(
            chosen.slug, _period(today), given("audience", ""), given("topic", ""),
            Policy(given("policy", Policy.HUMAN.value)), Measure(given("measure", Measure.READERS.value)),
            min(366, max(1, given("first_days", 30, type=int))),
        )  # fmt: skip
    except ValueError as error:
        raise Invalid("there is no such measure", field="measure") from error
    return RankingForm(chosen, query, min(100, max(1, given("top", TOP, type=int))))


def default() -> RankingForm:
    """The first newsletter's present year, where what was asked for cannot be answered."""
    first = access.list_newsletters()[0]
    return RankingForm(first, Query(first.slug, periods.year(clock.today().year)), TOP)


def _period(today: date) -> Period:
    first, last = (request.args.get(name, "").strip() for name in ("from", "until"))
    if first or last:
        return periods.parse(f"{first}..{last}")
    return periods.parse(request.args.get("period") or str(today.year))


def period_choices(form: RankingForm) -> list[tuple[str, list[tuple[str, str]]]]:
    """The periods to choose from, since the newsletter's first issue, by their kinds; key and label of each."""
    first = issue_list.first_prepared_at(session(), form.newsletter.id)
    today = clock.today()
    begin = first.astimezone(clock.TOKYO).date() if first else today
    years = range(today.year, begin.year - 1, -1)
    fiscal = range(_fiscal_year(today), _fiscal_year(begin) - 1, -1)
    groups = [
        (_("Calendar year"), [periods.year(year) for year in years]),
        (_("Fiscal year (from April)"), [periods.fiscal_year(year) for year in fiscal]),
        (_("Quarter"), [periods.quarter(year, which) for year in years for which in (4, 3, 2, 1)]),
        (_("Month"), [periods.month(year, which) for year in years for which in range(12, 0, -1)]),
    ]
    groups = [(kind, [one for one in found if begin < one.end and one.start <= today]) for kind, found in groups]
    groups[-1] = (groups[-1][0], groups[-1][1][:_MONTHS])
    present = form.query.period
    if present.kind is not PeriodKind.FREE and all(present not in found for _kind, found in groups):
        groups[0][1].insert(0, present)
    return [(kind, [(one.key, one.label(language())) for one in found]) for kind, found in groups]


def _fiscal_year(day: date) -> int:
    return day.year - (day.month < 4)
