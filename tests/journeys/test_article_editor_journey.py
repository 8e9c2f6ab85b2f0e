"""An article is written by somebody who uses a keyboard, a Japanese IME and no Markdown, and nothing of it is lost."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.issues import newsletter as newsletters
from models.issues.article import Article
from models.issues.block import ArticleCard
from models.store import db
from tests.journeys.test_block_editor_journey import Writer, a_picture
from tests.journeys.test_editor_states_accessibility import EditorStates
from tests.sample import make_article, make_newsletter, make_sent
from tests.web.staff_login import log_in_browser, make_staff

pytestmark = pytest.mark.journey
PASTE = """([id, html, text]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", text);
  document.getElementById(id).dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
TABLE = "<table><tr><td>年度</td><td>件数</td></tr><tr><td>令和6年度</td><td>12,345</td></tr></table>"
BODY = """## 何が変わるか

基本料金は**四月から**変わります。詳しくは[市のページ](https://www.example.jp/water)へ。①は対象外です。

- 一般家庭
- 事業所

| 年度 | 件数 |
| --- | --- |
| 令和6年度 | 12,345 |"""
"""What stands in the database of what is written here."""


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        for slug, title in (
            ("rpa", "RPAの最初の業務の選び方"),
            ("cloud", "クラウドの費用を分けて考える"),
            ("bath", "銭湯"),
        ):
            make_article(session, newsletter, slug, title, body="本文。", published_on=date(2026, 1, 5))
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    opened = context.new_page()
    log_in_browser(opened, live_server)
    opened.goto(f"{live_server}/staff/articles/new?newsletter=ict")
    opened.wait_for_selector("#body.ProseMirror")
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


def stored(slug: str) -> Article:
    with db.session_scope() as session:
        return session.scalars(select(Article).where(Article.slug == slug)).one()


def save(page: Page) -> None:
    page.keyboard.press("Control+s")


def pick(page: Page, words: str, title: str) -> None:
    """A related article, by the keyboard."""
    page.keyboard.insert_text(words)
    expect(page.locator("#article-related [role=option]")).to_have_text([re.compile(title)])
    page.keyboard.press("Enter")
    expect(page.locator(".related-list")).to_contain_text(title)


def test_an_article_by_keyboard(page: Page, live_server: str) -> None:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    writer, states = Writer(page), EditorStates(page)
    page.get_by_label("題名").fill("水道料金の見直し")
    page.focus("#recap")
    writer.compose("ら", "らいねん", "来年")
    page.keyboard.insert_text("四月から変わります。")
    page.focus("#body")
    write_the_text(writer)
    states.check("a text")
    page.focus("#related")
    pick(page, "くらうど", "クラウドの費用")
    pick(page, "銭湯", "銭湯")
    pick(page, "最初の業務", "RPAの最初")
    page.get_by_label("上へ移動：RPAの最初").press("Enter")
    page.get_by_label("外す：銭湯").press("Enter")
    expect(page.locator(".related-title")).to_have_text(["クラウドの費用を分けて考える", "RPAの最初の業務の選び方"])
    states.check("related articles")
    page.locator("details summary").click()
    page.get_by_label("アドレスに使う名前").fill("water")
    page.locator("#published").fill("2026-04-01")

    save(page)  # the picture says nothing yet to those who do not see it
    expect(page.locator(".error-summary")).to_contain_text("図")
    expect(page.locator("#body")).to_contain_text("基本料金は四月から")
    expect(page.locator(".related-title")).to_have_count(2)
    page.locator("#figure_alt").fill("紺色の四角")
    states.check("what is wrong")
    save(page)
    page.wait_for_url(re.compile(r"/staff/articles/\d+$"))
    made = stored("water")
    assert (made.body, made.recap, made.related) == (BODY, "来年四月から変わります。", ["cloud", "rpa"])
    assert (made.figure_alt, len(made.figure_image)) == ("紺色の四角", 64)
    assert failures == []
    assert states.found == {}
    on_the_site_and_in_an_issue(page, live_server)


def write_the_text(writer: Writer) -> None:
    page = writer.page
    writer.block("見出し")
    writer.compose("な", "なにが", "何が変わるか")
    writer.type_keys("Enter")
    page.keyboard.insert_text("基本料金は")
    writer.type_keys("Control+b")
    page.keyboard.insert_text("四月から")
    writer.type_keys("Control+b")
    page.keyboard.insert_text("変わります。詳しくは")
    writer.type_keys("Control+k")
    writer.fill(リンク先="www.example.jp/water", リンクの文言="市のページ")
    page.keyboard.insert_text("へ。①は対象外です。")
    expect(page.locator("[data-rich=body] .odd-bar")).to_be_visible()
    writer.type_keys("Enter")
    writer.block("箇条書き")
    page.keyboard.insert_text("一般家庭")
    writer.type_keys("Enter")
    page.keyboard.insert_text("事業所")
    writer.type_keys("Enter", "Enter")
    page.evaluate(PASTE, ["body", f"<html><style>td {{color: red}}</style>{TABLE}<script>alert(1)</script>", ""])
    expect(page.locator("#body td").first).to_have_text("令和6年度")
    picture = base64.b64encode(a_picture()).decode()
    page.evaluate(PASTE, ["body", f'<img src="data:image/png;base64,{picture}">', ""])
    expect(page.locator("#editor-note")).to_contain_text("記事の図にしました")
    expect(page.locator(".figure-now")).to_be_visible()


def on_the_site_and_in_an_issue(page: Page, live_server: str) -> None:
    with db.session_scope() as session:
        make_sent(session, newsletters.find(session, "ict"), "四月号", ArticleCard(article="water"))
    page.goto(f"{live_server}/archive/ict/articles/water")
    expect(page.get_by_role("heading", name="何が変わるか")).to_be_visible()
    expect(page.locator("article strong")).to_have_text("四月から")
    expect(page.get_by_role("link", name="市のページ")).to_have_attribute("href", "https://www.example.jp/water")
    expect(page.locator("article li")).to_have_text(["一般家庭", "事業所"])
    expect(page.locator("article td")).to_have_text(["令和6年度", "12,345"])
    expect(page.get_by_alt_text("紺色の四角")).to_be_visible()
    expect(page.locator("section:has(h2:text('関連記事')) a")).to_have_text(
        ["クラウドの費用を分けて考える", "RPAの最初の業務の選び方"]
    )
    page.goto(f"{live_server}/archive/ict/1")
    expect(page.get_by_role("main")).to_contain_text("来年四月から変わります。")


def test_nothing_that_is_typed_is_lost(page: Page, live_server: str) -> None:
    states, other = EditorStates(page), page.context.new_page()
    address = f"{live_server}/staff/articles/{stored('bath').id}/edit"
    kept_through_a_reload(page, address)
    page.context.clear_cookies(name="kairan")
    save(page)
    expect(page.locator("#editor-note")).to_contain_text("ログインの有効期間が切れました")
    states.check("a session that has ended")
    log_in_browser(other, live_server)
    save(page)
    page.wait_for_url(re.compile(r"/staff/articles/\d+$"))
    assert stored("bath").body == "本文。足した文。"

    for tab in (page, other):
        tab.goto(address)
        tab.wait_for_selector("#body.ProseMirror")
    expect(page.locator("#editor-note")).to_be_hidden()  # what is saved is kept no more
    expect(page.locator("#editor-writers")).to_contain_text("別のタブ")
    other.locator("#recap").fill("乙の要約")
    other.get_by_label("題名").fill("乙の題名")
    save(other)
    other.wait_for_url(re.compile(r"/staff/articles/\d+$"))
    page.locator("#recap").fill("甲の要約")
    append(page, "甲の文。")
    page.context.set_offline(True)
    save(page)
    expect(page.locator("#editor-note")).to_contain_text("接続できません")
    page.context.set_offline(False)
    save(page)
    expect(page.locator("[data-theirs=recap]")).to_contain_text("乙の要約")
    expect(page.locator("#recap")).to_have_text("甲の要約")
    expect(page.locator("#body")).to_have_text("本文。足した文。甲の文。")
    states.check("what somebody else has saved")
    page.locator("[data-theirs=recap]").get_by_role("button").click()
    expect(page.locator("#recap")).to_have_text("乙の要約")
    assert stored("bath").recap == "乙の要約"
    page.locator("[name=overwrite]").check()
    save(page)
    page.wait_for_url(re.compile(r"/staff/articles/\d+$"))
    made = stored("bath")
    assert (made.recap, made.body, made.title) == ("乙の要約", "本文。足した文。甲の文。", "銭湯")
    assert states.found == {}


def append(page: Page, words: str) -> None:
    page.focus("#body")
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(words)


def kept_through_a_reload(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#body.ProseMirror")
    append(page, "足した文。")
    expect(page.locator("#editor-state")).to_contain_text("このブラウザーに控えがあります")
    page.reload()
    expect(page.locator("#editor-note")).to_contain_text("続きから")
    expect(page.locator("#body")).to_have_text("本文。")
    page.locator("#editor-note").get_by_role("button").first.click()
    expect(page.locator("#body")).to_have_text("本文。足した文。")
