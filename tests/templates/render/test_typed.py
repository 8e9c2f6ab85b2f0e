"""What is typed is what arrives: 241 lines of an office, and any text that is no mark-up, in HTML, text and archive.

The lines with their right outcomes stand in ``tests/data/typed``, written by somebody who did not know the rules.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from lxml import html as trees

from models.issues.block import Prose
from templates.archive import pages
from templates.render import edition
from templates.render.edition import Rendered

from .. import sample_letters

FOLDER = Path(__file__).parents[2] / "data" / "typed"
LINES = [
    line
    for name in ("lines.toml", "spare.toml")
    for line in tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["line"]
]
START, END = "〔ここから〕", "〔ここまで〕"
_NOTE = re.compile(r"^\[(\d+)\]", re.MULTILINE)
_TRACKED = re.compile(r"/c/(\d+)/")


@cache
def whole() -> Rendered:
    """One letter with all lines, each between two marks."""
    texts = [text for line in LINES for text in (START, str(line["typed"]), END)]
    return edition.render(sample_letters.letter(*(Prose(text=text) for text in texts)))


@cache
def in_html() -> list[list[trees.HtmlElement]]:
    """The paragraphs of each line."""
    found: list[list[trees.HtmlElement]] = []
    open_line = False
    for element in trees.document_fromstring(whole().html).iter("p", "ul", "ol"):
        words = element.text_content()
        if words == START:
            found.append([])
            open_line = True
        elif words == END:
            open_line = False
        elif open_line:
            found[-1].append(element)
    return found


@cache
def in_text() -> list[str]:
    """What stands in the text part between the marks of each line."""
    return [piece.split(END)[0].strip("\n") for piece in whole().text.split(START)[1:]]


def asked_for(address: str) -> str:
    """An address in the form in which a browser asks for it, for a comparison."""
    encoded = quote(address, safe="%/:?#@!$&'()*+,;=~-._")
    return encoded + "/" if re.fullmatch(r"https?://[^/?#]+", encoded) else encoded


def without_line_ends(text: str) -> str:
    return text.replace("\n", "")


def number_of(line: dict[str, Any]) -> int:
    return LINES.index(line)


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"case_g1-{line['id']}")
def test_a_line_arrives_in_html_as_typed(line: dict[str, Any]) -> None:
    [paragraph] = in_html()[number_of(line)]
    assert paragraph.tag == "p"
    if "text" in line:
        # Between two addresses on lines of their own stands a space, as a browser would show a line end.
        shown = paragraph.text_content()
        assert shown in (without_line_ends(line["text"]), line["text"].replace("\n", " "))
    for field, tag in (("strong", "strong"), ("em", "em")):
        if field in line:
            assert [one.text_content() for one in paragraph.iter(tag)] == line[field]
    if "links" in line:
        rows = {row.number: row.url for row in whole().links}
        found = [(one.get("href"), one.text_content()) for one in paragraph.iter("a")]
        resolved = [[rows[int(at[1])] if (at := _TRACKED.search(href)) else href, shown] for href, shown in found]
        assert [[asked_for(href), shown] for href, shown in resolved] == [
            [asked_for(address), shown] for address, shown in line["links"]
        ]


@pytest.mark.parametrize("line", [one for one in LINES if "text" in one], ids=lambda line: f"case_g1-{line['id']}")
def test_a_line_arrives_in_the_text_part_as_typed(line: dict[str, Any]) -> None:
    """The house's way: ``words[1]`` with the address below, ``address [1]``, ``words (address of mail)``."""
    said = in_text()[number_of(line)]
    words, _, notes = said.partition("\n\n")
    numbers = iter(_NOTE.findall(notes))
    expected, at = "", 0
    for address, shown in line.get("links", []):
        end = line["text"].index(shown, at) + len(shown)
        expected += line["text"][at:end]
        if address.startswith("mailto:"):
            expected += "" if shown == address.removeprefix("mailto:") else f" ({address.removeprefix('mailto:')})"
        else:
            expected += f"{' ' if '://' in shown else ''}[{next(numbers)}]"
        at = end
    expected += line["text"][at:]
    if words != expected:  # it was wrapped, and spaces at the ends of lines are not kept
        assert re.sub(r"\s", "", words) == re.sub(r"\s", "", expected)
        assert re.match(r"\s*", words)[0] == re.match(r"\s*", expected)[0]  # type: ignore[index]
        assert "\n" in words + expected


_PROSE = (
    *(
        "3*4=12",
        "開館*1は9時、",
        "注*2",
        "090-****-1234",
        "***-1234",
        "__番",
        "snake_case",
        "10~12時",
        "13〜15時",
        "～",
    ),
    *("<注意>", "A<B", "->", "Q&A", "&amp;", "&copy;", "C:\\koho\\", "\\1,200", "¥500", "#1 番", "＃2", "[注]", "[1]"),
    *(
        "（https）",
        "「*」",
        "氏名*、",
        "第5号*。",
        "`",
        "```",
        "|",
        "||",
        "1.5倍",
        "-5度",
        "+3%",
        "①",
        "㈱",
        "髙",
        "𠮷",
        "。",
    ),
    *(
        "、",
        "\u3000",
        " ",
        "です",
        "窓口",
        "DX",
        "koho@example.lg.jp",
        "www.example.jp",
        "(*)",
        "※",
        "~",
        "^",
        "$1",
        "%",
    ),
)
_CHARACTERS = st.characters(categories=["L", "N", "P", "S"], exclude_characters="*[]<\\{")
_LINE = st.lists(st.one_of(st.sampled_from(_PROSE), st.text(_CHARACTERS, max_size=6)), min_size=1, max_size=12)
_MARKUP = re.compile(
    r"^\s*(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)"  # a list
    r"|\]\(|https?://|<[^<>\s]*[@:][^<>\s]*>|\\[*\[\]<]|^\s*\d*\\|\\$|\{[{%#]"
    r"|^\s*$"
)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(_LINE.map("".join))
@example("\u0f43")
def test_any_text_that_is_no_mark_up_arrives_unchanged_case_g1(text: str) -> None:
    # No reader sees a space at the end, and Markdown has none there; texts are kept in their composed form (NFC).
    text = normalize("NFC", text.strip(" \t").rstrip())
    assume(not _MARKUP.search(text))
    letter = sample_letters.letter(Prose(text=START), Prose(text=text), Prose(text=END))
    rendered = edition.render(letter)
    [paragraph] = re.findall(rf"<p[^>]*>{START}</p>\s*<p[^>]*>(.*?)</p>\s*<p[^>]*>{END}", rendered.html, re.DOTALL)
    assert unescape(paragraph) == text
    assert unescape(str(pages.render_issue(letter, {}).parts[1])) == f"<p>{text}</p>"
    words = rendered.text.split(START)[1].split(END)[0]
    assert re.sub(r"\s", "", words) == re.sub(r"\s", "", text)
    assert rendered.links == edition.render(sample_letters.letter()).links, "something became a link"
