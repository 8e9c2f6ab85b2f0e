"""Documents go through the real editor unchanged: what the server sends is what it gets back."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from models.issues import issue as issues
from models.issues.block import BLOCKS, Block, Prose
from models.store import db
from tests.models.manuscript.strategies import blocks
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_browser, make_staff
from web.staff.writing import block_document

THROUGH = """documents => {
  const {editor} = document.querySelector("#editor-text");
  return documents.map(one => {
    editor.commands.setContent(one, {errorOnInvalidContent: true});
    return editor.getJSON();
  });
}"""


@pytest.fixture(scope="module")
def generated() -> list[tuple[Block, ...]]:
    """Two hundred issues, as many as go through the editor in a few seconds."""
    found: list[tuple[Block, ...]] = []

    @settings(max_examples=200, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(blocks, min_size=1, max_size=4).map(tuple))
    def collect(one: tuple[Block, ...]) -> None:
        found.append(one)

    collect()
    return found


@pytest.fixture
def writing(live_server: str, browser: Browser) -> Page:
    """The editor of an issue."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        number = issues.create(session, newsletter, subject="見本", blocks=(Prose(text="はじめの文。"),)).id
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP").new_page()
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/issues/{number}/write")
    page.wait_for_selector("#editor-text")
    return page


def test_generated_issues_come_back_byte_by_byte(writing: Page, generated: list[tuple[Block, ...]]) -> None:
    assert len(generated) > 100
    documents = writing.evaluate(THROUGH, [block_document.of(one) for one in generated])
    for stored, document in zip(generated, documents, strict=True):
        read = block_document.read(document)
        assert read.problems == [], json.dumps(document, ensure_ascii=False)
        assert BLOCKS.dump_json(tuple(read.blocks)) == BLOCKS.dump_json(stored)
    writing.context.close()
