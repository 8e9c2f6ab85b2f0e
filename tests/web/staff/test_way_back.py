"""The browser's way back fills what one typed into today's form: it must not overwrite what others saved since."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models.issues import issue as issues
from models.issues.block import Prose
from models.manuscript import edit as manuscript
from models.staff.member import Member
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_browser, make_staff


@pytest.fixture
def issue_id(live_server: str) -> int:
    with db.session_scope() as session:
        make_staff(session)
        blocks = (Prose(text="はじめの文。"),)
        return issues.create(session, make_newsletter(session), subject="はじめの件名", blocks=blocks).id


@pytest.fixture
def page(browser: Browser, live_server: str) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP").new_page()


def save_elsewhere(issue_id: int) -> None:
    """Somebody else saves the issue."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        content = {"subject": "ほかの人の件名", "blocks": (Prose(text="ほかの人の文。"),)}
        manuscript.save_content(session, one, content, session.scalars(select(Member).limit(1)).one())


def test_a_manuscript_that_others_changed_is_not_filled_with_an_old_one(
    page: Page, live_server: str, issue_id: int
) -> None:
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/issues/{issue_id}/edit")
    text = page.locator("textarea")
    text.fill(text.input_value().replace("はじめの文。", "私の文。"))
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(f"{live_server}/staff/issues/{issue_id}")
    page.go_back()
    expect(text).to_have_value(re.compile("私の文。"))
    page.go_forward()
    save_elsewhere(issue_id)
    page.go_back()
    expect(text).to_have_value(re.compile("ほかの人の文。"))
    page.context.close()


def test_the_editor_shows_what_is_saved(page: Page, live_server: str, issue_id: int) -> None:
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/issues/{issue_id}/write")
    page.wait_for_selector("#editor-text")
    page.fill("#subject", "私の件名")
    page.keyboard.press("Control+s")
    expect(page.locator("#editor-note")).to_have_text("保存しました。")
    page.goto(f"{live_server}/staff/issues/{issue_id}")
    save_elsewhere(issue_id)
    page.go_back()
    page.wait_for_selector("#editor-text")
    expect(page.locator("#subject")).to_have_value("ほかの人の件名")
    page.context.close()
