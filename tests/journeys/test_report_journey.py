"""An analyst reads how a year went: growth, one issue, the letter with its clicks, two issues beside each other."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from models.store import db
from tests.web.staff.reports import sample_year
from tests.web.staff.reports.sample_year import PERIOD
from tests.web.staff_login import log_in_browser, make_staff

pytestmark = pytest.mark.journey


def test_reports_are_read_compared_and_taken_away(live_server: str, page: Page) -> None:
    with db.session_scope() as session:
        make_staff(session)
        made = sample_year.make(session)
        first, second = made.issues[2].id, made.issues[3].id
    log_in_browser(page, live_server, "analyst@example.jp")
    page.get_by_role("navigation").get_by_role("link", name="レポート").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("メールマガジンのレポート")
    page.goto(f"{live_server}/staff/reports?newsletter=dx-letter&{PERIOD}")
    expect(page.get_by_role("img", name="月末の購読者数の推移")).to_be_visible()

    page.goto(f"{live_server}/staff/issues/{second}/report")
    responses = page.locator("section[aria-labelledby=responses]")
    row = responses.get_by_role("row", name=re.compile("クリック"))
    readers = row.get_by_role("cell").first.inner_text().split()[0]
    assert int(readers) > 10
    with page.expect_download() as download:
        responses.get_by_role("link", name="Excel").click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    assert int(readers) in [cell for line in book.worksheets[0].values for cell in line]

    page.get_by_role("link", name="クリックマップ").click()
    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("記事0を読む")).to_be_visible()
    expect(letter.locator("body")).to_contain_text(re.compile(r"\d+人"))

    page.goto(f"{live_server}/staff/reports/compare?newsletter=dx-letter")
    page.get_by_label("1つ目の号").select_option(str(first))
    page.get_by_label("2つ目の号").select_option(str(second))
    page.get_by_role("button", name="比べる").click()
    expect(page.get_by_role("heading", name="言えること")).to_be_visible()
    both = page.get_by_role("group", name=re.compile("反応")).get_by_role("row", name=re.compile("クリック"))
    expect(both).to_have_count(2)
    expect(both.nth(1)).to_contain_text(readers)
