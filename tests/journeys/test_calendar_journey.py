"""An issue on its way through the calendar: moved by the keyboard, dragged back, and confirmed each time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from models.issues import issue as issues
from models.issues import workflow
from models.issues.block import Prose
from models.issues.calendar import office_day
from models.store import db
from models.store.clock import TOKYO, today
from tests.sample import make_newsletter, make_reader
from tests.web.staff_login import log_in_browser, make_staff

pytestmark = pytest.mark.journey


def office_days() -> tuple[date, date]:
    """Two days of one later month, of which the second is the next one that a week holds."""
    first = (today().replace(day=1) + timedelta(days=32)).replace(day=5)
    while not all(map(office_day.is_office_day, (first, first + timedelta(days=1)))) or first.weekday() > 3:
        first += timedelta(days=1)
    return first, first + timedelta(days=1)


def planned(day: date) -> int:
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session, approvals_needed=0)
        for place in range(3):
            make_reader(session, newsletter, f"reader{place}@example.jp")
        one = issues.create(session, newsletter, subject="説明会のお知らせ", blocks=(Prose(text="本文です。"),))
        workflow.submit(session, one, "test")
        workflow.schedule(session, one, datetime(day.year, day.month, day.day, 10, 10, tzinfo=TOKYO), "test")
        return one.id


def cell(page: Page, day: date) -> Locator:
    return page.locator(f"td[data-day='{day}']")


def confirm(page: Page) -> None:
    page.get_by_role("button", name="この日時で3人への配信を予約する").click()
    expect(page.get_by_role("status").filter(has_text="予約")).to_be_visible()


def test_an_issue_is_moved_by_keyboard_and_by_drag(live_server: str, page: Page) -> None:
    first, second = office_days()
    planned(first)
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/calendar?month={first:%Y-%m}")
    expect(cell(page, first)).to_contain_text("説明会のお知らせ")

    page.get_by_role("link", name="移す").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#calendar-said")).to_contain_text(f"{second.month}月{second.day}日")
    page.keyboard.press("Escape")
    expect(page.locator(".day-aimed")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(f"{second:%Y/%m/%d}")
    confirm(page)
    expect(cell(page, second)).to_contain_text("説明会のお知らせ")

    page.locator(".entry").drag_to(cell(page, first))
    expect(page.get_by_role("main")).to_contain_text(f"{first:%Y/%m/%d}")
    confirm(page)
    expect(cell(page, first)).to_contain_text("説明会のお知らせ")
    expect(cell(page, second)).not_to_contain_text("説明会のお知らせ")
