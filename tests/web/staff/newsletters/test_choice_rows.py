"""Topics, audiences, questions and products on their pages; a merge of topics loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models.deliveries import preparation
from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.article import Article
from models.issues.block import Heading, Only, Prose, TopicLinks
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.manuscript.newsletter_file import import_newsletter
from models.readers.subscriber import Subscription, SubscriptionState
from models.reports import period, ranking
from models.reports.ranking import Query
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from models.store.errors import Invalid
from models.tracking import ingest
from templates import preflight
from templates.content import compose
from templates.content.variant import Variant
from tests.models.tracking import sample_newsletter
from tests.models.tracking.sample_newsletter import PUBLISHED
from tests.sample import make_newsletter, make_reader, make_sent
from tests.web.staff_login import log_in_as, make_staff

from .page_form import fields_of, send, value_of

HOME = "/staff/newsletters/ict"


@pytest.fixture
def newsletter(database: Engine, redis_client: object, client: FlaskClient) -> Newsletter:
    """A newsletter, and an administrator who has logged in."""
    with db.session_scope() as session:
        make_staff(session)
        made = make_newsletter(session)
    log_in_as(client, Role.ADMINISTRATOR)
    return made


def kept(session: Session, slug: str = "ict") -> Newsletter:
    return newsletters.find(session, slug)


def test_topics_and_audiences_are_renamed_ordered_and_added(client: FlaskClient, newsletter: Newsletter) -> None:
    page = client.get(f"{HOME}/topics").text
    change = {"name-1": "自治体DX", "order-1": "9", "name-new4": "防災", "name-new5": "広報", "slug-new5": "koho"}
    assert send(client, f"{HOME}/topics", opened=page, **change).status_code == 302
    assert send(client, f"{HOME}/audiences", **{"name-new3": "事業者"}).status_code == 302
    with Session(db.engine()) as session:
        found = [(one.slug, one.name) for one in kept(session).topics]
        assert found == [
            ("privacy", "個人情報"),
            ("rpa", "RPA"),
            ("topic-1", "防災"),
            ("koho", "広報"),
            ("dx", "自治体DX"),
        ]
        assert [one.name for one in kept(session).audiences] == ["自治体職員", "住民", "事業者"]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "edit topics")).one()
        assert entry.detail["changed"]["topics"][0][0] == ["dx", "DX推進"]
    stale = send(client, f"{HOME}/topics", opened=page, **{"name-2": "個人情報保護"})
    assert stale.status_code == 409
    assert fields_of(stale.text)["name-2"] == "個人情報保護"
    assert "自治体DX" in stale.text
    for wrong in (
        {"name-1": ""},
        {"name-1": "RPA"},
        {"name-new6": "x", "slug-new6": "広報"},
        {"name-new6": "x", "slug-new6": "koho"},
    ):
        refused = send(client, f"{HOME}/topics", **wrong)
        assert (refused.status_code, "field-error" in refused.text) == (422, True), wrong


def test_questions_and_products_are_added_and_taken_away(client: FlaskClient, newsletter: Newsletter) -> None:
    asked = {"label-new1": "所属", "name-new1": "department", "required-new1": "yes"}
    assert send(client, f"{HOME}/fields", **asked).status_code == 302
    assert "所属" in client.get("/subscribe/ict").text
    for wrong in (
        {"label-new2": "役職", "name-new2": "役職"},
        {"name-new2": "title"},
        {"label-new2": "x", "name-new2": "department"},
        {"label-new2": "氏名", "name-new2": "name"},
    ):
        refused = send(client, f"{HOME}/fields", **wrong)
        assert refused.status_code == 422, wrong
        assert "error" in refused.text
    assert send(client, f"{HOME}/fields", **{"remove-1": "yes"}).status_code == 302
    assert "所属" not in client.get("/subscribe/ict").text
    product = {"name-new1": "電子申請", "address-new1": "https://example.jp/", "text-new1": "共同で使えます。"}
    assert send(client, f"{HOME}/products", **{**product, "address-new1": "example.jp"}).status_code == 422
    assert send(client, f"{HOME}/products", **product).status_code == 302
    with Session(db.engine()) as session:
        assert kept(session).fields == []
        assert kept(session).related_products == [
            {"name": "電子申請", "address": "https://example.jp/", "text": "共同で使えます。"}
        ]


def test_a_merge_keeps_choices_articles_addresses_and_rankings_case_e43(
    client: FlaskClient, database: Engine, redis_client: object
) -> None:
    with db.session_scope() as session:
        make_staff(session)
        made = sample_newsletter.create(session, issue_count=1, article_count=4, reader_count=6)
        home = made.newsletter
        home.postal_address, home.contact = "みなと市", "03-0000-0000"
        rpa, cloud = home.topics
        first = made.issues[0].id
        ingest.store_incoming(
            session,
            [
                sample_newsletter.click(first, reader, 1 + place % 4, PUBLISHED + timedelta(days=1, minutes=place))
                for place, reader in enumerate(made.readers)
            ],
        )
        chosen = {"rpa": [rpa.id], "both": [rpa.id, cloud.id], "cloud": [cloud.id], "all": []}
        for name, ids in chosen.items():
            make_reader(session, home, f"{name}@example.jp").topic_ids = ids
        waiting = make_reader(session, home, "waiting@example.jp", SubscriptionState.PENDING)
        waiting.pending_answers = {"topic_ids": [rpa.id], "earlier": [{"topic_ids": [rpa.id, cloud.id]}]}
        sent = make_sent(session, home, "第2号", Heading(text="テーマから探す"), TopicLinks(topics=("rpa",)))
        draft = issues.create(
            session,
            home,
            subject="第3号",
            preheader="日程",
            segment={"topics": ["rpa"]},
            blocks=(
                Prose(text="全員に。"),
                Prose(text="RPAの読者に。", only=Only(topics=("rpa",))),
                TopicLinks(topics=("rpa",)),
            ),
        )
    log_in_as(client, Role.ADMINISTRATOR)
    before = _ranking("rpa")
    assert len(before) == 2
    address = "/staff/newsletters/dx-letter/topics/merge"
    asked = client.get(f"{address}?merged=rpa&into=cloud").text
    for words in ("「RPA」を選んだ読者1人は", "ほかに1人は両方", "記事2本", "元に戻せません"):
        assert words in asked
    assert send(client, address, 1, opened=asked, into="rpa").status_code == 422
    assert send(client, address, 1, opened=asked).status_code == 302
    assert send(client, address, 1, opened=asked).status_code == 422, "it is gone by now"

    with Session(db.engine()) as session:
        home = kept(session, "dx-letter")
        assert [one.slug for one in home.topics] == ["cloud"]
        cloud_id = home.topics[0].id
        readers = session.scalars(select(Subscription).order_by(Subscription.id)).all()
        assert [one.topic_ids for one in readers] == [[cloud_id]] * 3 + [[]] * 2
        assert readers[-1].pending_answers["topic_ids"] == [cloud_id]
        assert readers[-1].pending_answers["earlier"][0]["topic_ids"] == [cloud_id]
        assert {topic.slug for article in session.scalars(select(Article)) for topic in article.topics} == {"cloud"}
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "merge topics")).one()
        assert entry.detail == {"merged": "rpa", "into": "cloud", "readers": 1, "both": 1, "articles": 2}
        # The draft goes on naming the topic that is gone, and means the other one.
        one = issues.get(session, draft.id)
        letter = compose.compose(session, one, Variant.of_reader(one, topics=["cloud"]))
        assert len(letter.blocks) == 3
        assert not [found for found in preflight.check_issue(session, one) if "topic" in found.code]
        conditions = [Only(topics=("rpa",))]
        assert preparation.recipient_values(session, one, conditions)["topics0"] == [cloud_id]
    assert _ranking("rpa") == before, "what was drawn can be drawn again"
    assert len(_ranking("cloud")) == 4
    assert "クラウド" in client.get(f"/archive/dx-letter/{sent.number}").text
    moved = client.get("/archive/dx-letter/topics/rpa")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/archive/dx-letter/topics/cloud")
    assert client.get("/staff/rankings?newsletter=dx-letter&period=2021&topic=rpa").status_code == 200
    assert "「RPA」(rpa)は「クラウド」に統合しました" in client.get("/staff/newsletters/dx-letter/topics").text
    text = "slug: dx-letter\ntopics: {rpa: RPA}\n"
    with db.session_scope() as session, pytest.raises(Invalid, match="merged into “cloud”"):
        import_newsletter.import_text(session, text, "n.yaml")


def test_a_merge_says_which_approvals_it_voids_case_e41(client: FlaskClient, newsletter: Newsletter) -> None:
    with db.session_scope() as session:
        draft = issues.create(session, kept(session), subject="第1号", blocks=(Prose(text="本文です。"),))
        session.execute(update(Issue).where(Issue.id == draft.id).values(state="in_review"))
    asked = client.get(f"{HOME}/topics/merge?merged=rpa&into=dx").text
    answer = send(client, f"{HOME}/topics/merge", 1, opened=asked)
    assert answer.status_code == 409
    assert "決裁者がもう一度読む必要があります" in answer.text
    assert client.get(f"{HOME}/topics").text.count("RPA") > 0
    sure = value_of(answer.text, "sure")
    assert send(client, f"{HOME}/topics/merge", 1, opened=answer.text, sure=sure).status_code == 302


def _ranking(topic: str) -> list[tuple[int, str, int]]:
    with Session(db.engine()) as session:
        found = ranking.compute(session, Query("dx-letter", period.year(2021), topic=topic))
        return [(place.number, place.slug, place.readers) for place in found.places]


def test_slots_and_test_groups_are_added_and_refused_in_words(client: FlaskClient, newsletter: Newsletter) -> None:
    slot = {"name-new1": "月例号", "day-new1": "2-tue", "time-new1": "10:10", "moved-new1": "before"}
    for wrong, said in (
        ({"time-new1": ""}, "10:10 のように"),
        ({"opens-new1": "90"}, "60日前まで"),
        ({"day-new1": ""}, "日を選んで"),
    ):
        refused = send(client, f"{HOME}/slots", **{**slot, **wrong})
        assert refused.status_code == 422
        assert said in refused.text
        assert 'value="月例号"' in refused.text
    assert send(client, f"{HOME}/slots", **slot).status_code == 302
    assert send(client, f"{HOME}/slots", **{"subject-1": "{month}月号", "opens-1": "７"}).status_code == 302
    refused = send(client, f"{HOME}/testers", **{"name-new1": "広報係", "addresses-new1": "koho@city.example, koho@"})
    assert "「koho@」" in refused.text
    typed = {"name-new1": "広報係", "addresses-new1": "koho@city.example、ｋｏｈｏ２＠city.example"}
    assert send(client, f"{HOME}/testers", **typed).status_code == 302
    assert send(client, f"{HOME}/quiet", quiet_from="", quiet_until="").status_code == 302
    with Session(db.engine()) as session:
        one = kept(session)
        made = {
            "name": "月例号",
            "day": "2-tue",
            "time": "10:10",
            "moved": "before",
            "subject": "{month}月号",
            "opens": 7,
        }
        assert one.slots == [made]
        assert one.test_groups == [{"name": "広報係", "addresses": ["koho@city.example", "koho2@city.example"]}]
        assert one.quiet_from == ""
    assert "koho@city.example, koho2@city.example" in client.get(f"{HOME}/testers").text
