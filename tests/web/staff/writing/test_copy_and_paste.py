"""What is copied or cut in the editor comes back as it was: blocks, links, and for whom they are meant."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from models.issues.article import Article
from models.issues.block import BLOCKS, Only, Prose, Table
from models.issues.issue import Issue
from models.store import db
from tests.web.staff.writing.editor_page import EDITOR, STAFF_ONLY, Writing, select, words
from web.staff.writing import block_document


def test_each_block_that_is_cut_comes_back_as_it_was(writings: tuple[Writing, Writing]) -> None:
    writing, _ = writings
    writing.page.bring_to_front()
    before, document = writing.blocks(), writing.document()
    wrong = []
    for number, block in enumerate(document["content"]):
        rest = document["content"][:number] + document["content"][number + 1 :]
        writing.choose(number)
        writing.type_keys("Control+x")
        cut = writing.document()["content"]
        writing.type_keys("Control+v")
        if cut != rest or writing.document() != document:
            wrong.append(block["type"])
    assert wrong == []
    assert BLOCKS.dump_json(writing.blocks()) == BLOCKS.dump_json(before)
    writing.type_keys("Control+z")
    assert writing.document()["content"] == document["content"][:-1]
    writing.type_keys("Control+z", "Control+y", "Control+y")
    assert writing.document() == document
    assert writing.failures == []


def test_a_whole_issue_is_copied_into_another(writings: tuple[Writing, Writing], stored: tuple[int, int]) -> None:
    first, second = writings
    first.page.bring_to_front()
    first.page.evaluate(f"{EDITOR}.view.focus()")
    first.type_keys("Control+a", "Control+c")
    second.page.bring_to_front()
    second.page.locator("#editor-text").click()
    second.type_keys("Control+v")
    assert BLOCKS.dump_json(second.blocks()) == BLOCKS.dump_json(first.blocks())
    expect(second.page.locator("#editor-text img").first).to_be_visible()
    expect(second.page.locator("#editor-text .block-article")).to_contain_text("RPAの最初の業務")
    with second.page.expect_response(lambda one: one.request.method == "POST" and one.url.endswith("/write")) as answer:
        second.type_keys("Control+s")
    assert answer.value.json()["message"] == "保存しました。"
    with db.session_scope() as session:
        assert session.get_one(Issue, stored[1]).blocks == session.get_one(Issue, stored[0]).blocks
    second.type_keys("Control+z")
    assert second.blocks() == ()
    assert first.failures == second.failures == []


def test_what_is_meant_for_some_never_comes_to_everybody_unsaid(writings: tuple[Writing, Writing]) -> None:
    writing, _ = writings
    note = writing.page.locator("#editor-note")
    lost = "一部の読者だけ"
    staff, everybody = words("notice", "内線は1234です。", STAFF_ONLY), words("prose", "皆様へ。")
    officials = Only(audiences=("official",))

    def moved(content: list[Any], chosen: tuple[int, int], target: int) -> list[tuple[str, Only]]:
        writing.put(content)
        select(writing, *chosen)
        writing.type_keys("Control+x")
        writing.page.evaluate(f"at => {EDITOR}.commands.setTextSelection(at)", target)
        writing.type_keys("Control+v")
        return [(getattr(block, "text", block.kind), block.only) for block in writing.blocks()]

    # All words of a block are the block.
    assert moved([staff, everybody], (2, 12), 7) == [
        ("", officials), ("皆様へ。", Only()), ("内線は1234です。", officials)
    ]  # fmt: skip
    # Words over several blocks stay in theirs.
    over = [("皆様", Only()), ("内線", officials), ("は1234です。", officials)]
    assert moved([everybody, staff], (4, 12), 3) == [over[0], ("へ。", Only()), *over[1:]]
    writing.put([everybody, staff])
    select(writing, 4, 12)
    writing.type_keys("Backspace")
    assert [(block.text, block.only) for block in writing.blocks()] == [over[0], over[2]]
    writing.put([everybody, words("prose", "職員へ。", STAFF_ONLY)])
    select(writing, 10, 10)
    writing.type_keys("Backspace")
    expect(writing.page.locator("#editor-status")).to_contain_text("つなげません")
    assert len(writing.blocks()) == 2
    expect(note).not_to_contain_text(lost)
    # A part goes where it is put, and that is said.
    assert moved([staff, everybody], (5, 9), 14) == [("内線はです。", officials), ("皆様1234へ。", Only())]
    expect(note).to_contain_text(lost)
    # What stands in a block keeps its readers outside of it.
    ranking = {
        "type": "ranking", "attrs": {"article": "rpa", "only": STAFF_ONLY},
        "content": [{"type": "recap", "content": [{"type": "paragraph"}]},
                    {"type": "figure", "attrs": {"image": "0" * 64, "alt": "窓口"}}, words("notice", "続報。")],
    }  # fmt: skip
    writing.put([ranking, everybody])
    writing.page.evaluate(f"{EDITOR}.commands.setNodeSelection(5)")
    writing.type_keys("Control+x")
    select(writing, 14, 14)
    writing.type_keys("Control+v")
    assert [(block.kind, block.only) for block in writing.blocks()] == [
        ("ranking", officials), ("prose", Only()), ("figure", officials)
    ]  # fmt: skip
    assert writing.failures == []


def test_words_keep_their_links_and_cells_their_table(writings: tuple[Writing, Writing]) -> None:
    writing, other = writings
    linked = Prose(text="**申請**は[市のページ](https://example.jp/a)へ。\n\n- [一](article:rpa)\n- 二")
    table = Table(caption="数", header=("年度", "件数"), rows=(("七", "12"), ("八", "34")), source="総務課")
    writing.put(block_document.of([linked])["content"])
    select(writing, 2, 22)
    writing.type_keys("Control+c", "ArrowRight", "Enter", "Control+v")
    [twice] = writing.blocks()
    assert twice.text.count("**申請**は[市のページ](https://example.jp/a)へ。") == 2
    assert twice.text.count("[一](article:rpa)") == 2
    writing.put(block_document.of([table])["content"])
    copied = writing.page.evaluate("""() => {
      const {editor} = document.querySelector("#editor-text");
      editor.commands.setNodeSelection(0);
      return editor.view.serializeForClipboard(editor.state.selection.content()).dom.innerHTML;
    }""")
    assert all(part in copied for part in ("<p>数</p>", "<td>12</td>", "総務課")), "other programs get all of it, too"
    writing.type_keys("Control+c")
    other.page.bring_to_front()
    other.put(block_document.of([table])["content"])
    select(other, 4, 4)
    other.type_keys("Control+v")
    assert other.blocks() == (table, table)


KEPT = ("職員向けの見出し", "記事", "内側", "一つ目", "申請数", "令和7年度", "要約の", "重要", "内線", "申し込む", "甲")


def test_an_article_takes_what_it_has_and_says_what_not(writings: tuple[Writing, Writing], live_server: str) -> None:
    first, second = writings
    first.page.bring_to_front()
    first.page.evaluate(f"{EDITOR}.view.focus()")
    first.type_keys("Control+a", "Control+c")
    page = second.page
    page.bring_to_front()
    page.goto(f"{live_server}/staff/articles/new?newsletter=ict")
    page.locator("#body.ProseMirror").click()
    second.type_keys("Control+v")
    body = page.locator("#body")
    for kept in KEPT:
        expect(body).to_contain_text(kept)
    assert page.locator("#body [data-only], #body [data-kind=figure]").count() == 0
    expect(page.locator("#editor-note")).to_contain_text("画像2点は")
    expect(page.locator("#editor-note")).to_contain_text("一部の読者だけ")
    page.locator("#recap.ProseMirror").click()
    second.type_keys("Control+v")
    expect(page.locator("#recap")).to_contain_text("内線")
    first.page.bring_to_front()
    first.put([words("prose", "職員だけ。", STAFF_ONLY)])
    select(first, 2, 7)
    first.type_keys("Control+c")
    page.bring_to_front()
    page.locator("#recap.ProseMirror").click()
    second.type_keys("Control+a", "Control+v")
    expect(page.locator("#recap")).to_have_text("職員だけ。")
    second.type_keys("Control+a", "Control+c", "Control+a", "Control+v")
    expect(page.locator("#recap")).to_have_text("職員だけ。")
    expect(page.locator("#editor-note")).to_have_text(re.compile("一部の読者だけ"))
    assert first.failures == second.failures == []


MANUSCRIPT = "# 一\n\n## 二\n\n### 三\n\n###### 六\n\n> 引用\n\n*本文*です。\n"


def test_headlines_of_every_level_come_back_with_all_around_them(
    writings: tuple[Writing, Writing], live_server: str
) -> None:
    writing, other = writings
    with db.session_scope() as session:
        article = session.query(Article).one()
        article.body = MANUSCRIPT
        number = article.id
    page = writing.page
    page.bring_to_front()
    page.goto(f"{live_server}/staff/articles/{number}/edit")
    page.locator("#body.ProseMirror").click()
    document = "document.querySelector('#body').editor.getJSON()"
    before = page.evaluate(document)
    assert [block["attrs"].get("level") for block in before["content"]] == [2, 3, 4, 7, None, None]
    expect(page.locator("#body h6")).to_have_text("六")
    writing.type_keys("Control+a", "Control+x", "Control+v")
    assert page.evaluate(document) == before
    # An issue has two levels.
    other.page.bring_to_front()
    other.page.locator("#editor-text").click()
    page.bring_to_front()
    page.evaluate("document.querySelector('#body').editor.commands.setTextSelection({from: 1, to: 12})")
    writing.type_keys("Control+c")
    other.page.bring_to_front()
    other.type_keys("Control+v")
    assert [getattr(block, "level", None) for block in other.blocks()] == [2, 3, 3, 3]
    assert writing.failures == other.failures == []


DRAG = """([block, onto]) => {
  const dataTransfer = new DataTransfer();
  const send = (type, element, y) => {
    const {left, top} = element.getBoundingClientRect();
    const at = {clientX: left + 12, clientY: top + y, dataTransfer, bubbles: true, cancelable: true};
    element.dispatchEvent(new DragEvent(type, at));
  };
  send("dragstart", document.querySelector(block), 12);
  send("drop", document.querySelector(onto), 3);
}"""


def drag(writing: Writing, block: str, onto: str) -> None:
    """What a browser sends where a block is dragged by its own body onto the upper edge of another."""
    writing.page.evaluate(DRAG, [f"#editor-text {block}", f"#editor-text {onto}"])


def test_a_chosen_block_comes_to_rest_where_the_line_is_drawn(writings: tuple[Writing, Writing]) -> None:
    writing, _ = writings
    everybody = [words("prose", "皆様へ。"), words("prose", "二つ目。")]
    for kind in ("notice", "button"):
        block = words("notice", "注意。", STAFF_ONLY) if kind == "notice" else {
            "type": "button", "attrs": {"text": "申し込む", "address": "https://example.jp/", "only": STAFF_ONLY}
        }  # fmt: skip
        writing.put([*everybody, block])
        writing.choose(2)
        drag(writing, f".block-{kind}", ".block")
        officials = Only(audiences=("official",))
        assert [(block.kind, block.only) for block in writing.blocks()] == [
            (kind, officials), ("prose", Only()), ("prose", Only())
        ]  # fmt: skip
        assert writing.page.evaluate(f"{EDITOR}.state.selection.node.type.name") == kind
        drag(writing, f".block-{kind}", f".block-{kind}")
        assert writing.blocks()[0].kind == kind
    # What stood in a block for some stays theirs.
    ranking = {
        "type": "ranking", "attrs": {"article": "rpa", "only": STAFF_ONLY},
        "content": [{"type": "recap", "content": [{"type": "paragraph"}]}, words("notice", "続報。")],
    }  # fmt: skip
    writing.put([*everybody, ranking])
    at = writing.page.evaluate(f"{EDITOR}.state.doc.content.size") - 8
    writing.page.evaluate(f"at => {EDITOR}.commands.setNodeSelection(at)", at)
    assert writing.page.evaluate(f"{EDITOR}.state.selection.node.type.name") == "notice"
    drag(writing, ".block-notice", ".block")
    first = writing.blocks()[0]
    assert (first.kind, first.only) == ("notice", officials)
    writing.type_keys("Control+z")
    assert [block.kind for block in writing.blocks()] == ["prose", "prose", "ranking"]
    assert writing.failures == []
