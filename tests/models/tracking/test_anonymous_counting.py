"""Readers who are not identified count once at most, whatever becomes of salts, servers and processes meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest
from redis import Redis
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import settings
from models.issues.newsletter import Tracking
from models.readers.subscriber import Subscriber
from models.reports import period, ranking
from models.reports.period import Period
from models.reports.ranking import Query
from models.store.clock import tokyo_date
from models.tracking import anonymity, ingest, salt
from models.tracking.hit import Hit
from models.tracking.pseudonym import is_nobody
from models.tracking.rollup import UniqueReaderCount
from models.tracking.rules import HitKind

from . import sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter

READERS = 60
PERIODS = [
    period.year(2021),
    period.month(2021, 4),
    period.month(2021, 5),
    period.free(date(2021, 4, 20), date(2021, 7, 1)),
]


def change(**values: str) -> None:
    """Change settings. The session of the test stays open."""
    settings.reload(**values)
    salt.forget()


@pytest.fixture
def salts(valkey: str) -> Iterator[Redis]:
    """The server of salts."""
    salt.forget()
    anonymity.forget()
    client = Redis.from_url(settings.get().salts_url)
    yield client
    client.close()


def counted(session: Session, made: SampleNewsletter, span: Period) -> dict[int, int]:
    """Readers by article, as a ranking counts them."""
    query = Query(made.newsletter.slug, span)
    return {place.article_id: place.readers for place in ranking.compute(session, query, compare=False).places}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tracking", [Tracking.AGGREGATE, Tracking.INDIVIDUAL])
def test_case_t2_nobody_counts_twice(session: Session, salts: Redis, tracking: Tracking, seed: int) -> None:
    """Months of clicks, with salts that expire, servers and processes that begin anew, and readers who refuse."""
    random = Random(seed)
    made = sample_newsletter.create(session, reader_count=READERS, issue_count=3, tracking=tracking)
    refusing = made.readers[:25] if tracking is Tracking.INDIVIDUAL else []
    session.execute(update(Subscriber).where(Subscriber.id.in_(refusing)).values(tracking_refused=True))
    truth: dict[int, set[tuple[int, date]]] = defaultdict(set)
    for day in range(80):
        _mishap(session, salts, made, random)
        entries = []
        for _ in range(12):
            issue, reader = random.choice(made.issues), random.choice(made.readers)
            at = (issue.prepared_at or PUBLISHED) + timedelta(days=day, hours=1, seconds=random.uniform(0, 40_000))
            link = random.randint(1, len(made.articles))
            entries.append(sample_newsletter.click(issue.id, reader, link, at))
            truth[made.articles[link - 1].id].add((reader, tokyo_date(at)))
        ingest.store_incoming(session, entries)
    for span in PERIODS:
        found = counted(session, made, span)
        right = {
            article: len({reader for reader, day in those if span.start <= day < span.end})
            for article, those in truth.items()
        }
        assert all(readers <= right[article] for article, readers in found.items()), span
    assert counted(session, made, PERIODS[0]), "some readers were counted"
    for row in session.scalars(select(UniqueReaderCount).where(UniqueReaderCount.kind == HitKind.CLICK)):
        assert row.wide <= READERS


def _mishap(session: Session, salts: Redis, made: SampleNewsletter, random: Random) -> None:
    match random.randrange(12):
        case 0:
            salts.flushall()  # the server of salts was restarted, or a salt has expired
        case 1:
            salt.forget()  # a process was restarted
        case 2:
            salt.forget()
            salts.flushall()
        case 3 if made.newsletter.tracking is Tracking.INDIVIDUAL:
            reader = random.choice(made.readers)
            session.execute(update(Subscriber).where(Subscriber.id == reader).values(tracking_refused=True))


def test_without_mishaps_everybody_counts(session: Session, salts: Redis) -> None:
    """In the first issue of an article, and however often the process is restarted."""
    made = sample_newsletter.create(session, reader_count=READERS, issue_count=1, tracking=Tracking.AGGREGATE)
    issue = made.issues[0].id
    for hours in (1, 30, 60):
        salt.forget()
        hits = [
            sample_newsletter.click(issue, reader, 1, PUBLISHED + timedelta(hours=hours)) for reader in made.readers
        ]
        ingest.store_incoming(session, hits)
    assert counted(session, made, PERIODS[0]) == {made.articles[0].id: READERS}


@pytest.mark.parametrize("lost", ["expired", "restarted"])
def test_no_second_salt_is_made(session: Session, salts: Redis, lost: str) -> None:
    made = sample_newsletter.create(session, reader_count=20, issue_count=1, tracking=Tracking.AGGREGATE)
    issue, reader = made.issues[0].id, made.readers[0]
    before = settings.get().pseudonym_days
    change(PSEUDONYM_DAYS=str(1 / 86_400 if lost == "expired" else before))
    try:
        ingest.store_incoming(session, [sample_newsletter.click(issue, reader, 1, PUBLISHED + timedelta(hours=1))])
        if lost == "expired":
            while salts.exists(salt.KEY.format(issue=issue)):
                pass
        else:
            salts.flushall()
        salt.forget()
        ingest.store_incoming(session, [sample_newsletter.click(issue, reader, 2, PUBLISHED + timedelta(hours=9))])
    finally:
        change(PSEUDONYM_DAYS=str(before))
    first, second = session.scalars(select(Hit).order_by(Hit.at))
    assert not is_nobody(first.reader)
    assert is_nobody(second.reader)
    assert second.link == 2, "the hit itself is kept"
    assert counted(session, made, PERIODS[0]) == {made.articles[0].id: 1}
    assert not salts.exists(salt.KEY.format(issue=issue))


@pytest.mark.parametrize("wrong", [{"appendonly": "yes"}, {"save": "60 1"}, None])
def test_a_server_that_keeps_what_it_is_told_gets_no_salt(
    session: Session, salts: Redis, wrong: dict[str, str] | None
) -> None:
    made = sample_newsletter.create(session, reader_count=20, issue_count=1, tracking=Tracking.AGGREGATE)
    address = settings.get().salts_url
    if wrong is None:
        change(SALTS_URL="")
    else:
        for name, value in wrong.items():
            salts.config_set(name, value)
    try:
        assert salt.trouble()
        hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(hours=1))
        ingest.store_incoming(session, [hit])
    finally:
        change(SALTS_URL=address)
        salts.config_set("appendonly", "no")
        salts.config_set("save", "")
    assert salt.trouble() == ""
    assert is_nobody(session.scalars(select(Hit.reader)).one())
    assert list(salts.scan_iter(salt.KEY.format(issue=made.issues[0].id))) == []


def test_who_was_counted_by_name_does_not_count_again_without_one(session: Session, salts: Redis) -> None:
    made = sample_newsletter.create(session, reader_count=30)
    session.execute(update(Subscriber).where(Subscriber.id.in_(made.readers[:15])).values(tracking_refused=True))
    reader = made.readers[20]
    later, first = made.issues[1].id, made.issues[0].id
    ingest.store_incoming(session, [sample_newsletter.click(later, reader, 1, PUBLISHED + timedelta(days=40))])
    session.execute(update(Subscriber).where(Subscriber.id == reader).values(tracking_refused=True))
    for issue in (first, later):
        ingest.store_incoming(session, [sample_newsletter.click(issue, reader, 1, PUBLISHED + timedelta(days=41))])
    assert counted(session, made, PERIODS[0]) == {made.articles[0].id: 1}


def test_a_salt_is_overwritten_when_its_time_is_over(session: Session, salts: Redis) -> None:
    made = sample_newsletter.create(session, reader_count=20, issue_count=1, tracking=Tracking.AGGREGATE)
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(hours=1))
    ingest.store_incoming(session, [hit])
    [remembered] = salt._remembered.values()
    assert remembered.salt
    assert any(remembered.salt)
    salt.forget()
    assert not any(remembered.salt)
