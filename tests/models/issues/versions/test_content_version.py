"""Whoever changes content, and however, leaves a version."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import repair
from models.issues.article import Article, ArticleAddress
from models.issues.block import ArticleCard, Prose
from models.issues.issue_state import IssueState
from models.issues.versions import content_version
from models.issues.versions.content_version import ContentVersion
from models.manuscript import import_article
from models.staff import member as members
from models.staff.permission import Role
from tests.sample import make_article, make_newsletter


def kept(session: Session, owner: object) -> list[ContentVersion]:
    session.flush()
    return list(reversed(content_version.page(session, owner).versions))


def test_each_saved_state_of_an_issue_is_kept_once(session: Session) -> None:
    author = members.create(session, "author@example.jp", "佐藤", {Role.AUTHOR})
    made = issues.create(
        session, make_newsletter(session), subject="窓口", blocks=(Prose(text="はじめ"),), author_id=author.id
    )
    made.edit(subject="窓口の時間")
    session.flush()
    made.edit(blocks=made.blocks, subject="窓口の時間")
    session.flush()
    made.trouble = "これは内容ではない"
    found = kept(session, made)
    assert [one.number for one in found] == [1, 2]
    assert [one.content["subject"] for one in found] == ["窓口", "窓口の時間"]
    assert found[0].content["blocks"][0]["text"] == "はじめ"
    assert (found[0].member_id, found[1].actor) == (author.id, "command")
    made.edit(subject="窓口")
    assert [one.digest for one in kept(session, made)][2] == found[0].digest, "going back is a version, too"


def test_repairs_leave_versions_and_other_states_none(session: Session) -> None:
    made = issues.create(session, make_newsletter(session), subject="窓口", blocks=(Prose(text="はじめ"),))
    made.state = IssueState.PAUSED
    session.flush()
    repair.change(made, blocks=(Prose(text="直した"),))
    assert [one.content["blocks"][0]["text"] for one in kept(session, made)] == ["はじめ", "直した"]


def test_articles_are_kept_with_topics_and_addresses(session: Session, tmp_path: Path) -> None:
    make_newsletter(session)
    file = tmp_path / "budget.md"
    file.write_text("---\ntitle: 予算\ntopics: [dx]\n---\n本文\n", encoding="utf-8")
    article, _outcome = import_article.import_article(session, file)
    assert article.revision == 1
    article.topics = []
    session.flush()
    article.addresses.append(ArticleAddress(address="https://example.jp/old", language="ja"))
    session.flush()
    article.addresses[0].language = "en"
    found = kept(session, article)
    assert [one.content["topics"] for one in found] == [["dx"], [], [], []]
    assert found[3].content["addresses"] == [["https://example.jp/old", "en"]]
    article.updated_at = article.created_at
    assert len(kept(session, article)) == 4


def test_versions_go_with_their_article(session: Session) -> None:
    newsletter = make_newsletter(session)
    article = make_article(session, newsletter, "budget", "予算", body="本文")
    issues.create(session, newsletter, subject="号", blocks=(ArticleCard(article="budget"),))
    assert kept(session, article)
    session.delete(article)
    session.flush()
    assert session.scalars(select(ContentVersion).where(ContentVersion.article_id.is_not(None))).all() == []
    assert session.scalars(select(Article)).all() == []


@pytest.mark.parametrize("number", [0, 2])
def test_there_is_no_other_version(session: Session, number: int) -> None:
    from models.store.errors import NotFound

    made = issues.create(session, make_newsletter(session), subject="窓口")
    with pytest.raises(NotFound):
        content_version.get(session, made, number)
