"""What is copied or cut in the editor comes back as it was: blocks, links, and for whom they are meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from models.issues import image as images
from models.issues import issue as issues
from models.issues.block import (
    BLOCKS,
    ArticleCard,
    Block,
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Only,
    Product,
    Prose,
    RankingEntry,
    RelatedProducts,
    SearchCall,
    SignupCall,
    Table,
    TopicLinks,
)
from models.issues.issue import Issue
from models.store import db
from tests.journeys.test_block_editor_journey import a_picture
from tests.sample import make_article, make_newsletter
from tests.web.staff_login import log_in_browser, make_staff
from web.staff.writing import block_document

OFFICIALS = Only(audiences=("official",), topics=("dx",))
EDITOR = "document.querySelector('#editor-text').editor"


def blocks_of_every_kind(image: str) -> tuple[Block, ...]:
    """Each kind, with all that it can hold."""
    figure = Figure(
        image=image, alt="窓口", caption="新しい窓口", source="みなと市", source_address="https://example.jp/p"
    )
    return (
        Heading(level=3, text="職員向けの見出し", only=OFFICIALS),
        Prose(text="**太字**と*斜体*と[記事](article:rpa)。\\\n次の行。\n\n5. 五\n6. 六\n\n   - 内側", only=OFFICIALS),
        Listing(ordered=True, items=("[一つ目](https://example.jp/1)", "二つ目"), only=OFFICIALS),
        figure,
        Table(caption="申請数", header=("年度", "件数"), rows=(("令和7年度", "12"),), source="総務課", only=OFFICIALS),
        ArticleCard(article="rpa", lead="[前置き](https://example.jp/lead)です。", only=OFFICIALS),
        RankingEntry(
            place=1, article="rpa", recap="要約の**太字**。", news_title="その後", last_place=5, readers=7,
            only=OFFICIALS, news=(Prose(text="続報。"), figure, Notice(title="注意", text="職員だけ。")),
        ),
        Notice(title="重要", text="[内線](https://example.jp/tel)へ。", only=OFFICIALS),
        Button(text="申し込む", address="https://example.jp/apply", only=OFFICIALS),
        RelatedProducts(title="製品", products=(Product(name="甲", address="https://example.jp/k", text="説明"),)),
        TopicLinks(title="テーマ", lead="前置き", topics=("dx", "rpa"), only=OFFICIALS),
        SearchCall(title="探す", only=OFFICIALS),
        SignupCall(title="登録", text="[どうぞ](https://example.jp/s)。", button="登録する", only=OFFICIALS),
        Table(header=("長さの", "違う"), rows=(("表",),), only=OFFICIALS),
    )  # fmt: skip


class Writing:
    """An issue in the editor."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.wait_for_selector("#editor-text")
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        self.failures: list[str] = []

    def blocks(self) -> tuple[Block, ...]:
        """What would be stored."""
        read = block_document.read(self.document())
        assert read.problems == []
        return tuple(read.blocks)

    def document(self) -> Any:
        return self.page.evaluate(f"{EDITOR}.getJSON()")

    def choose(self, number: int) -> None:
        """Press the handle of a block."""
        shown = self.page.locator("#editor-text > .block").nth(number)
        shown.scroll_into_view_if_needed()
        box = shown.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + 30, box["y"] + min(12, box["height"] / 2))
        handle = self.page.locator(".block-handle").bounding_box()
        assert handle
        self.page.mouse.click(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        assert self.page.evaluate(f"{EDITOR}.state.selection.$from.index()") == number

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def put(self, content: list[Any]) -> None:
        self.page.evaluate(f"content => {EDITOR}.commands.setContent({{type: 'doc', content}})", content)
        self.page.evaluate(f"{EDITOR}.view.focus()")


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
    first = context.new_page()
    log_in_browser(first, live_server)
    tabs = [first, context.new_page()]
    for tab, number in zip(tabs, stored, strict=True):
        tab.goto(f"{live_server}/staff/issues/{number}/write")
    yield Writing(tabs[0]), Writing(tabs[1])
    context.close()


def test_each_block_that_is_cut_comes_back_as_it_was(writings: tuple[Writing, Writing]) -> None:
    writing, _ = writings
    before, document = writing.blocks(), writing.document()
    wrong = []
    for number, block in enumerate(document["content"]):
        rest = document["content"][:number] + document["content"][number + 1 :]
        writing.choose(number)
        writing.press("Control+x")
        cut = writing.document()["content"]
        writing.press("Control+v")
        if cut != rest or writing.document() != document:
            wrong.append(block["type"])
    assert wrong == []
    assert BLOCKS.dump_json(writing.blocks()) == BLOCKS.dump_json(before)
    writing.press("Control+z")
    assert writing.document()["content"] == document["content"][:-1]
    writing.press("Control+z", "Control+y", "Control+y")
    assert writing.document() == document
    assert writing.failures == []


def test_a_whole_issue_is_copied_into_another(writings: tuple[Writing, Writing], stored: tuple[int, int]) -> None:
    first, second = writings
    first.page.bring_to_front()
    first.page.evaluate(f"{EDITOR}.view.focus()")
    first.press("Control+a", "Control+c")
    second.page.bring_to_front()
    second.page.locator("#editor-text").click()
    second.press("Control+v")
    assert BLOCKS.dump_json(second.blocks()) == BLOCKS.dump_json(first.blocks())
    expect(second.page.locator("#editor-text img").first).to_be_visible()
    expect(second.page.locator("#editor-text .block-article")).to_contain_text("RPAの最初の業務")
    with second.page.expect_response(lambda one: one.request.method == "POST" and one.url.endswith("/write")) as answer:
        second.press("Control+s")
    assert answer.value.json()["message"] == "保存しました。"
    with db.session_scope() as session:
        assert session.get_one(Issue, stored[1]).blocks == session.get_one(Issue, stored[0]).blocks
    second.press("Control+z")
    assert second.blocks() == ()
    assert first.failures == second.failures == []
