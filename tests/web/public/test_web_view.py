"""“View in a browser”: the letter as it went out, in nobody's name; nothing in it counts or acts as the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from lxml import html as trees
from sqlalchemy import Engine, select

from models.deliveries.delivery import Delivery
from models.deliveries.edition import Link
from models.issues import image
from models.issues.article import Article
from models.issues.block import Figure, Prose, SearchCall, SignupCall
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter, Tracking
from models.store import db, token
from models.store.token import Purpose
from templates.content import compose
from templates.content.variant import Variant
from tests.archive_sample import picture
from tests.sample import card, make_article, make_newsletter, make_reader, make_sent
from web.app import create_app
from web.track.tracker import Tracker
from worker.preparing import editions

TEXT = (
    "{{ reader.name | default('皆さま') }}へ。[手引](https://www.example.jp/guide)と[当方](https://www.example.jp/c/1/)"
)


@pytest.fixture
def client(database: Engine, redis_client: object) -> Iterator[FlaskClient]:
    app = create_app()
    yield app.test_client(use_cookies=False)
    cast(Tracker, app.wsgi_app).close()


def mail(*, language: str = "ja", **newsletter: Any) -> str:
    """An issue that went out to one reader; the path of the copy."""
    with db.session_scope() as session:
        made = make_newsletter(session, **newsletter)
        make_article(session, made, "counter", "書かない窓口", body="本文です。")
        stored = image.store(session, picture())
        blocks = (Prose(text=TEXT), card("counter"), Figure(image=stored.digest, alt="図"), SearchCall(), SignupCall())
        issue = make_sent(session, made, "今月の話題", *blocks, language=language)
        reader = make_reader(session, made, name="花子").subscriber
        freeze(session, issue, 1)
        session.add(Delivery(issue_id=issue.id, subscriber_id=reader.id, edition=1, lane_id=1))
        return f"/v/{token.make(Purpose.VIEW, issue.id, reader.id)}"


def freeze(session: Any, issue: Issue, number: int) -> None:
    """The issue as it is now, as an edition."""
    letter = compose.compose(session, issue, Variant.of_reader(issue, audience=""))
    kept = editions.link_rows(session.scalars(select(Link).where(Link.issue_id == issue.id).order_by(Link.number)))
    rendered = editions.render_edition(letter, kept)
    rendered.edition.number, rendered.edition.variant = number, {"met": []}
    session.add(rendered.edition)
    session.add_all(editions.stored_links(issue, rendered.links[len(kept) :]))
    session.flush()


def addresses(page: str) -> list[str]:
    tree = trees.document_fromstring(page)
    return [one.get("href") or one.get("src") for one in tree.iter("a", "img")]


@pytest.mark.parametrize("tracking", ["individual", "aggregate", "off"])
@pytest.mark.parametrize("public_archive", [True, False])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_copy_is_the_letter_and_nobodys_case_h1(
    client: FlaskClient, tracking: str, public_archive: bool, language: str
) -> None:
    answer = client.get(mail(language=language, tracking=Tracking(tracking), public_archive=public_archive))
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert f'<html lang="{language}"' in answer.text
    assert "皆さまへ" in answer.text
    assert "花子" not in answer.text
    found = addresses(answer.text)
    assert "https://www.example.jp/guide" in found
    assert "https://www.example.jp/c/1/" in found, "another site's address of the same form"
    own = [one for one in found if re.search(r"/(o|c|u|p|v)/", one) and "www.example.jp" not in one]
    assert own == [], "nothing counts or acts as the reader"
    for address in found:
        if address.startswith("http://127.0.0.1") and (public_archive or "/archive/" not in address):
            assert client.get("/" + address.split("/", 3)[3]).status_code == 200, address
    assert "配信を停止" not in answer.text


def test_the_copy_stays_what_was_mailed_case_h1(client: FlaskClient) -> None:
    path = mail()
    before = client.get(path).text
    with db.session_scope() as session:
        session.scalars(select(Article)).one().title = "改めた題"
        session.scalars(select(Newsletter)).one().sender_name = "別の課"
        issue = session.scalars(select(Issue)).one()
        issue.subject = "改めた件名"
    assert client.get(path).text == before


def test_each_reader_sees_their_own_edition_of_a_repaired_issue_case_h1(client: FlaskClient) -> None:
    path = mail()
    with db.session_scope() as session:
        issue = session.scalars(select(Issue)).one()
        issue.blocks_json = [Prose(text="直した本文です。").model_dump(mode="json")]
        freeze(session, issue, 2)
        later = make_reader(session, issue.newsletter, "later@example.jp").subscriber
        session.add(Delivery(issue_id=issue.id, subscriber_id=later.id, edition=2, lane_id=1))
        second = f"/v/{token.make(Purpose.VIEW, issue.id, later.id)}"
    assert "書かない窓口" in client.get(path).text
    assert "直した本文" not in client.get(path).text
    assert "直した本文" in client.get(second).text
    assert "書かない窓口" not in client.get(second).text


def test_a_mended_link_and_a_note_are_on_the_copy_case_h1(client: FlaskClient) -> None:
    path = mail()
    with db.session_scope() as session:
        session.scalars(select(Issue)).one().correction_note = "<b>3月</b>は誤りでした。"
        link = session.scalars(select(Link).where(Link.url == "https://www.example.jp/guide")).one()
        link.corrected_url = "https://www.example.jp/right?a=1&b=2"
    page = client.get(path).text
    assert "https://www.example.jp/right?a=1&b=2" in addresses(page)
    assert "https://www.example.jp/guide" not in addresses(page)
    assert "訂正: &lt;b&gt;3月&lt;/b&gt;は誤りでした。" in page


def test_embedded_pictures_are_seen_case_h1(client: FlaskClient) -> None:
    page = client.get(mail(embed_images=True))
    assert "cid:" not in page.text
    [shown] = [one for one in addresses(page.text) if "/i/" in one]
    assert client.get("/" + shown.split("/", 3)[3]).status_code == 200


def test_the_letters_styles_are_let_in_and_nothing_else_case_h1(client: FlaskClient) -> None:
    policy = client.get(mail()).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script" not in policy
