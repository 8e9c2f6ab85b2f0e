"""My account over HTTP: name, language, password, sessions, second factor, and the proof that changes take."""

from __future__ import annotations

import re
from base64 import b32decode
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from models.outbox.transactional import TransactionalLetter
from models.staff import login_session, member
from models.staff.factors import second_factor, totp
from models.staff.permission import Role
from models.store import clock, db
from models.store.clock import now
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import PASSWORD, address_of, csrf_token, make_staff, post

KEY = b"12345678901234567890"
AUTHOR = address_of(Role.AUTHOR)
NEW = "morning river battery hat"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


@pytest.fixture
def app(database: Engine, redis_client: object) -> Flask:
    from web.app import create_app

    with db.session_scope() as session:
        make_staff(session)
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return logged_in(app)


def logged_in(app: Flask, password: str = PASSWORD, address: str = AUTHOR, agent: str = WINDOWS) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": password}
    assert client.post("/staff/login", data=form).location == "/staff/"
    return client


def set_up_app() -> None:
    with db.session_scope() as session, clock.moved(timedelta(hours=-1)):
        second_factor.set_up_app(session, member.find(session, AUTHOR), KEY, code())


def code() -> str:
    return totp.code_at(KEY, totp.step_at(now()))


def letters() -> list[str]:
    with db.session_scope() as session:
        query = select(TransactionalLetter.values["change"].astext).where(TransactionalLetter.kind == "account_changed")
        return list(session.scalars(query.order_by(TransactionalLetter.id)))


def test_name_and_language_are_mine_to_choose(app: Flask, client: FlaskClient) -> None:
    refused = post(client, "/staff/account", "/staff/account", name=" ", language="en")
    assert (refused.status_code, 'value="en" selected' in refused.text) == (422, True)
    page = post(client, "/staff/account", "/staff/account", name="Hanako Yamada", language="en")
    assert '<html lang="en">' in page.text
    assert "Hanako Yamada" in page.text
    assert '<html lang="en">' in logged_in(app).get("/staff/issues").text
    assert '<html lang="ja">' in client.get("/staff/issues?lang=ja").text
    assert '<html lang="ja">' in client.get("/").text


def test_new_password_takes_the_present_one_and_ends_other_sessions(app: Flask, client: FlaskClient) -> None:
    other, page = logged_in(app), "/staff/account/password"
    for password, new, again, field in (
        ("wrong", NEW, NEW, "password"),
        (PASSWORD, NEW, "another", "new_password_again"),
        (PASSWORD, "password1234", "password1234", "new_password"),
        (PASSWORD, "short", "short", "new_password"),
    ):
        refused = post(client, page, page, password=password, new_password=new, new_password_again=again)
        assert (refused.status_code, f'id="{field}-error"' in refused.text) == (422, True), field
        assert new not in refused.text or new == "another"
    done = post(client, page, page, password=PASSWORD, new_password=NEW, new_password_again=NEW)
    assert "パスワードを変更しました" in done.text
    assert client.get("/staff/account").status_code == 200
    assert other.get("/staff/account").status_code == 302
    logged_in(app, NEW)
    assert letters() == ["password"]


def test_wrong_present_passwords_count_as_those_of_the_login(client: FlaskClient) -> None:
    page = "/staff/account/password"
    for n in range(11):
        with clock.moved(timedelta(minutes=6 * min(n, 9))):
            typed = PASSWORD if n == 10 else "wrong"
            answer = post(client, page, page, password=typed, new_password=NEW, new_password_again=NEW)
            assert ("秒待ってから" in answer.text) is (n == 10)


