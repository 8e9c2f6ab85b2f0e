"""What the public archive shows, and what it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.archive import published, search
from models.issues import issue as issues
from models.issues.block import Prose
from models.issues.issue_state import IssueKind, IssueState
from models.store.clock import today
from models.store.errors import NotFound
from tests.sample import card, make_article, make_newsletter, make_sent


def test_only_issues_that_are_out_are_public(session: Session) -> None:
    newsletter = make_newsletter(session)
    sent = make_sent(session, newsletter, "配信した号")
    draft = issues.create(session, newsletter, subject="下書き")
    assert published.issue(session, newsletter, sent.number) is sent
    with pytest.raises(NotFound):
        published.issue(session, newsletter, draft.number)
    assert [one.subject for one in published.issues(session, newsletter).entries] == ["配信した号"]
    assert published.years(session, newsletter) == [sent.sent_at.year if sent.sent_at else 0]


def test_archive_that_is_not_public_is_not_there(session: Session) -> None:
    make_newsletter(session, public_archive=False)
    with pytest.raises(NotFound):
        published.newsletter_with_archive(session, "ict")


def test_withdrawn_issue_is_told_apart_from_one_that_never_was(session: Session) -> None:
    newsletter = make_newsletter(session)
    withdrawn = make_sent(session, newsletter, "取りやめ")
    withdrawn.state = IssueState.CANCELLED
    never = issues.create(session, newsletter, subject="出さなかった号")
    never.cancel()
    session.flush()
    assert published.issue(session, newsletter, withdrawn.number) is withdrawn
    with pytest.raises(NotFound):
        published.issue(session, newsletter, never.number)
    assert published.issues(session, newsletter).entries == []


def test_neighbours_pass_over_what_is_not_out(session: Session) -> None:
    newsletter = make_newsletter(session)
    first = make_sent(session, newsletter, "1")
    issues.create(session, newsletter, subject="2")
    third = make_sent(session, newsletter, "3")
    assert published.neighbours(session, first) == (None, third)
    assert published.neighbours(session, third) == (first, None)


def test_articles_are_public_when_published_or_sent(session: Session) -> None:
    newsletter = make_newsletter(session)
    topic = newsletter.topics[0]
    day = timedelta(days=1)
    make_article(session, newsletter, "out", "公開済み", published_on=today() - day, topics=[topic])
    make_article(session, newsletter, "later", "これから", published_on=today() + day, topics=[topic])
    make_article(session, newsletter, "draft", "下書き", topics=[topic])
    make_article(session, newsletter, "shown", "号に載った", topics=[topic])
    sent = make_sent(session, newsletter, "号", card("shown"))
    issues.create(session, newsletter, subject="未配信", blocks=[card("draft")])
    assert {one.slug for one in published.articles(session, topic).entries} == {"out", "shown"}
    shown = published.article(session, newsletter, "shown")
    assert published.issues_with_article(session, shown) == [sent]
    for slug in ("later", "draft", "none"):
        with pytest.raises(NotFound):
            published.article(session, newsletter, slug)


def test_search_finds_issues_and_articles_of_this_newsletter_alone(session: Session) -> None:
    newsletter, other = make_newsletter(session), make_newsletter(session, "other")
    issue = make_sent(session, newsletter, "郵便局の号", Prose(text="窓口の**連携**です。"), days_ago=3)
    make_article(session, newsletter, "post", "郵便局と連携", published_on=today())
    make_sent(session, other, "郵便局の連携、別のメールマガジン")
    issues.create(session, newsletter, subject="郵便局の連携、下書き")
    page = search.find(session, newsletter, "郵便 連携")
    assert page.total == 2
    assert [(found.article.slug if found.article else None, found.issue) for found in page.entries] == [
        ("post", None),
        (None, issue),
    ]
    assert ("連携", True) in page.entries[1].excerpt
    assert search.find(session, newsletter, "水道").total == 0
    assert search.find(session, newsletter, "　").total == 0


def test_pages_of_a_long_list(session: Session) -> None:
    newsletter = make_newsletter(session)
    for number in range(published.PAGE_SIZE + 1):
        make_sent(session, newsletter, f"{number}号", days_ago=50 - number)
    assert len(published.issues(session, newsletter).entries) == published.PAGE_SIZE
    second = published.issues(session, newsletter, 2)
    assert [one.number for one in second.entries] == [1]
    assert second.last == 2


def test_ranking_of_a_year(session: Session) -> None:
    newsletter = make_newsletter(session)
    kind = IssueKind.RANKING
    make_sent(session, newsletter, "初版", kind=kind, ranking={"query": {"period": "2021"}})
    again = make_sent(session, newsletter, "再集計", kind=kind, ranking={"query": {"period": "2021-fiscal"}})
    officials = {"query": {"period": "2021", "audience": "official"}}
    theirs = make_sent(session, newsletter, "職員", kind=kind, ranking=officials)
    make_sent(session, newsletter, "期間のない号", kind=kind)
    assert published.rankings(session, newsletter) == [(2021, "", again), (2021, "official", theirs)]
    assert published.ranking(session, newsletter, 2021).issue is again
    assert published.ranking(session, newsletter, 2021, "official").issue is theirs
    for year, audience in ((2022, None), (2021, "citizen")):
        with pytest.raises(NotFound):
            published.ranking(session, newsletter, year, audience)
