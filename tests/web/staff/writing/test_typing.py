"""Words that are typed while a block is chosen as a whole stand behind it: no block goes, no word is lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from models.issues import issue as issues
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_browser, make_staff

BEGIN = """([blocks, chosen]) => {
  const {editor} = document.querySelector("#editor-text");
  editor.commands.setContent({type: "doc", content: blocks});
  editor.view.focus();
  if (chosen !== null) editor.commands.setNodeSelection(chosen);
}"""
READ = """() => document.querySelector("#editor-text").editor.state.doc.content.content
  .map(block => [block.type.name, block.textContent])"""
SEARCH = {"type": "search"}
WORDS = {"type": "prose", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "本文"}]}]}
TITLE = {"type": "heading", "content": [{"type": "text", "text": "見出し"}]}


@pytest.fixture
def page(browser: Browser, live_server: str) -> Page:
    with db.session_scope() as session:
        make_staff(session)
        number = issues.create(session, make_newsletter(session), subject="見本", blocks=()).id
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP").new_page()
    log_in_browser(opened, live_server)
    opened.goto(f"{live_server}/staff/issues/{number}/write")
    opened.wait_for_selector("#editor-text")
    return opened


def write(page: Page, way: str) -> None:
    """Type かな: by keys, as one insertion (dictation, emoji), or with an IME, whose key comes before it composes."""
    if way == "keys":
        page.keyboard.type("kana")
    elif way == "insertion":
        page.keyboard.insert_text("かな")
    else:
        ime = page.context.new_cdp_session(page)
        key = {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"}
        ime.send("Input.dispatchKeyEvent", key)
        for step in ("か", "かな"):
            at = len(step)
            ime.send("Input.imeSetComposition", {"text": step, "selectionStart": at, "selectionEnd": at})
        ime.send("Input.insertText", {"text": "かな"})


def typed(page: Page, blocks: list[Any], chosen: int | None, way: str) -> list[list[str]]:
    """The kinds and words of the blocks after typing; all of them are selected where none is *chosen*."""
    page.evaluate(BEGIN, [blocks, chosen])
    if chosen is None:
        page.keyboard.press("Control+a")
    write(page, way)
    wanted = "kana" if way == "keys" else "かな"
    page.wait_for_function(f"document.querySelector('#editor-text').innerText.includes('{wanted}')", timeout=10_000)
    return [[kind, words.replace("kana", "かな")] for kind, words in page.evaluate(READ)]


@pytest.mark.parametrize("way", ["keys", "insertion", "ime"])
def test_words_stand_behind_a_chosen_block(page: Page, way: str) -> None:
    new, search = ["prose", "かな"], ["search", ""]
    assert typed(page, [TITLE, SEARCH, WORDS], 5, way) == [["heading", "見出し"], search, new, ["prose", "本文"]]
    assert typed(page, [TITLE, SEARCH], 5, way) == [["heading", "見出し"], search, new]
    assert typed(page, [TITLE, WORDS], 5, way) == [["heading", "見出し"], ["prose", "本文"], new]
    assert typed(page, [SEARCH], 0, way) == [search, new]
    assert typed(page, [TITLE, WORDS], None, way) == [new]
    page.context.close()


def test_words_right_after_a_block_was_made_by_the_menu(page: Page) -> None:
    page.evaluate(BEGIN, [[{"type": "prose", "content": [{"type": "paragraph"}]}], None])
    page.keyboard.press("Control+Home")
    page.keyboard.type("/search")
    page.keyboard.press("Enter")
    page.keyboard.type("kana")
    assert page.evaluate(READ) == [["search", ""], ["prose", "kana"]]
    page.context.close()


def test_a_form_has_made_its_block_before_the_next_key(page: Page) -> None:
    """Browsers tell of a closed dialog later; what was typed until then was lost."""
    page.evaluate(BEGIN, [[WORDS], None])
    page.keyboard.press("Control+End")
    page.keyboard.type(" /button")
    page.keyboard.press("Enter")
    page.locator("dialog").get_by_label("文言").fill("申し込む")
    page.locator("dialog").get_by_label("リンク先").fill("https://www.example.jp/")
    at_once = """() => {
      document.querySelector("dialog[open] form").requestSubmit();
      const {editor} = document.querySelector("#editor-text");
      return [document.querySelectorAll("dialog").length, editor.view.hasFocus(), editor.state.doc.child(1).type.name];
    }"""
    assert page.evaluate(at_once) == [0, True, "button"]
    page.context.close()
