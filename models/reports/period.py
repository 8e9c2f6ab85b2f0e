"""Periods of rankings, in days of Asia/Tokyo."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from ..store import input_rule
from ..store.errors import Invalid
from ..store.phrase import phrase

YEARS = range(2000, 3000)
"""Before and after these nobody sent a newsletter, and days with a time zone soon leave what Python counts."""


class PeriodKind(enum.Enum):
    """The kind of period."""

    YEAR = "year"
    FISCAL_YEAR = "fiscal-year"
    """April to March (会計年度)."""
    QUARTER = "quarter"
    MONTH = "month"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to the day before ``end``."""

    kind: PeriodKind
    start: date
    end: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days

    @property
    def previous(self) -> Period:
        """The period of the same kind before it; for a free one, as many days before it."""
        months = {PeriodKind.YEAR: 12, PeriodKind.FISCAL_YEAR: 12, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
        if self.kind is PeriodKind.FREE:
            return Period(self.kind, self.start - timedelta(days=self.days), self.start)
        return Period(self.kind, _months_later(self.start, -months[self.kind]), self.start)

    @property
    def key(self) -> str:
        """Short and unique: ``2021``, ``2021-fiscal``, ``2021-q2``, ``2021-05``, ``2021-05-01..2021-05-09``."""
        match self.kind:
            case PeriodKind.YEAR:
                return f"{self.start.year}"
            case PeriodKind.FISCAL_YEAR:
                return f"{self.start.year}-fiscal"
            case PeriodKind.QUARTER:
                return f"{self.start.year}-q{self._quarter}"
            case PeriodKind.MONTH:
                return f"{self.start:%Y-%m}"
            case PeriodKind.FREE:
                return f"{self.start}..{self._last}"

    def label(self, language: str = "ja") -> str:
        """Its name for people."""
        year, month = self.start.year, self.start.month
        match self.kind:
            case PeriodKind.YEAR:
                return f"{year}年" if language == "ja" else f"{year}"
            case PeriodKind.FISCAL_YEAR:
                return f"{year}年度" if language == "ja" else f"fiscal {year}"
            case PeriodKind.QUARTER:
                return f"{year}年第{self._quarter}四半期" if language == "ja" else f"{year} Q{self._quarter}"
            case PeriodKind.MONTH:
                return f"{year}年{month}月" if language == "ja" else f"{self.start:%B %Y}"
            case PeriodKind.FREE:
                return f"{_japanese(self.start)}〜{_japanese(self._last)}" if language == "ja" else self.key

    @property
    def _quarter(self) -> int:
        return (self.start.month + 2) // 3

    @property
    def _last(self) -> date:
        return self.end - timedelta(days=1)


def _japanese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _months_later(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _from(kind: PeriodKind, year: int, month: int, months: int) -> Period:
    if year not in YEARS or not 1 <= month <= 12:
        raise Invalid("there is no such period: a year has four digits, a month is 1 to 12", field="period")
    start = date(year, month, 1)
    return Period(kind, start, _months_later(start, months))


def year(number: int) -> Period:
    """January to December. Raises Invalid, as the functions below do, where there is no such period."""
    return _from(PeriodKind.YEAR, number, 1, 12)


def fiscal_year(number: int) -> Period:
    """April of *number* to March of the next year."""
    return _from(PeriodKind.FISCAL_YEAR, number, 4, 12)


def quarter(number: int, which: int) -> Period:
    """Quarter 1 begins in January."""
    if not 1 <= which <= 4:
        raise Invalid("a quarter is 1 to 4", field="period")
    return _from(PeriodKind.QUARTER, number, 3 * which - 2, 3)


def month(number: int, which: int) -> Period:
    """One month, January is 1."""
    return _from(PeriodKind.MONTH, number, which, 1)


def free(first: date, last: date) -> Period:
    """From *first* to *last*, both included."""
    if first.year not in YEARS or last.year not in YEARS:
        raise Invalid(
            phrase(
                "there is no such period: its days are in the years {years} to {years2}",
                years=YEARS[0],
                years2=YEARS[-1],
            ),
            field="period",
        )
    if last < first:
        raise Invalid("the period ends before it begins", field="period")
    return Period(PeriodKind.FREE, first, last + timedelta(days=1))


def parse(key: str) -> Period:
    """The period with this :attr:`Period.key`.

    Raises:
        Invalid: there is no such period.
    """
    try:
        if ".." in key:
            first, _, last = key.partition("..")
            return free(date.fromisoformat(first), date.fromisoformat(last))
        number, dash, rest = key.partition("-")
        if not dash:
            return year(_number(number))
        if rest == "fiscal":
            return fiscal_year(_number(number))
        return quarter(_number(number), _number(rest[1:])) if rest[:1] == "q" else month(_number(number), _number(rest))
    except ValueError as error:
        raise Invalid(
            phrase("“{key}” is no period: write 2021, 2021-fiscal, 2021-q2 or 2021-05", key=key), field="period"
        ) from error


def _number(typed: str) -> int:
    number = input_rule.whole_number(typed)
    if number is None:
        raise ValueError(typed)
    return number
