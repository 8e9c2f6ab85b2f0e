"""Headings are broken between their phrases where a browser can, never inside of a word, and begin flush."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from templates.typography.phrase_breaks import phrases

from .. import golden, sample_letters

_LINES = """heading => {
  let lines = "", last = null;
  const walker = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); )
    for (let at = 0; at < node.length; at++) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { top } = range.getBoundingClientRect();
      if (last !== null && top > last + 8) lines += "\\n";
      last = top;
      lines += node.data[at];
    }
  return lines;
}"""
"""The text of an element as it is broken into lines."""
_WORDS = (
    "手順書",
    "Gov-Cloud",
    "生成AI",
    "DX",
    "しくみ",
    "ガバメントクラウド",
    "Q&A",
    "e-Tax",
    "2026-27",
    "業務標準化",
)
_TITLES = (
    "自治体の業務標準化とGov-Cloudの推進に向けた早期作業着手の勧め",
    "自治体DX推進手順書について教えてください",
    "庁内の生成AIを安心して使うための、三つの取り決め",
    "書かない窓口を支えるしくみと、2026-27の予算要求",
    "ガバメントクラウド移行、いま着手する作業の一覧とQ&A",
    "確定申告はe-Taxで、窓口に並ばずに済ませる五つの手順",
)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 900})
    context.route("**/*", lambda route: route.abort())
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [360, 390, 430, 760])
def test_case_h7_no_heading_is_broken_inside_a_word(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for title in _TITLES:
        page.set_content(golden.files(sample_letters.letter(sample_letters.PROSE, subject=title))["html"].decode())
        lines = page.locator("h1").evaluate(_LINES)
        assert lines.replace("\n", "") == title
        for word in _WORDS:
            assert (word in title) == (word in lines), lines


def test_case_h7_words_carry_no_marks() -> None:
    for title in _TITLES:
        assert "<wbr>" not in phrases(title)
    assert phrases("自治体DX推進の手順書 <案>") == "自治体DX推進の手順書 &lt;案&gt;"
    assert phrases("Gov-Cloudへ") == '<span class="whole">Gov-Cloud</span>へ'
    assert "whole" not in phrases("a-" * 50 + "a"), "what is wider than a telephone must be broken somewhere"


@pytest.mark.parametrize("bracket", ["【", "「", "『", "（", "〈", "《", "〔", "［", "｛"])
def test_case_h8_a_heading_that_begins_with_a_bracket_is_flush(page: Page, bracket: str) -> None:
    """What is seen of the bracket fills the right half of its square; the left half is outside of the line."""
    made = golden.files(sample_letters.letter(sample_letters.PROSE, subject=f"{bracket}年間ランキング")).get(
        "html", b""
    )
    page.set_content(made.decode().replace("font-family:Hiragino Sans", "font-family:IPAGothic"))
    expect(page.get_by_role("heading", level=1, name=f"{bracket}年間ランキング", exact=True)).to_be_visible()
    left, start, size = page.locator("h1").evaluate(
        """heading => {
          const range = document.createRange();
          range.selectNodeContents(heading.querySelector(".opening"));
          const after = document.createRange();
          after.selectNodeContents(heading.lastChild);
          return [range.getBoundingClientRect().right - heading.getBoundingClientRect().left,
                  after.getBoundingClientRect().left - heading.getBoundingClientRect().left,
                  parseFloat(getComputedStyle(heading).fontSize)];
        }"""
    )
    assert left == pytest.approx(size / 2, abs=1)
    assert start == pytest.approx(size / 2, abs=1)


def test_case_h8_the_text_is_as_it_was_written() -> None:
    assert phrases("【至急】「B」") == '<span class="opening">【</span>至急】「B」'
    assert phrases("【") == '<span class="opening">【</span>'
    assert phrases("") == ""
    assert phrases("ご案内【再送】") == "ご案内【再送】"
