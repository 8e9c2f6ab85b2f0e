"""Manuscripts as people write them, and what they are told when something is wrong."""

from __future__ import annotations

from hashlib import sha256

import pytest

from models import manuscript
from models.issues.block import (
    Button,
    Figure,
    Heading,
    Listing,
    Notice,
    Only,
    Prose,
    RankingEntry,
    Table,
)
from models.issues.issue_state import IssueKind
from models.manuscript import Manuscript
from models.store.errors import Invalid

TOP = "---\nsubject: 件名\n---\n"


def load(path: str, line: int) -> str:
    """The digest of a picture's name; nothing is read."""
    if path == "missing.png":
        raise Invalid("there is no picture", file="issue.md", line=line)
    return sha256(path.encode()).hexdigest()


def parse(text: str) -> Manuscript:
    return manuscript.parse(text, "issue.md", load)


def only_block(text: str) -> object:
    blocks = parse(TOP + text).blocks
    assert len(blocks) == 1
    return blocks[0]


def test_front_matter_is_read_as_it_stands() -> None:
    found = parse(
        "---\nnewsletter: ict\nnumber: 12\nkind: correction\nsubject: 2025\npreheader: はい: いいえ\n"
        "language: ja\naudience: no\ndated: 2026-12-01\ncorrects: 11\nsegment: {languages: [ja]}\n---\n".replace(
            "はい: いいえ", '"はい: いいえ"'
        )
    )
    assert (found.subject, found.number, found.kind, found.audience) == ("2025", 12, IssueKind.CORRECTION, "no")
    assert (found.preheader, str(found.dated), found.corrects) == ("はい: いいえ", "2026-12-01", 11)
    assert found.segment == {"languages": ["ja"]}


def test_paragraphs_in_a_row_are_one_block_and_keep_their_words() -> None:
    assert only_block("一。\n二。\n\n\u3000三。<b>太字</b> & [x]: y") == Prose(
        text="一。\n二。\n\n\u3000三。<b>太字</b> & [x]: y"
    )


def test_headlines_lists_and_pictures_are_plain_markdown() -> None:
    found = parse(
        TOP
        + "## 見出し\n\n- 一\n- 二\n    - 二の一\n\n1. 甲\n2. 乙\n   続き\n\n"
        "![代替](図 1.png)\n図1 題\n出典: 総務省「調べ」 https://www.example.jp/a\n".replace(
            "(図 1.png)", "(<図 1.png>)"
        )
    )
    heading, bullets, numbers, figure = found.blocks
    assert heading == Heading(text="見出し")
    assert bullets == Listing(items=("一", "二\n  - 二の一"))
    assert numbers == Listing(ordered=True, items=("甲", "乙\n続き"))
    assert figure == Figure(
        image=load("図 1.png", 1),
        alt="代替",
        caption="図1 題",
        source="総務省「調べ」",
        source_address="https://www.example.jp/a",
    )


@pytest.mark.parametrize(
    ("line", "source", "address"),
    [
        ("出典: 総務省", "総務省", ""),
        ("出典:[総務省](https://www.example.jp/)", "総務省", "https://www.example.jp/"),
        ("出所 : 県 <https://example.jp/>", "県", "https://example.jp/"),
        ("Source: A study", "A study", ""),
    ],
)
def test_a_source_is_written_in_many_ways(line: str, source: str, address: str) -> None:
    figure = only_block(f"![a](a.png)\n{line}")
    assert isinstance(figure, Figure)
    assert (figure.source, figure.source_address) == (source, address)


def test_tables_with_and_without_caption() -> None:
    rows = "| 区分 | 数 |\n|---|--:|\n| 市 \\| 区 | 3 |\n"
    assert only_block(rows) == Table(header=("区分", "数"), rows=(("市 | 区", "3"),))
    assert only_block(f"::: table 題\n{rows}\n出典: 県\n:::") == Table(
        caption="題", header=("区分", "数"), rows=(("市 | 区", "3"),), source="県"
    )


def test_a_ranking_place_holds_what_is_new() -> None:
    entry = only_block(
        "::: ranking 第5位 personal-data {last_place=3 readers=120}\n振り返り。\n\n### 最新動向\n\n新しい。\n\n"
        "::: notice 注意\n本文\n:::\n\n![図](a.png)\n\n:::"
    )
    assert isinstance(entry, RankingEntry)
    assert (entry.place, entry.article, entry.last_place, entry.readers) == (5, "personal-data", 3, 120)
    assert entry.recap == "振り返り。"
    assert [part.kind for part in entry.news] == ["prose", "notice", "figure"]


@pytest.mark.parametrize("name", ["0e0", "1e5", "007", "12", "true", "null"])
def test_a_topic_whose_name_looks_like_a_number(name: str) -> None:
    (block,) = parse(TOP + f"::: only topic={name}\n本文\n:::").blocks
    assert block.only == Only(topics=(name,))


