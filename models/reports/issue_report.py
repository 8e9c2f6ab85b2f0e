"""The report of an issue: who received it, opened it and followed which links; people and total, never one alone.

All of it comes from roll-ups. Each number of people has the range of :mod:`.reader_range`, like a place of a ranking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..deliveries.edition import Link
from ..issues import issue as issues
from ..issues.article import Article
from ..issues.issue import Issue
from ..issues.newsletter import Audience
from ..tracking import across_copies
from ..tracking.readership import ALL_AUDIENCES, NO_AUDIENCE
from ..tracking.rollup import DailyHitCount, DailyReaderCount, UniqueReaderCount
from ..tracking.rules import HitKind
from ..tracking.shared_copy import SharedCopy
from . import reach
from .reader_range import ReaderCounts


@dataclass(slots=True)
class Readers:
    """How many different readers had a hit that counts as a person's."""

    readers: int = 0
    wide: int = 0
    """Also those who only had one that is ``unknown``."""

    @property
    def at_least(self) -> int:
        """The least of them that are people."""
        return ReaderCounts(self.readers, self.wide).at_least()

    @property
    def at_most(self) -> int:
        """The most people there may have been."""
        return ReaderCounts(self.readers, self.wide).at_most()

    @property
    def is_sure(self) -> bool:
        """Whether there is no range."""
        return self.at_least == self.readers == self.at_most

    def add(self, readers: int, wide: int) -> None:
        """Count different readers of another link, day or audience."""
        self.readers += readers
        self.wide += wide


@dataclass(slots=True)
class Hits(Readers):
    """How often something was opened or followed, as in "human 312 (total 1,204)".

    People are counted as readers of a link on a day: each at most once, however often and on however many devices.
    """

    total: int = 0
    """Every request."""

    @property
    def human(self) -> int:
        """Hits by people."""
        return self.readers


@dataclass(slots=True)
class LinkReport:
    """One link of the issue."""

    number: int
    url: str
    kind: str
    article_id: int | None
    slug: str
    title: str
    """Of the article; empty where the link leads to none."""
    clicks: Hits = field(default_factory=Hits)
    readers: Readers = field(default_factory=Readers)


@dataclass(slots=True)
class DayReport:
    """One day in Asia/Tokyo."""

    day: date
    opens: Hits = field(default_factory=Hits)
    clicks: Hits = field(default_factory=Hits)


@dataclass(slots=True)
class AudienceReport:
    """Readers of one audience; ``slug`` and ``name`` are empty for those who have none."""

    audience_id: int
    slug: str
    name: str
    received: int
    openers: Readers = field(default_factory=Readers)
    clickers: Readers = field(default_factory=Readers)


@dataclass(slots=True)
class IssueReport:
    """All numbers of an issue."""

    issue_id: int
    received: int
    received_at: datetime | None = None
    """When these were counted; None: just now, or for good."""
    opens: Hits = field(default_factory=Hits)
    clicks: Hits = field(default_factory=Hits)
    views: Hits = field(default_factory=Hits)
    openers: Readers = field(default_factory=Readers)
    clickers: Readers = field(default_factory=Readers)
    viewers: Readers = field(default_factory=Readers)
    links: list[LinkReport] = field(default_factory=list)
    """By number. Including the honeypot, which people do not see."""
    days: list[DayReport] = field(default_factory=list)
    audiences: list[AudienceReport] = field(default_factory=list)
    excluded: dict[str, int] = field(default_factory=dict)
    """By the rule that decided, how many opens and clicks do not count as a person's; the largest number first."""
    shared_copies: int = 0
    """Readers' copies that were followed from :data:`models.tracking.shared_copy.MIN_DEVICES` devices or more."""
    most_devices: int = 0
    """From how many the most shared of them was."""

    @property
    def replays(self) -> int:
        """Clicks that one device made with many readers' links, and that count as none."""
        return self.excluded.get(across_copies.RULE, 0)


class ReceivedLetters(Protocol):
    """The letters of an issue, as :class:`.tables.letters.Letters` counts them."""

    @property
    def received(self) -> int: ...
    def received_by_audience(self) -> dict[int, int]: ...


def of_issue(session: Session, issue_id: int, letters: ReceivedLetters | None = None) -> IssueReport:
    """The report of an issue.

    Arguments:
        letters: where they are counted already.

    Raises:
        NotFound: there is no such issue.
    """
    issue = issues.get(session, issue_id)
    received_at: datetime | None = None
    if letters is None:
        received, received_at = reach.of_issue(session, issue)
    else:
        received = {**letters.received_by_audience(), ALL_AUDIENCES: letters.received}
    report = IssueReport(issue_id, received[ALL_AUDIENCES], received_at)
    names = {audience.id: audience for audience in issue.newsletter.audiences}
    _add_links(session, report)
    _add_hits(session, report)
    _add_readers(session, report, names, received)
    _add_excluded(session, report)
    _add_shared_copies(session, report)
    return report


