"""Readers' details in both parts: lines of text that are broken around names, and honorifics that belong to them."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as trees

from models.issues.block import Block, Heading, Listing, Prose, Table
from templates import preflight, preview
from templates.content.personal_values import clean
from templates.message.freeze import FrozenMessage, freeze
from templates.message.mime import date_value, write
from templates.message.stamp import Reader, Stamper, slot_values
from templates.preflight import Severity
from templates.render import edition
from templates.typography.line_breaks import WIDTH, columns, wrap

from ..sample_letters import letter

DATE = date_value(datetime(2026, 12, 1, tzinfo=UTC))
WORDS = "庁内の申請を一つの画面にまとめると、窓口で待つ時間が目に見えて短くなります。"
LONG = "独立行政法人山田太郎記念地域情報化推進機構附属市民生活調査研究所第二企画調整室主任"
NAME = '{{ reader.name | default("皆さま") }}'
KANA = '{{ reader.kana | default("みなさま") }}'
WITH_HONORIFIC = '{{ reader.name | honorific("様") | default("皆さま") }}'


def parts(name: str, *blocks: Block, kana: str = "", subject: str = "お知らせ") -> tuple[str, str, str]:
    """HTML and text of a reader's copy as a frozen edition gives them, and its subject."""
    rendered = edition.render(letter(*blocks, subject=subject))
    reader = Reader(1, "a@example.jp", name, {"kana": kana})
    stamped = Stamper(FrozenMessage.unpack(freeze(rendered.message).pack()), 12).stamp(reader, DATE)
    assert stamped == write(rendered.message, slot_values(reader, 12, DATE))
    mail = cast("EmailMessage", message_from_bytes(stamped.raw, policy=default))
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html
    assert text
    # The same as the page that staff looks at.
    shown = preview.fill_sample(rendered.text, rendered.slots, {"name": name, "kana": kana}).split("\n")
    found = text.get_content().replace("\r\n", "\n")
    assert [line for line in shown if "://" not in line] == [line for line in found.split("\n") if "://" not in line]
    return html.get_content(), found, str(mail["Subject"])


@pytest.mark.parametrize(
    "name", ["", "李", "山田 太郎", LONG, "Muhammad Abdul Rahman bin Ismail al-Hadid", "ｶﾌﾞｼｷ会社「々ー」"]
)
@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}、こんにちは。{WORDS * 2}",
        f"{WORDS * 2}{NAME}",
        f"{WORDS}{NAME}と{NAME}へ。{WORDS}{KANA}の皆さまにも。{WORDS}",
        f"{'あ' * 34}{NAME}、{WORDS}",
        f"{'あ' * 33}「{NAME}」{WORDS}",
        f"お名前は{NAME}",
        f"Dear {NAME}, we are glad to write to you again this month with news of three towns. {KANA}",
    ],
    ids=["first", "last", "two", "line-end", "brackets", "short", "latin"],
)  # fmt: skip
def test_case_g13_a_paragraph_around_a_name_has_lines_as_wide_as_all_others(text: str, name: str) -> None:
    filled = text.replace(NAME, name or "皆さま").replace(KANA, "やまだ")
    assert "\n" + "\n".join(wrap(filled)) + "\n\n" in parts(name, Prose(text=text), kana="やまだ")[1]


_NAMES = st.text(st.sampled_from("山田太ーゃァ々 　a-'é。「」1１ｱ\u3099👩"), max_size=45)


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from([NAME, KANA, WORDS, "、", "と ", "「", "」", "word", "ー"]), max_size=8), _NAMES, _NAMES
)
def test_case_g13_lines_are_those_of_the_words_a_reader_sees(pieces: list[str], name: str, kana: str) -> None:
    source = "始め" + "".join(pieces) + NAME + "。"
    rendered = edition.render(letter(Prose(text=source)))
    filled = source.replace(NAME, clean(name) or "皆さま").replace(KANA, clean(kana) or "みなさま")
    text = preview.fill_sample(rendered.text, rendered.slots, {"name": name, "kana": kana})
    assert "\n" + "\n".join(wrap(filled)) + "\n" in text


