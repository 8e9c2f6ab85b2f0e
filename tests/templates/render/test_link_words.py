"""Links in an author's text: what is shown of them, where they lead, and what the text part puts beside them."""

from __future__ import annotations

import pytest

from models.deliveries.edition import LinkKind
from models.issues.block import Prose, Table
from templates.render import edition
from templates.render.edition import Rendered

from .. import sample_letters


def made(text: str, **values: object) -> Rendered:
    return edition.render(sample_letters.letter(Prose(text=text), **values))


def addresses(rendered: Rendered) -> list[str]:
    """Where the links of the text lead."""
    return [row.url for row in rendered.links if row.kind is LinkKind.PROSE]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[koho@example.lg.jp](mailto:koho@example.lg.jp)へ", "koho@example.lg.jpへ"),
        ("[Koho@Example.lg.jp](mailto:koho@example.lg.jp?subject=a)へ", "Koho@Example.lg.jpへ"),
        ("[広報係 koho@example.lg.jp](mailto:koho@example.lg.jp)へ", "広報係 koho@example.lg.jpへ"),
        ("<koho@example.lg.jp>へ", "koho@example.lg.jpへ"),
        ("[広報係](mailto:koho@example.lg.jp)へ", "広報係 (koho@example.lg.jp)へ"),
    ],
    ids=lambda part: f"case_g8-{part[:12]}",
)
def test_an_address_of_mail_is_said_once(text: str, said: str) -> None:
    assert f"\n{said}\n" in made(text).text


@pytest.mark.parametrize(
    "typed", ["https://www.example.jp/a", "https://ja.example.jp/wiki/回覧板", "HTTP://EXAMPLE.JP/"]
)
@pytest.mark.parametrize("form", ["資料は{}。", "（{}）", "<{}>", "[{0}]({0})"])
def test_an_address_is_counted_as_every_link_and_shown_as_typed_case_g7(typed: str, form: str) -> None:
    if form == "<{}>" and not typed.isascii():
        form = "「{}」"
    rendered = made(form.format(typed))
    assert len(addresses(rendered)) == 1
    assert f">{typed}</a>" in rendered.html
    assert 'href="https://news.example.jp/c/1/' in rendered.html
    assert f"{typed} [1]" in rendered.text
    assert "\n[1]\nhttps://news.example.jp/c/1/" in rendered.text


def test_without_tracking_an_address_leads_where_it_says_case_g7() -> None:
    rendered = made("資料はhttps://www.example.jp/a。", tracking="off")
    assert '<a href="https://www.example.jp/a"' in rendered.html
    assert "\n[1]\nhttps://www.example.jp/a\n" in rendered.text
    assert "資料はhttps://www.example.jp/a [1]。" in rendered.text


@pytest.mark.parametrize(
    "text",
    [
        "https://www.example.jp/?a=1&amp;b=2 へ",
        "[申込](https://www.example.jp/?a=1&amp;b=2)",
        "<https://www.example.jp/?a=1&#38;b=2>",
    ],
    ids=["case_g6-bare", "case_g6-link", "case_g6-angle"],
)
def test_the_source_of_a_page_is_no_address(text: str) -> None:
    rendered = made(text)
    assert addresses(rendered) == ["https://www.example.jp/?a=1&b=2"]
    assert "amp;b" not in rendered.text


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("[窓口](https://www.example.jp/a b.pdf)へ", "https://www.example.jp/a%20b.pdf"),
        ("[窓口](https://www.example.jp/a　b.pdf)へ", "https://www.example.jp/a%20b.pdf"),
        ('[窓口](https://www.example.jp/a b "題")へ', "https://www.example.jp/a%20b"),
        ("[窓口](<https://www.example.jp/a b>)へ", "https://www.example.jp/a%20b"),
        ("[窓口](https://www.example.jp/a b_(c))へ", "https://www.example.jp/a%20b_(c)"),
    ],
    ids=lambda part: f"case_g3-{part}",
)
def test_an_address_with_spaces_is_mended(text: str, address: str) -> None:
    rendered = made(text)
    assert addresses(rendered) == [address]
    assert "窓口[1]へ" in rendered.text
    assert "](" not in rendered.html


def test_the_heads_of_a_table_are_in_the_text_part_too_case_g1() -> None:
    table = Table(caption="手続き", header=("名前", "順番"), rows=(("転入", "1"),))
    assert "【表】手続き\n名前 / 順番\n・転入: 1\n" in edition.render(sample_letters.letter(table)).text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("二つのDX\\\n次の行", "二つのDX\n次の行"),
        ("\\*必須\\*の欄", "*必須*の欄"),
        ("共有は \\\\sv01\\資料\\\n次の行", "共有は \\\\sv01\\資料\\次の行"),
        ("D:\\_backup\\*月分 と C:\\[資料]", "D:\\_backup\\*月分 と C:\\[資料]"),
        ("\\- 項目\n2\\. 節\n\\# 番", "- 項目\n2. 節# 番"),
        ("前の段落\n\u3000\n\u3000次の段落", "前の段落\n\n\u3000次の段落"),
        ("<注意:1>と<note:abc>", "<注意:1>と<note:abc>"),
        ("縦*横*高さ", "縦*横*高さ"),
        ("料金**は税込です。送料**は別です。", "料金**は税込です。送料**は別です。"),
        ("*は必須項目です。氏名*、住所*です。", "*は必須項目です。氏名*、住所*です。"),
        ("**12と**34", "**12と**34"),
    ],
    ids=lambda part: f"case_g1-{part!r}",
)
def test_signs_that_are_mark_up_and_signs_that_are_none(text: str, said: str) -> None:
    assert f"\n\n{said}\n\n" in made(text).text
