"""The public archive in HTTP: pages, search, feed, pictures, and what may be kept by others."""

from __future__ import annotations

from hashlib import sha256
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.deliveries.edition import Link
from models.issues import image
from models.issues import issue as issues
from models.issues.block import RankingEntry
from models.issues.issue_state import IssueKind, IssueState
from models.issues.newsletter import Newsletter
from models.reports import ranking_key
from models.store import db
from tests.archive_sample import make_archive, picture
from tests.sample import make_newsletter, make_sent
from web.app import create_app

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    with db.session_scope() as session:
        make_archive(session, make_newsletter(session))
    return create_app().test_client()


def test_issue_shows_every_block(client: FlaskClient) -> None:
    answer = client.get("/archive/ict/1")
    page = answer.text
    for words in (
        *(
            "<strong>「強い」</strong>",
            "みなさまへ。",
            "<li>一つ目</li>",
            'alt="図の説明"',
            "出典元",
            "1,204",
            "お知らせ",
        ),
        *(
            "申し込む",
            "第<span",
            "その後の動き",
            "製品",
            "/archive/ict/topics/dx",
            "/archive/ict/search",
            "/subscribe/ict",
        ),
        *("現在は掲載していません", "https://a.example/a", "/archive/ict/articles/hosted"),
    ):
        assert words in page, words
    assert "/c/" not in page, "no link of a page is tracked"
    assert "Slot" not in page
    assert "Set-Cookie" not in answer.headers