def test_parts_for_some_readers() -> None:
    first, second = parse(TOP + "::: only audience=official,vendor topic=rpa\n## 見出し\n\n本文\n:::\n").blocks
    assert first.only == second.only == Only(audiences=("official", "vendor"), topics=("rpa",))


def test_full_width_colons_and_japanese_names_are_understood() -> None:
    assert only_block(":::お知らせ\u3000休館日\n月曜日\n:::") == Notice(title="休館日", text="月曜日")


def test_a_button() -> None:
    assert only_block("::: button [申し込む](https://example.jp/)\n:::") == Button(
        text="申し込む", address="https://example.jp/"
    )


def test_windows_files_are_read() -> None:
    assert parse("\ufeff" + (TOP + "本文\n").replace("\n", "\r\n")).blocks == (Prose(text="本文"),)


def test_case_g10_a_text_of_a_mac_is_put_together() -> None:
    found = parse('---\nsubject: か\u3099くしゅう\npreheader: "は\\u309aん"\n---\n## か\u3099いよう\n\nハ\u309aソコン')
    assert (found.subject, found.preheader) == ("がくしゅう", "ぱん")
    assert found.blocks == (Heading(text="がいよう"), Prose(text="パソコン"))


@pytest.mark.parametrize("key", ["subject", "preheader"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (r'"NUL\x00"', "a character that no text has"),
        (r'"VT\v"', "a character that no text has"),
        (r'"ESC\e[31m"', "a character that no text has"),
        (r'"U+FFFE \uFFFE"', "a character that no text has"),
        (r'"\U0001FFFF"', "a character that no text has"),
        (r'"CR\rLF"', "one line"),
        (r'"NEL\x85x"', "one line"),
        (r'"LS\u2028x"', "one line"),
        (r'"\u3164"', "nothing to see"),
        (r'"\u2800"', "nothing to see"),
        (r'"外字\uE000"', "private-use"),
    ],
)  # fmt: skip
def test_case_g11_g12_refused_with_its_line(key: str, value: str, words: str) -> None:
    other = "" if key == "subject" else "subject: 題\n"
    with pytest.raises(Invalid) as caught:
        parse(f"---\n{other}{key}: {value}\n---\n本文")
    assert words in str(caught.value)
    assert caught.value.line == 2 + bool(other)


def test_case_g11_a_subject_of_which_nothing_is_left_is_none() -> None:
    with pytest.raises(Invalid, match="no subject"):
        parse('---\nsubject: "\\u200b\\u202e"\n---\n本文')


def test_case_g12_a_tab_becomes_a_space_and_what_nobody_sees_goes() -> None:
    found = parse('---\nsubject: "一\\t二\\u202e三\\u200b"\n---\n本\u202e文\u2028改行\ufeff')
    assert (found.subject, found.blocks) == ("一 二三", (Prose(text="本文\n改行"),))


@pytest.mark.parametrize("text", ["本文\n\n外字\ue000です", "本文\n\n\U000f0000", "- 一\n- 外\uf8ff\n"])
def test_case_g22_private_use_is_an_error_with_its_line(text: str) -> None:
    with pytest.raises(Invalid, match="外字") as caught:
        parse(TOP + text)
    assert caught.value.line == (5 if text.startswith("-") else 6)


def test_case_g11_a_headline_needs_something_to_see() -> None:
    with pytest.raises(Invalid, match="headline is empty"):
        parse(TOP + "## \u3164")


