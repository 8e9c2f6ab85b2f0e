"""One device that follows one link through many readers' copies counts once; people behind one exit stay people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.reports import evidence, evidence_check, issue_report, period, ranking
from models.reports.ranking import Query
from models.store.clock import moved, now, tokyo_date
from models.tracking import across_copies, ingest, reclassify, replay, retention
from models.tracking.hit import Hit, IncomingHit
from models.tracking.readership import Policy
from models.tracking.replay import DeviceClick, find_replays
from models.tracking.rules import Verdict

from . import brute_force, sample_newsletter
from .sample_newsletter import PUBLISHED, SampleNewsletter
from .test_ingest import IN_DATABASE, check_roll_ups, undone, verdicts
from .test_reclassify import reclassify_since

MORNING = PUBLISHED + timedelta(hours=9)
EXIT = "203.0.113.20"


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    return sample_newsletter.create(session, reader_count=70)


def replayed(made: SampleNewsletter, count: int = 50, *, seconds: float = 5.0, **more: object) -> list[IncomingHit]:
    """One link, followed through so many copies by one device within so many seconds."""
    values = {"client": EXIT, **more}
    return [
        sample_newsletter.click(
            made.issues[0].id, reader, 1, MORNING + timedelta(seconds=n * seconds / count), **values
        )
        for n, reader in enumerate(made.readers[:count])
    ]


def places(session: Session, made: SampleNewsletter, policy: Policy = Policy.HUMAN) -> list[int]:
    """How many readers each article in the ranking has."""
    query = Query(made.newsletter.slug, period.year(2021), policy=policy)
    return [place.readers for place in ranking.compute(session, query).places]


def test_fifty_copies_one_device_five_seconds_count_once(session: Session, made: SampleNewsletter) -> None:
    ingest.store_incoming(session, replayed(made))
    assert Counter(session.scalars(select(Hit.verdict))) == {Verdict.HUMAN: 1, Verdict.UNKNOWN: 49}
    first = session.scalars(select(Hit).order_by(Hit.at)).first()
    assert first is not None
    assert (first.verdict, first.rules) == (Verdict.HUMAN, ["browser@2", "reader-language@1"])
    assert places(session, made) == [1]
    assert places(session, made, Policy.WIDE) == [50]


def test_report_and_evidence_tell(session: Session, made: SampleNewsletter) -> None:
    ingest.store_incoming(session, replayed(made))
    report = issue_report.of_issue(session, made.issues[0].id)
    assert report.excluded == {"across-copies": 49}
    assert (report.clicks.human, report.clicks.total) == (1, 50)
    assert (report.clickers.readers, report.clickers.wide) == (1, 50)
    drawn = ranking.compute(session, Query(made.newsletter.slug, period.year(2021)))
    sheet = evidence.sheet(session, drawn, top=3)
    [place] = sheet["places"]
    assert (place["raw"], place["counted"], place["excluded"]) == (50, 1, {"across-copies": 49})
    assert evidence_check.verify_here(session, json.loads(json.dumps(sheet))).faults == []


@pytest.mark.parametrize("size", [1, 7, 50])
def test_any_batches_in_any_order_end_the_same(session: Session, made: SampleNewsletter, size: int) -> None:
    entries = replayed(made)
    with undone(session):
        ingest.store_incoming(session, entries)
        wanted = verdicts(session)
    Random(size).shuffle(entries)
    for start in range(0, len(entries), size):
        ingest.store_incoming(session, entries[start : start + size])
    assert verdicts(session) == wanted
    check(session, made, entries)


def test_busy_minutes_around_take_the_suspicion_back(session: Session, made: SampleNewsletter) -> None:
    """Later arrivals show that the exit was busy: what stood out no longer does."""
    entries = replayed(made, 12)
    ingest.store_incoming(session, entries)
    assert Counter(session.scalars(select(Hit.verdict)))[Verdict.UNKNOWN] == 11
    visitors = [
        sample_newsletter.click(
            made.issues[0].id, reader, 1 + n % 5, MORNING + timedelta(seconds=7 + 1.5 * n), client=EXIT
        )
        for n, reader in enumerate(made.readers[12:70])
    ]
    ingest.store_incoming(session, visitors)
    check(session, made, [*entries, *visitors])
    assert Counter(session.scalars(select(Hit.verdict))) == {Verdict.HUMAN: 70}


def test_another_agent_or_address_or_nine_copies_are_no_replay(session: Session, made: SampleNewsletter) -> None:
    entries = replayed(made, 9, client="203.0.113.1")
    entries += replayed(made, 9, client="203.0.113.2")
    entries += [
        sample_newsletter.click(
            made.issues[1].id, reader, 1, MORNING + timedelta(days=40, seconds=n / 10), client=EXIT,
            agent=f"Mozilla/5.0 (Windows NT 10.0) Chrome/{100 + n}.0 Safari/537.36",
        )
        for n, reader in enumerate(made.readers[:50])
    ]  # fmt: skip
    ingest.store_incoming(session, entries)
    assert set(session.scalars(select(Hit.verdict))) == {Verdict.HUMAN}


def test_a_machine_stays_a_machine(session: Session, made: SampleNewsletter) -> None:
    ingest.store_incoming(session, replayed(made, agent="curl/8"))
    assert Counter(session.scalars(select(Hit.verdict))) == {Verdict.SCANNER: 50}
    assert issue_report.of_issue(session, made.issues[0].id).excluded == {"tool-agent": 50}


def test_a_reader_who_comes_back_counts(session: Session, made: SampleNewsletter) -> None:
    later = sample_newsletter.click(made.issues[0].id, made.readers[30], 1, MORNING + timedelta(hours=2))
    ingest.store_incoming(session, [*replayed(made), later])
    assert places(session, made) == [2]


def test_old_hits_are_compared_when_they_are_judged_again(
    session: Session, made: SampleNewsletter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before_this_rule:
        before_this_rule.setattr(across_copies, "find", lambda *_: {})
        ingest.store_incoming(session, replayed(made))
    assert places(session, made) == [50]
    assert compare_again(session) == 49
    assert places(session, made) == [1]
    check(session, made, replayed(made), ids=False)
    assert reclassify_since(session, PUBLISHED) + compare_again(session) == 0
    monkeypatch.setattr(replay, "MIN_READERS", 51)  # a later version that asks for more: what was found is taken back
    assert compare_again(session) == 49
    assert places(session, made) == [50]


def compare_again(session: Session) -> int:
    """Compare every day again, as the command does."""
    session.expire_all()
    return sum(reclassify.reclassify_replays(session, day) for day in reclassify.days_with_hits(session, PUBLISHED))


def test_what_was_found_stays_when_details_are_deleted(session: Session, made: SampleNewsletter) -> None:
    ingest.store_incoming(session, replayed(made))
    with moved(PUBLISHED + timedelta(days=100) - now()):
        retention.apply_retention(session)
        assert set(session.scalars(select(Hit.client))) == {None}
        again = [
            sample_newsletter.click(made.issues[0].id, reader, 2, MORNING + timedelta(days=3), client=f"192.0.2.{n}")
            for n, reader in enumerate(made.readers[:50])
        ]
        ingest.store_incoming(session, again)
        assert reclassify_since(session, PUBLISHED) + compare_again(session) == 0
    assert places(session, made) == [50, 1]


# --- People behind one exit ------------------------------------------------------------------------------------------

POPULARITY = (40, 20, 12, 10, 8, 5, 3)
"""How often each of seven links is followed, in percent or so."""


def morning_at_an_exit(seed: int, officials: int) -> list[DeviceClick]:
    """Clicks of officials behind LGWAN's isolated browsers: half of them just after nine, the others in four hours."""
    random, clicks = Random(seed), []
    for reader in range(officials):
        at = random.expovariate(1 / 90) if random.random() < 0.5 else random.uniform(0, 4 * 3600)
        wanted = random.choices(range(1, 8), POPULARITY, k=1 if random.random() < 0.6 else random.randint(2, 4))
        for link in set(wanted):
            clicks.append(DeviceClick(round(at * 1e6), f"{reader}-{link}", reader, link))
            at += random.lognormvariate(3.5, 0.8)
    return sorted(clicks)


