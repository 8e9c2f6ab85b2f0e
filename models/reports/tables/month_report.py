"""A newsletter's month on one sheet: every table that the page for printing shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from ...issues.newsletter import Newsletter
from .. import period as periods
from ..period import Period, PeriodKind
from . import newsletter_tables, reading_tables
from .newsletter_tables import IssueLine
from .table import ReportTable

YEAR = 12
TOP_ARTICLES = 10


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What happened in a month, with the year up to it beside."""

    period: Period
    lines: Sequence[IssueLine]
    issues: ReportTable
    months: ReportTable
    leaving: ReportTable
    articles: ReportTable
    """The most read ones."""


def of_month(session: Session, newsletter: Newsletter, month: date) -> MonthReport:
    """The sheet of the month that begins on *month*."""
    period = periods.month(month.year, month.month)
    number = month.year * 12 + month.month - YEAR
    year = Period(PeriodKind.FREE, date(number // 12, number % 12 + 1, 1), period.end)
    lines = newsletter_tables.issue_lines(session, newsletter.id, period)
    articles = reading_tables.articles(session, newsletter, period)
    articles.rows = articles.rows[:TOP_ARTICLES]
    return MonthReport(
        period, lines, newsletter_tables.issues(lines), newsletter_tables.months(session, newsletter.id, year),
        newsletter_tables.leaving(session, newsletter.id, period), articles,
    )  # fmt: skip