def test_page_may_be_kept_for_a_while_and_asked_for_by_its_digest(client: FlaskClient) -> None:
    first = client.get("/archive/ict/1")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Accept-Language" in first.headers["Vary"]
    again = client.get("/archive/ict/1", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_wrong_link_leads_to_the_right_place_once_corrected(client: FlaskClient) -> None:
    with db.session_scope() as session:
        issue = issues.get(session, 1) if session.get(issues.Issue, 1) else session.scalars(select(issues.Issue)).one()
        values = {"issue_id": issue.id, "number": 1, "kind": "prose", "url": "https://wrong.example/a"}
        session.add(Link(**values, corrected_url="https://right.example/a"))
    page = client.get("/archive/ict/1").text
    assert "https://right.example/a" in page
    assert "https://wrong.example/a" not in page


def test_corrected_issue_carries_a_stamp(client: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        wrong = session.scalars(select(issues.Issue)).one()
        make_sent(
            session,
            newsletter,
            "訂正",
            kind=IssueKind.CORRECTION,
            correction_of_id=wrong.id,
            correction_note="日付に誤りがありました。",
        )
    page = client.get("/archive/ict/1").text
    assert "日付に誤りがありました。" in page
    assert "/archive/ict/2" in page
    assert "訂正の対象: 第1号" in client.get("/archive/ict/2").text


def test_withdrawn_issue_is_gone_with_words(client: FlaskClient) -> None:
    with db.session_scope() as session:
        session.scalars(select(issues.Issue)).one().state = IssueState.CANCELLED
    answer = client.get("/archive/ict/1")
    assert answer.status_code == 410
    assert "配信を取りやめました" in answer.text
    assert "全部入り" not in client.get("/archive/ict").text


def test_hosted_article_is_cleaned_and_shown(client: FlaskClient) -> None:
    page = client.get("/archive/ict/articles/hosted").text
    assert "<h2>はじめに</h2>" in page
    assert "<strong>「本文」</strong>です。" in page
    assert 'href="/archive/ict/articles/elsewhere"' in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert 'href="javascript' not in page
    assert "市の調べ" in page
    assert "全部入りの号" in page


def test_article_elsewhere_says_where(client: FlaskClient) -> None:
    page = client.get("/archive/ict/articles/elsewhere").text
    assert 'href="https://a.example/a"' in page
    assert "要点" in page


@pytest.mark.parametrize(
    "path",
    [
        "/archive/none",
        "/archive/ict/99",
        "/archive/ict/articles/none",
        "/archive/ict/topics/none",
        "/archive/ict/ranking/1999",
        "/archive/ict?page=0",
        "/archive/ict?page=x",
        "/archive/ict?page=99999999999999999999",
        "/archive/ict/99999999999999999999",
        "/archive/ict/ranking/99999999999999999999",
        "/i/" + "0" * 64 + ".png",
        "/i/nothing",
    ],
)
def test_what_is_not_there_is_a_page_with_a_way_on(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "トップページへ" in answer.text


def test_topic_lists_its_articles(client: FlaskClient) -> None:
    page = client.get("/archive/ict/topics/dx").text
    assert "窓口の" in page
    assert "よそにある記事" not in page


@pytest.mark.parametrize(
    "typed", ["強い", "ＤＸ", "その後 動き", "'; DROP TABLE issue; --", "%", "_", "\\", "あ" * 500]
)
def test_search_takes_whatever_is_typed(client: FlaskClient, typed: str) -> None:
    answer = client.get("/archive/ict/search", query_string={"q": typed})
    assert answer.status_code == 200


def test_search_finds_two_characters_and_marks_them(client: FlaskClient) -> None:
    page = client.get("/archive/ict/search?q=強い").text
    assert "<mark>強い</mark>" in page
    assert "1件" in page
    assert "0件" in client.get("/archive/ict/search?q=水道").text


def test_feed_is_valid_atom(client: FlaskClient) -> None:
    answer = client.get("/archive/ict/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    for name in ("id", "title", "updated", "author"):
        assert feed.find(ATOM + name) is not None
    (entry,) = feed.findall(ATOM + "entry")
    assert entry.findtext(ATOM + "title") == "全部入りの号"
    assert entry.findtext(ATOM + "summary") == "前置き"
    address = entry.find(ATOM + "link")
    assert address is not None
    assert address.get("href", "").endswith("/archive/ict/1")


def test_picture_may_be_kept_for_ever(client: FlaskClient) -> None:
    with db.session_scope() as session:
        name = session.scalars(select(image.Image)).one().file_name
    answer = client.get(f"/i/{name}")
    assert (answer.mimetype, answer.data) == ("image/png", picture())
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/i/{name}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(f"/i/{name.replace('.png', '.jpg')}").status_code == 404


def test_ranking_is_a_chart_and_the_same_table(client: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        make_sent(
            session,
            newsletter,
            "年間ランキング",
            RankingEntry(place=2, article="hosted", readers=150, last_place=1),
            RankingEntry(place=1, article="elsewhere", readers=300),
            kind=IssueKind.RANKING,
            ranking={"query": {"period": "2025-fiscal"}},
        )
    page = client.get("/archive/ict/ranking/2025").text
    assert "2025年度" in page
    assert page.index("よそにある記事") < page.index("窓口の")
    assert '<rect width="100.0"' in page
    assert '<rect width="50.0"' in page
    assert "/archive/ict/ranking/2025" in client.get("/archive/ict").text


def test_case_t11_a_ranking_names_the_key_that_its_evidence_is_signed_with(client: FlaskClient) -> None:
    place = RankingEntry(place=1, article="elsewhere", readers=300)
    with db.session_scope() as session:
        newsletter = session.scalars(select(Newsletter)).one()
        old = ranking_key.current(session, newsletter).id
        new = ranking_key.rotate(session, newsletter).id
        for year, kept in (("2024", {}), ("2025", {"digest": "d1" * 32})):
            ranking = {"query": {"period": year}, **kept}
            make_sent(session, newsletter, f"{year}年の順位", place, kind=IssueKind.RANKING, ranking=ranking)
    page = client.get("/archive/ict/ranking/2025").text
    assert "d1" * 32 in page
    assert new in page
    assert old not in page
    assert new not in client.get("/archive/ict/ranking/2024").text, "a ranking without evidence is not signed"
    assert 'href="/archive/ict/ranking-key.pem"' in page
    answer = client.get("/archive/ict/ranking-key.pem")
    assert answer.mimetype == "application/x-pem-file"
    names = []
    for part in answer.text.split("Key: ")[1:]:
        loaded = load_pem_public_key(part[part.index("-----BEGIN") :].encode())
        names.append(sha256(loaded.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16])
    assert names == [new, old], "both are published, the latest first"


def test_archive_that_is_not_public_is_not_there(client: FlaskClient) -> None:
    with db.session_scope() as session:
        session.scalars(select(Newsletter)).one().public_archive = False
    for path in ("/archive/ict", "/archive/ict/1", "/archive/ict/articles/hosted", "/archive/ict/feed.atom"):
        assert client.get(path).status_code == 404
    assert "/archive/" not in client.get("/subscribe/ict").text


def test_colours_of_a_newsletter(client: FlaskClient) -> None:
    with db.session_scope() as session:
        session.scalars(select(Newsletter)).one().look = {"primary": "#7a1f1f", "link": "red;} body{display:none"}
    assert 'href="/look/ict.css"' in client.get("/archive/ict").text
    sheet = client.get("/look/ict.css").text
    assert "#7a1f1f" in sheet
    assert "display" not in sheet
