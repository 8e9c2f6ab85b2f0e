"""The block editor in each of its states, light on a desktop and dark on a phone: axe finds nothing at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from models.issues import image
from models.issues import issue as issues
from models.issues.block import (
    ArticleCard,
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
from models.issues.writing import working_copy
from models.staff import member as members
from models.staff.permission import Role
from models.store import db
from tests.journeys.test_block_editor_journey import Writer, a_picture
from tests.sample import make_article, make_newsletter
from tests.web.staff_login import EVERY_ROLE, address_of, log_in_browser, make_staff
from web.staff.writing import block_document

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKS = ((WIDE, "light"), (NARROW, "dark"))
"""Each screen and each colours once: what is narrow looks no other in the light."""
AXE = """async () => {
    for (const one of document.getAnimations()) one.finish();  // colours that are on their way to others
    const found = await axe.run(document, {resultTypes: ["violations"], iframes: false});
    const places = one => one.nodes.map(node => node.html.slice(0, 120)).join(" | ");
    const said = found.violations.map(one => `${one.id}: ${places(one)}`);
    if (document.documentElement.scrollWidth > innerWidth) said.push("wider than the screen");
    return said;
}"""
KINDS = ("prose", "heading", "listing", "table", "notice", "button", "article", "ranking", "figure", "products",
         "topics", "search", "signup")  # fmt: skip


class EditorStates:
    """The editor's page, and what axe said in which of its states."""

    def __init__(self, page: Page) -> None:
        self.page, self.found = page, dict[str, list[str]]()

    def check(self, state: str) -> None:
        """Look at the page as it is now, on each screen and in each colours."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        for screen, colours in LOOKS:
            self.page.set_viewport_size(screen)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
            if said := self.page.evaluate(AXE):
                self.found[f"{state}, {screen['width']}, {colours}"] = said
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]


@pytest.fixture
def issue_id(live_server: str) -> int:
    """With a block of each kind, a condition, a colleague who writes too, and a text that was left in another tab."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        make_article(session, newsletter, "rpa", "RPAの最初の業務の選び方", published_on=date(2026, 1, 5))
        picture = image.store(session, a_picture()).digest
        blocks = (
            Prose(text="今月の号です。[市の手引](https://www.example.jp/)もどうぞ。"),
            Heading(text="窓口"),
            Listing(items=("一つ", "二つ")),
            Table(header=("項目", "値"), rows=(("参加者", "120人"),), source="総務省"),
            Notice(text="職員の方へ。", title="お知らせ", only=Only(audiences=("official",), topics=("dx",))),
            Button(text="申し込む", address="https://www.example.jp/apply"),
            ArticleCard(article="rpa", lead="読みどころ。"),
            RankingEntry(place=1, article="rpa", recap="あらすじ。", news=(Prose(text="動き。"),)),
            Figure(image=picture, alt="紺色の四角", caption="図です", source="総務省"),
            RelatedProducts(products=(Product(name="研修", address="https://www.example.jp/p", text="紹介。"),)),
            TopicLinks(topics=("dx",)),
            SearchCall(),
            SignupCall(text="転送で届いた方へ。"),
        )
        one = issues.create(session, newsletter, subject="今月の号", preheader="読みどころ", blocks=blocks)
        left = {"document": block_document.of((*blocks, Prose(text="前に書いた文。"))), "fields": {}}
        working_copy.keep(session, one.id, members.find(session, EVERY_ROLE), "a" * 24, 1, 1, json.dumps(left),
                          closing=True)  # fmt: skip
        return one.id


@pytest.fixture
def editor(browser: Browser, live_server: str, issue_id: int) -> Iterator[EditorStates]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    page = context.new_page()
    log_in_browser(page, live_server)
    with db.session_scope() as session:
        working_copy.hear(session, issue_id, members.find(session, address_of(Role.AUTHOR)), "b" * 24, 1)
    page.goto(f"{live_server}/staff/issues/{issue_id}/write")
    page.wait_for_selector("#editor-text")
    yield EditorStates(page)
    context.close()


def block(page: Page, kind: str) -> Locator:
    return page.locator(f"#editor-text > [data-kind={kind}]").first


def choose(page: Page, kind: str) -> None:
    """As by its handle."""
    block(page, kind).hover()
    page.locator(".block-handle").click()


@pytest.mark.journey
@pytest.mark.timeout(500)
def test_axe_finds_nothing_in_any_state_of_the_editor(editor: EditorStates, issue_id: int) -> None:
    page = editor.page
    expect(page.locator("#editor-writers")).to_contain_text("author")
    expect(page.locator("#editor-note")).to_contain_text("続きから")
    editor.check("another's presence, and a text left behind")
    page.locator("#editor-note").get_by_role("button").last.click()
    page.get_by_role("button", name="編集", exact=True).click()  # otherwise a telephone shows the letter
    each_kind_selected(editor)
    menus_and_forms(editor)
    findings_and_previews(editor)
    notices_about_saving(editor, issue_id)
    assert editor.found == {}


