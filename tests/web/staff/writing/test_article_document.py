"""Articles' texts as documents and back: what nobody touches is the same sign by sign, what is written is read so."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from templates.archive import pages
from tests.models.manuscript.strategies import lines, texts
from web.staff.writing import article_document
from web.staff.writing.rich_text import Json

_HANDWRITTEN = st.sampled_from([
    "## 何が変わるか\n\n基本料金です。", "# 一\n\n## 二\n\n#### 三\n", "　字下げした段落。", "- 一つ\n- 二つ\n\n  続き",
    "3. 三から", "| 年度 | 件数 |\n| :-- | --: |\n| 6 | 1\\|2 |", "|**a**|b|\n|-|-|", "> 引用", "```\ncode\n```", "---",
    "見出し\n===", "`x` です", "[言葉](article:rpa)と https://example.jp/ です", "\\> 引用ではない", "    字下げ四つ",
    "## **太字**の見出し", "終わり!\n",
])  # fmt: skip
bodies = st.lists(st.one_of(_HANDWRITTEN, texts), max_size=5).flatmap(
    lambda parts: st.sampled_from(["\n\n", "\n"]).map(lambda between: between.join(parts))
)
_marks = st.lists(st.sampled_from([{"type": "bold"}, {"type": "link", "attrs": {"href": "https://example.jp/"}}]),
                  max_size=2, unique_by=lambda mark: mark["type"])  # fmt: skip
_words = st.builds(lambda text, marks: {"type": "text", "text": text, "marks": marks},
                   lines.filter(str.strip), st.one_of(st.just([]), _marks))  # fmt: skip
_paragraph = st.lists(_words, max_size=3).map(lambda content: {"type": "paragraph", "content": content})
_list = st.builds(
    lambda kind, items: {"type": kind, "content": [{"type": "listItem", "content": [one]} for one in items]},
    st.sampled_from(["bulletList", "orderedList"]), st.lists(_paragraph, min_size=1, max_size=3),
)  # fmt: skip
_prose = st.lists(st.one_of(_paragraph, _list), min_size=1, max_size=3).map(
    lambda content: {"type": "prose", "attrs": {"markdown": None}, "content": content})  # fmt: skip
_plain = lines.map(lambda words: [{"type": "text", "text": words}] if words else [])
_heading = st.builds(lambda level, words: {"type": "heading", "attrs": {"level": level}, "content": words},
                     st.sampled_from([2, 3]), _plain)  # fmt: skip
_table = st.integers(1, 3).flatmap(lambda width: st.lists(
    st.lists(_plain.map(lambda words: {"type": "tableCell", "content": words}), min_size=width, max_size=width),
    min_size=2, max_size=3)).map(lambda rows: {"type": "table", "attrs": {}, "content": [
        {"type": "tableRow", "content": row} for row in rows]})  # fmt: skip
documents = st.lists(st.one_of(_prose, _heading, _table), max_size=4)


@settings(max_examples=80, deadline=None)
@given(bodies)
def test_what_nobody_touches_comes_back_sign_by_sign(body: str) -> None:
    document = article_document.of(body)
    if document is not None:
        assert article_document.read(document, body) == article_document.ReadArticle(body)
        # A headline that is added changes nothing of how the others look.
        added = {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "足した見出し"}]}
        found = article_document.read({"type": "doc", "content": [*document["content"], added]}, body)
        assert found.problems == [], repr(body)
        assert _page(found.body) == _page(body) + "<h2>足した見出し</h2>\n"


@settings(max_examples=80, deadline=None)
@given(documents)
def test_what_is_written_is_read_the_same(content: list[Json]) -> None:
    found = article_document.read({"type": "doc", "content": content}, "")
    if found.problems:
        return
    again = article_document.of(found.body)
    assert again is not None, found.body
    assert "sealed" not in {node["type"] for node in again["content"]}, found.body
    anew = article_document.read(_as_new(again), "")
    assert anew.problems == []
    assert _page(anew.body) == _page(found.body)
    assert _shown(again["content"]) == _shown(content)


def _page(body: str) -> str:
    return str(pages.render_article(body, "", ""))


def _as_new(document: Json) -> Json:
    """The document as though somebody had written each of its blocks anew."""
    return {"type": "doc", "content": [
        node | {"attrs": {**node["attrs"], "markdown": None}} for node in document["content"]]}  # fmt: skip


def _shown(content: list[Json]) -> str:
    """All signs that a person sees, without blanks, which Markdown has not."""

    def words(node: Json) -> str:
        return node.get("text", "") + "".join(map(words, node.get("content", ())))

    return "".join("".join(map(words, content)).split())
