"""The report of an issue: people and total, ranges, days, audiences, and what each rule took away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models.reports import issue_report, period, ranking
from models.reports.ranking import Query
from models.store.errors import NotFound
from models.tracking import ingest
from models.tracking.rules import HitKind
from tests import sample_requests

from ..tracking import sample_newsletter
from ..tracking.sample_newsletter import PUBLISHED, SampleNewsletter


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    return sample_newsletter.create(session, issue_count=1)


def test_people_and_total(session: Session, made: SampleNewsletter) -> None:
    issue, readers = made.issues[0].id, made.readers
    at = PUBLISHED + timedelta(hours=5)
    opened = {"kind": HitKind.OPEN}
    ingest.store_incoming(
        session,
        [
            sample_newsletter.click(issue, readers[0], 0, at, **opened),
            sample_newsletter.click(issue, readers[1], 0, at, agent=sample_requests.GMAIL, **opened),
            sample_newsletter.click(issue, readers[2], 0, at, agent="Mozilla/5.0", **opened),
            sample_newsletter.click(issue, readers[3], 0, at, agent=sample_requests.GMAIL_PREFETCH, **opened),
            sample_newsletter.click(issue, readers[0], 1, at + timedelta(minutes=1)),
            sample_newsletter.click(issue, readers[0], 1, at + timedelta(days=1)),
            sample_newsletter.click(issue, readers[4], 1, at, agent="curl/8"),
            sample_newsletter.click(issue, readers[5], 2, at, client="40.94.1.1"),
            sample_newsletter.click(issue, readers[1], 8, at + timedelta(hours=1)),
        ],
    )
    found = issue_report.of_issue(session, issue)
    assert found.received == 6
    assert (found.opens.human, found.opens.wide, found.opens.total) == (2, 2, 4)
    assert (found.openers.readers, found.openers.wide) == (2, 2)
    assert (found.clicks.human, found.clicks.wide, found.clicks.total) == (2, 3, 5)
    assert (found.clickers.readers, found.clickers.wide) == (1, 2)
    first, second, *_, trap = found.links
    assert (first.slug, first.clicks.human, first.clicks.total, first.readers.readers) == ("article-0", 2, 3, 1)
    assert (second.clicks.human, second.clicks.at_most, second.readers.at_most) == (0, 1, 1)
    assert (trap.kind, trap.clicks.human, trap.clicks.total) == ("honeypot", 0, 1)
    assert [(one.day, one.clicks.total) for one in found.days] == [(date(2021, 4, 15), 4), (date(2021, 4, 16), 1)]
    assert found.excluded == {
        "apple-prefetch": 1, "gmail-prefetch": 1, "honeypot": 1, "scanner-range": 1, "tool-agent": 1,
    }  # fmt: skip
    audiences = {audience.slug: audience for audience in found.audiences}
    assert {slug: audience.received for slug, audience in audiences.items()} == {"citizen": 2, "official": 2, "": 2}
    assert (audiences["citizen"].clickers.readers, audiences["official"].openers.readers) == (1, 1)


def test_its_ranges_are_those_of_a_ranking(session: Session) -> None:
    made = sample_newsletter.create(session, issue_count=1, reader_count=12)
    for reader in range(12):
        agent = {"agent": "SomeReader/1.0"} if reader >= 8 else {}
        at = PUBLISHED + timedelta(days=1, minutes=reader)
        ingest.store_incoming(
            session, [sample_newsletter.click(made.issues[0].id, made.readers[reader], 1, at, **agent)]
        )
    found = issue_report.of_issue(session, made.issues[0].id)
    [place] = ranking.compute(session, Query(made.newsletter.slug, period.year(2021))).places
    assert (place.readers, place.at_least, place.at_most) == (8, 7, 13)
    for figure in (found.clickers, found.clicks, found.links[0].readers, found.links[0].clicks, found.days[0].clicks):
        assert (figure.readers, figure.wide) == (8, 12)
        assert (figure.at_least, figure.at_most) == (place.at_least, place.at_most)
    assert not found.clickers.is_sure


def test_nothing_has_come_yet(session: Session, made: SampleNewsletter) -> None:
    found = issue_report.of_issue(session, made.issues[0].id)
    assert (found.received, found.opens.total, found.days, found.excluded) == (6, 0, [], {})
    assert found.clicks.is_sure
    with pytest.raises(NotFound):
        issue_report.of_issue(session, 999_999)
