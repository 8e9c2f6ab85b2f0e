"""The drafted ranking issue: counted down, with recap, figure, last year's place, and room for what is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image as Picture
from sqlalchemy.orm import Session

from models.issues import image
from models.issues.block import Figure, Prose, RankingEntry, RelatedProducts, SearchCall, SignupCall, TopicLinks
from models.issues.issue_state import IssueKind, IssueState
from models.reports import evidence, period, ranking, ranking_issue
from models.reports.ranking import Query
from models.store.errors import Invalid
from models.tracking import ingest

from ..tracking import sample_newsletter
from ..tracking.sample_newsletter import PUBLISHED, SampleNewsletter

QUERY = Query("dx-letter", period.year(2021), audience="official")


@pytest.fixture
def made(session: Session) -> SampleNewsletter:
    made = sample_newsletter.create(session, article_count=3)
    issue, official = made.issues[0].id, made.readers[1]
    other = made.readers[4]
    before, at = PUBLISHED - timedelta(days=365), PUBLISHED + timedelta(days=1)
    made.issues[0].prepared_at = before
    session.flush()
    ingest.store_incoming(
        session,
        [
            sample_newsletter.click(issue, official, 1, before + timedelta(days=1)),
            sample_newsletter.click(issue, official, 1, at),
            sample_newsletter.click(issue, official, 2, at + timedelta(minutes=1)),
            sample_newsletter.click(issue, other, 2, at + timedelta(minutes=1)),
        ],
    )
    return made


def test_the_draft(session: Session, made: SampleNewsletter) -> None:
    buffer = BytesIO()
    Picture.new("RGB", (40, 20), "white").save(buffer, "PNG")
    second = made.articles[1]
    second.figure_image = image.store(session, buffer.getvalue()).digest
    second.figure_alt, second.figure_caption, second.figure_source = "表", "導入済みの団体数", "例示県の調べ"
    made.newsletter.related_products = [{"name": "研修", "address": "https://www.example.jp/", "text": "見本"}]
    found = ranking.compute(session, QUERY)
    sheet = evidence.sheet(session, found, top=5)
    issue = ranking_issue.draft(session, found, top=5, evidence_digest=sheet["digest"])
    assert (issue.kind, issue.state) == (IssueKind.RANKING, IssueState.DRAFT)
    assert issue.subject == "【2021年 年間ランキング】自治体職員によく読まれた記事 TOP2"
    assert issue.ranking == {"query": QUERY.as_json(), "top": 2, "digest": sheet["digest"]}
    lead, fourth, first, closing, products, topics, search, signup = issue.blocks
    assert isinstance(lead, Prose)
    assert "2021年" in lead.text
    assert "{" not in lead.text
    assert isinstance(fourth, RankingEntry)
    assert isinstance(first, RankingEntry)
    assert [(one.place, one.article, one.readers) for one in (fourth, first)] == [
        (2, "article-0", 1),
        (1, "article-1", 2),
    ]
    assert (fourth.last_place, first.last_place) == (1, None)
    assert (fourth.recap, fourth.news) == ("記事0の要点です。", ())
    (figure,) = first.news
    assert isinstance(figure, Figure)
    assert (figure.caption, figure.source) == ("導入済みの団体数", "例示県の調べ")
    assert isinstance(closing, Prose)
    assert isinstance(products, RelatedProducts)
    assert isinstance(topics, TopicLinks)
    assert topics.topics == ("rpa", "cloud")
    assert isinstance(search, SearchCall)
    assert isinstance(signup, SignupCall)


def test_an_article_that_stood_far_down_last_time_is_not_new(session: Session, made: SampleNewsletter) -> None:
    found = ranking.compute(session, QUERY)
    first = replace(found.places[0], last_number=150)
    issue = ranking_issue.draft(session, replace(found, places=(first, *found.places[1:])))
    assert [block.last_place for block in issue.blocks if isinstance(block, RankingEntry)] == [1, 150]


def test_the_newsletters_own_words(session: Session, made: SampleNewsletter) -> None:
    made.newsletter.ranking_lead = "{year}の{newsletter}、{top}本。{ほか}の波括弧はそのまま。"
    made.newsletter.ranking_closing = "おわり"
    issue = ranking_issue.draft(session, ranking.compute(session, QUERY))
    lead, _, _, closing, *_ = issue.blocks
    assert isinstance(lead, Prose)
    assert lead.text == "2021年の自治体DX通信、2本。{ほか}の波括弧はそのまま。"
    assert isinstance(closing, Prose)
    assert closing.text == "おわり"


@pytest.mark.parametrize("words", ["", "その後の動き"])
def test_case_g15_drafts_have_the_newsletters_headline(session: Session, made: SampleNewsletter, words: str) -> None:
    made.newsletter.ranking_news_title = words
    issue = ranking_issue.draft(session, ranking.compute(session, QUERY))
    assert {block.news_title for block in issue.blocks if isinstance(block, RankingEntry)} == {words or None}


def test_in_english(session: Session, made: SampleNewsletter) -> None:
    made.newsletter.language = "en"
    found = ranking.compute(session, Query("dx-letter", period.fiscal_year(2021)))
    issue = ranking_issue.draft(session, found, top=1)
    assert issue.subject == "The fiscal 2021 ranking: the 1 articles that were read most"
    assert len([block for block in issue.blocks if isinstance(block, RankingEntry)]) == 1


def test_nothing_to_rank(session: Session, made: SampleNewsletter) -> None:
    with pytest.raises(Invalid, match="nothing to rank"):
        ranking_issue.draft(session, ranking.compute(session, Query("dx-letter", period.year(2030))))


def test_products_that_are_none(session: Session, made: SampleNewsletter) -> None:
    made.newsletter.related_products = [{"name": "研修"}]
    with pytest.raises(Invalid, match="related products"):
        ranking_issue.draft(session, ranking.compute(session, QUERY))
