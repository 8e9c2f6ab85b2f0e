"""An issue is written with the block editor by somebody who uses a keyboard, a Japanese IME, and no Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from PIL import Image as Picture
from playwright.sync_api import Browser, CDPSession, Page, expect

from models.issues import issue as issues
from models.issues.block import (
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
from models.store import db
from tests.sample import make_article, make_newsletter
from tests.web.accessibility import violations
from tests.web.staff_login import log_in_browser, make_staff


class Writer:
    """Somebody at the keyboard of the editor's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.ime: CDPSession = page.context.new_cdp_session(page)

    def compose(self, *steps: str) -> None:
        """Type with an IME: each step is what stands in the text while it is converted; the last one is taken."""
        for step in steps:
            self.ime.send(
                "Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)}
            )
        self.ime.send("Input.insertText", {"text": steps[-1]})

    def type_keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def block(self, words: str) -> None:
        """Choose a kind of block by “/”."""
        self.page.keyboard.insert_text("/")
        self.page.keyboard.insert_text(words)
        expect(self.page.locator(".slash-menu [role=option]").first).to_be_visible()
        self.type_keys("Enter")

    def at_end(self, words: str) -> None:
        """Choose a kind of block for the end of the issue."""
        self.page.locator(".add-at-end").press("Enter")
        self.page.keyboard.insert_text(words)
        self.type_keys("Enter")

    def fill(self, **fields: str) -> None:
        """Fill the form that is open, and confirm it."""
        form = self.page.locator("dialog[open]")
        for label, value in fields.items():
            form.get_by_label(label).first.fill(value)
        self.type_keys("Enter")
        expect(form).to_have_count(0)

    def save(self, said: str = "保存しました。") -> None:
        with self.page.expect_response(lambda one: one.request.method == "POST" and one.url.endswith("/write")):
            self.type_keys("Control+s")
        expect(self.page.locator("#editor-note")).to_have_text(said)


@pytest.fixture
def issue_id(live_server: str) -> int:
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_article(session, newsletter, "rpa", "RPAの最初の業務の選び方", published_on=date(2026, 1, 5))
        make_article(session, newsletter, "cloud", "クラウドの費用を分けて考える")
        return issues.create(session, newsletter, subject="下書き", blocks=()).id


@pytest.fixture
def page(browser: Browser, live_server: str, issue_id: int) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    opened = context.new_page()
    log_in_browser(opened, live_server)
    opened.goto(f"{live_server}/staff/issues/{issue_id}/write")
    opened.wait_for_selector("#editor-text")
    yield opened
    context.close()


def stored(issue_id: int) -> tuple[Block, ...]:
    with db.session_scope() as session:
        return issues.get(session, issue_id).blocks


def a_picture() -> bytes:
    made = BytesIO()
    Picture.new("RGB", (40, 30), "navy").save(made, "PNG")
    return made.getvalue()


@pytest.mark.journey
def test_every_kind_of_block_by_keyboard(page: Page, issue_id: int) -> None:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda said: failures.append(said.text) if said.type in ("error", "warning") else None)
    writer = Writer(page)
    write_every_block(writer)
    writer.save()
    written = stored(issue_id)
    [digest] = [block.image for block in written if isinstance(block, Figure)]
    assert written == (
        Prose(text="今月の号です。\n\n締切は**3月1日**です。"),
        Heading(text="窓口"),
        Listing(items=("一つ目", "二つ目")),
        Table(header=("項目", "値", "備考"), rows=(("参加者", "120人", ""), ("", "", ""))),
        Notice(text="見落とさないでください。"),
        Button(text="申し込む", address="https://www.example.jp/apply"),
        ArticleCard(article="rpa", lead="読みどころです。"),
        RankingEntry(place=1, article="cloud", recap="あらすじです。", news=(Prose(text="その後の動きです。"),)),
        Figure(image=digest, alt="紺色の四角", source="総務省"),
        RelatedProducts(products=(Product(name="研修パック", address="https://www.example.jp/"),)),
        TopicLinks(topics=("dx",)),
        SearchCall(),
        SignupCall(text="ぜひご登録ください。"),
    )
    move_undo_and_reopen(writer, issue_id, written)
    assert failures == []


