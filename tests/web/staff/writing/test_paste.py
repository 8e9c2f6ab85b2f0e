"""What is pasted from the programs of an office becomes clean blocks: no looks, no scripts, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect

from models.issues import issue as issues
from models.issues.block import Block, Figure, Heading, Prose, Table
from models.store import db
from tests.sample import make_newsletter
from tests.web.accessibility import violations
from tests.web.staff_login import log_in_browser, make_staff
from web.staff.writing import block_document

CLIPBOARD = Path(__file__).parents[3] / "data" / "clipboard"
PASTE = """([html, text, times = 1]) => {
  const {editor} = document.querySelector("#editor-text");
  const data = new DataTransfer();
  if (html) data.setData("text/html", html.replace(/^(.*)REPEATED/s, (_, part) => part.repeat(times)));
  data.setData("text/plain", text);
  editor.view.dom.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
EMPTY = """() => {
  const {editor} = document.querySelector("#editor-text");
  editor.commands.setContent({type: "doc", content: [{type: "prose", content: [{type: "paragraph"}]}]});
  editor.commands.focus("start");
}"""


def begin_anew(page: Page) -> None:
    """An empty text with the cursor in it. TipTap gives it the focus a frame later."""
    page.evaluate(EMPTY)
    expect(page.locator("#editor-text")).to_be_focused()


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    with db.session_scope() as session:
        make_staff(session)
        number = issues.create(session, make_newsletter(session), subject="見本", blocks=()).id
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP").new_page()
    log_in_browser(opened, live_server)
    opened.goto(f"{live_server}/staff/issues/{number}/write")
    opened.wait_for_selector("#editor-text")
    yield opened
    opened.context.close()


WAIT = """() => {
  let waiting = false;
  document.querySelector("#editor-text").editor.state.doc.descendants(node => { waiting ||= !!node.attrs.pending; });
  return !waiting;
}"""


def pasted(page: Page, html: str, text: str = "", times: int = 1) -> list[Block]:
    """The blocks of a paste; what stands before the word REPEATED comes so many *times*."""
    begin_anew(page)
    page.evaluate(PASTE, [html, text, times])
    page.wait_for_function(WAIT)
    read = block_document.read(page.evaluate("() => document.querySelector('#editor-text').editor.getJSON()"))
    assert read.problems == []
    return read.blocks


def fixture(name: str) -> str:
    return (CLIPBOARD / name).read_text()


def test_each_source_becomes_clean_blocks(page: Page) -> None:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    *word, figure = pasted(page, fixture("word.html"))
    assert word == [
        Heading(text="窓口業務の見直しについて"),
        Prose(
            text="申請書の記入を減らす取組を、**４月１日**から始めます。\n\n"
            "詳しくは[特設ページ](https://www.example.jp/madoguchi)をご覧ください。"
            "担当は㈱みなと、問合せは①電話 ②ﾒｰﾙです。\n\n"
            "- 住民異動の届出\n\n  - 転入と転居\n\n- 証明書の交付\n\n1. 整理券を取る\n2. 窓口で話す"
        ),
        Table(header=("窓口", "時間"), rows=(("市民課", "8:30から"),)),
    ]
    assert isinstance(figure, Figure)
    assert figure.alt == "窓口の図"
    expect(page.locator(".odd-bar")).to_contain_text("4か所")
    assert violations(page) == []
    page.get_by_role("button", name="すべて直す").click()
    expect(page.locator("#editor-text")).to_contain_text("担当は(株)みなと、問合せは(1)電話 (2)メールです。")
    expect(page.locator(".odd-bar")).to_be_hidden()

    assert pasted(page, fixture("excel.html"), "年度\t申請数") == [
        Table(
            header=("年度", "申請数", "うち電子"),
            rows=(("令和6年度", "12,345", "4,321"), ("令和7年度", "集計中", "")),
        )
    ]
    assert pasted(page, fixture("ichitaro.html")) == [
        Prose(
            text="**防災訓練の実施について（お知らせ）**\n\n"
            "　下記のとおり防災訓練を実施しますので、ご参加ください。\n\n"
            "記\n\n"
            "１　日　時　　令和８年９月１日（火）\n\n"
            "２　場　所　　みなと市役所\\\n　　　　　　　正面玄関前"
        ),
        Table(header=("班", "集合"), rows=(("１班", "９時"),)),
        Prose(text="以上"),
    ]
    assert pasted(page, fixture("web_page.html")) == [
        Heading(text="オンライン申請のご案内"),
        Prose(
            text="手続は**24時間**できます。[申請する](https://www.example.jp/online)か、ここを押します。\\\n"
            "休止日があります。\n\n"
            "- 転出届\n\n- 児童手当\n\n  1. 認定請求\n  2. 現況届"
        ),
        Heading(level=3, text="よくある質問"),
        Prose(text="パソコンがなくても使えますか。\n\nスマートフォンで使えます。お困りのときは 窓口へ。"),
    ]
    expect(page.locator("#editor-note")).to_contain_text("画像1点は一緒に貼り付けられませんでした")
    assert page.evaluate("window.pasted") is None
    assert pasted(page, "", fixture("plain.txt")) == [
        Prose(
            text="お知らせ\n\n会場が変わりました。\\\n新しい会場は市民ホールです。\n\n"
            "- 受付は9時から\n- 開始は10時から\n\n"
            "1. 名前を書く\n2. 箱に入れる"
        ),
        Table(header=("課", "人数"), rows=(("総務課", "12"), ("市民課", "34"))),
        Prose(text="お申し込みは https://www.example.jp/apply まで。"),
    ]
    assert failures == []


WORD_LINE = (
    "<p style='mso-list:l0 level{} lfo1'><span style='mso-list:Ignore'>{}<span>&nbsp; </span></span><span>{}</span></p>"
)


def test_numbers_of_lists_stay(page: Page) -> None:
    """They are content: 「５のとおり」 points at one."""
    lines = "５．問い合わせ先\n６．その他\n\n説明です。\n\n７．附則\n８．様式"
    wanted = [Prose(text="5. 問い合わせ先\n6. その他\n\n説明です。\n\n7. 附則\n8. 様式")]
    assert pasted(page, "", lines) == wanted
    assert pasted(page, "", "1. 甲\n3. 丙") == [Prose(text="1\\. 甲\\\n3\\. 丙")]
    html = "<ol start=5><li>問い合わせ先<li>その他</ol><p>説明です。</p><ol><li value=7>附則<li>様式</ol>"
    assert pasted(page, html) == wanted
    word = "".join(WORD_LINE.format(1, *one) for one in (("５．", "問い合わせ先"), ("(6)", "その他")))
    word += "<p>説明です。</p>" + "".join(WORD_LINE.format(1, *one) for one in (("⑦", "附則"), ("8", "様式")))
    assert pasted(page, word) == wanted
    word = "".join(WORD_LINE.format(*one) for one in ((1, "2.", "乙"), (2, "4)", "内側"), (1, "ア．", "片仮名")))
    assert pasted(page, word) == [Prose(text="2. 乙\n\n   4. 内側\n\nア． 片仮名")]


def test_tables_and_pictures_of_a_list_come_along(page: Page) -> None:
    table = "<table><caption>窓口</caption><tr><td>課<td>人数<tr><td>市民課<td>34</table>"
    html = f"<ol><li>手続{table}<li>期限<ul><li>月末<img src='https://example.jp/a.png'></ul><li>場所</ol>"
    assert pasted(page, f"<form><h2>案内<img src='https://example.jp/b.png'></h2>{html}</form>") == [
        Heading(text="案内"),
        Prose(text="1. 手続\n\n窓口"),
        Table(header=("課", "人数"), rows=(("市民課", "34"),)),
        Prose(text="2. 期限\n\n   - 月末\n\n3. 場所"),
    ]
    expect(page.locator("#editor-note")).to_contain_text("画像2点は")
    rows = "<tr>" + "<td>12</td>" * 8 + "</tr>"
    for long, text in ((f"<table>{rows * 626}</table>", ""), ("", "1\t2\n" * 2501)):
        assert pasted(page, long, text) == []
        expect(page.locator("#editor-note")).to_contain_text("5,000マスまで")


def test_paste_of_ten_megabytes_does_not_hang(page: Page) -> None:
    began = monotonic()
    for long in ("<p>長い文です。</p>REPEATED", "<div><b>REPEATED"):
        assert pasted(page, long, times=700_000) == []
        expect(page.locator("#editor-note")).to_contain_text("20万字まで")
    assert pasted(page, "<!-- p.x {color: red} -->REPEATED<p>残る文</p>", times=400_000) == [Prose(text="残る文")]
    assert monotonic() - began < 60


def test_paste_of_one_line_stays_in_its_line(page: Page) -> None:
    begin_anew(page)
    page.keyboard.insert_text("前後")
    page.keyboard.press("ArrowLeft")
    page.evaluate(PASTE, ["<meta charset='utf-8'><span style='color:red'>中</span>", "中"])
    expect(page.locator("#editor-text p")).to_have_text("前中後")


HOSTILE = [
    "no JSON", "null", "[]", '{"slice": 1}', '{"slice": {"content": 1}}',
    '{"slice": {"content": [{"type": "script"}]}}',
    '{"slice": {"content": [{"type": "doc", "content": [{"type": "search"}]}]}, "within": null}',
    '{"slice": {"content": [{"type": "figure", "attrs": {"image": {"x": 1}}}]}, "within": null}',
    '{"slice": {"content": [{"type": "topics", "attrs": {"topics": 5}}]}, "within": null}',
    '{"slice": {"content": [{"type": "products", "attrs": {"products": [null]}}]}, "within": null}',
    '{"slice": {"content": [{"type": "search", "attrs": {"only": {"audiences": 3}}}]}, "within": null}',
    '{"slice": {"content": [{"type": "search"}]}, "within": {"audiences": "x"}}',
    '{"slice": {"content": [{"type": "heading", "attrs": {"level": "1 onclick=x"}}]}, "within": null}',
    '{"slice": {"content": [{"type": "sealed", "attrs": {"block": null}}]}, "page": "issue", "within": null}',
    '{"slice": {"content": [{"type": "sealed", "attrs": {"block": {"kind": "quote"}}}]}, "page": "article", '
    '"within": null}',
    '{"slice": {"content": [{"type": "prose", "content": [{"type": "paragraph"}]}], "openStart": 9, "openEnd": 9}, '
    '"within": null}',
    '{"slice": {"content": [{"type": "listItem", "content": [{"type": "paragraph"}]}]}, "within": null}',
    '{"slice": {"content": [{"type": "prose", "content": [{"type": "orderedList", '
    '"attrs": {"start": -1e99}, "content": '
    '[{"type": "listItem", "content": [{"type": "paragraph"}]}]}]}]}, "within": null}',
    '{"slice": {"content": [{"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell", '
    '"attrs": {"colspan": 1e9}}]}]}]}, "within": null}',
    '{"slice": ' + '{"content": [{"type": "bulletList", ' * 3000 + '"x": 1' + "}]}" * 3000 + "}",
    "[" * 200_000,
]  # fmt: skip


def test_pages_that_claim_to_carry_blocks_bring_words_alone(page: Page) -> None:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    digest = "0" * 64
    inside = "<p onclick='pasted = 1'>残る文<script>pasted = 1</script><img src=x onerror='pasted = 1'></p>"
    for claim in HOSTILE:
        quoted = claim.replace("&", "&amp;").replace('"', "&quot;")
        for mark in (f'data-kairan-blocks="{quoted}"', f'data-kairan-blocks="{quoted}" data-pm-slice="9 9 []"'):
            assert pasted(page, f"<div {mark}>{inside}</div>") == [Prose(text="残る文")], claim[:200]
    slice_alone = '<div data-pm-slice="1 1 [&quot;notice&quot;,{}]"><h2>題</h2><p style="color:red">文</p></div>'
    assert pasted(page, slice_alone) == [Heading(text="題"), Prose(text="文")]
    figure = '{"slice": {"content": [{"type": "figure", "attrs": {"image": "%s", "alt": "窓"}}]}, "within": null, %s}'
    elsewhere = '"titles": {}, "pictures": {"%s": "https://pictures.example/%s.png"}'
    carrier = f"<div data-kairan-blocks='{figure % (digest, elsewhere % (digest, digest))}'>検索</div>"
    assert pasted(page, f"<p>前</p>{carrier}") == [Prose(text="前\n\n検索")], "somebody wrote around it"
    assert pasted(page, carrier) == [Figure(image=digest, alt="窓")]
    assert page.locator("#editor-text img").count() == 0
    with page.expect_response(lambda one: one.request.method == "POST" and one.url.endswith("/write")) as answer:
        page.keyboard.press("Control+s")
    assert "画像" in answer.value.json()["problems"][0]["message"], "the server knows no such picture"
    assert pasted(page, f"<div data-kairan-blocks='{' ' * 4_000_001}'>文</div>") == []
    expect(page.locator("#editor-note")).to_contain_text("20万字まで")
    assert page.evaluate("window.pasted") is None
    assert failures == []
