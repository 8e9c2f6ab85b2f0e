"""Search of the archive: what is found, in which order, and what its excerpts look like."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.archive import search
from models.issues.block import Figure, Prose
from models.issues.newsletter import Newsletter, Topic
from models.store.clock import today
from tests.sample import make_article, make_newsletter, make_sent


def found(session: Session, newsletter: Newsletter, typed: str) -> list[str]:
    """Slugs of articles and subjects of issues, in the order of the page."""
    session.flush()
    page = search.find(session, newsletter, typed)
    assert page.total == len(page.entries)
    return [one.article.slug if one.article else one.issue.subject for one in page.entries if one.article or one.issue]


def excerpt(session: Session, newsletter: Newsletter, typed: str) -> str:
    [one] = search.find(session, newsletter, typed).entries
    return " ".join("".join(f"<{words}>" if marked else words for words, marked in one.excerpt).split())


@pytest.fixture
def newsletter(session: Session) -> Newsletter:
    return make_newsletter(session)


def test_case_j1_topics_titles_captions_and_texts_are_found(session: Session, newsletter: Newsletter) -> None:
    topic = Topic(newsletter=newsletter, slug="safety", name="防災、防犯", position=9)
    session.add(topic)
    make_article(session, newsletter, "one", "備え", topics=[topic], published_on=today() - timedelta(days=1))
    make_article(session, newsletter, "two", "訓練", topics=[topic], published_on=today() - timedelta(days=2))
    make_article(session, newsletter, "hidden", "先の話", topics=[topic], published_on=today() + timedelta(days=2))
    make_article(session, newsletter, "caption", "図", figure_caption="避難所の数", published_on=today())
    make_article(session, newsletter, "alt", "絵", figure_alt="棒グラフ", published_on=today())
    make_article(session, newsletter, "recap", "要約", recap="要点は**三つ**。", published_on=today())
    make_sent(session, newsletter, "号", Figure(image="0" * 64, alt="折れ線", caption="利用者数", source="みなと市"))
    assert found(session, newsletter, "防災") == ["one", "two"]
    assert found(session, newsletter, "ぼうさい") == []
    assert found(session, newsletter, "防犯 訓練") == ["two"], "a word of the topic and one of the title"
    assert found(session, newsletter, "避難所") == ["caption"]
    assert found(session, newsletter, "ぼうグラフ") == []
    assert found(session, newsletter, "棒グラフ") == ["alt"]
    assert found(session, newsletter, "三つ") == ["recap"]
    assert found(session, newsletter, "利用者数") == found(session, newsletter, "折れ線") == ["号"]


def test_topic_of_another_newsletter_is_none_of_this_one(session: Session, newsletter: Newsletter) -> None:
    other = make_newsletter(session, "other")
    make_article(session, other, "there", "記事", topics=[other.topics[1]], published_on=today())
    assert found(session, newsletter, "個人情報") == []
    assert found(session, other, "個人情報") == ["there"]


@pytest.mark.parametrize(
    "typed",
    [
        "クラウド",
        "くらうど",
        "ｸﾗｳﾄﾞ",
        "くラうド",
        "でーた",
        "データ",
        "ﾃﾞｰﾀ",
        "ＧＯＶ",
        "gov",
        "ゔぃ",
        "ふりがな",
        "フリガナ",
    ],
)
def test_case_j2_kana_width_and_case_do_not_matter(session: Session, newsletter: Newsletter, typed: str) -> None:
    make_article(
        session, newsletter, "a", "Gov-クラウド", recap="データとﾃﾞｰﾀ、ヴィ。フリガナ、ふりがな。", published_on=today()
    )
    make_article(session, newsletter, "b", "別の話", published_on=today())
    assert found(session, newsletter, typed) == ["a"]


def test_case_j3_title_before_topic_before_text_then_date(session: Session, newsletter: Newsletter) -> None:
    def days(number: int) -> object:
        return today() - timedelta(days=number)

    cloud = Topic(newsletter=newsletter, slug="cloud", name="クラウド", position=9)
    session.add(cloud)
    make_article(session, newsletter, "text-new", "記事", body="クラウドの話", published_on=days(1))
    make_article(session, newsletter, "topic", "記事", topics=[cloud], published_on=days(5))
    make_article(session, newsletter, "title-old", "クラウドとは", published_on=days(9))
    make_article(session, newsletter, "title-new", "続・くらうど", published_on=days(8))
    make_article(session, newsletter, "text-old", "記事", body="クラウドの話", published_on=days(7))
    make_sent(session, newsletter, "本文の号", Prose(text="クラウド"), days_ago=2)
    make_sent(session, newsletter, "クラウドの号", days_ago=10)
    assert found(session, newsletter, "クラウド") == [
        *("title-new", "title-old", "クラウドの号"),
        "topic",
        *("text-new", "本文の号", "text-old"),
    ]


def test_case_j3_more_words_in_the_title_come_first(session: Session, newsletter: Newsletter) -> None:
    make_article(session, newsletter, "one", "郵便局", body="連携", published_on=today())
    make_article(session, newsletter, "both", "郵便局と連携", published_on=today() - timedelta(days=9))
    assert found(session, newsletter, "郵便局 連携") == ["both", "one"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("## 見出し\n\n本文の強調です。", "見出し 本文の<強調>です。"),
        ("# 一\n### 二 ##\n**強調**", "一 二 <強調>"),
        ("> 引用の\n> > **強調**と\n>続き", "引用の <強調>と 続き"),
        ("- 一つ\n- [強調](https://example.jp/)\n  * 三つ\n+ 四つ", "一つ <強調> 三つ 四つ"),
        ("| 曜日 | 時間 |\n|:---|---:|\n| 月 | 強調 |", "曜日 / 時間 月 / <強調>"),
        ("前\n\n---\n\n強調\n====\n\n***\n後", "前 <強調> 後"),
        ("![強調の図](figures/a.png)の説明", "<強調>の図の説明"),
        ("```\n強調\n```", "<強調>"),
        ("1. 強調\n2. 次", "1. <強調> 2. 次"),
        ("C# と #強調 は 3-1=2 > 1", "C# と #<強調>は 3-1=2 > 1"),
        ("二行に\nわたる強調\\\n改行", "二行にわたる<強調>改行"),
    ],
)
def test_case_j4_excerpts_are_plain_text(session: Session, newsletter: Newsletter, body: str, words: str) -> None:
    make_article(session, newsletter, "a", "題", body=body, published_on=today())
    session.flush()
    assert excerpt(session, newsletter, "強調") == f"題 {words}"


def test_case_j4_words_are_marked_as_they_stand(session: Session, newsletter: Newsletter) -> None:
    make_article(session, newsletter, "a", "題", body="GOVクラウドとくらうど", published_on=today())
    assert excerpt(session, newsletter, "くらうど gov") == "題 <GOV><クラウド>と<くらうど>"
