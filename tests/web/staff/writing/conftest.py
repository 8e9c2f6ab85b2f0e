"""Issues to write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from models.issues import image as images
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.store import db
from tests.journeys.test_block_editor_journey import a_picture
from tests.sample import make_article, make_newsletter
from tests.web.staff.writing.editor_page import Writing, blocks_of_every_kind
from tests.web.staff_login import log_in_browser, make_staff


@pytest.fixture
def issue_id(app: Flask) -> int:
    with db.session_scope() as session:
        blocks = (Prose(text="保存された文。"),)
        return issues.create(session, newsletters.single(session), subject="今月の号", blocks=blocks).id


@pytest.fixture
def stored(live_server: str) -> tuple[int, int]:
    """An issue with each kind of block, and an empty one."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_article(session, newsletter, "rpa", "RPAの最初の業務", body="本文。")
        every = blocks_of_every_kind(images.store(session, a_picture()).digest)
        full = issues.create(session, newsletter, subject="先月の号", blocks=every).id
        return full, issues.create(session, newsletter, subject="今月の号", blocks=()).id


@pytest.fixture
def writings(browser: Browser, live_server: str, stored: tuple[int, int]) -> Iterator[tuple[Writing, Writing]]:
    """Both, each in a tab of its own."""
    context = browser.new_context(viewport={"width": 1600, "height": 900}, locale="ja-JP")
    context.add_init_script("localStorage.setItem('kairan-writing-pane', 'edit')")
    first = context.new_page()
    log_in_browser(first, live_server)
    tabs = [first, context.new_page()]
    for tab, number in zip(tabs, stored, strict=True):
        tab.goto(f"{live_server}/staff/issues/{number}/write")
    yield Writing(tabs[0]), Writing(tabs[1])
    context.close()
