"""How often the true number of readers lies within a ranking's range, on simulated traffic of whole issues.

``python -m benchmarks.ranking_ranges --seeds 101-102``: each seed's letters go to readers who have several issues, in
three audiences; some articles stand in several issues. Every request goes through the import of access logs, and every
figure of the rankings of each quarter and of the whole time is compared with the readers who really clicked. Another
generator with a function ``traffic(seed, copies)`` is named by ``--traffic MODULE``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link, LinkKind
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.reports import period, ranking
from models.reports.period import Period
from models.reports.ranking import Measure, Place, Query
from models.store import db
from models.store.clock import tokyo_date
from models.tracking.readership import Policy
from tests.simulator import simulate
from tests.simulator.__main__ import embedded_database, seeds
from tests.simulator.import_traffic import Place as Letter
from tests.simulator.import_traffic import import_copies
from tests.simulator.records import Copy
from tests.simulator.score import Share

AUDIENCES = {"citizen": 6, "official": 3, "council": 1}
"""Of ten readers, how many each has."""
SHARED = 0.3
"""The part of an issue's links that lead to articles of other issues, too."""
SIZES = ((1, "1 to 4"), (5, "5 to 19"), (20, "20 to 99"), (100, "100 and more"))

Click = tuple[int, int, str, date]
"""Article, reader, audience and day (Asia/Tokyo)."""


@dataclass
class Counts:
    """Figures of one sort."""

    within: int = 0
    below: int = 0
    """Figures whose truth was below the range."""
    above: int = 0
    widths: list[float] = field(default_factory=list)
    """Of each range, divided by the figure."""
    certain: int = 0
    """Pairs of places whose order is said to be sure."""
    wrong: int = 0
    """Those of them that are the other way round in truth."""
    swapped: int = 0
    """All pairs that are the other way round, sure or not."""
    pairs: int = 0

    def add(self, place: Place, true: int) -> None:
        """Count a figure."""
        self.below += true < place.at_least
        self.above += true > place.at_most
        self.within += place.at_least <= true <= place.at_most
        self.widths.append((place.at_most - place.at_least) / place.readers)

    @property
    def share(self) -> Share:
        """The figures whose truth lies within."""
        return Share(self.within, self.within + self.below + self.above)