def write_every_block(writer: Writer) -> None:
    """Write an issue with a block of each kind, by keyboard; it needs the articles and the topic of these tests."""
    page = writer.page
    page.focus("#editor-text")
    writer.compose("こ", "こんげつ", "今月の号です。")
    writer.type_keys("Enter")
    page.keyboard.insert_text("締切は")
    writer.type_keys("Control+b")
    page.keyboard.insert_text("3月1日")
    writer.type_keys("Control+b")
    page.keyboard.insert_text("です。")
    writer.type_keys("Enter")
    writer.block("見出し")
    writer.compose("まど", "窓口")
    writer.type_keys("Enter")
    writer.block("list")
    page.keyboard.insert_text("一つ目")
    writer.type_keys("Enter")
    page.keyboard.insert_text("二つ目")
    writer.type_keys("Enter", "Enter")
    writer.block("table")
    for words in ("項目", "値", "備考", "参加者", "120人"):
        page.keyboard.insert_text(words)
        writer.type_keys("Tab")
    assert violations(page) == []
    writer.at_end("お知らせ")
    page.keyboard.insert_text("見落とさないでください。")
    writer.at_end("ボタン")
    assert violations(page) == []
    writer.fill(文言="申し込む", リンク先="www.example.jp/apply")
    writer.at_end("記事")
    page.keyboard.insert_text("最初の業務")
    expect(page.locator("dialog [role=option]")).to_have_count(1)
    writer.type_keys("Enter")
    writer.fill()
    page.keyboard.insert_text("読みどころです。")
    writer.at_end("ランキング")
    page.keyboard.insert_text("くらうど")
    expect(page.locator("dialog [role=option]")).to_have_count(1)
    writer.type_keys("Enter")
    writer.fill(順位="1")
    page.keyboard.insert_text("あらすじです。")
    writer.type_keys("Enter")
    writer.block("文章")
    page.keyboard.insert_text("その後の動きです。")
    writer.at_end("画像")
    page.set_input_files("dialog input[type=file]", {"name": "図.png", "mimeType": "image/png", "buffer": a_picture()})
    expect(page.locator("dialog")).to_contain_text("画像を保存しました")
    page.locator("dialog").get_by_label("代替テキスト").fill("紺色の四角")
    writer.fill(出典="総務省")
    writer.at_end("関連")
    writer.fill(名前="研修パック", リンク先="https://www.example.jp/")
    writer.at_end("テーマ")
    page.locator("dialog").get_by_label("DX").check()
    writer.fill()
    writer.at_end("検索")
    writer.at_end("登録")
    page.keyboard.insert_text("ぜひご登録ください。")


def move_undo_and_reopen(writer: Writer, issue_id: int, written: tuple[Block, ...]) -> None:
    page = writer.page
    writer.type_keys("Alt+ArrowUp", "Alt+ArrowUp")
    page.get_by_role("button", name="対象").press("Enter")
    page.locator("dialog").get_by_label("職員").check()
    writer.fill()
    writer.save()
    moved = stored(issue_id)
    assert moved[-3] == SignupCall(text="ぜひご登録ください。", only=Only(audiences=("official",)))
    assert moved[-2:] == written[-3:-1]
    page.reload()
    page.wait_for_selector("#editor-text")
    writer.save()
    assert stored(issue_id) == moved
    page.focus("#editor-text")
    writer.type_keys("Control+Home", "Control+Shift+Backspace")
    expect(page.locator("#editor-text > .block-prose")).to_have_count(0)
    writer.type_keys("Control+z")
    expect(page.locator("#editor-text > .block-prose")).to_have_count(1)
    writer.save()
    assert stored(issue_id) == moved
