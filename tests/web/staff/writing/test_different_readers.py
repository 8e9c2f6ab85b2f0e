"""Blocks for different readers: no key joins words of one to another unsaid."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from models.issues.block import Only
from tests.web.staff.writing.editor_page import STAFF_ONLY, Writing, select
from tests.web.staff_login import log_in_browser

OFFICIALS = Only(audiences=("official",))


def prose(only: Any, *paragraphs: str) -> Any:
    """A text of several paragraphs."""
    made = [{"type": "paragraph", "content": [{"type": "text", "text": one}] if one else []} for one in paragraphs]
    return {"type": "prose", "attrs": {"only": only}, "content": made}


def written(writing: Writing) -> list[tuple[str, Only]]:
    return [(getattr(block, "text", ""), block.only) for block in writing.blocks()]


def left_by(writing: Writing, key: str) -> list[tuple[str, Only]]:
    """What is left where *key* is pressed over the end of a text for all and the beginning of one for some."""
    writing.put([prose(None, "皆様への言葉"), prose(STAFF_ONLY, "職員一", "職員二")])
    select(writing, 4, 13)
    writing.type_keys(key)
    return written(writing)


def test_each_key_that_replaces_what_is_chosen_leaves_words_to_their_readers(writings: tuple[Writing, Writing]) -> None:
    writing, _ = writings
    apart = [("皆様", Only()), ("員一\n\n職員二", OFFICIALS)]
    for key in ("Enter", "Shift+Enter", "Backspace", "Delete"):
        assert left_by(writing, key) == apart, key
    # The words go on where the key was pressed.
    left_by(writing, "Enter")
    writing.page.keyboard.type("新")
    assert written(writing)[0] == ("皆様\n\n新", Only())
    # Behind a headline for some come its words, for the same.
    heading = {"type": "heading", "attrs": {"only": STAFF_ONLY}, "content": [{"type": "text", "text": "職員へ内線"}]}
    writing.put([heading])
    select(writing, 4, 4)
    writing.type_keys("Enter")
    assert written(writing) == [("職員へ", OFFICIALS), ("内線", OFFICIALS)]
    assert writing.failures == []


def test_a_key_that_joins_nothing_says_so_and_takes_empty_lines(writings: tuple[Writing, Writing]) -> None:
    writing, _ = writings
    remark = writing.page.locator(".writing-save strong")
    long = prose(None, *["皆様へ。"] * 40)
    writing.put([long, prose(STAFF_ONLY, "職員へ。")])
    start = 40 * 6 + 4
    for key, place in (("Backspace", start), ("Delete", start - 4)):
        select(writing, place, place)
        expect(remark).to_be_empty()
        writing.type_keys(key)
        expect(remark).to_contain_text("つなげません")
        expect(remark).to_be_in_viewport(ratio=1)
        expect(writing.page.locator("#editor-status")).to_contain_text("つなげません")
        assert len(writing.blocks()) == 2
    writing.page.keyboard.type("新")
    expect(remark).to_be_empty()
    item = {"type": "bulletList", "content": [
        {"type": "listItem", "content": [{"type": "paragraph"}]},
        {"type": "listItem", "content": prose(None, "項目")["content"]}]}  # fmt: skip
    listed = {"type": "prose", "attrs": {"only": STAFF_ONLY}, "content": [item]}
    for block, place, key, left in (
        (prose(STAFF_ONLY, "", "職員へ。"), 10, "Backspace", [("皆様へ。", Only()), ("新職員へ。", OFFICIALS)]),
        (listed, 12, "Backspace", [("皆様へ。", Only()), ("- 新項目", OFFICIALS)]),
    ):
        writing.put([prose(None, "皆様へ。"), block])
        select(writing, place, place)
        writing.type_keys(key)
        writing.page.keyboard.type("新")
        assert written(writing) == left
    writing.put([prose(None, "皆様へ。", ""), prose(STAFF_ONLY, "職員へ。")])
    select(writing, 8, 8)
    writing.type_keys("Delete")
    writing.page.keyboard.type("新")
    assert written(writing) == [("皆様へ。新", Only()), ("職員へ。", OFFICIALS)]
    # The recap of a ranking is never without a line.
    news = {"type": "figure", "attrs": {"image": "0" * 64, "alt": "窓口"}}
    recap = {"type": "recap", "content": [{"type": "paragraph"}]}
    writing.put([prose(None, "皆様へ。"), {"type": "ranking", "attrs": {"article": "rpa", "only": STAFF_ONLY},
                                        "content": [recap, news, prose(None, "続報。")]}])  # fmt: skip
    select(writing, 11, 11)
    writing.type_keys("Backspace")
    expect(remark).to_contain_text("つなげません")
    assert writing.failures == []


@pytest.fixture
def mac(browser: Browser, live_server: str, stored: tuple[int, int]) -> Any:
    """The empty issue in a browser that says it is on macOS, where Control has keys of its own."""
    context = browser.new_context(viewport={"width": 1600, "height": 900}, locale="ja-JP")
    context.add_init_script("Object.defineProperty(navigator, 'platform', {get: () => 'MacIntel'})")
    page = context.new_page()
    log_in_browser(page, live_server)
    page.goto(f"{live_server}/staff/issues/{stored[1]}/write")
    yield Writing(page)
    context.close()


def test_keys_of_macos_that_remove_leave_words_to_their_readers(mac: Writing) -> None:
    for key in ("Control+h", "Control+d", "Alt+d", "Control+Alt+Backspace"):
        assert left_by(mac, key) == [("皆様", Only()), ("員一\n\n職員二", OFFICIALS)], key
    assert mac.failures == []
