"""Times at which an office would hardly write to anybody are asked about."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.issues import send_time
from models.issues.send_time import UnusualTime
from models.store.clock import TOKYO
from models.store.errors import Invalid

NIGHT, WEEKEND, HOLIDAY, NEW_YEAR = UnusualTime.NIGHT, UnusualTime.WEEKEND, UnusualTime.HOLIDAY, UnusualTime.NEW_YEAR


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-12-01T09:00", set()),
        ("2026-12-01T06:59", {NIGHT}),
        ("2026-12-01T07:00", set()),
        ("2026-12-01T21:00", {NIGHT}),
        ("2026-12-05T09:00", {WEEKEND}),
        ("2026-11-23T09:00", {HOLIDAY}),  # 勤労感謝の日, a Monday
        ("2026-09-22T09:00", {HOLIDAY}),  # 国民の休日, between two holidays
        ("2027-03-22T09:00", {HOLIDAY}),  # 振替休日, for a Sunday
        ("2026-05-03T23:00", {NIGHT, WEEKEND, HOLIDAY}),
        ("2026-12-28T09:00", set()),
        ("2026-12-29T09:00", {NEW_YEAR}),
        ("2027-01-01T09:00", {HOLIDAY}),
        ("2028-01-03T09:00", {NEW_YEAR}),
        ("2027-01-04T09:00", set()),
    ],
)
def test_case_b9_holidays_and_nights_are_unusual(at: str, why: set[UnusualTime]) -> None:
    found = send_time.unusual(datetime.fromisoformat(at).replace(tzinfo=TOKYO))
    assert set(found) - {UnusualTime.FAR} == why


def test_case_b9_the_day_is_that_of_japan() -> None:
    """Half past midnight in Tokyo, on a holiday, is still the day before in UTC."""
    assert HOLIDAY in send_time.unusual(datetime.fromisoformat("2026-11-22T15:30:00+00:00"))
    assert HOLIDAY not in send_time.unusual(datetime.fromisoformat("2026-11-23T15:30:00+00:00"))


@pytest.mark.parametrize(
    "typed", ["0001-01-01T00:00", "0001-01-01T08:59", "9999-12-31T23:59-12:00", "1899-12-31T23:59"]
)
def test_a_time_that_no_program_reads_again_from_the_database_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        send_time.read(typed)