def in_one_line(session: Session, issue: Issue) -> IssueReport:
    """The report of an issue with its sums alone: who received it, and how often it was opened and followed."""
    received, received_at = reach.of_issue(session, issue)
    report = IssueReport(issue.id, received[ALL_AUDIENCES], received_at)
    _add_hits(session, report)
    return report


def _add_links(session: Session, report: IssueReport) -> None:
    links = session.execute(
        select(Link, Article.slug, Article.title)
        .outerjoin(Article, Article.id == Link.article_id)
        .where(Link.issue_id == report.issue_id)
        .order_by(Link.number)
    )
    for link, slug, title in links:
        url = link.corrected_url or link.url
        report.links.append(LinkReport(link.number, url, link.kind, link.article_id, slug or "", title or ""))


def _add_hits(session: Session, report: IssueReport) -> None:
    """The hits of the issue, of each link, and of each day: every request, and readers."""
    sums = {HitKind.OPEN: report.opens, HitKind.CLICK: report.clicks, HitKind.VIEW: report.views}
    by_number = {link.number: link.clicks for link in report.links}
    days: dict[date, DayReport] = {}

    def counters(kind: HitKind, link: int, day: date) -> Iterator[Hits]:
        yield sums[kind]
        if link in by_number:
            yield by_number[link]
        here = days.setdefault(day, DayReport(day))
        if kind is not HitKind.VIEW:
            yield here.opens if kind is HitKind.OPEN else here.clicks

    total = (DailyHitCount.kind, DailyHitCount.link, DailyHitCount.day)
    rows = session.execute(
        select(*total, func.sum(DailyHitCount.hits))
        .where(DailyHitCount.issue_id == report.issue_id)
        .group_by(*total)
        .order_by(DailyHitCount.day)
    )
    for kind, link, day, hits in rows:
        for counter in counters(kind, link, day):
            counter.total += hits
    people = select(DailyReaderCount).where(DailyReaderCount.issue_id == report.issue_id)
    for row in session.scalars(people.order_by(DailyReaderCount.day)):
        for counter in counters(row.kind, row.link, row.day):
            counter.add(row.readers, row.wide)
    report.days = list(days.values())


def _add_readers(
    session: Session, report: IssueReport, names: dict[int, Audience], received: Mapping[int, int]
) -> None:
    by_number = {link.number: link.readers for link in report.links}
    audiences = {
        number: AudienceReport(number, audience.slug, audience.name, received.get(number, 0))
        for number, audience in names.items()
    }
    counts = session.scalars(select(UniqueReaderCount).where(UniqueReaderCount.issue_id == report.issue_id))
    for row in counts:
        if row.link:
            _add(by_number.get(row.link), row)
            continue
        _add({HitKind.OPEN: report.openers, HitKind.CLICK: report.clickers}.get(row.kind, report.viewers), row)
        here = audiences.setdefault(row.audience_id, AudienceReport(row.audience_id, "", "", 0))
        if row.kind is not HitKind.VIEW:
            _add(here.openers if row.kind is HitKind.OPEN else here.clickers, row)
    rest = received[ALL_AUDIENCES] - sum(audience.received for audience in audiences.values())
    if NO_AUDIENCE in audiences or rest:
        audiences.setdefault(NO_AUDIENCE, AudienceReport(NO_AUDIENCE, "", "", 0)).received = rest
    report.audiences = list(audiences.values())


def _add(readers: Readers | None, row: UniqueReaderCount) -> None:
    if readers is not None:
        readers.add(row.readers, row.wide)


def _add_excluded(session: Session, report: IssueReport) -> None:
    rows = session.execute(
        select(DailyHitCount.kind, DailyHitCount.verdict, DailyHitCount.reason, func.sum(DailyHitCount.hits))
        .where(DailyHitCount.issue_id == report.issue_id, DailyHitCount.kind != HitKind.VIEW)
        .group_by(DailyHitCount.kind, DailyHitCount.verdict, DailyHitCount.reason)
    )
    report.excluded = _sum_by_reason(
        (reason, hits) for kind, verdict, reason, hits in rows if not verdict.is_person(kind) and hits
    )


def _add_shared_copies(session: Session, report: IssueReport) -> None:
    copies = select(func.count(), func.max(SharedCopy.devices)).where(SharedCopy.issue_id == report.issue_id)
    report.shared_copies, devices = session.execute(copies).one()
    report.most_devices = devices or 0


def _sum_by_reason(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for reason, hits in counted:
        sums[reason] += hits
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