@pytest.mark.parametrize(
    "block",
    [
        Heading(text=f"{NAME}へのお知らせ、{WORDS}"),
        Listing(items=(f"{WORDS}{NAME}", f"{NAME}、{WORDS}")),
        Table(caption=f"{NAME}の表{WORDS}", header=("a", "b"), rows=((f"{NAME}", WORDS),)),
        Prose(text=f"[{NAME}、{WORDS}](https://example.jp/)"),
    ],
    ids=lambda block: block.kind,
)
def test_case_g13_no_line_is_too_wide_wherever_a_name_stands(block: Block) -> None:
    for name in ("", LONG):
        text = parts(name, block, subject=f"{NAME}への{WORDS}")[1]
        assert [line for line in text.split("\n") if columns(line) > WIDTH and "://" not in line] == []
        assert (name or "皆さま")[:3] in text


@pytest.mark.parametrize(
    ("name", "called"), [("山田", "山田様"), ("", "皆さま"), (" ", "皆さま"), ("山田様", "山田様"), ("鵜殿", "鵜殿様")]
)
@pytest.mark.parametrize(
    "template",
    [
        WITH_HONORIFIC,
        '{{ reader.name | default("皆さま") | honorific("様") }}',
        '{{ reader.name | honorific | d("皆さま") }}',
    ],
)
def test_case_g14_an_honorific_belongs_to_the_name(template: str, name: str, called: str) -> None:
    html, text, subject = parts(name, Prose(text=f"宛先は{template}、です。"), subject=f"宛先は{template}、です。")
    assert f"宛先は{called}、です。" in trees.document_fromstring(html).text_content()
    assert f"\n宛先は{called}、です。\n" in text
    assert subject == f"宛先は{called}、です。"


def test_case_g14_where_there_is_no_reader_the_fallback_stands_alone() -> None:
    rendered = edition.render(letter(Prose(text=f"宛先は{WITH_HONORIFIC}、です。")))
    assert "宛先は皆さま、です。" in rendered.neutral_html
    assert "宛先は皆さま、です。" in rendered.neutral_text


def test_case_g14_what_stands_for_a_name_is_one_line() -> None:
    assert (
        "\n宛先は皆 さま、です。\n"
        in parts("", Prose(text=r'宛先は{{ reader.name | default("皆\nさま") }}、です。'))[1]
    )


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ('{{ reader.name | default("皆さま") }}様、', 'reader.name | honorific("様") | default("皆さま")'),
        ('{{ reader.name|d("皆様") }} 様', 'reader.name | honorific("様") | default("皆様")'),
        ('**{{ reader.name | default("皆さま") }}**　さん', 'reader.name | honorific("さん") | default("皆さま")'),
        (
            '{{ reader.name | default("住民の皆さん") ~ "殿" }}',
            'reader.name | honorific("殿") | default("住民の皆さん")',
        ),
        ('{{ reader.kana | default("みなさま") }}さま', 'reader.kana | honorific("さま") | default("みなさま")'),
        (
            '{{ reader.organisation | default("各位") }}御中',
            'reader.organisation | honorific("御中") | default("各位")',
        ),
        (f"{WITH_HONORIFIC}様", 'reader.name | honorific("様") | default("皆さま")'),
    ],
)
def test_case_g14_an_honorific_behind_a_fallback_is_warned_of(text: str, ready: str) -> None:
    for changes in ({"subject": text + "お知らせ"}, {"blocks": (Prose(text=text),)}, {"blocks": (Heading(text=text),)}):
        findings = [one for one in preflight.check(letter(**changes)) if one.rule.startswith("slot.")]
        assert [(one.rule, one.severity) for one in findings] == [("slot.honorific", Severity.WARNING)]
        assert "{{ " + ready + " }}" in findings[0].remedy("ja")
        assert "{{ " + ready + " }}" in findings[0].remedy("en")


@pytest.mark.parametrize(
    "text",
    [
        WITH_HONORIFIC + "、こんにちは。",
        '{{ reader.name | default("ご担当者") }}様',
        '{{ reader.organisation | default("各課") }}御中',
        f"{NAME}様々なお知らせです。",
        f"{NAME}へ。山田様より。",
    ],
)
def test_case_g14_what_reads_well_is_not_warned_of(text: str) -> None:
    found = {one.rule for one in preflight.check(letter(Prose(text=text)))}
    assert not found & {"slot.honorific", "slot.fallback", "words.changed"}


def test_case_g13_a_lost_letter_is_seen_behind_a_name() -> None:
    rendered = edition.render(letter(Prose(text=f"{NAME}、{WORDS}")))
    assert WORDS[:5] in rendered.slots.unwrapped(rendered.text)
    assert "words.changed" not in {
        one.rule for one in preflight.check(letter(Prose(text=f"{WORDS}{NAME}、{WORDS * 3}")))
    }
