"""An article written in a browser, placed into an issue, changed, compared and brought back, by keyboard and mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_browser, make_staff

pytestmark = pytest.mark.journey


def test_from_an_article_to_an_issue_and_back_to_an_earlier_version(live_server: str, page: Page) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
        make_staff(session)
    log_in_browser(page, live_server)
    page.get_by_role("link", name="記事", exact=True).click()
    page.get_by_role("link", name="記事を書く").click()
    page.get_by_label("題名").fill("水道料金の見直し")
    page.locator("#recap").fill("来年四月から変わります。")
    page.locator("#body").fill("基本料金です。")
    page.locator("details summary").click()
    page.get_by_label("アドレスに使う名前").fill("water")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".article-words")).to_have_text("基本料金です。")

    page.get_by_role("link", name="号の一覧").first.click()
    page.get_by_role("link", name="新しい号").click()
    page.get_by_label("件名").fill("四月号")
    page.get_by_role("button", name="白紙で始める").click()
    page.get_by_role("link", name="原稿(Markdown)で編集する").click()
    box = page.locator("#text")
    box.fill(box.input_value() + "\n::: article water\n:::\n\n今月は令和八年度の話です。\n")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="四月号")).to_be_visible()
    page.get_by_role("link", name="編集", exact=True).click()
    page.get_by_role("link", name="原稿(Markdown)で編集する").click()
    box.fill(box.input_value().replace("令和八年度", "令和九年度"))
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_have_text("保存しました。")

    page.get_by_role("link", name="版の履歴").click()
    page.get_by_role("link", name="変更点を見る").first.click()
    expect(page.locator("del")).to_contain_text("令和八年度")
    expect(page.locator("ins")).to_contain_text("令和九年度")
    expect(page.locator(".difference-head")).to_contain_text("変更")
    page.get_by_role("button", name="版2に戻す").click()
    expect(page.get_by_role("status")).to_contain_text("版2に戻しました")
    page.get_by_role("link", name="編集", exact=True).click()
    page.get_by_role("link", name="原稿(Markdown)で編集する").click()
    expect(box).to_have_value(re.compile("令和八年度"))

    page.get_by_role("link", name="記事", exact=True).click()
    page.get_by_role("link", name="水道料金の見直し").click()
    expect(page.get_by_role("main")).to_contain_text("使われているため削除できません")
