"""Passkeys over HTTP, with devices that answer for others, for other sites, twice, or as a copy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

import settings
from models.staff import member
from models.staff.audit import AuditEntry
from models.staff.factors import passkey
from models.staff.factors.passkey import Passkey
from models.staff.permission import Role
from models.store import clock, db
from tests.conftest import set_environment
from tests.web.hidden_fields import hidden_fields
from tests.web.staff.software_authenticator import Authenticator
from tests.web.staff_login import PASSWORD, address_of, make_staff

SITE = "https://news.example.jp"
AUTHOR, SENDER = address_of(Role.AUTHOR), address_of(Role.SENDER)


@pytest.fixture
def app(database: Engine, redis_client: object) -> Iterator[Flask]:
    from web.app import create_app

    with db.session_scope() as session:
        make_staff(session)
    before = settings.get().base_url
    set_environment(BASE_URL=SITE)
    made = create_app()
    made.testing = False
    yield made
    set_environment(BASE_URL=before)


class Browser:
    """A browser at our site, over https."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=SITE)

    def post(self, path: str, page: str, **form: str) -> TestResponse:
        fields = {**hidden_fields(self.get(page)), **form}
        return self.client.post(path, data=fields, base_url=SITE, headers={"Referer": SITE + page})

    def options(self, path: str, page: str) -> dict[str, Any]:
        answer = self.post(path, page)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = json.loads(answer.text)
        return found

    def log_in(self, address: str) -> TestResponse:
        return self.post("/staff/login", "/staff/login", address=address, password=PASSWORD)

    def is_in(self) -> bool:
        return self.get("/staff/account").status_code == 200

    def register(
        self, device: Authenticator, name: str = "電話", options: dict[str, Any] | None = None
    ) -> TestResponse:
        page = "/staff/account/passkeys/new"
        options = options or self.options("/staff/account/passkeys/options", page)
        return self.post(page, page, name=name, credential=device.make(options))

    def log_in_with(self, device: Authenticator, options: dict[str, Any] | None = None) -> TestResponse:
        options = options or self.options("/staff/login/passkey/options", "/staff/login")
        return self.post("/staff/login/passkey", "/staff/login", credential=device.sign(options))


def device(**more: Any) -> Authenticator:
    return Authenticator(**{"origin": SITE, "domain": "news.example.jp", **more})


def with_passkey(app: Flask, address: str = AUTHOR) -> Authenticator:
    """A device with a passkey of somebody."""
    browser, made = Browser(app), device()
    browser.log_in(address)
    assert browser.register(made).status_code in (200, 302)
    return made


def test_passkey_logs_in_alone_where_the_device_knows_its_owner(app: Flask) -> None:
    made, browser = with_passkey(app), Browser(app)
    assert browser.log_in_with(made).location == "/staff/"
    assert browser.is_in()
    with db.session_scope() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.actor, entry.detail) == ("log in", AUTHOR, {"factor": "passkey"})
    made.verifies = False
    other = Browser(app)
    assert other.log_in_with(made).status_code == 422
    assert not other.is_in()


@pytest.mark.parametrize("place", ["login", "registration"])
@pytest.mark.parametrize("wrong", [{"origin": "https://news.example.com"}, {"domain": "example.jp"}], ids=str)
def test_answer_for_another_site_is_refused_case_e14(app: Flask, place: str, wrong: dict[str, str]) -> None:
    if place == "login":
        made = with_passkey(app)
        for name, value in wrong.items():
            setattr(made, name, value)
        browser = Browser(app)
        assert browser.log_in_with(made).status_code == 422
        assert not browser.is_in()
    else:
        browser = Browser(app)
        browser.log_in(AUTHOR)
        assert browser.register(device(**wrong)).status_code == 422


def test_challenge_is_good_once_for_its_browser_and_its_purpose_case_e14(app: Flask) -> None:
    made, browser, thief = with_passkey(app), Browser(app), Browser(app)
    options = browser.options("/staff/login/passkey/options", "/staff/login")
    thief.options("/staff/login/passkey/options", "/staff/login")
    assert thief.log_in_with(made, options).status_code == 422
    answer = made.sign(options)
    assert browser.post("/staff/login/passkey", "/staff/login", credential=answer).status_code == 302
    for again in (browser, thief):
        assert again.post("/staff/login/passkey", "/staff/login/forgotten", credential=answer).status_code == 422
    assert not thief.is_in()
    confirm = browser.options("/staff/account/confirm/passkey", "/staff/account/confirm")
    assert browser.register(device(), options=confirm).status_code == 422


