"""Dates whose weekday does not match, and dates that do not exist."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from ..content.calendar_words import MONTHS, WEEKDAYS
from ..content.letter import Letter
from .finding import Finding, error
from .passages import passages
from .text_rules import plain

_JA = "".join(WEEKDAYS["ja"])
_EN = [name[:3] for name in WEEKDAYS["en"]]
_MONTHS = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_ANY_WEEKDAY, _ANY_MONTH = "|".join(_EN), "|".join(_MONTHS)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}

_WRITTEN_JA = re.compile(
    r"(?:(?P<era>令和|平成|昭和)(?P<era_year>\d{1,2}|元)年|(?P<year>\d{4})[年/.-])?"
    r"(?P<month>\d{1,2})[月/](?P<day>\d{1,2})日?"
    rf"\s*[(（](?P<weekday>[{_JA}])(?:曜日?)?(?:[・,、]?(?:祝|休)日?)?[)）]"
)
_WRITTEN_EN = re.compile(
    rf"(?P<weekday>{_ANY_WEEKDAY})[a-z]*,?\s+(?:"
    rf"(?P<day>\d{{1,2}})\s+(?P<month>{_ANY_MONTH})[a-z]*"
    rf"|(?P<month2>{_ANY_MONTH})[a-z]*\s+(?P<day2>\d{{1,2}})),?\s*(?P<year>\d{{4}})?"
)


def check(letter: Letter) -> Iterator[Finding]:
    """Every date that stands with a weekday; a year that is not written is the one nearest to the issue's day."""
    around = letter.dated.date()
    for passage in passages(letter):
        text = unicodedata.normalize("NFKC", plain(passage.text))
        for match in (*_WRITTEN_JA.finditer(text), *_WRITTEN_EN.finditer(text)):
            weekday, year, month, day = _read(match)
            found = _date(year, month, day, around)
            if found is None:
                yield error("date.impossible", passage.where, text=match[0])
            elif found.weekday() != weekday:
                right = WEEKDAYS[letter.language][found.weekday()]
                yield error("date.weekday", passage.where, text=match[0], weekday=right)


def _read(match: re.Match[str]) -> tuple[int, int | None, int, int]:
    """Weekday (Monday 0), year where written, month, day."""
    parts = match.groupdict()
    if parts["weekday"] in _EN:
        month = _MONTHS[parts["month"] or parts["month2"]]
        year = int(parts["year"]) if parts["year"] else None
        return _EN.index(parts["weekday"]), year, month, int(parts["day"] or parts["day2"])
    year = int(parts["year"]) if parts["year"] else None
    if parts["era"]:
        year = _ERAS[parts["era"]] + (1 if parts["era_year"] == "元" else int(parts["era_year"]))
    return _JA.index(parts["weekday"]), year, int(parts["month"]), int(parts["day"])


def _date(year: int | None, month: int, day: int, around: date) -> date | None:
    years = (year,) if year else (around.year - 1, around.year, around.year + 1)
    found = []
    for candidate in years:
        try:
            found.append(date(candidate, month, day))
        except ValueError:
            continue
    return min(found, key=lambda one: abs((one - around).days), default=None)
