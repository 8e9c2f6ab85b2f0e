"""Rankings: periods, ties, measures, and the articles that come in several issues."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.issues.article import Article
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.reports import evidence, period, ranking, reach
from models.reports.ranking import Measure, Query, Ranking
from models.store.clock import TOKYO
from models.store.errors import Invalid, NotFound
from models.tracking import ingest

from ..tracking import sample_newsletter
from ..tracking.sample_newsletter import PUBLISHED, SampleNewsletter

YEAR = period.year(2021)


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    return sample_newsletter.create(session, issue_count=2, article_count=4, reader_count=6)


def clicks(session: Session, made: SampleNewsletter, *wanted: tuple[int, int, datetime], issue: int = 0) -> None:
    """Store clicks as (reader, link, when)."""
    number = made.issues[issue].id
    ingest.store_incoming(
        session, [sample_newsletter.click(number, made.readers[reader], link, at) for reader, link, at in wanted]
    )


def places(found: Ranking) -> list[tuple[int, str, int]]:
    return [(place.number, place.slug, place.readers) for place in found.places]


def at(days: float, reader: int = 0) -> datetime:
    """Some days after the first issue; readers a minute apart."""
    return PUBLISHED + timedelta(days=days, minutes=reader)


def test_distinct_readers_in_order(session: Session, made: SampleNewsletter) -> None:
    clicks(session, made, *((reader, 2, at(1, reader)) for reader in range(4)), (0, 2, at(3)), (0, 1, at(2)))
    assert places(ranking.compute(session, Query("dx-letter", YEAR))) == [(1, "article-1", 4), (2, "article-0", 1)]


def test_an_issue_that_reached_nobody_was_no_first_time(session: Session, made: SampleNewsletter) -> None:
    """Of two issues the earlier one was cancelled before it began: an article is young from the later one on."""
    clicks(session, made, (0, 1, at(40)), (1, 1, at(41)), issue=1)
    early = Query("dx-letter", YEAR, measure=Measure.EARLY, first_days=20)
    assert places(ranking.compute(session, early)) == []
    first = made.issues[0].id
    session.execute(update(Issue).where(Issue.id == first).values(state=IssueState.CANCELLED))
    assert places(ranking.compute(session, early)) == []
    session.execute(update(Delivery).where(Delivery.issue_id == first).values(state=DeliveryState.QUEUED))
    assert places(ranking.compute(session, early)) == [(1, "article-0", 2)]
    assert evidence.draw(session, early, top=3).sheet["issues"] == [made.issues[1].id]


def test_an_article_of_several_issues_counts_a_reader_once(session: Session, made: SampleNewsletter) -> None:
    clicks(session, made, (0, 1, at(1)), (1, 1, at(1, 1)))
    clicks(session, made, (0, 1, at(40)), (2, 1, at(40, 1)), issue=1)
    (place,) = ranking.compute(session, Query("dx-letter", YEAR)).places
    assert (place.readers, place.issues) == (3, tuple(issue.id for issue in made.issues))
    (place,) = ranking.compute(session, Query("dx-letter", period.month(2021, 5))).places
    assert place.readers == 2


def test_audiences_and_topics(session: Session, made: SampleNewsletter) -> None:
    clicks(session, made, (0, 1, at(1)), (1, 1, at(1, 1)), (1, 2, at(1, 9)), (2, 2, at(1, 2)))
    officials = ranking.compute(session, Query("dx-letter", YEAR, audience="official"))
    assert places(officials) == [(1, "article-0", 1), (2, "article-1", 1)]
    clouds = ranking.compute(session, Query("dx-letter", YEAR, topic="cloud"))
    assert places(clouds) == [(1, "article-1", 2)]


def test_ties_go_by_rate_then_by_earlier_publication_then_by_slug(session: Session, made: SampleNewsletter) -> None:
    # The last issue carries article 3 alone, to every reader: its rate is not lower, but its publication is later.
    clicks(session, made, *((reader, reader + 1, at(1, reader)) for reader in range(4)))
    slugs = [place.slug for place in ranking.compute(session, Query("dx-letter", YEAR)).places]
    assert slugs == ["article-0", "article-1", "article-2", "article-3"]
    session.execute(update(Article).where(Article.slug == "article-3").values(published_on=date(2021, 1, 1)))
    slugs = [place.slug for place in ranking.compute(session, Query("dx-letter", YEAR)).places]
    assert slugs[0] == "article-3"
    session.execute(update(Article).values(published_on=date(2021, 1, 1)))
    slugs = [place.slug for place in ranking.compute(session, Query("dx-letter", YEAR)).places]
    assert slugs == ["article-0", "article-1", "article-2", "article-3"]


def test_the_rate_divides_by_different_readers_who_received_it(session: Session, made: SampleNewsletter) -> None:
    extra = sample_newsletter.add_issue(session, made, PUBLISHED + timedelta(days=60), made.articles[:1])
    session.execute(
        update(Delivery)
        .where(Delivery.issue_id == extra.id, Delivery.subscriber_id != made.readers[0])
        .values(state=DeliveryState.BOUNCED)
    )
    session.execute(
        update(Delivery)
        .where(Delivery.issue_id != extra.id, Delivery.subscriber_id == made.readers[0])
        .values(state=DeliveryState.SUPPRESSED)
    )
    clicks(session, made, (1, 1, at(1)), (2, 2, at(1, 1)))
    found = {place.slug: place for place in ranking.compute(session, Query("dx-letter", YEAR)).places}
    assert (found["article-0"].received, found["article-1"].received) == (6, 5)
    reach.refresh(session, [issue.id for issue in made.issues])
    kept = {place.slug: place for place in ranking.compute(session, Query("dx-letter", YEAR)).places}
    assert {slug: place.received for slug, place in kept.items()} == {"article-0": 6, "article-1": 5}
    by_rate = ranking.compute(session, Query("dx-letter", YEAR, measure=Measure.RATE)).places
    assert [place.slug for place in by_rate] == ["article-1", "article-0"]
    early = ranking.compute(session, Query("dx-letter", period.month(2021, 4))).places
    assert {place.slug: place.received for place in early} == {"article-0": 5, "article-1": 5}


def test_reach_is_counted_again_while_it_may_change(session: Session, made: SampleNewsletter) -> None:
    first, second = made.issues
    assert reach.stale(session) == [first.id, second.id]
    reach.refresh(session, [first.id, second.id])
    assert reach.stale(session) == []
    first.state, first.sent_at = IssueState.SENDING, None
    session.flush()
    session.execute(text("UPDATE issue SET updated_at = updated_at - interval '1 hour'"))
    session.execute(text("UPDATE reach SET counted_at = counted_at - interval '2 minutes'"))
    assert reach.stale(session) == [first.id]
    session.execute(update(Delivery).where(Delivery.issue_id == first.id).values(state=DeliveryState.QUEUED))
    assert reach.of_issue(session, session.get_one(Issue, first.id)).by_scope == {0: 0}


def test_early_readers_make_old_and_new_articles_comparable(session: Session, made: SampleNewsletter) -> None:
    late = Article(
        newsletter_id=made.newsletter.id, slug="late", title="後から", address="https://www.example.lg.jp/late"
    )
    session.add(late)
    session.flush()
    third = sample_newsletter.add_issue(session, made, PUBLISHED + timedelta(days=100), [late])
    clicks(session, made, (0, 1, at(1)), *((reader, 1, at(50, reader)) for reader in range(6)))
    number = made.issues.index(third)
    clicks(session, made, *((reader, 1, at(101, reader)) for reader in range(2)), issue=number)
    assert places(ranking.compute(session, Query("dx-letter", YEAR)))[0] == (1, "article-0", 6)
    early = Query("dx-letter", YEAR, measure=Measure.EARLY, first_days=30)
    assert places(ranking.compute(session, early)) == [(1, "late", 2), (2, "article-0", 1)]
    assert places(ranking.compute(session, Query("dx-letter", period.year(2022), measure=Measure.EARLY))) == []


def test_days_begin_at_midnight_in_tokyo(session: Session, made: SampleNewsletter) -> None:
    new_year = datetime(2022, 1, 1, tzinfo=TOKYO)
    clicks(session, made, (0, 1, new_year - timedelta(microseconds=1)), (1, 1, new_year))
    for year in (2021, 2022):
        assert places(ranking.compute(session, Query("dx-letter", period.year(year)))) == [(1, "article-0", 1)]


def test_last_years_places_stand_beside(session: Session, made: SampleNewsletter) -> None:
    next_year = PUBLISHED + timedelta(days=365)
    clicks(session, made, (0, 1, at(1)), (1, 1, at(1, 1)), (0, 2, at(2)))
    clicks(session, made, (0, 3, next_year), (1, 3, next_year), (0, 2, next_year + timedelta(hours=1)))
    found = ranking.compute(session, Query("dx-letter", period.year(2022))).places
    assert [(place.slug, place.last_number) for place in found] == [("article-2", None), ("article-1", 2)]


def test_unknown_names_are_told_with_what_there_is(session: Session, made: SampleNewsletter) -> None:
    with pytest.raises(NotFound, match="no audience “nobody”; there are: citizen, official"):
        ranking.compute(session, Query("dx-letter", YEAR, audience="nobody"))
    with pytest.raises(NotFound, match="no topic “x”"):
        ranking.compute(session, Query("dx-letter", YEAR, topic="x"))
    with pytest.raises(NotFound, match="no newsletter “x”"):
        ranking.compute(session, Query("x", YEAR))


def test_a_query_survives_json() -> None:
    query = Query("dx-letter", period.fiscal_year(2021), "official", "rpa", measure=Measure.EARLY, first_days=7)
    assert Query.from_json(query.as_json()) == query
    for broken in ({}, {**query.as_json(), "period": "soon"}, {**query.as_json(), "measure": 1}):
        with pytest.raises(Invalid):
            Query.from_json(broken)


@pytest.mark.parametrize(
    ("span", "first", "last", "key", "label", "english"),
    [
        (period.year(2021), "2021-01-01", "2021-12-31", "2021", "2021年", "2021"),
        (period.fiscal_year(2021), "2021-04-01", "2022-03-31", "2021-fiscal", "2021年度", "fiscal 2021"),
        (period.quarter(2021, 4), "2021-10-01", "2021-12-31", "2021-q4", "2021年第4四半期", "2021 Q4"),
        (period.month(2020, 2), "2020-02-01", "2020-02-29", "2020-02", "2020年2月", "February 2020"),
        (
            period.free(date(2021, 5, 1), date(2021, 5, 9)),
            *(
                "2021-05-01",
                "2021-05-09",
                "2021-05-01..2021-05-09",
                "2021年5月1日〜2021年5月9日",
                "2021-05-01..2021-05-09",
            ),
        ),
    ],
)
def test_periods(span: period.Period, first: str, last: str, key: str, label: str, english: str) -> None:
    assert (str(span.start), str(span.end - timedelta(days=1))) == (first, last)
    assert (span.key, span.label(), span.label("en")) == (key, label, english)
    assert period.parse(key) == span
    assert span.previous.end == span.start
    assert span.previous.kind is span.kind


def test_the_period_before_is_whole() -> None:
    assert period.year(2021).previous == period.year(2020)
    assert period.quarter(2021, 1).previous == period.quarter(2020, 4)
    assert period.month(2021, 1).previous == period.month(2020, 12)
    assert period.free(date(2021, 5, 3), date(2021, 5, 4)).previous == period.free(date(2021, 5, 1), date(2021, 5, 2))


@pytest.mark.parametrize("key", ["", "x", "2021-13", "2021-q5", "2021-00", "99", "2021-05-09..2021-05-01", "2021-q"])
def test_what_is_no_period(key: str) -> None:
    with pytest.raises(Invalid):
        period.parse(key)


def test_midnight_utc_is_nine_in_tokyo() -> None:
    assert period.year(2021).start == datetime(2020, 12, 31, 15, tzinfo=UTC).astimezone(TOKYO).date()
