"""Articles from files."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.issues.article import Article
from models.issues.newsletter import Newsletter
from models.manuscript.import_article import import_article
from models.manuscript.import_issue import ImportAction
from models.store.errors import Invalid

from .conftest import Write, make_newsletter

HOSTED = """---
title: 公開データの使い方
published: 2026-04-10
topics: [data, dx]
recap: |
  一行目。
  二行目は[前の記事](article:rpa-guide)。
figure:
  file: figures/chart.png
  alt: 棒グラフ
  caption: 図1
  source: 県の調べ
addresses:
  - https://example.jp/old
  - {address: "https://example.jp/en", language: en}
---

本文です。

## 見出し

- 箇条書き
"""
AWAY = "---\ntitle: よそ\naddress: https://example.jp/away\n---\n"


def test_a_file_becomes_an_article(session: Session, newsletter: Newsletter, write: Write) -> None:
    article, outcome = import_article(session, write("open-data.md", HOSTED))
    assert (outcome, article.slug, article.title) == (ImportAction.CREATED, "open-data", "公開データの使い方")
    assert article.published_on == date(2026, 4, 10)
    assert [topic.slug for topic in article.topics] == ["data", "dx"]
    assert article.recap == "一行目。\n二行目は[前の記事](article:rpa-guide)。"
    assert article.body.startswith("本文です。")
    assert (article.figure_alt, article.figure_caption, article.figure_source) == ("棒グラフ", "図1", "県の調べ")
    assert len(article.figure_image) == 64
    assert [(row.address, row.language) for row in article.addresses] == [
        ("https://example.jp/old", ""),
        ("https://example.jp/en", "en"),
    ]


def test_the_same_file_again_is_the_same_article(session: Session, newsletter: Newsletter, write: Write) -> None:
    article, _ = import_article(session, write("open-data.md", HOSTED))
    rows = {row.address: row.id for row in article.addresses}
    assert import_article(session, write("open-data.md", HOSTED))[1] is ImportAction.UNCHANGED
    changed = HOSTED.replace("  - https://example.jp/old\n", "").replace("data, dx", "dx")
    again, outcome = import_article(session, write("open-data.md", changed))
    assert (again.id, outcome) == (article.id, ImportAction.UPDATED)
    assert [row.id for row in again.addresses] == [rows["https://example.jp/en"]]
    assert session.scalar(select(func.count()).select_from(Article)) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\ntitel: a\n---\n本文", "a.md:2: “titel” is not known here; did you mean “title”?"),
        ("---\nslug: a\n---\n本文", "a.md:2: the article has no title"),
        ("---\ntitle: a\nslug: あ\n---\n本文", "a.md:3: “あ” cannot be a slug"),
        ("---\ntitle: a\n---\n", "a.md:2: the article has neither an address nor a text"),
        (AWAY + "本文", "a.md:3: the article has an address and a text"),
        (AWAY.replace("https://", ""), "a.md:3: “example.jp/away” is no whole address"),
        (AWAY.replace("away", "a b"), "has a space"),
        ("---\ntitle: a\ntopics: [foo]\n---\n本文", "a.md:3: there is no topic “foo”"),
        ("---\ntitle: a\nfigure: x.png\n---\n本文", "a.md:3: “figure” holds keys of its own"),
        ("---\ntitle: a\nfigure:\n  file: x.png\n---\n本文", "a.md:4: the figure has no “alt”"),
        ("---\ntitle: a\nfigure:\n  fil: x.png\n---\n本文", "a.md:4: “fil” is not known here; did you mean “file”?"),
        ("---\ntitle: a\nfigure: {file: x.png, alt: b}\n---\n本文", "a.md:3: there is no picture “x.png”"),
        ("---\ntitle: a\n---\n\n本文![図](x.png)", "a.md:5: an article's text has no pictures"),
        ("---\ntitle: a\n---\n[b](article:foo)", "a.md:4: there is no article “foo”"),
        (AWAY.replace("away", "ict/rpa-guide"), "a.md:3: the article “rpa-guide” has one of these addresses"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    session: Session, newsletter: Newsletter, write: Write, text: str, words: str
) -> None:
    with pytest.raises(Invalid) as caught:
        import_article(session, write("a.md", text))
    assert words in str(caught.value)


def test_an_address_belongs_to_one_article_of_all_newsletters(
    session: Session, newsletter: Newsletter, write: Write
) -> None:
    import_article(session, write("open-data.md", HOSTED.replace("title:", "newsletter: ict\ntitle:")))
    make_newsletter(session, "second")
    other = AWAY.replace("title:", "newsletter: second\ntitle:") + ""
    import_article(session, write("away.md", other.replace("away", "ict/rpa-guide")))
    with pytest.raises(Invalid, match="“open-data” has one of these addresses"):
        import_article(session, write("b.md", other.replace("---\n", "---\naddresses: https://example.jp/old\n", 1)))
