"""A reader calls the town hall: found by the reading of the name, corrected, and the list is still there afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from models.readers.subscriber import Subscriber
from models.store import db
from tests.sample import make_newsletter, make_reader
from tests.web.staff_login import log_in_browser, make_staff

pytestmark = pytest.mark.journey


def test_a_reader_is_found_and_edited(live_server: str, page: Page) -> None:
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_reader(session, newsletter, "taro@example.jp", name="田中 太郎", kana="タナカ タロウ")
        found = make_reader(
            session, newsletter, "hanako@example.jp", name="田中 花子", kana="タナカ ハナコ"
        ).subscriber_id
    log_in_browser(page, live_server)
    page.get_by_role("link", name="読者", exact=True).click()
    page.get_by_label("アドレス、名前、ふりがな").fill("はなこ")
    page.get_by_role("button", name="検索").click()
    expect(page.get_by_role("status")).to_contain_text("1人")
    page.get_by_role("link", name="田中 花子").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("田中 花子")

    page.get_by_role("link", name="編集", exact=True).click()
    page.get_by_label("所属・団体名").fill("総務課")
    page.get_by_label("個人情報").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".facts")).to_contain_text("総務課")
    expect(page.locator(".facts")).to_contain_text("個人情報")

    page.get_by_role("link", name="一覧に戻る").click()
    expect(page.get_by_label("アドレス、名前、ふりがな")).to_have_value("はなこ")
    expect(page.get_by_role("link", name="田中 太郎")).to_have_count(0)
    assert "花子" not in page.url
    with db.session_scope() as session:
        assert session.get_one(Subscriber, found).organisation == "総務課"