class SimulatedYear:
    """A newsletter with the issues of some traffic, and who really clicked.

    Arguments:
        slug: of the newsletter; also its seed for who reads what.
    """

    def __init__(self, session: Session, copies: Sequence[Copy], slug: str) -> None:
        self.slug, self._session, self._rng = slug, session, random.Random(slug)
        self.newsletter = Newsletter(
            slug=slug, name="自治体DX通信", sender_name="情報政策課", sender_address="dx@example.lg.jp",
            tracking=Tracking.INDIVIDUAL, audiences=[Audience(slug=name, name=name, position=1) for name in AUDIENCES],
        )  # fmt: skip
        session.add(self.newsletter)
        session.flush()
        by_issue: dict[tuple[int, int], list[int]] = defaultdict(list)
        for n, copy in sorted(enumerate(copies), key=lambda one: one[1].delivered):
            by_issue[copy.links, int(copy.delivered // 86_400)].append(n)
        readers = self._readers(2 * max(map(len, by_issue.values())))
        shared = [self._article(f"shared-{n}") for n in range(2 * max(copy.links for copy in copies))]
        self.clicks: list[Click] = []
        letters: dict[int, Letter] = {}
        for (links, _), members in by_issue.items():
            chosen = dict(zip(members, self._rng.sample(sorted(readers), len(members)), strict=True))
            issue, articles = self._issue(copies, members, links, shared)
            self._deliver(issue, {chosen[n]: copies[n].delivered for n in members}, readers)
            for n in members:
                letters[n] = Letter(issue, chosen[n])
                self.clicks += _true_clicks(copies[n], chosen[n], readers[chosen[n]], articles)
        import_copies(session, copies, [letters[n] for n in range(len(copies))], slug)

    def _readers(self, count: int) -> dict[int, str]:
        """By id the audience."""
        added = [
            Subscriber(address=f"r{n}@example.jp", address_key=f"{self.slug}-{n}@example.jp") for n in range(count)
        ]
        self._session.add_all(added)
        self._session.flush()
        names = self._rng.choices(list(AUDIENCES), list(AUDIENCES.values()), k=count)
        return dict(zip([one.id for one in added], names, strict=True))

    def _article(self, slug: str) -> int:
        found = Article(
            newsletter_id=self.newsletter.id, slug=slug, title=slug, published_on=date(2025, 4, 1), recap="要点です。",
            address=f"https://www.example.lg.jp/{slug}",
        )  # fmt: skip
        self._session.add(found)
        self._session.flush()
        return found.id

    def _issue(
        self, copies: Sequence[Copy], members: Sequence[int], links: int, shared: Sequence[int]
    ) -> tuple[int, list[int]]:
        """An issue, and its articles in the order of their links; the honeypot comes last."""
        first = min(copies[n].delivered for n in members)
        issue = issues.create(self._session, self.newsletter, subject="第1号")
        issue.state, issue.prepared_at = IssueState.SENT, datetime.fromtimestamp(first - 60, UTC)
        issue.sent_at = datetime.fromtimestamp(max(copies[n].delivered for n in members), UTC)
        self._session.flush()
        others = self._rng.sample(shared, links)
        articles = [
            others[n] if self._rng.random() < SHARED else self._article(f"{issue.id}-{n}") for n in range(links)
        ]
        kinds = [*(("article", article) for article in articles), (LinkKind.HONEYPOT.value, None)]
        self._session.execute(
            insert(Link),
            [
                {"issue_id": issue.id, "number": n, "url": "https://example.lg.jp/", "kind": kind, "article_id": of}
                for n, (kind, of) in enumerate(kinds, 1)
            ],
        )
        return issue.id, articles

    def _deliver(self, issue: int, delivered: dict[int, float], readers: dict[int, str]) -> None:
        numbers = {audience.slug: audience.id for audience in self.newsletter.audiences}
        self._session.execute(
            insert(Delivery),
            [
                {"issue_id": issue, "subscriber_id": reader, "edition": 1, "lane_id": 1,
                 "state": DeliveryState.ACCEPTED, "audience_id": numbers[readers[reader]],
                 "at": datetime.fromtimestamp(at, UTC)}
                for reader, at in delivered.items()
            ],
        )  # fmt: skip

    def true_readers(self, audience: str, days: dict[int, tuple[date, date]]) -> dict[int, int]:
        """By article, how many readers of an audience really clicked within its days."""
        found: dict[int, set[int]] = defaultdict(set)
        for article, reader, of, day in self.clicks:
            if article in days and audience in ("", of) and days[article][0] <= day < days[article][1]:
                found[article].add(reader)
        return {article: len(readers) for article, readers in found.items()}

    def periods(self) -> Iterator[tuple[str, Period]]:
        """Each quarter with a click, and all of them."""
        days = [day for *_, day in self.clicks]
        for year, quarter in sorted({(day.year, (day.month + 2) // 3) for day in days}):
            yield "quarter", period.quarter(year, quarter)
        yield "all", period.free(min(days), max(days))


def _true_clicks(copy: Copy, reader: int, audience: str, articles: Sequence[int]) -> Iterator[Click]:
    for request in copy.requests:
        if request.kind == "click" and not request.trap and request.by == "person":
            at = datetime.fromtimestamp(copy.delivered, UTC) + timedelta(seconds=request.at)
            yield articles[request.link - 1], reader, audience, tokyo_date(at)


def compare(session: Session, year: SimulatedYear, found: dict[str, Counts]) -> None:
    """Add the figures and pairs of every ranking to those of each sort."""
    for name, span in year.periods():
        for audience in ("", *AUDIENCES):
            for policy in Policy:
                for measure in Measure:
                    query = Query(year.slug, span, audience, "", policy, measure)
                    sorts = ("total", name, audience or "everybody", policy.value, measure.value)
                    _compare(year, query, ranking.compute(session, query, compare=False).places, found, sorts)


def _compare(
    year: SimulatedYear, query: Query, places: Sequence[Place], found: dict[str, Counts], sorts: Iterable[str]
) -> None:
    spans = {place.article_id: query.counting_days(place.first_sent_on or date.max) for place in places}
    true = year.true_readers(query.audience, {article: span for article, span in spans.items() if span})
    for place in places:
        size = [label for least, label in SIZES if place.readers >= least][-1]
        for sort in (*sorts, size):
            found[sort].add(place, true.get(place.article_id, 0))
    for first, second in combinations(places, 2):
        certain = first.is_surely_before(second, query.measure)
        one, other = (_value(place, true.get(place.article_id, 0), query.measure) for place in (first, second))
        for sort in sorts:
            found[sort].pairs += 1
            found[sort].certain += certain
            found[sort].swapped += one < other
            found[sort].wrong += certain and one < other


def _value(place: Place, readers: int, measure: Measure) -> float:
    return readers / place.received if measure is Measure.RATE else float(readers)


def lines(found: dict[str, Counts]) -> Iterator[str]:
    """A table, as Markdown."""
    yield "| figures | number | within the range | below, above | median width | pairs | sure | surely wrong | wrong |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, one in found.items():
        share, (low, high) = one.share, one.share.interval
        yield (
            f"| {name} | {share.whole:,} | {share.value or 0:.3f} ({low:.3f}–{high:.3f}) | {one.below}, {one.above}"
            f" | {median(one.widths):.2f} | {one.pairs:,} | {one.certain:,} | {one.wrong} | {one.swapped:,} |"
        )


def values(counts: Counts) -> dict[str, Any]:
    """As plain values, for JSON."""
    return {**vars(counts), "widths": median(counts.widths)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, simulate, rank and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking_ranges", description=__doc__)
    parser.add_argument("--seeds", type=seeds, default=[101], help="1 to 20 for tuning, 101 and up for reports")
    parser.add_argument("--copies", type=int, default=3000, help="letters per seed")
    parser.add_argument("--per-issue", type=int, default=300, help="letters per issue, of our own generator")
    parser.add_argument("--traffic", metavar="MODULE", help="another generator")
    parser.add_argument("--json", type=Path, metavar="F", help="write everything to this file, too")
    options = parser.parse_args(arguments)
    other = importlib.import_module(options.traffic).traffic if options.traffic else None
    found: dict[str, Counts] = defaultdict(Counts)
    with embedded_database():
        for seed in options.seeds:
            copies = other(seed, options.copies) if other else simulate.traffic(seed, options.copies, options.per_issue)
            with Session(db.engine()) as session:
                year = SimulatedYear(session, copies, f"seed-{seed}")
                session.commit()
                compare(session, year, found)
    print("\n".join(lines(found)))
    if options.json:
        options.json.write_text(json.dumps({name: values(counts) for name, counts in found.items()}, indent=1))


if __name__ == "__main__":
    main()
