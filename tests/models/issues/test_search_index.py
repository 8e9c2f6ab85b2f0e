"""Words are found in Japanese texts, two characters long, and by the index."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, literal, select, text
from sqlalchemy.orm import Session

from models.issues import search_index
from models.issues.block import Figure, Listing, Product, Prose, RankingEntry, RelatedProducts
from models.issues.issue import Issue
from tests.sample import card, make_article, make_newsletter, make_sent


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**ＤＸ**推進", "DX推進"),
        ("[個人情報](https://example.jp/a_b)の扱い", "個人情報の扱い"),
        ("改行は\n空白ではない", "改行は空白ではない"),
        ("in English\nit is", "in English it is"),
        ("ﾃﾞｼﾞﾀﾙ庁", "デジタル庁"),
        ("{{ reader.name }}様", "様"),
        ("文字 ABC 文字", "文字 ABC 文字"),
        ("## 見出し ##\n> - 引用\n\n| 表 | 値 |\n|---|---|\n| 一 | 二 |", "見出し 引用 表 / 値 一 / 二"),
        ("C# の #1、3-1 > 1", "C# の #1、3-1 > 1"),
        ("単価3*4=12円、5*6=30円。開館*1は9時", "単価3*4=12円、5*6=30円。開館*1は9時"),
        ("縦*横*高さ、住所*、氏名*、(*)印", "縦*横*高さ、住所*、氏名*、(*)印"),
        ("090-****-1234 と src/**/*.py", "090-****-1234 と src/**/*.py"),
        ("これは**「大事」**です。ここは*強調*です。***両方***", "これは「大事」です。ここは強調です。両方"),
        ("**太字の*中*も**重要", "太字の中も重要"),
        ("[注1]と a[0]、［様式］（第1号）", "[注1]と a[0]、[様式](第1号)"),
        (r"C:\koho と \\server、\*星\*、\[括弧\]", r"C:\koho と \\server、*星*、[括弧]"),
        ("市役所\\\n本館 `code`", "市役所本館 `code`"),
        ("![図](a/b.png)と[**太い**名](x)", "図と太い名"),
    ],
    ids=lambda value: value[:12],
)
def test_plain_words(session: Session, markdown: str, words: str) -> None:
    assert session.scalar(select(func.search_plain(markdown))) == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", ""),
        ("前{% if a %}中{% endif %}後", "前後"),
        ("前{% if a %}中{% for b in c %}内{% endfor %}中{% endif %}後{% if d %}e{% endif %}末", "前後末"),
        ("前{# 覚え {% if #}後{{ reader.name | default('{名}') }}末", "前後末"),
        ("割引は50%} まで", "割引は50%} まで"),
        ("{% if" * 40_000, ""),
        ("{#" * 80_000, ""),
        ("{{ a }}" * 20_000, ""),
    ],
)
def test_case_d6_case_a6_templates_are_no_words(session: Session, source: str, words: str) -> None:
    session.execute(select(func.set_config("statement_timeout", "20s", True)))
    assert session.scalar(select(func.without_templates(source))) == words


def test_words_of_an_issue_come_from_every_block(session: Session) -> None:
    newsletter = make_newsletter(session)
    issue = make_sent(
        session,
        newsletter,
        "号の題名",
        Prose(text="**段落**の文"),
        Listing(items=("一番目の項目", "二番目の項目")),
        Figure(image="0" * 64, alt="図の説明", caption="図の題", source="図の出典"),
        RankingEntry(place=1, article="post-office", recap="振り返り", news=(Prose(text="最新の動き"),)),
        RelatedProducts(products=(Product(name="製品名", address="https://example.jp/", text="製品の説明"),)),
        preheader="前置き",
    )
    session.refresh(issue, ["words", "article_slugs"])
    for word in (
        *("号の題名", "前置き", "段落の文", "一番目の項目", "二番目の項目", "図の説明", "図の題", "図の出典"),
        *("振り返り", "最新の動き", "製品名", "製品の説明"),
    ):
        assert word in issue.words
    assert "0000" not in issue.words
    assert "https" not in issue.words
    assert issue.article_slugs == ["post-office"]


def test_articles_of_an_issue_are_those_shown_and_those_linked_to(session: Session) -> None:
    newsletter = make_newsletter(session)
    issue = make_sent(session, newsletter, "題", card("shown"), Prose(text="[これ](article:linked-to)も"))
    session.refresh(issue, ["article_slugs"])
    assert sorted(issue.article_slugs) == ["linked-to", "shown"]


def test_two_characters_are_found_through_the_index(session: Session) -> None:
    newsletter = make_newsletter(session)
    for number in range(300):
        make_article(session, newsletter, f"a{number}", f"記事{number}", body=f"本文その{number}、住民の皆さまへ。")
    wanted = make_article(session, newsletter, "b", "郵便局との連携", body="包括**連携**協定")
    session.execute(text("ANALYZE article"))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    query = select(type(wanted).id).where(
        search_index.matches(type(wanted).words, type(wanted).grams, ["郵便", "連携"])
    )
    assert session.scalars(query).all() == [wanted.id]
    compiled = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(session.scalars(text(f"EXPLAIN {compiled}".replace(":", r"\:"))))
    assert "ix_article_grams" in plan


_LETTERS = "個人情報の郵便局とオーDXdxÉé ｱ１.+?(){}^$-#"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(_LETTERS, max_size=12), st.text(_LETTERS, max_size=4))
def test_finding_is_the_same_as_looking(session: Session, body: str, typed: str) -> None:
    words = session.scalar(select(func.search_plain(body)))
    assert isinstance(words, str)
    wanted = search_index.terms(typed)
    found = session.scalar(select(search_index.matches(literal(words), func.search_grams(words), wanted)))
    assert found == all(term in search_index.fold(words) for term in wanted)


def test_query_is_taken_as_typed_by_people() -> None:
    assert search_index.terms("　ＤＸ　推進\n[個人]* ") == ["dx", "推進", "個人"]
    assert search_index.terms("\x00") == []
    assert len(search_index.terms("あ い う え お か き く け こ")) == search_index.MAX_TERMS


def test_excerpt_marks_what_was_asked_for() -> None:
    words = "前" * 100 + "個人情報とDX" + "後" * 100
    pieces = search_index.excerpt(words, ["dx", "個人"])
    assert "".join(piece for piece, _ in pieces).startswith("…")
    assert [piece for piece, marked in pieces if marked] == ["個人", "DX"]
    assert search_index.excerpt("短い文", ["無い"]) == [("短い文", False)]


def test_issue_needs_no_words_to_be_made(session: Session) -> None:
    issue = make_sent(session, make_newsletter(session), "題")
    issue.subject = "改めた題"
    session.flush()
    session.expire_all()
    found = session.get_one(Issue, issue.id)
    assert found.words.startswith("改めた題")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[](" * 53_333, "[](" * 53_333),
        ("[" * 160_000, "[" * 160_000),
        ("*a" * 80_000, None),
        ("**あ" * 50_000, None),
        ("***い" * 40_000, None),
        ("*" * 160_000, None),
        ("**" + "う" * 160_000, "**" + "う" * 160_000),
        ("{{" * 80_000, "{{" * 80_000),
        ("](" * 80_000, "](" * 80_000),
        ("# " * 80_000, None),
        (("> " * 2000 + "\n") * 40, None),
        (" | " * 50_000, None),
        ((" " * 400 + "-\n") * 400, None),
        ("あ い " * 40_000, "あい" * 40_000),
        ("a" + "\u0301\u0327" * 80_000, None),
        ("]([](a)" * 20_000, None),
        ("[名](https://a.example/b_(c)_d)の文", "名の文"),
        ("が" * 300 + "か\u3099", "が" * 301),
    ],
)
def test_case_d6_words_of_any_text_take_time_that_grows_with_its_length_alone(
    session: Session, text: str, words: str | None
) -> None:
    session.execute(select(func.set_config("statement_timeout", "20s", True)))
    found = session.scalar(select(func.search_plain(text)))
    assert words is None or (found or "").strip() == words
    session.scalar(select(func.search_grams(found)))
