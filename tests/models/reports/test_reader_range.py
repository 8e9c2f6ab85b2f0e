"""The range beside a ranking's figure: it holds the truth of simulated traffic, and is no wider than that needs."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy.orm import Session

from benchmarks.ranges import ranking_ranges, report_ranges
from benchmarks.ranges.range_counts import Counts
from benchmarks.ranges.simulated_year import SimulatedYear
from models.reports import period, ranking
from models.reports.ranking import Measure, Place, Query
from models.reports.reader_range import ReaderCounts
from models.tracking import ingest
from models.tracking.readership import Policy
from tests.simulator.simulate import traffic

from ..tracking import sample_newsletter
from ..tracking.sample_newsletter import PUBLISHED


@pytest.mark.parametrize(
    ("human", "wide", "least", "most"),
    [(0, 0, 0, 0), (1, 1, 0, 1), (4, 4, 3, 5), (20, 22, 18, 23), (100, 100, 93, 103), (1000, 1100, 959, 1118)],
)
def test_the_range(human: int, wide: int, least: int, most: int) -> None:
    counts = ReaderCounts(human, wide)
    assert (counts.at_least(), counts.at_most()) == (least, most)


def place(readers: int, received: int) -> Place:
    return Place(1, 1, "a", "a", readers, received, None, None, (), counts=ReaderCounts(readers, readers))


def test_the_order_of_two_places_is_sure_where_they_are_far_apart() -> None:
    assert place(100, 500).is_surely_before(place(50, 500))
    assert not place(100, 500).is_surely_before(place(95, 500))
    assert not place(50, 500).is_surely_before(place(100, 500))
    assert place(50, 60).is_surely_before(place(100, 500), Measure.RATE)
    assert not place(1, 28).is_surely_before(place(1, 30), Measure.RATE)
    assert not place(1, 28).is_surely_before(place(0, 0), Measure.RATE)


def test_six_readers_may_be_three() -> None:
    """Of few readers more may be machines than deviations of a normal distribution say."""
    assert not place(6, 27).is_surely_before(place(4, 35), Measure.RATE)
    assert not place(4, 27).is_surely_before(place(2, 41), Measure.RATE)
    assert place(60, 270).is_surely_before(place(20, 350), Measure.RATE)


def test_those_of_whom_it_is_not_clear_widen_it(session: Session) -> None:
    made = sample_newsletter.create(session, issue_count=1, reader_count=12)
    for reader in range(12):
        agent = {"agent": "SomeReader/1.0"} if reader >= 8 else {}
        at = PUBLISHED + timedelta(days=1, minutes=reader)
        ingest.store_incoming(
            session, [sample_newsletter.click(made.issues[0].id, made.readers[reader], 1, at, **agent)]
        )
    for policy, readers in ((Policy.HUMAN, 8), (Policy.WIDE, 12)):
        for measure in Measure:
            query = Query(made.newsletter.slug, period.year(2021), policy=policy, measure=measure)
            [found] = ranking.compute(session, query).places
            assert (found.readers, found.counts) == (readers, ReaderCounts(8, 12))
            assert found.at_least < 8 < 12 <= found.at_most
            assert not found.is_sure


@pytest.mark.slow
def test_the_truth_of_simulated_traffic_lies_within(session: Session) -> None:
    """Also docs/rankings.md, which has the figures of ``python -m benchmarks.ranges.ranking_ranges``."""
    found: dict[str, Counts] = defaultdict(Counts)
    year = SimulatedYear(session, traffic(120, 600, per_issue=200), "year")
    ranking_ranges.compare(session, year, found)
    report_ranges.compare(session, year, found)
    total = found["total"]
    assert len(total.widths) > 500
    assert total.share.value is not None
    assert total.share.value >= 0.95
    assert median(total.widths) <= 0.4
    assert (total.wrong, total.certain > 0, total.swapped > 0) == (0, True, True)
