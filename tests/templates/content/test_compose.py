"""What the database knows of an issue: articles are found by what a text calls them, also by a bare address."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.deliveries.edition import LinkKind
from models.issues import issue as issues
from models.issues.article import ArticleAddress
from models.issues.block import Prose
from templates.content import compose
from templates.render import edition
from tests.sample import make_article, make_newsletter

ENCODED = "https://www.example.jp/wiki/%E5%9B%9E%E8%A6%A7%E6%9D%BF?a=1&b=2"
TYPED = "https://www.example.jp/wiki/回覧板?a=1&b=2"


@pytest.mark.parametrize("kept", [TYPED, ENCODED], ids=["case_g7-typed", "case_g7-encoded"])
@pytest.mark.parametrize(
    "text",
    [
        f"記事は{TYPED}。",
        f"（{TYPED}）をご覧ください。",
        f"記事は{ENCODED} です。",
        f"記事は{TYPED.replace('&', '&amp;')} です。",
        f"[記事]({TYPED})です。",
        f"<{ENCODED}>",
    ],
    ids=["stop", "bracket", "encoded", "case_g6-entity", "link", "angle"],
)
def test_a_link_to_an_article_counts_for_it_however_it_is_typed(session: Session, kept: str, text: str) -> None:
    newsletter = make_newsletter(session)
    article = make_article(session, newsletter, "kairan", "回覧板", address=kept)
    issue = issues.create(session, newsletter, subject="題", blocks=(Prose(text=text),))
    rendered = edition.render(compose.everything(session, issue))
    [row] = [row for row in rendered.links if row.kind is LinkKind.PROSE]
    assert (row.url, row.article_id) == (ENCODED, article.id)
    assert f"/c/{row.number}/" in rendered.html
    assert f"/c/{row.number}/" in rendered.text


def test_a_link_to_another_address_of_an_article_counts_for_it_too_case_g7(session: Session) -> None:
    newsletter = make_newsletter(session)
    article = make_article(session, newsletter, "kairan", "回覧板", address="https://www.example.jp/new")
    article.addresses = [ArticleAddress(address="https://www.example.jp/old/回覧")]
    issue = issues.create(session, newsletter, subject="題", blocks=(Prose(text="https://www.example.jp/old/回覧 へ"),))
    letter = compose.everything(session, issue)
    [row] = [row for row in edition.render(letter).links if row.kind is LinkKind.PROSE]
    assert row.article_id == article.id
    assert "https://www.example.jp/old/回覧 [" in edition.render(letter).text
