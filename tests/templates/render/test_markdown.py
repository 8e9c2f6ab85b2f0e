"""The Markdown of authors' texts: what is read, what stays as typed, and what never becomes HTML."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.render import markdown


def rendered(source: str) -> str:
    return str(markdown.html(markdown.parse(source), lambda anchor: anchor.url))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("一段落\n\n二段落", "<p>一段落</p><p>二段落</p>"),
        ("これは**「重要」**です。", "<p>これは<strong>「重要」</strong>です。</p>"),
        ("*強調*と**太字**", "<p><em>強調</em>と<strong>太字</strong></p>"),
        ("行の終わり\\\n次の行", "<p>行の終わり<br>次の行</p>"),
        ("行の終わり  \n次の行", "<p>行の終わり<br>次の行</p>"),
        ("和文は\n続く", "<p>和文は続く</p>"),
        ("two\nwords", "<p>two words</p>"),
        ("[記事](article:rpa)", '<p><a href="article:rpa">記事</a></p>'),
        ("<https://example.jp/>", '<p><a href="https://example.jp/">https://example.jp/</a></p>'),
        ("見よ https://example.jp/a。", '<p>見よ <a href="https://example.jp/a">https://example.jp/a</a>。</p>'),
        ("- 一\n- 二\n  - 二の一", "<ul><li>一</li><li>二<ul><li>二の一</li></ul></li></ul>"),
        ("3. 三\n4. 四", '<ol start="3"><li>三</li><li>四</li></ol>'),
        ("[](https://example.jp)", '<p><a href="https://example.jp">https://example.jp</a></p>'),
    ],
)
def test_what_the_dialect_knows(source: str, html: str) -> None:
    assert rendered(source) == html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\*ABC\*と\*abc def\*", "*ABC*と*abc def*"),
        (r"\[x\]と\[ABC\](x)", "[x]と[ABC](x)"),
        (r"C:\a\*.docx と \*A\*", r"C:\a\*.docx と *A*"),
        (r"\*印\* koho\*.docx", r"*印* koho\*.docx"),
        ("**/*.csv と src/**", "**/*.csv と src/**"),
    ],
    ids=lambda part: f"case_g1-{part}",
)
def test_signs_that_are_escaped_or_of_names_of_files_are_signs(source: str, shown: str) -> None:
    assert rendered(source) == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "次のとおり\n・一つ目\n\u3000続き\n・二つ目",
            "(1)項目\n(2)項目",
            "①項目\n②項目",
            "１．項目\n２．項目",
            "1.一\n2.二",
        ),
        *(
            "○日時 4月1日\n○場所 公民館",
            "※注意1\n※注意2",
            "*1 注\n*2 注",
            "【日時】4月1日\n【場所】公民館",
            "→申請\n→審査",
        ),
        *("東京都千代田区\nTEL 03-1234-5678", "第1条 目的\n第2条 定義", "事務局\n〒100-0001", "-一\n-二"),
        *("日時：4月1日\n場所：公民館", "日時:4月1日\n場所:公民館", "講座のご案内\n日　時：4月1日\n対 象: 市民"),
    ],
    ids=lambda text: f"case_g18-{text[:8]!r}",
)
def test_lines_that_begin_as_lines_of_a_list_stay_lines(text: str) -> None:
    assert rendered(text) == "<p>" + text.replace("\n", "<br>") + "</p>"
    assert [markdown.plain(node.children) for node in markdown.parse(text) if isinstance(node, markdown.Paragraph)] == [
        text
    ]


_UNKNOWN = (
    *("# 見出し", "> 引用", "`code`", "| a | b |\n|---|---|", "![絵](x)"),
    *("<b>太い</b>", "&amp;", "---x", "snake_case_name", "5 * 3"),
)


@pytest.mark.parametrize("source", _UNKNOWN)
def test_what_the_dialect_does_not_know_stays_as_typed(source: str) -> None:
    nodes = markdown.parse(source)
    text = "".join(markdown.plain(node.children) for node in nodes if isinstance(node, markdown.Paragraph))
    assert text.replace(" ", "") == source.replace("\n", "").replace(" ", "").replace("[絵](x)", "絵")


_TAG = re.compile(r'<(?:/?(?:p|strong|em|a|ul|ol|li)|br|ol start="\d+"|a href="[^"<>]*")>')


@given(st.text(max_size=300))
def test_no_text_becomes_markup_of_its_own(text: str) -> None:
    words = _TAG.sub("", rendered(text))
    assert "<" not in words
    assert ">" not in words


@pytest.mark.parametrize("piece", ["あ\n", "*a", "**「a", "[a](", "[[[[", "> ", "- a\n", "***a** ", "https://", "\\"])
def test_two_hundred_thousand_characters_hang_nothing(piece: str) -> None:
    """The time limit of every test stops it where work grows with the square of what is pasted."""
    assert rendered(piece * (200_000 // len(piece)))
