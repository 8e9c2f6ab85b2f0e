"""Simulated traffic as a newsletter's issues in the database, and who really opened and clicked."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link, LinkKind
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.issue_state import IssueState
from models.issues.newsletter import Audience, Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.reports import period
from models.reports.period import Period
from models.store.clock import tokyo_date
from models.tracking.rules import HitKind
from tests.simulator.import_traffic import Place as Letter
from tests.simulator.import_traffic import import_copies
from tests.simulator.records import Copy

AUDIENCES = {"citizen": 6, "official": 3, "council": 1}
"""Of ten readers, how many each has."""
SHARED = 0.3
"""The part of an issue's links that lead to articles of other issues, too."""


class TrueHit(NamedTuple):
    """An open, click or view that a person made, or a picture proxy because a person opened."""

    issue: int
    kind: HitKind
    link: int
    article: int | None
    """Of a click."""
    reader: int
    audience: str
    day: date
    """In Asia/Tokyo."""


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
        self.hits: list[TrueHit] = []
        letters: dict[int, Letter] = {}
        for (links, _), members in by_issue.items():
            chosen = dict(zip(members, self._rng.sample(sorted(readers), len(members)), strict=True))
            issue, articles = self._issue(copies, members, links, shared)
            self._deliver(issue, {chosen[n]: copies[n].delivered for n in members}, readers)
            for n in members:
                letters[n] = Letter(issue, chosen[n])
                self.hits += _true_hits(copies[n], letters[n], readers[chosen[n]], articles)
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

    @property
    def clicks(self) -> Iterator[TrueHit]:
        """Those on articles."""
        return (hit for hit in self.hits if hit.article)

    def true_readers(self, audience: str, days: dict[int, tuple[date, date]]) -> dict[int, int]:
        """By article, how many readers of an audience really clicked within its days."""
        found: dict[int, set[int]] = defaultdict(set)
        for hit in self.clicks:
            span = days.get(hit.article or 0)
            if span and audience in ("", hit.audience) and span[0] <= hit.day < span[1]:
                found[hit.article or 0].add(hit.reader)
        return {article: len(readers) for article, readers in found.items()}

    def periods(self) -> Iterator[tuple[str, Period]]:
        """Each quarter with a click, and all of them."""
        days = [hit.day for hit in self.clicks]
        for year, quarter in sorted({(day.year, (day.month + 2) // 3) for day in days}):
            yield "quarter", period.quarter(year, quarter)
        yield "all", period.free(min(days), max(days))


def _true_hits(copy: Copy, letter: Letter, audience: str, articles: Sequence[int]) -> Iterator[TrueHit]:
    for request in copy.requests:
        if request.by == "machine" or request.trap:
            continue
        day = tokyo_date(datetime.fromtimestamp(copy.delivered, UTC) + timedelta(seconds=request.at))
        article = articles[request.link - 1] if request.kind == "click" else None
        yield TrueHit(letter.issue, HitKind(request.kind), request.link, article, letter.reader, audience, day)
