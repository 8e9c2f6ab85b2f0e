"""Hits are stored once, judged the same in whatever order they come, and counted exactly."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.reports import period, ranking
from models.reports.ranking import Query
from models.store.clock import now
from models.tracking import ingest
from models.tracking.hit import Hit, IncomingHit, RejectedHit, live_microseconds
from models.tracking.readership import ArticleRead, Policy
from models.tracking.rollup import DailyHitCount, DailyReaderCount, UniqueReaderCount
from models.tracking.rules import FLOOD, HitKind, Verdict
from models.tracking.shared_copy import SharedCopy
from tests import sample_requests

from . import brute_force, sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter

IN_DATABASE = settings(
    max_examples=int(os.environ.get("EXAMPLES", "25")),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """What happens inside is rolled back, so that each example finds the same data."""
    with session.begin_nested() as savepoint:
        yield
        savepoint.rollback()
    session.expire_all()


def verdicts(session: Session) -> dict[str, tuple[Verdict, int, tuple[str, ...]]]:
    """The judgement of every stored hit, by id."""
    rows = session.execute(select(Hit.id, Hit.verdict, Hit.certainty, Hit.rules))
    return {code.hex: (verdict, certainty, tuple(rules)) for code, verdict, certainty, rules in rows}


def stored_daily_hits(session: Session) -> Counter[tuple[object, ...]]:
    rows = session.execute(
        select(
            DailyHitCount.issue_id,
            DailyHitCount.kind,
            DailyHitCount.link,
            DailyHitCount.day,
            DailyHitCount.audience_id,
            DailyHitCount.verdict,
            DailyHitCount.reason,
            DailyHitCount.sure,
            DailyHitCount.hits,
        )
    )
    return Counter({tuple(key): hits for *key, hits in rows if hits})


def stored_unique_readers(session: Session) -> dict[tuple[object, ...], tuple[int, int]]:
    rows = session.execute(
        select(
            UniqueReaderCount.issue_id,
            UniqueReaderCount.kind,
            UniqueReaderCount.link,
            UniqueReaderCount.audience_id,
            UniqueReaderCount.readers,
            UniqueReaderCount.wide,
        )
    )
    return {tuple(key): (a, b) for *key, a, b in rows if a or b}


def stored_daily_readers(session: Session) -> dict[tuple[object, ...], tuple[int, int]]:
    rows = session.execute(
        select(
            DailyReaderCount.issue_id,
            DailyReaderCount.kind,
            DailyReaderCount.link,
            DailyReaderCount.day,
            DailyReaderCount.readers,
            DailyReaderCount.wide,
        )
    )
    return {tuple(key): (a, b) for *key, a, b in rows if a or b}


PERIODS = [
    period.year(2021), period.fiscal_year(2021), period.quarter(2021, 2), period.month(2021, 5),
    period.free(date(2021, 4, 16), date(2021, 5, 20)),
]  # fmt: skip


def check(session: Session, made: SampleNewsletter, entries: list[IncomingHit]) -> None:
    """Everything stored equals the brute-force counts."""
    hits = brute_force.verdicts(made, entries)
    assert verdicts(session) == {code: tuple(verdict) for code, (_, verdict) in hits.items()}
    check_roll_ups(session, made, hits)


def check_roll_ups(session: Session, made: SampleNewsletter, hits: brute_force.Judged) -> None:
    """Every roll-up equals the counts of *hits*, by id with their verdicts."""
    assert stored_daily_hits(session) == brute_force.daily_hits(made, hits.values())
    assert stored_daily_readers(session) == brute_force.daily_readers(hits.values())
    assert stored_unique_readers(session) == brute_force.unique_readers(made, hits.values())
    audiences = {"": 0, **{audience.slug: audience.id for audience in made.newsletter.audiences}}
    wide = frozenset({Verdict.HUMAN, Verdict.UNKNOWN})
    for span in PERIODS:
        for slug, number in audiences.items():
            for policy, counted in ((Policy.HUMAN, frozenset({Verdict.HUMAN})), (Policy.WIDE, wide)):
                query = Query(made.newsletter.slug, span, slug, policy=policy)
                places = ranking.compute(session, query, compare=False).places
                expected = brute_force.readers(made, hits.values(), span.start, span.end, number, counted)
                assert {place.article_id: place.readers for place in places} == expected


@st.composite
def some_hits(draw: st.DrawFn) -> list[tuple[int, int, sample_requests.SampleRequest]]:
    """Hits as (which issue, which reader, request), close together or months apart."""
    times = st.one_of(
        st.integers(-300, 30_000).map(lambda n: n / 10), st.integers(0, 120 * 24).map(lambda n: n * 3600.0)
    ).map(lambda seconds: seconds + 1e-6)  # a live hit is never at a whole second
    request = st.builds(
        sample_requests.SampleRequest,
        st.sampled_from([HitKind.CLICK, HitKind.CLICK, HitKind.CLICK, HitKind.OPEN]),
        st.integers(1, 8),
        times,
        st.sampled_from(["198.51.100.1", "40.94.21.3", "148.163.135.2"]),
        st.sampled_from([sample_requests.CHROME, sample_requests.IPHONE, sample_requests.GMAIL]),
        st.sampled_from(["GET", "GET", "GET", "HEAD"]),
        st.just(sample_requests.BROWSER),
    )
    return draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), request), min_size=1, max_size=40))


def entries_of(
    made: SampleNewsletter, drawn: list[tuple[int, int, sample_requests.SampleRequest]]
) -> list[IncomingHit]:
    found = []
    for issue_place, reader_place, request in drawn:
        issue = made.issues[issue_place]
        link = request.link if request.kind is HitKind.CLICK else 0
        made_entry = sample_newsletter.incoming_hit(
            issue.id, made.readers[reader_place], request, made.delivered(issue.id)
        )
        made_entry.link = link
        found.append(made_entry)
    return found


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    return sample_newsletter.create(session)


@IN_DATABASE
@given(drawn=some_hits(), random=st.randoms(use_true_random=False), cuts=st.lists(st.integers(0, 99), max_size=4))
def test_every_number_equals_the_brute_force(
    session: Session,
    made: SampleNewsletter,
    drawn: list[tuple[int, int, sample_requests.SampleRequest]],
    random: Random,
    cuts: list[int],
) -> None:
    """Random hits, shuffled, cut into batches, some repeated."""
    entries = entries_of(made, drawn)
    repeated = entries + random.sample(entries, random.randint(0, len(entries)))
    random.shuffle(repeated)
    with undone(session):
        stored = [ingest.store_incoming(session, batch) for batch in sample_newsletter.batches(repeated, cuts)]
        assert sum(one.new for one in stored) == len(entries)
        assert sum(one.repeated for one in stored) == len(repeated) - len(entries)
        check(session, made, entries)


def test_simulated_traffic_of_every_kind(session: Session, made: SampleNewsletter) -> None:
    entries = []
    for place, name in enumerate(sample_requests.KINDS):
        reader = made.readers[place % len(made.readers)]
        issue = made.issues[place % 2]
        for requests in sample_requests.traffic(name, 1, links=8):
            entries += [
                sample_newsletter.incoming_hit(issue.id, reader, request, made.delivered(issue.id))
                for request in requests
            ]
    random = Random(7)
    random.shuffle(entries)
    for batch in sample_newsletter.batches(entries, [20, 50, 51, 100]):
        ingest.store_incoming(session, batch)
    check(session, made, entries)


def test_two_live_hits_at_the_turn_of_a_second_are_two(session: Session, made: SampleNewsletter) -> None:
    """A log tells whole seconds, and what came live after its import is dropped; a live hit is no hit of a log."""
    at = PUBLISHED + timedelta(hours=1)
    for later in (0, 300_000):
        hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, at)
        hit.at = live_microseconds(at) + later
        assert ingest.store_incoming(session, [hit]).new == 1


def test_a_hit_replayed_a_thousand_times_counts_once(session: Session, made: SampleNewsletter) -> None:
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(hours=1))
    stored = ingest.store_incoming(session, [hit] * 1000)
    assert (stored.new, stored.repeated) == (1, 999)
    for _ in range(3):
        assert ingest.store_incoming(session, [hit]).new == 0
    check(session, made, [hit])


def test_late_evidence_takes_readers_back(session: Session, made: SampleNewsletter) -> None:
    """A click counts until the rest of the crawl that it belongs to comes in."""
    issue, reader = made.issues[0].id, made.readers[0]
    at = PUBLISHED + timedelta(hours=1)
    first, *rest = [sample_newsletter.click(issue, reader, link, at + timedelta(seconds=link)) for link in range(1, 7)]
    query = Query(made.newsletter.slug, period.year(2021))
    ingest.store_incoming(session, [first])
    assert [place.readers for place in ranking.compute(session, query).places] == [1]
    ingest.store_incoming(session, rest)
    assert ranking.compute(session, query).places == ()
    assert session.scalar(select(func.count()).select_from(ArticleRead)) == 0
    check(session, made, [first, *rest])


def test_a_hit_before_the_delivery_is_recorded(session: Session, made: SampleNewsletter) -> None:
    issue, reader = made.issues[0].id, made.readers[0]
    session.execute(text("UPDATE delivery SET state = 'sending', at = NULL"))
    ingest.store_incoming(session, [sample_newsletter.click(issue, reader, 1, now())])
    assert session.scalars(select(Hit.rules)).one()[0] == "early-click@2"
    assert session.scalar(select(Hit.audience_id)) == made.audience_of[reader]


def test_what_cannot_be_stored_is_rejected_once(session: Session, made: SampleNewsletter) -> None:
    issue, reader = made.issues[0].id, made.readers[0]
    rejected = [
        sample_newsletter.click(4_000_000_000, reader, 1, PUBLISHED),
        sample_newsletter.click(issue, reader, 99, PUBLISHED),
        sample_newsletter.click(issue, reader, 1, now() + timedelta(days=2)),
        sample_newsletter.click(issue, reader, 1, PUBLISHED - timedelta(days=9000)),
    ]
    good = sample_newsletter.click(issue, reader, 1, PUBLISHED + timedelta(days=1))
    stored = ingest.store_incoming(session, [*rejected, good])
    ingest.store_incoming(session, rejected)
    assert (stored.rejected, stored.new) == (4, 1)
    reasons = Counter(session.scalars(select(RejectedHit.reason)))
    assert reasons == {"no such issue": 1, "no such link": 1, "impossible time": 2}


def test_garbage_in_texts_is_stored_whole(session: Session, made: SampleNewsletter) -> None:
    agent = "Bro\\wser\t\n\r\\N 回覧\x01" + "x" * 10_000
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=1), agent=agent)
    hit.headers = {"accept": 'a "quoted" \\ \t 値', "sec-ch-ua": '"Chromium";v="130"'}
    again = IncomingHit.unpack(hit.pack())
    ingest.store_incoming(session, [again])
    row = session.scalars(select(Hit)).one()
    assert row.agent == agent[:500]
    assert row.headers == sample_newsletter.headers(again)


def test_nul_and_lone_surrogates_are_taken_out() -> None:
    hit = sample_newsletter.click(1, 1, 1, PUBLISHED, agent="a\0b\udcff")
    assert IncomingHit.unpack(hit.pack()).agent == "ab?"


def test_a_reader_who_refused_while_the_hit_was_on_its_way(session: Session, valkey: str) -> None:
    made = sample_newsletter.create(session, reader_count=36)
    issue, reader = made.issues[0].id, made.readers[0]
    session.execute(update(Subscriber).where(Subscriber.id.in_(made.readers[:30])).values(tracking_refused=True))
    hit = sample_newsletter.click(issue, reader, 1, PUBLISHED + timedelta(seconds=20))
    for _ in range(2):
        ingest.store_incoming(session, [hit])
    row = session.scalars(select(Hit)).one()
    assert row.reader < 0
    assert row.article_id is not None, "that somebody came to the article is still counted"
    assert (row.client, row.agent, row.audience_id) == (None, None, made.audience_of[reader])
    assert row.rules == ["kept-human@1"], "what client and delivery told is not kept"


@pytest.mark.parametrize("change", [{"tracking_refused": True}, {"erased_at": PUBLISHED}])
def test_of_few_who_left_while_the_hit_was_on_its_way_nothing_is_kept(
    session: Session, made: SampleNewsletter, change: dict[str, object]
) -> None:
    issue, reader = made.issues[0].id, made.readers[0]
    session.execute(update(Subscriber).where(Subscriber.id == reader).values(**change))
    hit = sample_newsletter.click(issue, reader, 1, PUBLISHED + timedelta(hours=30))
    assert ingest.store_incoming(session, [hit]).left_out == 1
    assert session.scalars(select(Hit)).first() is None


def test_hits_of_a_newsletter_that_has_stopped_tracking(session: Session, valkey: str) -> None:
    made = sample_newsletter.create(session, reader_count=36)
    hit = sample_newsletter.click(made.issues[0].id, made.readers[0], 1, PUBLISHED + timedelta(days=1))
    session.execute(update(Newsletter).values(tracking=Tracking.AGGREGATE))
    assert ingest.store_incoming(session, [hit]).new == 1
    assert session.scalar(select(Hit.reader)) < 0  # type: ignore[operator]
    session.execute(update(Newsletter).values(tracking=Tracking.OFF))
    other = sample_newsletter.click(made.issues[0].id, made.readers[1], 1, PUBLISHED + timedelta(days=1))
    assert ingest.store_incoming(session, [other]).untracked == 1


@pytest.mark.parametrize("size", [2500, 900])
def test_what_a_flood_brings_counts_nobody_more(session: Session, made: SampleNewsletter, size: int) -> None:
    """The reader whose link is asked for all the time, to no beat, stays one, at once or bit by bit."""
    issue, reader = made.issues[0].id, made.readers[0]
    at = PUBLISHED + timedelta(days=1)
    flood = [
        sample_newsletter.click(issue, reader, 1, at + timedelta(seconds=seconds))
        for seconds in sample_newsletter.moments(2600, 1)
    ]
    for start in range(0, len(flood), size):
        ingest.store_incoming(session, flood[start : start + size])
    assert Counter(session.scalars(select(Hit.verdict))) == {Verdict.HUMAN: FLOOD, Verdict.SCANNER: 2600 - FLOOD}
    assert session.scalar(select(func.count()).select_from(SharedCopy)) == 0, "it was one device"
    places = ranking.compute(session, Query(made.newsletter.slug, period.year(2021))).places
    assert [place.readers for place in places] == [1]
