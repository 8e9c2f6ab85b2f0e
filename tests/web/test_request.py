"""What every request gets: headers, languages, errors in two forms, a session that is settled, limits that give way."""

from __future__ import annotations

import logging

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

import settings
from models.issues.newsletter import Newsletter
from models.store import db
from models.store.errors import Forbidden, Invalid, Unavailable, WrongState
from models.store.phrase import phrase
from models.store.token import Purpose, make
from tests.conftest import NOWHERE, set_environment
from tests.sample import make_newsletter
from web import request
from web.app import create_app


def probe(app: Flask) -> None:
    """Views that misbehave."""
    room = Blueprint("probe", __name__)
    errors = {
        "invalid": Invalid("the number is too large: take a smaller one"),
        "forbidden": Forbidden("only an approver may decide on an issue"),
        "state": WrongState("issue 1", phrase("sent"), phrase("be edited")),
        "unavailable": Unavailable("the relay does not answer"),
        "surprise": ZeroDivisionError("x"),
    }

    @room.get("/probe/error/<name>")
    def error(name: str) -> str:
        make_newsletter(request.session(), name)
        raise errors[name]

    @room.get("/probe/answer/<int:status>")
    def answer(status: int) -> tuple[str, int]:
        make_newsletter(request.session(), f"s{status}")
        return "", status

    app.register_blueprint(room)


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    app = create_app()
    probe(app)
    return app.test_client()


def newsletters() -> list[str]:
    with db.session_scope() as session:
        return list(session.scalars(select(Newsletter.slug)))


def test_safe_headers_stand_on_every_answer(client: FlaskClient) -> None:
    for path in ("/healthz", "/", "/nothing", "/static/kairan.css", "/probe/error/surprise"):
        with client.get(path) as answer:
            headers = answer.headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert len(headers["X-Request-ID"]) == 16
        assert "Strict-Transport-Security" not in headers


def test_secure_site_says_so(client: FlaskClient) -> None:
    before = settings.get().base_url
    try:
        set_environment(BASE_URL="https://news.example.jp")
        with db.session_scope() as session:
            make_newsletter(session)
        answer = create_app().test_client().get("/subscribe/ict", base_url="https://news.example.jp")
    finally:
        set_environment(BASE_URL=before)
    assert "Strict-Transport-Security" in answer.headers
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))


def test_good_answer_is_kept_and_a_bad_one_undone(client: FlaskClient) -> None:
    client.get("/probe/answer/200")
    client.get("/probe/answer/422")
    client.get("/probe/error/invalid")
    assert newsletters() == ["s200"]


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("invalid", 422, "take a smaller one"),
        ("forbidden", 403, "権限がありません"),
        ("state", 409, "今は行えません"),
        ("unavailable", 503, "しばらく待って"),
        ("surprise", 500, "受付番号"),
    ],
)
def test_error_is_a_page_for_people_and_json_for_programs(
    client: FlaskClient, name: str, status: int, words: str
) -> None:
    page = client.get(f"/probe/error/{name}")
    assert page.status_code == status
    assert words in page.text
    assert page.headers["X-Request-ID"] in page.text
    told = client.get(f"/probe/error/{name}", headers={"Accept": "application/json"})
    assert told.status_code == status
    assert told.json is not None
    assert told.json["error"]["status"] == status
    assert ("Retry-After" in page.headers) == (status == 503)


def test_unforeseen_error_does_not_show_its_inside(client: FlaskClient) -> None:
    assert "ZeroDivision" not in client.get("/probe/error/surprise").text


def test_language_is_asked_for_or_preferred_and_carried_on(client: FlaskClient) -> None:
    assert '<html lang="ja">' in client.get("/nothing").text
    english = client.get("/nothing", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "This page was not found" in english.text
    assert english.headers["Content-Language"] == "en"
    japanese = client.get("/nothing?lang=ja", headers={"Accept-Language": "en"})
    assert "ページが見つかりません" in japanese.text
    assert 'href="/?lang=ja"' in japanese.text
    assert '<html lang="ja">' in client.get("/nothing?lang=tlh").text
    assert '<html lang="ja">' in client.get("/nothing", headers={"Accept-Language": "fr"}).text


def test_link_to_the_other_language_never_leaves_the_page(client: FlaskClient) -> None:
    page = client.get("/subscribe//evil.example/?q=a&lang=en").text
    assert 'href="?q=a&amp;lang=ja"' in page


def test_database_down_is_said_so_and_readers_pages_say_try_again(client: FlaskClient) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
    good = settings.get().database_url
    try:
        set_environment(DATABASE_URL=NOWHERE["DATABASE_URL"])
        for path in ("/", "/subscribe/ict", "/archive/ict", "/readyz"):
            answer = client.get(path)
            assert answer.status_code == 503, path
        page = client.get("/archive/ict")
        assert "ただいまサービスをご利用いただけません" in page.text
        assert page.headers["Retry-After"] == "30"
        assert client.get("/healthz").status_code == 200
        told = client.get("/archive/ict", headers={"Accept": "application/json"})
        assert told.json is not None
        one_click = client.post(f"/u/{make(Purpose.UNSUBSCRIBE, 0, 1)}", data={"List-Unsubscribe": "One-Click"})
        assert one_click.status_code == 503
    finally:
        set_environment(DATABASE_URL=good)
    assert client.get("/archive/ict").status_code == 200


def test_log_holds_no_token_and_no_address(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    token = make(Purpose.PREFERENCES, 0, 1)
    with caplog.at_level(logging.INFO):
        client.get(f"/p/{token}?q=hanako@example.jp")
    assert token not in caplog.text
    assert "hanako" not in caplog.text
