"""Preflight sees a letter that got lost between the manuscript and a part, whoever lost it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.issues.block import Prose, Table
from templates.preflight import lost_words
from templates.render import edition

from .. import sample_letters


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        pytest.param("単価3*4=12円、5*6=30円。", "単価34=12円、56=30円。", id="case_g1-sum"),
        pytest.param("開館*1は9時、閉館*2は17時", "開館1は9時、閉館2は17時", id="case_g2-footnote"),
        pytest.param("番号は****56と****78です。", "番号は56と78です。", id="case_g1-mask"),
        pytest.param(r"\\server01\広報", r"\server01\広報", id="case_g1-backslash"),
        pytest.param("料金は120円です。", "料金は12円です。", id="case_g1-figure"),
        pytest.param("https://www.example.jp/a_b", "https://www.example.jp/ab", id="case_g5-address"),
        pytest.param("[注]: 雨天中止。", "", id="case_g3-reference"),
        pytest.param("A<B、C>Dです。", "Dです。", id="case_g1-tag"),
    ],
)
def test_a_lost_letter_is_seen(typed: str, mailed: str) -> None:
    assert lost_words.find_lost(typed, f"前の文。{mailed}後の文。", markdown=True)
    assert not lost_words.find_lost(typed, f"前の文。{typed}後の文。".replace(" ", ""), markdown=True)


@pytest.mark.parametrize(
    ("typed", "mailed"),
    [
        ("**重要**な*お知らせ*です。", "重要なお知らせです。"),
        ("[窓口](https://www.example.jp/a_(b) 'x')へ", "窓口[3]へ"),
        ("資料は https://www.example.jp/a です。", "資料はhttps://www.example.jp/a[1]です。"),
        ("<https://www.example.jp/?a=1&amp;b=2>", "https://www.example.jp/?a=1&b=2[1]"),
        ("[係](mailto:koho@example.jp)へ", "係(koho@example.jp)へ"),
        ("- -5度\n- +3度\n\n2. 二", "・-5度・+3度2.二"),
        ("\\*必須\\\n1\\. 番", "*必須1.番"),
    ],
)
def test_what_mark_up_takes_away_is_no_loss(typed: str, mailed: str) -> None:
    assert lost_words.find_lost(typed, f"前{mailed}後", markdown=True) == ""


@pytest.mark.parametrize("part", ["html", "text"])
def test_each_part_is_looked_at_case_g1(part: str) -> None:
    letter = sample_letters.letter(
        Prose(text="単価3*4=12円です。"), Table(header=("品", "単価"), rows=(("あ", "5*6"),))
    )
    rendered = edition.render(letter)
    assert list(lost_words.check(letter, rendered)) == []
    for right, wrong in (("3*4", "34"), ("5*6", "56")):
        broken = replace(rendered, **{part: getattr(rendered, part).replace(right, wrong)})
        [found] = lost_words.check(letter, broken)
        assert found.rule == "words.changed"
        assert right in found.message("ja")
        assert ("HTML" in found.message("ja")) is (part == "html")


_PIECES = (
    *("*", "**", "***", "[", "]", "(", ")", "https://x.example.jp/a", "](https://a.example.jp/)", "\\", "\n", "\n\n"),
    *("<koho@example.jp>", "<https://a.example.jp/?a=1&amp;b=2>", "- ", "1. ", "2) ", "あ", "A", "1", "。", "「", "」"),
    *("\\*", "&amp;", "\u3000", "`", "_", "#", "- -5度", "[a](mailto:x@example.jp)", "  ", "<", ">"),
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_no_text_is_blocked_for_mark_up_that_worked(text: str) -> None:
    letter = sample_letters.letter(Prose(text="題" + text))
    assert list(lost_words.check(letter, edition.render(letter))) == []
