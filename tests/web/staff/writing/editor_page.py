"""A text in the editor of a browser: what it holds, what is chosen in it, and which keys are pressed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

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
from web.staff.writing import block_document

OFFICIALS = Only(audiences=("official",), topics=("dx",))
EDITOR = "document.querySelector('#editor-text').editor"
STAFF_ONLY = {"audiences": ["official"], "topics": []}


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
        shown.evaluate("one => one.scrollIntoView({block: 'center'})")
        box = shown.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + 30, box["y"] + min(12, box["height"] / 2))
        handle = self.page.locator(".block-handle").bounding_box()
        assert handle
        self.page.mouse.click(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        assert self.page.evaluate(f"{EDITOR}.state.selection.$from.index()") == number

    def type_keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def put(self, content: list[Any]) -> None:
        self.page.bring_to_front()
        self.page.evaluate(f"content => {EDITOR}.commands.setContent({{type: 'doc', content}})", content)
        self.page.evaluate(f"{EDITOR}.view.focus()")


def words(kind: str, text: str, only: Any = None) -> Any:
    """A block of one paragraph."""
    inside = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": kind, "attrs": {"only": only}, "content": [inside]}


def select(writing: Writing, start: int, end: int) -> None:
    writing.page.evaluate(
        f"([start, end]) => {EDITOR}.commands.setTextSelection({{from: start, to: end}})", [start, end]
    )