def test_sessions_are_listed_with_place_and_ended_one_by_one_or_all_at_once(app: Flask, client: FlaskClient) -> None:
    phone = logged_in(app, agent="Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1")
    colleague = logged_in(app, address=address_of(Role.SENDER))
    third = logged_in(app)
    page = client.get("/staff/account/sessions").text
    assert page.count("Chrome (Windows)</h2>") + page.count("Chrome (Windows) <span") == 2
    assert "Safari (iPhone)" in page
    assert "いまと同じネットワーク" in page
    [ended] = re.findall(r"sessions/(\d+)/end\"[^>]*>(?:(?!</form>).)*Safari", page, re.DOTALL)
    with db.session_scope() as session:
        [foreign] = login_session.list_running(session, member.find(session, address_of(Role.SENDER)))
    for number in (foreign.id, 2147483647):
        form = {"csrf_token": csrf_token(client, "/staff/account/sessions")}
        assert client.post(f"/staff/account/sessions/{number}/end", data=form).status_code == 404
    post(client, f"/staff/account/sessions/{ended}/end", "/staff/account/sessions")
    assert phone.get("/staff/account").status_code == 302
    assert third.get("/staff/account").status_code == 200
    post(client, "/staff/account/sessions/end-others", "/staff/account/sessions")
    assert third.get("/staff/account").status_code == 302
    assert colleague.get("/staff/account").status_code == client.get("/staff/account").status_code == 200


def test_app_is_set_up_from_the_account_and_codes_are_shown_once(client: FlaskClient) -> None:
    page = client.get("/staff/account/second-factor/app")
    with db.session_scope() as session:
        assert second_factor.has_app(session, member.find(session, AUTHOR)) is False
    key = page.text.split('class="secret">')[1].split("<")[0].replace(" ", "")
    shown = totp.code_at(b32decode(key), totp.step_at(now()))
    done = client.post("/staff/account/second-factor/app", data={**hidden_fields(page), "code": shown})
    assert len(re.findall(r"<code>[\d-]{19}</code>", done.text)) == 10
    overview = client.get("/staff/account/second-factor").text
    assert "残り10個" in overview
    assert not re.findall(r"<code>[\d-]{19}</code>", overview)
    assert letters() == ["app_added"]


@pytest.mark.parametrize("factor", [False, True], ids=["password alone", "password and code"])
def test_changes_take_a_proof_once_ten_minutes_are_over(client: FlaskClient, factor: bool) -> None:
    if factor:
        set_up_app()
    page = "/staff/account/second-factor/app"
    assert client.get(page).status_code == 200
    with clock.moved(timedelta(minutes=11)):
        due = client.get(page)
        assert due.location == f"/staff/account/confirm?next={page}"
        form = {"csrf_token": csrf_token(client, due.location), "password": PASSWORD}
        wrong = client.post(due.location, data={**form, "password": "wrong", "code": code()})
        assert (wrong.status_code, 'id="password-error"' in wrong.text) == (422, True)
        if factor:
            wrong = client.post(due.location, data={**form, "code": "12345"})
            assert (wrong.status_code, 'id="code-error"' in wrong.text) == (422, True)
            assert client.get(page).status_code == 302
            form["code"] = code()
        assert client.post(due.location, data=form).location == page
        assert client.get(page).status_code == 200


def test_form_that_was_held_up_for_a_proof_is_kept_and_sent_after_it_case_e11(client: FlaskClient) -> None:
    set_up_app()
    token = csrf_token(client, "/staff/account/second-factor")
    with clock.moved(timedelta(minutes=11)):
        held = client.post("/staff/account/second-factor/app/remove", data={"csrf_token": token})
        assert held.status_code == 401
        fields = hidden_fields(held)
        wrong = client.post("/staff/account/confirm", data={**fields, "password": "wrong", "code": code()})
        proof = {**hidden_fields(wrong), "password": PASSWORD, "code": code()}
        proved = client.post("/staff/account/confirm", data=proof)
        assert 'action="/staff/account/second-factor/app/remove"' in proved.text
        assert client.post("/staff/account/second-factor/app/remove", data=hidden_fields(proved)).status_code == 302
    assert letters() == ["app_added", "app_removed"]


def test_password_page_asks_for_the_factor_too_once_the_proof_is_old(client: FlaskClient) -> None:
    set_up_app()
    with clock.moved(timedelta(minutes=11)):
        assert client.get("/staff/account/password").location.startswith("/staff/account/confirm")


def test_proof_leads_nowhere_else(client: FlaskClient) -> None:
    form = {"csrf_token": csrf_token(client, "/staff/account/confirm"), "password": PASSWORD}
    assert client.post("/staff/account/confirm?next=//evil.example", data=form).location == "/staff/"