def each_kind_selected(editor: EditorStates) -> None:
    for kind in KINDS:
        choose(editor.page, kind)
        editor.check(f"{kind} selected")
    block(editor.page, "table").locator("td").first.click()
    expect(editor.page.get_by_role("button", name="−列")).to_be_visible()
    editor.check("tools of a table")


def menus_and_forms(editor: EditorStates) -> None:
    page, writer = editor.page, Writer(editor.page)
    block(page, "prose").click()
    writer.type_keys("End", "Control+k")
    editor.check("form of a link")
    writer.type_keys("Escape")
    for opener, state in ((".tool-add", "menu of +"), (".add-at-end", "menu at the end")):
        page.locator(opener).click()
        editor.check(state)
        page.keyboard.insert_text("無い物")
        editor.check(f"{state}, without a match")
        writer.type_keys("Escape")
    block(page, "prose").click()
    writer.type_keys("End", "Enter")
    page.keyboard.insert_text("/")
    expect(page.locator(".slash-menu [role=option]").first).to_be_visible()
    editor.check("menu of /")
    writer.type_keys("Escape", "Backspace", "Backspace")
    choose(page, "notice")
    page.locator(".editor-tools").get_by_role("button", name="対象").click()
    editor.check("form of a condition")
    writer.type_keys("Escape")
    for kind in ("heading", "table", "button", "article", "ranking", "figure", "products", "topics", "signup"):
        choose(page, kind)
        page.locator(".editor-tools").get_by_role("button", name="設定").click()
        expect(page.locator("dialog[open]")).to_be_visible()
        editor.check(f"form of {kind}")
        writer.type_keys("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    forms_that_refuse(writer, editor)


def forms_that_refuse(writer: Writer, editor: EditorStates) -> None:
    page = writer.page
    writer.at_end("画像")
    editor.check("form of a new picture")
    page.locator("dialog[open] .actions button").first.click()
    expect(page.locator("dialog .error")).to_be_visible()
    editor.check("form that misses a picture")
    page.set_input_files("dialog input[type=file]", {"name": "図.png", "mimeType": "image/png", "buffer": a_picture()})
    expect(page.locator("dialog")).to_contain_text("画像を保存しました")
    editor.check("form with a new picture")
    writer.type_keys("Escape")
    writer.at_end("記事")
    page.keyboard.insert_text("業務")
    expect(page.locator("dialog [role=option]")).to_have_count(1)
    editor.check("articles found")
    writer.type_keys("Escape", "Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def findings_and_previews(editor: EditorStates) -> None:
    page = editor.page
    block(page, "prose").click()
    page.keyboard.press("End")
    page.keyboard.insert_text("ﾊﾟｿｺﾝ①㈱")
    expect(page.locator(".odd-bar")).to_be_visible()
    expect(page.locator(".block-findings").first).to_contain_text("半角カナ")
    editor.check("characters to be mended, and findings at a block")
    page.get_by_role("button", name="確認").click()
    page.fill("#subject", "")
    expect(page.locator(".finding-list")).to_contain_text("承認の前に直すもの")
    editor.check("list of findings")
    page.fill("#subject", "今月の号")
    page.get_by_role("button", name="プレビュー", exact=True).click()
    view = page.get_by_label("表示のしかた")
    for name in view.locator("option").evaluate_all("all => all.map(one => one.value)"):
        view.select_option(name)
        editor.check(f"preview as {name}")
    page.get_by_text("テーマを選んだ").first.click()
    editor.check("topics of the preview's reader")


def notices_about_saving(editor: EditorStates, issue_id: int) -> None:
    page, writer = editor.page, Writer(editor.page)
    page.get_by_role("button", name="編集", exact=True).click()
    page.context.set_offline(True)
    block(page, "prose").click()
    page.keyboard.press("End")
    page.keyboard.insert_text("続き。")
    expect(page.locator("#editor-state")).to_contain_text("オフライン")
    editor.check("without a line")
    page.context.set_offline(False)
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        one.edit(subject="別の号", blocks=(Prose(text="別の人の文です。"), *one.blocks[1:]))
    page.fill("#subject", "私の号")
    writer.type_keys("Control+s")
    expect(page.locator("#editor-note")).to_contain_text("両方が変更した")
    editor.check("choice between two texts")
    page.locator("#editor-text .choice").get_by_role("button").first.click()
    page.locator("[data-field-choice]").get_by_role("button").first.click()
    expect(page.locator("#editor-note")).to_contain_text("すべて選びました")
    editor.check("all chosen")
    page.fill("#subject", "")
    writer.type_keys("Control+s")
    expect(page.locator("#editor-note")).to_contain_text("件名を入力してください")
    editor.check("what cannot be saved")
