"""Addresses in Japanese prose: where each ends, and as what it is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.manuscript import bare_address

SURE = [
    ("https://ja.example.jp/wiki/回覧板", ""),
    ("https://www.example.jp/search?text=c&f[0]=themes:2", " です"),
    ("https://www.example.jp/search?text=c&f[0]=themes:2", "。"),
    ("https://www.example.jp/a", "）と"),
    ("https://www.example.jp/a", "]と"),
    ("https://www.example.jp/a", "（外部サイト）"),
    ("https://www.example.jp/form", "(外部サイト)です"),
    ("https://www.example.jp/index.html", "をご覧ください"),
    ("https://www.example.jp/a.pdf", "参照"),
    ("https://www.example.jp", "をご覧ください"),
    ("https://www.example.jp", "参照"),
    ("https://総務省.jp/広報/お知らせ.pdf", " です"),
    ("https://www.日本語.jp", "をご覧ください"),
    ("https://ja.example.jp/wiki/お知らせ", "。"),
    ("https://ja.example.jp/wiki/書かない窓口", "」"),
    ("https://ja.example.jp/wiki/ジョン・スミス", "。"),
    ("https://www.example.jp/上下水道", "、"),
    ("https://www.example.jp/広報/R8年度予算2026.pdf", "です"),
    ("https://www.example.jp/search?q=ごみの分別&p=2", "。"),
    ("https://www.example.jp/?a=1&amp;b=2", "&gt;"),
    ("https://www.example.jp/a", "&quot;"),
    ("https://www.example.jp/", "**です"),
    ("https://www.example.jp/a", "*です"),
    ("HTTPS://WWW.EXAMPLE.JP/a", "。"),
    ("https://a.example.jp/foo(bar)", "."),
    ("http://localhost:8025/x", "、"),
    ("https://www.example.jp/docs/要綱(案).pdf", "をご覧ください"),
    ("https://www.example.jp/docs/様式（記入例）.xlsx", "に記入"),
    ("https://www.example.jp/広報【4月号】.pdf", "。"),
    ("https://www.example.jp/login?next=https://www.example.jp/home", "。"),
    ("https://web.example.org/web/20260401/https://www.example.jp/a.html", "、"),
    ("https://www.example.jp/a", "・https://www.example.jp/b/"),
]
UNSURE = [
    ("https://www.example.jp/", "をご覧ください"),
    ("https://ja.example.jp/wiki/回覧板", "をご覧ください"),
    ("https://ja.example.jp/wiki/回覧板", "に説明があります。"),
    ("https://www.example.jp/", "お問い合わせください"),
    ("https://www.example.jp/", "またはhttps://b.example.jp/"),
    ("https://www.example.jp/", "は5月1日から"),
    ("https://www.example.jp/koho/", "からダウンロード"),
    ("https://www.example.jp/koho/", "より"),
    ("https://www.example.jp/koho/", "参照"),
    ("https://www.example.jp/koho/", "等で公表"),
    ("https://www.example.jp/koho", "参照"),
    ("https://www.example.jp/R8/4月", "・5月号.pdf"),
    ("https://www.example.jp/file", "(改訂版)/index.html"),
]


@pytest.mark.parametrize(
    ("address", "behind", "unsure"),
    [*((*case, False) for case in SURE), *((*case, True) for case in UNSURE)],
    ids=lambda part: f"case_g5-{part}",
)
@pytest.mark.parametrize("before", ["", "資料は", "（", "「", "URL:"])
def test_an_address_ends_where_people_end_it(before: str, address: str, behind: str, unsure: bool) -> None:
    text = before + address + behind
    found = next(bare_address.find_all(text))
    assert text[found.start : found.end] == address
    assert found.unsure is unsure


@pytest.mark.parametrize(
    "text", ["https://", "https:// で始まる", "xhttps://a.jp/", "ｈｔｔｐｓ：／／ａ．ｊｐ", "http://。"]
)
def test_what_is_no_address(text: str) -> None:
    assert list(bare_address.find_all(text)) == []


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        pytest.param("https://a.jp/?a=1&amp;b=2&#38;c=3", "https://a.jp/?a=1&b=2&c=3", id="case_g6"),
        pytest.param(
            "https://a.jp/?copy=1&reg=2&lang=ja", "https://a.jp/?copy=1&reg=2&lang=ja", id="case_g6-no_entity"
        ),
        pytest.param("https://a.jp/a b\u3000c.pdf", "https://a.jp/a%20b%20c.pdf", id="case_g3"),
        pytest.param("https://a.jp/広?f[0]=x", "https://a.jp/%E5%BA%83?f%5B0%5D=x", id="case_g5"),
        pytest.param("https://総務省.jp/", "https://xn--lhr645fjve.jp/", id="case_g5-host"),
        pytest.param("https://a.jp/%E5%BA%83", "https://a.jp/%E5%BA%83", id="case_g5-encoded"),
        pytest.param("mailto:a@b.jp?subject=件", "mailto:a@b.jp?subject=件", id="case_g5-mail"),
    ],
)
def test_an_address_is_asked_for_as_a_browser_does(typed: str, asked: str) -> None:
    assert bare_address.canonical(typed) == asked
    assert bare_address.canonical(asked) == asked


@given(st.text(st.sampled_from("https://a.jp/をはの広報参照お知Aa1_-&;()[]*。、 \n"), max_size=60))
def test_addresses_stand_in_the_text_one_behind_the_other(text: str) -> None:
    end = 0
    for found in bare_address.find_all("https://x.jp/" + text):
        assert end <= found.start < found.end
        end = found.end
