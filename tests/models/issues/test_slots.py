"""Monthly slots: where they fall, and the drafts that they open."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.issues.calendar import monthly_slot, slot_opening
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.store import clock, db
from models.store.clock import TOKYO
from tests.sample import make_newsletter
from worker import sweep

BASE: dict[str, Any] = {
    "name": "月例号",
    "day": "2-tue",
    "time": "10:10",
    "moved": "before",
    "opens": 14,
    "subject": "",
}


def days(first: str, last: str, **values: Any) -> list[str]:
    read = monthly_slot.read([{**BASE, **values}])
    found = monthly_slot.between(read, date.fromisoformat(first), date.fromisoformat(last))
    return [f"{one.at:%Y-%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("values", "month", "day"),
    [
        ({"day": "2-tue"}, "2026-12", "2026-12-08"),
        ({"day": "15"}, "2026-12", "2026-12-15"),
        ({"day": "15"}, "2026-11", "2026-11-13"),  # a Sunday: the Friday before
        ({"day": "15", "moved": "after"}, "2026-11", "2026-11-16"),
        ({"day": "15", "moved": "stay"}, "2026-11", "2026-11-15"),
        ({"day": "31"}, "2027-02", "2027-02-26"),  # the 28th, the last day, is a Sunday
        ({"day": "last-fri"}, "2026-10", "2026-10-30"),
        ({"day": "4-mon", "moved": "after"}, "2026-11", "2026-11-24"),  # 勤労感謝の日
        ({"day": "last"}, "2026-12", "2026-12-28"),  # offices close on the 29th
        ({"day": "3-mon", "moved": "after"}, "2026-09", "2026-09-24"),  # 敬老の日, 国民の休日, 秋分の日
    ],
)
def test_a_slot_keeps_to_days_on_which_offices_work(values: dict[str, Any], month: str, day: str) -> None:
    first = date.fromisoformat(f"{month}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert days(f"{first}", f"{last}", **values) == [f"{day} 10:10"]


def test_one_that_is_moved_out_of_its_month_belongs_to_it() -> None:
    read = monthly_slot.read([{**BASE, "day": "1"}])
    found = [(one.month, one.at.date()) for one in monthly_slot.between(read, date(2026, 12, 1), date(2026, 12, 31))]
    assert found == [(date(2026, 12, 1), date(2026, 12, 1)), (date(2027, 1, 1), date(2026, 12, 28))]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"day": "5-tue"}, "choose the day"),
        ({"day": "0"}, "choose the day"),
        ({"time": "25:00"}, "10:10"),
        ({"opens": 61}, "0 to 60"),
        ({"opens": "x"}, "0 to 60"),
        ({"moved": ""}, "closed day"),
        ({"name": " "}, "name"),
        ({"more": 1}, "nothing else"),
    ],
)
def test_what_is_no_slot_is_refused_in_words(values: dict[str, Any], said: str) -> None:
    assert said in str(monthly_slot.fault([{**BASE, **values}]))


def test_two_slots_of_one_name_are_refused() -> None:
    assert "one name" in str(monthly_slot.fault([BASE, {**BASE, "day": "1"}]))


def drafts() -> list[str]:
    with Session(db.engine()) as session:
        return list(session.scalars(select(Issue.subject).order_by(Issue.id)))


def at(moment: str) -> timedelta:
    return datetime.fromisoformat(moment).replace(tzinfo=TOKYO) - clock.now()


@pytest.fixture
def newsletter(database: Engine) -> None:
    with db.session_scope() as session:
        make_newsletter(session, slots=[{**BASE, "subject": "{newsletter} {year}年{month}月号"}])


def test_a_draft_is_opened_some_days_ahead_and_never_twice(newsletter: None) -> None:
    with clock.moved(at("2026-11-23T12:00")):
        sweep.open_drafts()
    assert drafts() == [], "15 days before"
    for moment in ("2026-11-24T00:10", "2026-11-24T00:20", "2026-12-07T12:00"):
        with clock.moved(at(moment)):
            sweep.open_drafts()
    assert drafts() == ["自治体ICTだより 2026年12月号"]
    with db.session_scope() as session:
        one = session.scalars(select(Issue)).one()
        assert (one.state, one.scheduled_at) == (IssueState.DRAFT, None), "nothing goes out by itself"
        assert slot_opening.planned_at(session, one.id) == datetime(2026, 12, 8, 10, 10, tzinfo=TOKYO)
        one.cancel()
        newsletters.single(session).slots = [{**BASE, "day": "3-wed"}]
    with clock.moved(at("2026-12-08T12:00")):
        sweep.open_drafts()
    assert len(drafts()) == 1, "the month has had its draft, though it was cancelled and the slot has another day"
    with clock.moved(at("2027-01-10T12:00")):
        sweep.open_drafts()
    assert drafts()[1:] == ["自治体ICTだより 月例号 2027/1"]


def test_a_slot_whose_day_has_passed_is_left(newsletter: None) -> None:
    with clock.moved(at("2026-12-08T10:11")):
        sweep.open_drafts()
    assert drafts() == []


def test_two_workers_at_once_open_one_draft(newsletter: None) -> None:
    with clock.moved(at("2026-12-01T12:00")):
        both = [threading.Thread(target=sweep.open_drafts) for _ in "12"]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert len(drafts()) == 1
