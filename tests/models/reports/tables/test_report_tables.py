"""Tables of reports: small groups, ranges that overlap, sums of newsletters that identify nobody, closed months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.issues.newsletter import Newsletter, Tracking
from models.readers import signup
from models.readers.profile import Profile
from models.readers.subscriber import SubscriptionState
from models.reports.issue_report import Readers
from models.reports.kept import issue_sums, reader_months
from models.reports.kept.issue_sums import CohortCount, DeviceReaderCount, HourlyReaderCount, LetterCount
from models.reports.kept.reader_months import LeavingCount, ReaderMonth
from models.reports.period import year
from models.reports.tables import comparison, newsletter_tables, small_groups
from models.reports.tables.newsletter_tables import IssueLine
from models.reports.tables.table import Rate
from models.store import clock, mail_address
from tests.models.tracking import sample_newsletter
from tests.sample import make_newsletter, make_reader


@dataclass(frozen=True)
class Group:
    received: int


@given(st.lists(st.integers(0, 60), max_size=12))
def test_no_small_group_is_told_and_none_is_a_difference(sizes: list[int]) -> None:
    shown, few = small_groups.split([Group(size) for size in sizes])
    assert all(group.received >= small_groups.MIN_READERS for group in shown)
    assert sum(group.received for group in (*shown, *few)) == sum(sizes)
    rest = sum(group.received for group in few)
    assert rest == 0 or rest >= small_groups.MIN_READERS or not shown


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((500, 500), (300, 300), comparison.FIRST),
        ((300, 300), (500, 500), comparison.SECOND),
        ((300, 300), (310, 310), comparison.UNSURE),
        ((500, 500), (300, 520), comparison.UNSURE),
    ],
)
def test_a_difference_is_said_only_where_ranges_do_not_overlap(
    first: tuple[int, int], second: tuple[int, int], said: str
) -> None:
    assert comparison.said(Rate(Readers(*first), 1000), Rate(Readers(*second), 1000)) == said
    assert comparison.said(Rate(Readers(3, 3), 4), Rate(Readers(*second), 1000)) == comparison.FEW


def test_issues_whose_ranges_overlap_are_in_no_order() -> None:
    def line(number: int, clickers: int) -> IssueLine:
        return IssueLine(number, number, "", date(2026, 4, 1), 1000, Readers(), Readers(clickers, clickers))

    alike = [line(1, 300), line(2, 305)]
    assert newsletter_tables.best(alike) == newsletter_tables.worst(alike) == []
    lines = [*alike, line(3, 500)]
    assert [(one.line.number, one.surely) for one in newsletter_tables.best(lines)] == [(3, 2)]
    assert [(one.line.number, one.surely) for one in newsletter_tables.worst(lines)] == [(1, 1), (2, 1)]


@pytest.mark.parametrize("tracking", [Tracking.AGGREGATE, Tracking.OFF])
def test_who_is_not_identified_has_no_cohort(session: Session, tracking: Tracking) -> None:
    made = sample_newsletter.create(session, issue_count=1, reader_count=12, tracking=tracking)
    issue_sums.refresh(session, [made.issues[0].id])
    assert session.scalar(select(func.sum(LetterCount.letters))) == 12
    for table in (CohortCount, DeviceReaderCount, HourlyReaderCount):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_counting_again_changes_nothing_and_an_issue_is_counted_once_at_least(session: Session) -> None:
    made = sample_newsletter.create(session, issue_count=1, reader_count=12)
    number = made.issues[0].id
    assert number in issue_sums.stale(session)
    for _ in "12":
        issue_sums.refresh(session, [number])
        assert session.scalar(select(func.sum(LetterCount.letters))) == 12


def test_a_month_that_is_over_stays_when_a_reader_comes_back(session: Session) -> None:
    newsletter = make_newsletter(session)
    joined = datetime(2026, 1, 10, tzinfo=UTC)
    readers = [make_reader(session, newsletter, f"reader{n}@example.jp") for n in range(3)]
    for one in readers:
        one.confirmed_at = joined
    readers[0].state, readers[0].ended_at, readers[0].ended_reason = (
        SubscriptionState.ENDED, datetime(2026, 2, 5, tzinfo=UTC), "unsubscribed",
    )  # fmt: skip
    session.flush()

    def count(day: datetime) -> None:
        with clock.moved(day - clock.now()):
            reader_months.refresh(session)

    count(datetime(2026, 3, 1, 3, tzinfo=UTC))
    readers[0].reopen()
    readers[0].state, readers[0].confirmed_at = SubscriptionState.ACTIVE, datetime(2026, 4, 2, tzinfo=UTC)
    session.flush()
    count(datetime(2026, 4, 20, tzinfo=UTC))
    found = newsletter_tables.months(session, newsletter.id, year(2026))
    assert [tuple(row[1:4]) for row in found.rows] == [(3, 3, 0), (2, 0, 1), (2, 0, 0), (3, 1, 0)]
    assert session.scalars(select(LeavingCount.month)).all() == [date(2026, 2, 1)]


def told_months(session: Session, newsletter: Newsletter) -> list[tuple[int, ...]]:
    """Readers, joined and left of each month; why they left is the same sum."""
    months = newsletter_tables.months(session, newsletter.id, year(2026)).rows
    leaving = newsletter_tables.leaving(session, newsletter.id, year(2026)).rows
    if any(row[3] for row in months):
        assert [(row[0], row[3]) for row in months] == [(row[0], row[-1]) for row in leaving]
        assert all(sum(row[1:-1]) == row[-1] for row in leaving)
    return [tuple(row[1:4]) for row in months]


def test_who_has_left_and_asks_again_has_left_once(session: Session) -> None:
    """Anybody can type the address of somebody who left; nobody confirms it, and it expires."""
    with clock.moved(datetime(2026, 1, 10, 3, tzinfo=UTC) - clock.now()):
        newsletter = make_newsletter(session)
        left = make_reader(session, newsletter, "left@example.jp")
        back = make_reader(session, newsletter, "back@example.jp")
        reader_months.refresh(session)
    with clock.moved(datetime(2026, 2, 10, 3, tzinfo=UTC) - clock.now()):
        for one in (left, back):
            one.end("unsubscribed")
        for number in range(5):
            make_reader(session, newsletter, f"new{number}@example.jp")
        session.flush()
        reader_months.refresh(session)
        assert told_months(session, newsletter) == [(2, 2, 0), (5, 5, 2)]
        for address in ("left@example.jp", "back@example.jp"):
            signup.sign_up(session, newsletter, mail_address.parse(address), Profile(), agreed="はい")
        assert {left.state, back.state} == {SubscriptionState.PENDING}
        back.activate()
        session.flush()
        reader_months.refresh(session)
        assert told_months(session, newsletter) == [(2, 2, 0), (6, 6, 2)]
    with clock.moved(datetime(2026, 3, 20, 3, tzinfo=UTC) - clock.now()):
        assert signup.expire_unconfirmed(session) == 1
        assert (left.state, left.ended_reason) == (SubscriptionState.ENDED, "unsubscribed")
        assert left.ended_at is not None
        assert left.ended_at.month == 2
        assert left.subscriber.address, "who left is known as before"
        session.flush()
        reader_months.refresh(session)
        assert told_months(session, newsletter) == [(2, 2, 0), (6, 6, 2), (6, 0, 0)]
    assert (back.state, back.ended_at, back.ended_reason) == (SubscriptionState.ACTIVE, None, "")


def test_a_list_that_is_taken_back_leaves_no_reader_in_the_months(session: Session) -> None:
    """In its month nothing is left of it; later, its readers have left for no known reason, in both tables."""
    same, later = make_newsletter(session, "same"), make_newsletter(session, "later")
    with clock.moved(datetime(2026, 1, 10, 3, tzinfo=UTC) - clock.now()):
        taken = [make_reader(session, one, f"{one.slug}{n}@example.jp") for one in (same, later) for n in range(3)]
        reader_months.refresh(session)
        assert told_months(session, same) == [(3, 3, 0)]
        for one in taken[:3]:
            session.delete(one)
        session.flush()
        reader_months.refresh(session)
        assert told_months(session, same) == []
    with clock.moved(datetime(2026, 2, 3, 3, tzinfo=UTC) - clock.now()):
        reader_months.refresh(session)
        for one in taken[3:]:
            session.delete(one)
        session.flush()
        reader_months.refresh(session)
        assert told_months(session, later) == [(3, 3, 0), (0, 0, 3)]
        make_reader(session, later, "new@example.jp")
        reader_months.refresh(session)
        assert told_months(session, later) == [(3, 3, 0), (1, 1, 3)]


def test_months_are_counted_hourly(session: Session) -> None:
    make_reader(session, make_newsletter(session))
    assert reader_months.is_stale(session)
    reader_months.refresh(session)
    assert not reader_months.is_stale(session)
    with clock.moved(timedelta(hours=2)):
        assert reader_months.is_stale(session)
    assert session.scalar(select(func.count()).select_from(ReaderMonth)) == 1
