"""How often the true number of readers lies within a report's range, on the issues of :mod:`.simulated_year`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy.orm import Session

from models.reports import issue_report
from models.reports.issue_report import IssueReport, Readers
from models.tracking.rules import HitKind

from .range_counts import Counts, size
from .simulated_year import SimulatedYear, TrueHit


class Compared(NamedTuple):
    """A figure of a report, and the truth."""

    sort: str
    figure: Readers
    true: int


def compare(session: Session, year: SimulatedYear, found: dict[str, Counts]) -> None:
    """Add the figures of every issue's report to those of each sort."""
    for issue in sorted({hit.issue for hit in year.hits}):
        report = issue_report.of_issue(session, issue)
        for sort, figure, true in _figures(report, [hit for hit in year.hits if hit.issue == issue]):
            if figure.wide or true:
                for name in ("report", f"report, {sort}", f"report, {size(figure)}"):
                    found[name].add(figure, true)


def _figures(report: IssueReport, hits: list[TrueHit]) -> Iterator[Compared]:
    for kind, readers, times in (
        (HitKind.OPEN, report.openers, report.opens),
        (HitKind.CLICK, report.clickers, report.clicks),
        (HitKind.VIEW, report.viewers, report.views),
    ):
        of_kind = [hit for hit in hits if hit.kind is kind]
        yield Compared(f"readers: {kind.value}s", readers, _readers(of_kind))
        yield Compared(f"hits: {kind.value}s", times, _times(of_kind))
    clicks = [hit for hit in hits if hit.kind is HitKind.CLICK]
    opens = [hit for hit in hits if hit.kind is HitKind.OPEN]
    for link in report.links:
        here = [hit for hit in clicks if hit.link == link.number]
        yield Compared("readers of a link", link.readers, _readers(here))
        yield Compared("hits: clicks of a link", link.clicks, _times(here))
    for day in report.days:
        yield Compared("hits: clicks of a day", day.clicks, _times([hit for hit in clicks if hit.day == day.day]))
        yield Compared("hits: opens of a day", day.opens, _times([hit for hit in opens if hit.day == day.day]))
    for audience in report.audiences:
        slug = audience.slug
        yield Compared(
            "readers of an audience: clicks",
            audience.clickers,
            _readers([hit for hit in clicks if hit.audience == slug]),
        )
        yield Compared(
            "readers of an audience: opens", audience.openers, _readers([hit for hit in opens if hit.audience == slug])
        )


def _readers(hits: list[TrueHit]) -> int:
    return len({hit.reader for hit in hits})


def _times(hits: list[TrueHit]) -> int:
    """Each reader once a link and day, as reports count."""
    return len({(hit.reader, hit.link, hit.day) for hit in hits})