def test_copy_of_a_passkey_is_found_by_its_count_case_e14(app: Flask) -> None:
    made = with_passkey(app)
    made.count = 10
    assert Browser(app).log_in_with(made).status_code == 302
    made.count = 5
    assert Browser(app).log_in_with(made).status_code == 422


def test_passkey_of_another_person_is_no_second_factor_case_e14(app: Flask) -> None:
    mine, theirs, browser = with_passkey(app), with_passkey(app, SENDER), Browser(app)
    assert browser.log_in(AUTHOR).location == "/staff/login/code"
    for wrong, status in ((theirs, 422), (mine, 302)):
        options = browser.options("/staff/login/code/passkey", "/staff/login/code")
        assert len(options["allowCredentials"]) == 1
        answer = browser.post("/staff/login/code", "/staff/login/code", credential=wrong.sign(options))
        assert answer.status_code == status
    assert browser.is_in()
    again = Browser(app)
    again.log_in(SENDER)
    mine.user = theirs.user
    options = again.options("/staff/login/code/passkey", "/staff/login/code")
    assert again.post("/staff/login/code", "/staff/login/code", credential=mine.sign(options)).status_code == 422


def test_passkey_is_taken_once_named_renamed_and_removed_by_its_owner(app: Flask) -> None:
    browser, made = Browser(app), device()
    browser.log_in(AUTHOR)
    assert browser.register(made, name=" ").status_code == 422
    assert "回復コード" in browser.register(made).text
    assert browser.register(made).status_code == 422
    with db.session_scope() as session:
        number = session.scalars(select(Passkey.id)).one()
    page, stranger = "/staff/account/second-factor", Browser(app)
    stranger.log_in(SENDER)
    for step in ("name", "remove"):
        assert stranger.post(f"/staff/account/passkeys/{number}/{step}", page, name="x").status_code == 404
    browser.post(f"/staff/account/passkeys/{number}/name", page, name="青い鍵")
    assert "青い鍵" in browser.get(page).text
    assert browser.post(f"/staff/account/passkeys/{number}/name", page, name="").status_code == 422
    assert browser.post(f"/staff/account/passkeys/{number}/remove", page).status_code == 302
    assert Browser(app).log_in_with(made).status_code == 422
    assert Browser(app).log_in(AUTHOR).location == "/staff/"


def test_proof_by_passkey_needs_a_device_that_makes_sure_who_holds_it(app: Flask) -> None:
    made, browser = with_passkey(app), Browser(app)
    browser.log_in_with(made)
    with clock.moved(timedelta(minutes=11)):
        way = "/staff/account/confirm?next=/staff/account/passkeys/new"
        for verifies, status in ((False, 422), (True, 302)):
            made.verifies = verifies
            options = browser.options("/staff/account/confirm/passkey", way)
            assert options["userVerification"] == "required"
            assert browser.post(way, way, credential=made.sign(options)).status_code == status
        assert browser.get("/staff/account/passkeys/new").status_code == 200


def test_whoever_left_the_staff_has_no_passkey_any_more(app: Flask) -> None:
    made = with_passkey(app)
    with db.session_scope() as session:
        member.find(session, AUTHOR).deactivate()
    assert Browser(app).log_in_with(made).status_code == 422


@pytest.mark.parametrize("answer", ["", "x", "{}", "[]", "1", '{"id": 1}', '{"id": "a", "rawId": "a", "response": {}}'])
def test_answer_that_is_none_is_refused_with_words(app: Flask, answer: str) -> None:
    browser = Browser(app)
    browser.log_in(AUTHOR)
    for page, options in (("/staff/account/passkeys/new", "/staff/account/passkeys/options"),):
        browser.options(options, page)
        assert browser.post(page, page, name="電話", credential=answer).status_code == 422
    stranger = Browser(app)
    stranger.options("/staff/login/passkey/options", "/staff/login")
    assert stranger.post("/staff/login/passkey", "/staff/login", credential=answer).status_code == 422


@pytest.mark.parametrize(
    ("base_url", "available"),
    [(SITE, True), ("https://news.example.jp:8443/mail", True), ("http://localhost:8025", True),
     ("http://127.0.0.1:8025", False), ("https://192.0.2.1", False), ("http://news.example.jp", False)],
)  # fmt: skip
def test_passkeys_are_offered_where_browsers_know_them(base_url: str, available: bool) -> None:
    settings.reload(BASE_URL=base_url)
    assert passkey.is_available() is available