@pytest.mark.parametrize("officials", [50, 300, 3000])
def test_no_official_behind_a_shared_exit_is_lost(officials: int) -> None:
    for seed in range(10):
        clicks = morning_at_an_exit(seed, officials)
        busiest = max(Counter(click.at // 1_000_000 for click in clicks).values())
        assert officials < 3000 or busiest >= 15, "the peak is one that would matter"
        assert find_replays(clicks) == set()


def test_a_replay_from_behind_a_shared_exit_is_told_from_its_people() -> None:
    clicks = morning_at_an_exit(1, 3000)
    fifty = [DeviceClick(1_800_000_000 + n * 100_000, f"replay-{n}", 10_000 + n, 1) for n in range(50)]
    found = find_replays(sorted([*clicks, *fifty]))
    assert len({code for code in found if code.startswith("replay")}) >= 49
    assert len(found) <= 55


@pytest.mark.parametrize(
    ("count", "seconds", "found"), [(10, 5, 9), (9, 5, 0), (50, 10, 49), (50, 15, 49), (50, 60, 0), (1000, 60, 999)]
)
def test_what_a_slower_replay_comes_to(count: int, seconds: int, found: int) -> None:
    """The limits that docs/verdicts.md names."""
    clicks = [DeviceClick(n * seconds * 1_000_000 // count, f"{n:04}", n, 1) for n in range(count)]
    assert len(find_replays(clicks)) == found


def test_one_reader_often_is_no_replay() -> None:
    assert find_replays([DeviceClick(n * 1000, f"{n:04}", n % 3, 1) for n in range(500)]) == set()


def plainly(clicks: Sequence[DeviceClick]) -> set[str]:
    """What :func:`find_replays` finds, by comparing every click with every other one."""
    found: set[str] = set()
    for start in clicks:
        inside = [one for one in clicks if one.link == start.link and start.at <= one.at <= start.at + replay.SPAN]
        count = len({one.reader for one in inside})
        before = {one.reader for one in clicks if start.at - replay.BESIDE <= one.at < start.at}
        end = start.at + replay.SPAN
        after = {one.reader for one in clicks if end < one.at <= end + replay.BESIDE}
        if count >= replay.MIN_READERS and replay.is_beyond_chance(count, max(len(before), len(after))):
            found |= {one.id for one in inside if one[:2] > start[:2]}
    return found


some_clicks = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 40), st.integers(1, 2)), min_size=30, max_size=150
).map(
    lambda drawn: sorted(
        DeviceClick(at * 500_000 if reader % 3 else 50_000_000 + at * 12_000, f"{n:03}", reader, link)
        for n, (at, reader, link) in enumerate(drawn)
    )
)


@given(clicks=some_clicks)
def test_windows_that_slide_find_what_comparing_all_finds(clicks: list[DeviceClick]) -> None:
    assert find_replays(clicks) == plainly(clicks)


def expected(made: SampleNewsletter, entries: Iterable[IncomingHit]) -> brute_force.Judged:
    """The verdicts by brute force: within each copy, then across copies."""
    found = brute_force.verdicts(made, entries)
    devices: dict[tuple[object, ...], list[DeviceClick]] = {}
    for hit, _ in found.values():
        devices.setdefault((hit.issue, hit.client, hit.agent), []).append(
            DeviceClick(hit.at, hit.id, hit.reader, hit.link)
        )
    for clicks in devices.values():
        for code in plainly(sorted(clicks)):
            hit, judgement = found[code]
            found[code] = (hit, across_copies.judge_replay(judgement))
    return found


def check(session: Session, made: SampleNewsletter, entries: list[IncomingHit], *, ids: bool = True) -> None:
    """Every stored verdict and roll-up is that of the brute force."""
    hits = expected(made, entries)
    if ids:
        assert verdicts(session) == {code: tuple(judgement) for code, (_, judgement) in hits.items()}
    check_roll_ups(session, made, hits)


@st.composite
def some_minutes(draw: st.DrawFn) -> list[tuple[float, int, int, int]]:
    """Clicks as (seconds, reader, link, device): about ten readers within about five seconds, and a few beside them."""
    dense = st.tuples(st.integers(0, 56).map(lambda n: n / 10), st.integers(0, 15), st.just(1), st.just(0))
    beside = st.tuples(st.integers(-135, 140).map(float), st.integers(16, 69), st.integers(1, 2), st.just(0))
    other = st.tuples(st.integers(-130, 140).map(float), st.integers(0, 69), st.integers(1, 2), st.just(1))
    return [
        *draw(st.lists(dense, min_size=14, max_size=30)),
        *draw(st.lists(beside, max_size=25)),
        *draw(st.lists(other, max_size=5)),
    ]


@IN_DATABASE
@given(drawn=some_minutes(), random=st.randoms(use_true_random=False), cuts=st.lists(st.integers(0, 59), max_size=6))
def test_random_traffic_in_random_batches(
    session: Session,
    made: SampleNewsletter,
    drawn: list[tuple[float, int, int, int]],
    random: Random,
    cuts: list[int],
) -> None:
    entries = [
        sample_newsletter.click(
            made.issues[0].id,
            made.readers[reader],
            link,
            MORNING + timedelta(seconds=at, microseconds=1),  # a live hit is never at a whole second
            client=f"192.0.2.{device}",
        )
        for at, reader, link, device in drawn
    ]
    random.shuffle(entries)
    with undone(session):
        for batch in sample_newsletter.batches(entries, cuts):
            ingest.store_incoming(session, batch)
        check(session, made, entries)
        assert compare_again(session) == 0


def test_days_with_hits(session: Session, made: SampleNewsletter) -> None:
    assert reclassify.days_with_hits(session, PUBLISHED) == []
    times: list[datetime] = [MORNING, MORNING + timedelta(days=2)]
    ingest.store_incoming(session, [sample_newsletter.click(made.issues[0].id, made.readers[0], 1, at) for at in times])
    days = reclassify.days_with_hits(session, PUBLISHED)
    assert (days[0], days[-1], len(days)) == (tokyo_date(times[0]), tokyo_date(times[1]), 3)
