"""The letter and the findings stand beside the text while it is written, and go along with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from models.issues import issue as issues
from models.issues.block import (
    ArticleCard,
    Button,
    Heading,
    Listing,
    Notice,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)
from models.store import db
from tests.sample import make_article, make_newsletter
from tests.web.accessibility import violations
from tests.web.staff_login import log_in_browser, make_staff

BLOCKS = (
    Prose(text="今月の号です。[市の手引](https://www.example.jp/)もどうぞ。"),
    RankingEntry(
        place=2, article="rpa", recap="あらすじ。", news=(Prose(text="動き。"), Listing(items=("一つ", "二つ")))
    ),
    RankingEntry(
        place=1, article="cloud", recap="一位のあらすじ。", news=(Table(header=("年", "人"), rows=(("1", "20"),)),)
    ),
    Prose(text="締切は**3月1日**です。"),
    Heading(text="窓口"),
    ArticleCard(article="rpa"),
    Table(header=("項目", "値"), rows=(("参加者", "120人"), ("窓口", "3")), source="総務省"),
    Notice(text="見落とさないでください。\n\n- 一\n- 二"),
    Button(text="申し込む", address="https://www.example.jp/apply"),
    RelatedProducts(products=(Product(name="研修", address="https://www.example.jp/p", text="紹介。"),)),
    TopicLinks(topics=("dx",)),
    SearchCall(),
    SignupCall(text="転送で届いた方へ。"),
)
LIVE = """async mode => {
    const data = JSON.parse(document.getElementById("editor-data").textContent);
    const body = JSON.stringify({document: data.document, fields: {}, mode});
    const headers = {Accept: "application/json", "X-CSRFToken": data.csrf};
    return (await (await fetch(data.addresses.preview, {method: "POST", body, headers})).json()).html;
}"""
HOSTILE = """() => {
    const inside = document.querySelector(".preview-letter").contentDocument;
    const image = '<img src="/nowhere.png" onerror="parent.wasRun = true">';
    inside.body.insertAdjacentHTML("beforeend", image + '<p id="run" onclick="parent.wasRun = true">押す</p>');
    const script = inside.createElement("script");
    script.textContent = "parent.wasRun = true";
    inside.body.append(script);
    inside.getElementById("run").click();
    return window.wasRun === true;
}"""


@pytest.fixture
def issue_id(live_server: str) -> int:
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_article(session, newsletter, "rpa", "RPAの最初の業務の選び方", published_on=date(2026, 1, 5))
        make_article(session, newsletter, "cloud", "クラウドの費用を分けて考える")
        return issues.create(session, newsletter, subject="今月の号", preheader="読みどころ", blocks=BLOCKS).id


@pytest.fixture
def page(browser: Browser, live_server: str, issue_id: int) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    opened = context.new_page()
    log_in_browser(opened, live_server)
    opened.goto(f"{live_server}/staff/issues/{issue_id}/write")
    opened.wait_for_selector("#editor-text")
    yield opened
    context.close()


def letter(page: Page) -> FrameLocator:
    return page.frame_locator(".preview-letter")


@pytest.mark.journey
def test_text_is_seen_as_a_letter_and_mended_while_it_is_written(page: Page, live_server: str, issue_id: int) -> None:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    expect(letter(page).locator("h1")).to_have_text("今月の号")
    page.focus("#editor-text")
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("ﾊﾟｿｺﾝ教室を開きます。")
    expect(letter(page).locator("[role=main]")).to_contain_text("ﾊﾟｿｺﾝ教室を開きます。今月の号です。")
    a_finding_is_mended_at_its_block_and_comes_back(page)
    each_view(page)
    the_pane_lists_what_was_found(page)
    on_a_telephone(page)
    assert failures == []
    assert page.evaluate(HOSTILE) is False
    it_looks_as_the_letter_that_is_sent(page, live_server, issue_id)


def a_finding_is_mended_at_its_block_and_comes_back(page: Page) -> None:
    first = page.locator("#editor-text > .block-prose").first
    below = page.locator(".block-findings").first
    expect(below).to_contain_text("半角カナ")
    expect(first).to_have_attribute("aria-describedby", "findings-of-0")
    below.get_by_role("button", name="ﾊﾟｿｺﾝ を パソコン に直す").click()
    expect(first).to_contain_text("パソコン教室を開きます。")
    expect(letter(page).locator("[role=main]")).to_contain_text("パソコン教室を開きます。")
    page.focus("#editor-text")
    page.keyboard.press("Control+z")
    expect(first).to_contain_text("ﾊﾟｿｺﾝ教室を開きます。")
    expect(below).to_contain_text("半角カナ")


def each_view(page: Page) -> None:
    view = page.get_by_label("表示のしかた")
    view.select_option("text")
    expect(letter(page).locator("pre")).to_contain_text("■ 窓口")
    view.select_option("dark")
    expect(letter(page).locator("h1")).to_have_css("color", "rgb(233, 237, 241)")
    view.select_option("raw")
    expect(letter(page).locator("pre")).to_contain_text("List-Unsubscribe")
    view.select_option("sanitised")
    expect(letter(page).locator("body > div").first).to_be_visible()
    expect(letter(page).locator("a")).to_have_count(0)
    assert violations(page) == []
    letter(page).get_by_text("見落とさないでください。").click()
    expect(page.locator("#editor-text")).to_be_focused()
    assert page.evaluate("getSelection().anchorNode.parentElement.closest('.block').dataset.kind") == "notice"
    view.select_option("desktop")


def the_pane_lists_what_was_found(page: Page) -> None:
    page.get_by_role("button", name="確認").click()
    found = page.locator(".finding-list")
    page.fill("#subject", "")
    expect(found).to_contain_text("承認の前に直すもの")
    expect(page.get_by_role("button", name="確認")).to_have_text("確認 2")
    assert violations(page) == []
    page.fill("#subject", "㈱の話")
    found.get_by_role("button", name="㈱ を (株) に直す").click()
    expect(page.locator("#subject")).to_have_value("(株)の話")


def on_a_telephone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="編集", exact=True).click()
    expect(page.locator("#editor-text")).to_be_visible()
    page.get_by_role("button", name="プレビュー", exact=True).click()
    expect(page.locator("#editor-text")).to_be_hidden()
    expect(letter(page).locator("h1")).to_have_text("(株)の話")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def it_looks_as_the_letter_that_is_sent(page: Page, live_server: str, issue_id: int) -> None:
    """Pixel by pixel, although the styles are not written into the elements."""
    other = page.context.new_page()
    for mode, width in (("desktop", 800), ("dark", 800), ("phone", 390)):
        other.set_viewport_size({"width": width, "height": 600})
        live = page.evaluate(LIVE, mode)
        other.goto(f"{live_server}/staff/issues/{issue_id}/preview/frame?mode={mode}")
        sent = other.screenshot(full_page=True)
        other.set_content(live)
        assert other.screenshot(full_page=True) == sent, mode
