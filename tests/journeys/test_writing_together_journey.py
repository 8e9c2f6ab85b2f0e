"""Two people write one issue at once, a line is lost, a session ends: no word is lost or overwritten unseen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from models.issues import issue as issues
from models.issues.block import Heading, Prose
from models.issues.writing.working_copy import WorkingCopy
from models.staff import login_session
from models.staff.member import Member
from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.accessibility import violations
from tests.web.staff_login import EVERY_ROLE, address_of, log_in_browser, make_staff

BLOCKS = (
    Prose(text="はじめに一言申し上げます。"),
    Heading(text="締切"),
    Prose(text="締切は三月一日です。"),
    Prose(text="窓口は二階にあります。"),
)


@pytest.fixture
def issue_id(live_server: str) -> int:
    with db.session_scope() as session:
        make_staff(session)
        return issues.create(session, make_newsletter(session), subject="二人で書く号", blocks=BLOCKS).id


@pytest.fixture
def contexts(browser: Browser) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    made = [browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP") for _ in range(2)]
    yield made[0], made[1]
    for context in made:
        context.close()


def open_editor(context: BrowserContext, server: str, issue_id: int, address: str) -> Page:
    page = context.new_page()
    log_in_browser(page, server, address)
    page.goto(f"{server}/staff/issues/{issue_id}/write")
    page.wait_for_selector("#editor-text")
    return page


def write_behind(page: Page, words: str, more: str) -> None:
    """Put the cursor behind *words*, and type."""
    page.get_by_text(words, exact=True).click()
    page.keyboard.press("End")
    page.keyboard.insert_text(more)


def save(page: Page, said: str) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-note")).to_contain_text(said)


def stored(issue_id: int) -> list[str]:
    with db.session_scope() as session:
        return [str(getattr(block, "text", "")) for block in issues.get(session, issue_id).blocks]


@pytest.mark.journey
def test_two_write_at_once(contexts: tuple[BrowserContext, BrowserContext], live_server: str, issue_id: int) -> None:
    one = open_editor(contexts[0], live_server, issue_id, EVERY_ROLE)
    other = open_editor(contexts[1], live_server, issue_id, address_of(Role.AUTHOR))
    expect(other.locator("#editor-writers")).to_have_text("情報政策課 主任さんが編集中です。")
    expect(one.locator("#editor-writers")).to_have_text("authorさんが編集中です。")
    # Different blocks join by themselves.
    write_behind(one, "はじめに一言申し上げます。", "春です。")
    save(one, "保存しました")
    write_behind(other, "窓口は二階にあります。", "三階にもあります。")
    expect(other.locator("#editor-state")).to_contain_text("自動保存しました")
    assert stored(issue_id)[3] == "窓口は二階にあります。"
    other.get_by_label("件名").fill("二人で書いた号")
    save(other, "1か所に情報政策課 主任さんの変更を取り込みました。")
    expect(other.locator("#editor-text")).to_contain_text("申し上げます。春です。")
    assert stored(issue_id) == [
        "はじめに一言申し上げます。春です。", "締切", "締切は三月一日です。",
        "窓口は二階にあります。三階にもあります。",
    ]  # fmt: skip
    # The same block is a choice, and so are fields.
    write_behind(other, "締切は三月一日です。", "お早めにどうぞ。")
    save(other, "保存しました")
    write_behind(one, "締切は三月一日です。", "厳守です。")
    one.get_by_label("件名").fill("締切のある号")
    save(one, "両方が変更した2か所で")
    expect(one.get_by_label("件名").first).to_have_value("締切のある号")
    box = one.get_by_role("group", name="このブロックは、あなたとauthorさんの両方が変更しました。どちらにしますか。")
    expect(box.locator("ins")).to_have_text(["［追加］厳守です。", "［追加］お早めにどうぞ。"])
    assert violations(one) == []
    save(one, "両方が変更した2か所で")
    assert stored(issue_id)[2] == "締切は三月一日です。お早めにどうぞ。"
    box.get_by_role("button", name="両方を残す").press("Enter")
    one.locator("[data-field-choice]").get_by_role("button", name="authorさんの文章にする").press("Enter")
    expect(one.locator("#editor-note")).to_contain_text("すべて選びました")
    assert violations(one) == []
    save(one, "保存しました")
    assert stored(issue_id)[2:] == [
        "締切は三月一日です。厳守です。", "締切は三月一日です。お早めにどうぞ。",
        "窓口は二階にあります。三階にもあります。",
    ]  # fmt: skip
    with db.session_scope() as session:
        assert issues.get(session, issue_id).subject == "二人で書いた号"
        assert session.scalars(select(WorkingCopy).where(WorkingCopy.text.is_not(None))).all() == []
    other.close()
    expect(one.locator("#editor-writers")).not_to_contain_text("author")


@pytest.mark.journey
def test_a_lost_line_and_an_ended_session(
    contexts: tuple[BrowserContext, BrowserContext], live_server: str, issue_id: int
) -> None:
    context = contexts[0]
    page = open_editor(context, live_server, issue_id, EVERY_ROLE)
    ime = context.new_cdp_session(page)
    # A conversion that is under way while the text is kept on the server goes on.
    page.get_by_text("窓口は二階にあります。", exact=True).click()
    page.keyboard.press("End")
    ime.send("Input.imeSetComposition", {"text": "さんがい", "selectionStart": 4, "selectionEnd": 4})
    expect(page.locator("#editor-state")).to_contain_text("自動保存しました")
    ime.send("Input.imeSetComposition", {"text": "三階", "selectionStart": 2, "selectionEnd": 2})
    ime.send("Input.insertText", {"text": "三階"})
    expect(page.locator("#editor-text")).to_contain_text("窓口は二階にあります。三階")
    context.set_offline(True)
    page.keyboard.insert_text("にもあります。")
    expect(page.locator("#editor-state")).to_have_text("オフライン — この端末に保存しています")
    assert violations(page) == []
    context.set_offline(False)
    expect(page.locator("#editor-state")).to_contain_text("自動保存しました")
    with db.session_scope() as session:
        member = session.scalars(select(Member).where(Member.address == EVERY_ROLE)).one()
        login_session.end_others(session, member, "")
    page.keyboard.insert_text("終わりません。")
    expect(page.locator("#editor-note")).to_contain_text("ログインの有効期間が切れました")
    assert violations(page) == []
    with context.expect_page() as opened:
        page.get_by_role("link", name="別のタブでログイン").click()
    log_in_browser(opened.value, live_server)
    opened.value.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#editor-note")).to_be_hidden()
    expect(page.locator("#editor-state")).to_contain_text("自動保存しました")
    # The tab goes without a save; another browser has the text, and an edit meanwhile is joined to it.
    context.close()
    with db.session_scope() as session:
        issues.get(session, issue_id).edit(blocks=(*BLOCKS, Prose(text="追伸がありました。")))
    again = open_editor(contexts[1], live_server, issue_id, EVERY_ROLE)
    again.locator("#editor-note").get_by_role("button", name="続きから").click()
    expect(again.locator("#editor-text")).to_contain_text("窓口は二階にあります。三階にもあります。終わりません。")
    save(again, "保存しました")
    assert stored(issue_id)[3:] == ["窓口は二階にあります。三階にもあります。終わりません。", "追伸がありました。"]
