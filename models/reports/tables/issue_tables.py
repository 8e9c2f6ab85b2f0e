"""The tables of an issue's report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...deliveries.edition import LinkKind
from ...issues.issue import Issue
from ...tracking.rules import HitKind
from .. import article_readers, issue_report
from ..issue_report import AudienceReport, Hits, IssueReport, LinkReport, Readers
from ..kept import issue_sums
from ..kept.issue_sums import HOURS, DeviceReaderCount, HourlyReaderCount
from . import letters as letter_tables
from . import small_groups
from .letters import Letters
from .small_groups import OTHERS
from .table import ColumnKind, Rate, ReportTable, TableColumn

_K = ColumnKind
DEVICES = ("computer", "phone", "tablet", "unkept")


class IssueTables:
    """The report of an issue, and each of its tables."""

    def __init__(self, session: Session, issue: Issue) -> None:
        """Raises NotFound where there is no such issue."""
        self._session, self.issue = session, issue
        self.letters: Letters = letter_tables.of_issue(session, issue)
        self.report: IssueReport = issue_report.of_issue(session, issue.id, self.letters)
        self.counted_at = issue_sums.counted_at(session, issue.id)

    def find(self, key: str) -> ReportTable | None:
        """The table of this name."""
        return {
            "letters": self.letters.state_table, "lanes": self.lanes,
            "responses": self.responses, "hours": self.hours, "days": self.days, "links": self.links,
            "articles": self.articles, "audiences": self.audiences, "devices": self.devices,
            "excluded": self.excluded,
        }.get(key, lambda: None)()  # fmt: skip

    @property
    def open_rate(self) -> Rate:
        """Of those who received it, who opened it."""
        return Rate(self.report.openers, self.report.received)

    @property
    def click_rate(self) -> Rate:
        """Of those who received it, who followed a link."""
        return Rate(self.report.clickers, self.report.received)

    def lanes(self) -> ReportTable:
        """Letters by destination."""
        return self.letters.lane_table(self._session)

    def responses(self) -> ReportTable:
        """Readers who opened it, followed a link, or looked at it in a browser; and how often."""
        found = self.report
        rows: list[Sequence[Any]] = [
            ("opened", found.openers, self.open_rate, found.opens),
            ("clicked", found.clickers, self.click_rate, found.clicks),
            ("viewed", found.viewers, Rate(found.viewers, found.received), found.views),
        ]
        columns = (
            TableColumn("what", _K.WORD),
            TableColumn("readers", _K.READERS),
            TableColumn("rate", _K.RATE),
            TableColumn("hits", _K.HITS),
        )
        return ReportTable("responses", columns, rows)

    def hours(self) -> ReportTable:
        """Clicks and opens in each of the first hours, up to the last in which there was any."""
        counts = self._session.scalars(select(HourlyReaderCount).where(HourlyReaderCount.issue_id == self.issue.id))
        found = {(row.hour, row.kind): Hits(row.readers, row.wide, row.hits) for row in counts if 0 <= row.hour < HOURS}
        hours = range(1 + max((hour for hour, _ in found), default=-1))
        rows = [
            (hour, *(found.get((hour, kind)) or Hits() for kind in (HitKind.CLICK, HitKind.OPEN))) for hour in hours
        ]
        columns = (TableColumn("hour"), TableColumn("clicks", _K.HITS), TableColumn("opens", _K.HITS))
        return ReportTable("hours", columns, rows, self.counted_at)

    def days(self) -> ReportTable:
        """Clicks and opens on each day that had any."""
        rows = [(day.day, day.clicks, day.opens) for day in self.report.days]
        return ReportTable(
            "days", (TableColumn("day", _K.DAY), TableColumn("clicks", _K.HITS), TableColumn("opens", _K.HITS)), rows
        )

    def shown_links(self) -> list[LinkReport]:
        """The links that people see."""
        return [link for link in self.report.links if link.kind != LinkKind.HONEYPOT.value]

    def links(self) -> ReportTable:
        """The links that people see, by number."""
        rows = [
            (one.number, one.kind, one.slug, one.title, one.url, one.readers, one.clicks) for one in self.shown_links()
        ]
        texts = ("article", "title", "url")
        columns = (TableColumn("number"), TableColumn("kind", _K.WORD), *(TableColumn(name, _K.TEXT) for name in texts),
                   TableColumn("readers", _K.READERS), TableColumn("clicks", _K.HITS))  # fmt: skip
        return ReportTable("links", columns, rows)

    def articles(self) -> ReportTable:
        """The issue's articles: clicks on their links in this issue, and their readers in whatever issue."""
        clicks: dict[int, tuple[str, str, Hits]] = {}
        for link in self.shown_links():
            if link.article_id is not None:
                _slug, _title, hits = clicks.setdefault(link.article_id, (link.slug, link.title, Hits()))
                hits.add(link.clicks.readers, link.clicks.wide)
                hits.total += link.clicks.total
        readers = article_readers.count(self._session, clicks)
        rows = sorted(
            ((slug, title, hits, readers.get(article, Readers())) for article, (slug, title, hits) in clicks.items()),
            key=lambda row: (-row[2].human, row[0]),
        )
        columns = (TableColumn("article", _K.TEXT), TableColumn("title", _K.TEXT), TableColumn("clicks", _K.HITS),
                   TableColumn("readers_ever", _K.READERS))  # fmt: skip
        return ReportTable("articles", columns, list(rows))

    def audiences(self) -> ReportTable:
        """Readers by audience; those of few readers together."""
        shown, few = small_groups.split(self.report.audiences)
        rows: list[Sequence[Any]] = [_audience_row(one.name or "none-given", one) for one in shown]
        if few and sum(one.received for one in few) >= small_groups.MIN_READERS:
            rows.append(_audience_row(OTHERS, _together(few)))
        columns = (
            TableColumn("audience", _K.WORD), TableColumn("received"), TableColumn("openers", _K.READERS),
            TableColumn("open_rate", _K.RATE), TableColumn("clickers", _K.READERS), TableColumn("click_rate", _K.RATE),
        )  # fmt: skip
        return ReportTable("audiences", columns, rows)

    def devices(self) -> ReportTable:
        """Readers who followed a link, by kind of device; a kind of few readers is not told."""
        kept = self._session.scalars(select(DeviceReaderCount).where(DeviceReaderCount.issue_id == self.issue.id))
        found = {row.device: Readers(row.readers, row.wide) for row in kept}
        rows = [(name, found[name] if found[name].wide >= small_groups.MIN_READERS else None)
                for name in DEVICES if name in found]  # fmt: skip
        return ReportTable(
            "devices",
            (TableColumn("device", _K.WORD), TableColumn("clickers", _K.READERS)),
            list(rows),
            self.counted_at,
        )

    def excluded(self) -> ReportTable:
        """Opens and clicks that do not count as a person's, by the rule that decided."""
        return ReportTable(
            "excluded", (TableColumn("rule", _K.WORD), TableColumn("hits")), list(self.report.excluded.items())
        )


def _audience_row(name: str, one: AudienceReport) -> Sequence[Any]:
    return (name, one.received, one.openers, Rate(one.openers, one.received), one.clickers,
            Rate(one.clickers, one.received))  # fmt: skip


def _together(few: Sequence[AudienceReport]) -> AudienceReport:
    whole = AudienceReport(0, "", "", sum(one.received for one in few))
    for one in few:
        whole.openers.add(one.openers.readers, one.openers.wide)
        whole.clickers.add(one.clickers.readers, one.clickers.wide)
    return whole
