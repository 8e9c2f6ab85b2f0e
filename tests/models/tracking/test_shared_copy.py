"""A letter that was passed on is one reader: clicks by people do not follow its visitors, and the report names it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.reports import issue_report, period, ranking
from models.reports.ranking import Query
from models.store.clock import moved, now
from models.tracking import ingest, retention
from models.tracking.hit import Hit, IncomingHit
from models.tracking.readership import Policy
from models.tracking.rules import Verdict
from models.tracking.shared_copy import SharedCopy

from . import sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter
from .test_reclassify import reclassify_since

NOON = PUBLISHED + timedelta(hours=3)
SECONDS = sample_newsletter.moments(3000, 10)


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    return sample_newsletter.create(session, issue_count=1)


def visits(made: SampleNewsletter, numbers: Iterable[int], *, reader: int = 0) -> list[IncomingHit]:
    """Clicks through one copy, each from its own device, ten seconds apart on average."""
    return [
        sample_newsletter.click(
            made.issues[0].id, made.readers[reader], 1, NOON + timedelta(seconds=SECONDS[n]),
            client=f"198.{18 + n // 65536}.{n // 256 % 256}.{n % 256}",
        )
        for n in numbers
    ]  # fmt: skip


def store(session: Session, hits: list[IncomingHit], size: int) -> None:
    Random(size).shuffle(hits)
    for start in range(0, len(hits), size):
        ingest.store_incoming(session, hits[start : start + size])


def shared(session: Session) -> list[tuple[int, int]]:
    session.expire_all()
    return [tuple(row) for row in session.execute(select(SharedCopy.reader, SharedCopy.devices))]


@pytest.mark.parametrize("size", [1000, 90])
def test_one_token_passed_to_a_thousand_visitors(session: Session, made: SampleNewsletter, size: int) -> None:
    store(session, [*visits(made, range(1000)), *visits(made, range(3), reader=1)], size)
    assert Counter(session.scalars(select(Hit.verdict))) == {Verdict.HUMAN: 1003}
    report = issue_report.of_issue(session, made.issues[0].id)
    assert (report.clicks.human, report.clicks.wide, report.clicks.at_most) == (2, 2, 2)
    assert report.clicks.total == 1003
    assert report.links[0].clicks.human == 2
    assert [(day.clicks.human, day.clicks.total) for day in report.days] == [(2, 1003)]
    assert report.clickers.readers == 2
    assert (report.shared_copies, report.most_devices) == (1, 1000)
    for policy in Policy:
        query = Query(made.newsletter.slug, period.year(2021), policy=policy)
        assert [place.readers for place in ranking.compute(session, query).places] == [2]


def test_a_reader_counts_again_on_another_day_and_for_another_link(session: Session, made: SampleNewsletter) -> None:
    issue, reader = made.issues[0].id, made.readers[0]
    times = [NOON, NOON + timedelta(minutes=5), NOON + timedelta(days=1), NOON + timedelta(days=1, hours=2)]
    hits = [
        sample_newsletter.click(issue, reader, link, at + timedelta(minutes=link)) for at in times for link in (1, 2)
    ]
    ingest.store_incoming(session, hits)
    report = issue_report.of_issue(session, issue)
    assert (report.clicks.human, report.clicks.total) == (4, 8)
    assert [link.clicks.human for link in report.links[:3]] == [2, 2, 0]
    assert [day.clicks.human for day in report.days] == [2, 2]


@pytest.mark.parametrize("size", [5000, 700])
def test_a_flood_from_many_devices_is_named_and_counts_at_most_once(
    session: Session, made: SampleNewsletter, size: int
) -> None:
    store(session, visits(made, range(3000)), size)
    report = issue_report.of_issue(session, made.issues[0].id)
    assert report.clicks.total == 3000
    assert (report.clicks.human, report.clicks.at_most) == (1, 1)
    assert report.clickers.readers == 1
    assert report.shared_copies == 1
    query = Query(made.newsletter.slug, period.year(2021))
    assert [place.readers for place in ranking.compute(session, query).places] == [1]


def test_nineteen_devices_are_no_flag_and_the_twentieth_is(session: Session, made: SampleNewsletter) -> None:
    store(session, visits(made, [*range(19), *range(19), 4, 5]), 7)
    assert shared(session) == []
    ingest.store_incoming(session, visits(made, [19]))
    assert shared(session) == [(made.readers[0], 20)]


def test_machines_are_no_devices(session: Session, made: SampleNewsletter) -> None:
    hits = visits(made, range(40))
    for hit in hits:
        hit.agent = "curl/8"
    store(session, hits, 40)
    assert shared(session) == []


def test_the_flag_stays_when_details_are_deleted_and_goes_with_the_hits(
    session: Session, made: SampleNewsletter
) -> None:
    store(session, visits(made, range(30)), 30)
    with moved(PUBLISHED + timedelta(days=100) - now()):
        retention.apply_retention(session)
        ingest.store_incoming(session, visits(made, [31]))
        reclassify_since(session, PUBLISHED)
        assert shared(session) == [(made.readers[0], 30)]
    retention.apply_retention(session)
    assert shared(session) == []