def test_a_link_is_found_in_its_line() -> None:
    found = parse(TOP + "一段落目。\n\n二段落目は\n[記事](article:rpa)と<https://example.jp/>。")
    assert [(one.name, one.line) for one in found.references] == [("article:rpa", 7), ("https://example.jp/", 7)]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "must begin with “---”"),
        ("# 見出し", 1, "must begin with “---”"),
        ("---\nsubject: a\n本文", 1, "not closed"),
        ("---\npreheader: a\n---\n", 2, "no subject"),
        ("---\nsubject: a\nsubjct: b\n---\n", 3, "“subjct” is not known here; did you mean “subject”?"),
        ("---\nsubject: a\nsubject: b\n---\n", 3, "given twice"),
        ("---\nsubject: a\nkind: [\n---\n", 3, "no YAML"),
        ("---\nsubject: a: b\n---\n", 2, "quotation marks"),
        ("---\nsubject: &a x\npreheader: *a\n---\n", 3, "quotation marks"),
        ("---\n- a\n---\n", 2, "keys and values"),
        ("---\nsubject: a\nnumber: zwölf\n---\n", 3, "“number” is a whole number, not “zwölf”"),
        ("---\nsubject: a\nnumber: 0\n---\n", 3, "whole number"),
        ("---\nsubject: a\ndated: 2026-02-30\n---\n", 3, "“dated” is a date"),
        ("---\nsubject: a\nkind: rankng\n---\n", 3, "did you mean “ranking”?"),
        ("---\nsubject: a\nlanguage: fr\n---\n", 3, "Known are: ja, en"),
        ('---\nsubject: "a\\nb"\n---\n', 2, "one line"),
        ("---\nsubject: [a]\n---\n", 2, "is a text"),
        (f"---\nsubject: {'あ' * 501}\n---\n", 2, "at most 500"),
        ("---\nsubject: a\nsegment: 3\n---\n", 3, "“segment” holds keys"),
        (TOP + "a\0b", 4, "a character that no text has"),
        (TOP + "# 見出し", 4, "begin sections with ##"),
        (TOP + "#### 見出し", 4, "no deeper"),
        (TOP + "##", 4, "empty"),
        (TOP + "本文\n\n---\n", 6, "line across"),
        (TOP + "> 引用", 4, "quotation"),
        (TOP + "```\nx\n```", 4, "program text"),
        (TOP + "本文 ![図](a.png) 続き", 4, "stands alone"),
        (TOP + "![図](a.png)\n![図](b.png)", 5, "stands alone"),
        (TOP + "![図](a.png)\n出典: 甲\n出典: 乙", 6, "two sources"),
        (TOP + "\n\n![図](missing.png)", 6, "no picture"),
        (TOP + "2. 二から", 4, "begins with 1"),
        (TOP + "- 一\n-\n- 三", 5, "empty"),
        (TOP + "| a | b |\n|---|---|\n| 1 |\n", 6, "1 cells"),
        (TOP + "::: notice\n本文", 4, "never closed"),
        (TOP + "本文\n:::", 5, "none is open"),
        (TOP + "::: only audience=a\n" * 7, 10, "nested too deeply"),
        (TOP + "::: notise\n:::", 4, "there is no part “notise”; did you mean “notice”?"),
        (TOP + "::: notice {txt=1}\n:::", 4, "“txt” is not known"),
        (TOP + '::: notice {title="a}\n:::', 4, "braces"),
        (TOP + "::: notice 題 {title=x}\n本文\n:::", 4, "given twice"),
        (TOP + "::: notice\n## 見出し\n:::", 5, "headline cannot stand"),
        (TOP + "::: notice\n::: search\n:::\n:::", 5, "cannot stand inside"),
        (TOP + "::: button 申し込む\n:::", 4, "::: button [words](https://…)"),
        (TOP + "::: button [申し込む](www.example.jp)\n:::", 4, "no whole address"),
        (TOP + "::: article Über\n:::", 4, "cannot be a name"),
        (TOP + "::: ranking personal-data\n:::", 4, "the place and the article"),
        (TOP + "::: ranking 101 rpa\n:::", 4, "place"),
        (TOP + "::: ranking 1 rpa\n### 最新動向\n## 見出し\n:::", 6, "no heading"),
        (TOP + "::: products\n- 名前だけ\n:::", 5, "begins with its link"),
        (TOP + "::: topics\n本文\n:::", 5, "wants a list"),
        (TOP + "::: search\n本文\n:::", 5, "no text can stand"),
        (TOP + "::: only\n本文\n:::", 4, "say for whom"),
        (TOP + "::: only audiense=a\n本文\n:::", 4, "did you mean “audience”?"),
        (TOP + "::: only audience=住民\n本文\n:::", 4, "cannot be the name"),
        (TOP + "::: only topic=a\n::: only topic=b\n:::\n:::", 5, "inside another"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert str(caught.value).startswith(f"issue.md:{line}: "), str(caught.value)
    assert words in str(caught.value)


def test_ten_megabytes_are_refused_at_once() -> None:
    with pytest.raises(Invalid, match="longer than 200,000 characters"):
        parse(TOP + "あ" * 10_000_000)


@pytest.mark.parametrize(
    "value",
    [
        "!!timestamp soon",
        "!!bool perhaps",
        '!!int ""',
        '{x: !!float ""}',
        "[" * 250 + "]" * 250,
        "{a: " * 400 + "}" * 400,
        '"\\U00110000"',
        '"\uffff"',
        "\x9b",
    ],
)
def test_case_f4_yaml_beyond_texts_numbers_and_lists_is_told_with_its_line(value: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(f"---\nsubject: 件名\nsegment:\n  fields: {value}\n---\n本文\n")
    assert caught.value.line == 4


@pytest.mark.parametrize("end", [r"\N", r"\L", r"\P"])
def test_case_f4_a_subject_has_no_end_of_a_line_that_only_unicode_knows(end: str) -> None:
    with pytest.raises(Invalid, match="one line"):
        parse(f'---\nsubject: "前{end}後"\n---\n本文\n')
