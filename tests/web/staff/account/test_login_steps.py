"""Between the steps of a login nothing is open, and what somebody had typed comes through both."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from models.staff import member, membership
from models.staff.audit import AuditEntry
from models.staff.factors import code_limit, recovery_code, second_factor, totp
from models.staff.permission import Role
from models.store import clock, db
from models.store.clock import now
from tests.conftest import set_environment
from tests.web.hidden_fields import hidden_fields
from tests.web.staff_login import EVERY_ROLE, PASSWORD, address_of, csrf_token, make_staff, post

KEY = b"12345678901234567890"


@pytest.fixture
def app(database: Engine, redis_client: object) -> Flask:
    from web.app import create_app

    with db.session_scope() as session:
        make_staff(session)
        with clock.moved(timedelta(hours=-1)):
            second_factor.set_up_app(session, member.find(session, EVERY_ROLE), KEY, code())
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def required() -> Iterator[None]:
    set_environment(SECOND_FACTOR_REQUIRED_FOR='["sender"]')
    yield
    set_environment(SECOND_FACTOR_REQUIRED_FOR="")


def code(after: int = 0) -> str:
    return totp.code_at(KEY, totp.step_at(now() + timedelta(seconds=after)))


def first_step(client: FlaskClient, address: str = EVERY_ROLE, way: str = "", **more: str) -> TestResponse:
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": PASSWORD, **more}
    return client.post("/staff/login", query_string={"next": way} if way else {}, data=form)


def second_step(client: FlaskClient, typed: str, **more: str) -> TestResponse:
    form = {"csrf_token": csrf_token(client, "/staff/login/code"), "code": typed, **more}
    return client.post("/staff/login/code", data=form)


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/account").status_code == 200


def test_right_password_alone_opens_no_route_of_staff_case_e10(app: Flask, client: FlaskClient) -> None:
    from web.staff.access_rule import AccessPlace
    from web.staff.access_table import RULES

    answer = first_step(client, way="/staff/briefing")
    assert (answer.status_code, answer.location) == (302, "/staff/login/code?next=/staff/briefing")
    token = csrf_token(client, "/staff/login/code")
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in RULES or RULES[rule.endpoint].place is AccessPlace.PUBLIC:
            continue
        path = re.sub(r"<[^>]+>", "1", re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule))
        for method in (rule.methods or set()) & {"GET", "POST"}:
            found = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
            refused = (302, True) if method == "GET" else (401, False)
            assert (found.status_code, "/staff/login?next=" in (found.location or "")) == refused, (method, path)
            tried += 1
    assert tried > 40
    assert client.get("/staff/login/code").status_code == 200


def test_code_lets_in_and_the_first_session_is_a_new_one_case_e10(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as planted:
        planted["passkey_browser"] = "somebody else's"
        planted["_user_id"] = "planted"
    first_step(client)
    thief = app.test_client()
    half = client.get_cookie("kairan")
    assert half
    thief.set_cookie("kairan", half.value)
    assert second_step(client, code()).location == "/staff/"
    assert is_in(client)
    with client.session_transaction() as cookie:
        assert "passkey_browser" not in cookie
        assert "pending_login" not in cookie
    assert not is_in(thief)
    assert thief.get("/staff/login/code").location == "/staff/login"
    again = app.test_client()
    first_step(again)
    assert "すでに使われています" in second_step(again, code()).text
    assert not is_in(again)
    with db.session_scope() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.action for entry in entries][-3:] == ["pass first step", "log in", "pass first step"]
        assert not any(code() in f"{entry.detail}" for entry in entries)


def test_half_a_login_ends_after_ten_minutes_with_a_new_password_and_by_itself_case_e10(
    app: Flask, client: FlaskClient
) -> None:
    first_step(client)
    token = csrf_token(client, "/staff/login/code")
    with clock.moved(timedelta(minutes=11)):
        late = client.post("/staff/login/code", data={"csrf_token": token, "code": code()})
        assert late.status_code == 401
        assert not is_in(client)
    other = app.test_client()
    first_step(other)
    with db.session_scope() as session:
        member.find(session, EVERY_ROLE).set_password("another long password")
    assert other.get("/staff/login/code").location == "/staff/login"


def test_second_step_without_a_token_or_a_first_step_is_refused_case_e10(client: FlaskClient) -> None:
    first_step(client)
    assert client.post("/staff/login/code", data={"code": code()}).status_code in (400, 401)
    assert not is_in(client)
    with client.session_transaction() as cookie:
        cookie["pending_login"] = "made up"
    form = {"csrf_token": csrf_token(client, "/staff/login"), "code": code()}
    assert client.post("/staff/login/code", data=form).status_code == 401


def test_what_was_typed_comes_through_both_steps_case_e11(client: FlaskClient) -> None:
    first_step(client)
    second_step(client, code())
    token = csrf_token(client, "/staff/account")
    with clock.moved(timedelta(hours=3)):
        form = {"csrf_token": token, "name": "山田 花子", "language": "ja", "password": "never kept"}
        ended = client.post("/staff/account", data=form)
        assert ended.status_code == 401
        carried = hidden_fields(ended)["kept"]
        half = first_step(client, kept=carried)
        assert half.status_code == 200
        wrong = second_step(client, "000000", kept=hidden_fields(half)["kept"])
        assert wrong.status_code == 422
        done = second_step(client, code(), kept=hidden_fields(wrong)["kept"])
        fields = hidden_fields(done)
        assert fields["name"] == "山田 花子"
        assert "password" not in fields
        assert client.post("/staff/account", data=fields).status_code == 302
    with db.session_scope() as session:
        assert member.find(session, EVERY_ROLE).name == "山田 花子"


def test_wrong_codes_delay_elsewhere_but_end_no_session_and_no_known_device_case_e12(
    app: Flask, client: FlaskClient
) -> None:
    first_step(client)
    second_step(client, code())
    attacker = app.test_client()
    first_step(attacker)
    for n in range(code_limit.FREE_TRIES):
        assert second_step(attacker, "123456" if code() != "123456" else "654321").status_code == 422, n
    refused = second_step(attacker, code(30))
    assert (refused.status_code, refused.headers["Retry-After"].isdigit()) == (429, True)
    assert is_in(client)
    post(client, "/staff/logout", "/staff/issues")
    first_step(client)
    assert second_step(client, code(30)).status_code == 302
    assert is_in(client)


def test_required_factor_is_set_up_before_anything_else_case_e13(
    app: Flask, client: FlaskClient, required: None
) -> None:
    address = address_of(Role.SENDER)
    answer = first_step(client, address, way="/staff/briefing")
    assert answer.location == "/staff/login/set-up?next=/staff/briefing"
    page = client.get(answer.location)
    assert "<svg" in page.text
    assert client.get("/staff/issues").location.startswith("/staff/login")
    key = page.text.split('class="secret">')[1].split("<")[0]
    with db.session_scope() as session:
        assert not second_factor.is_set_up(session, member.find(session, address))
    fields = hidden_fields(page)
    wrong = client.post(answer.location, data={**fields, "code": "12345"})
    assert (wrong.status_code, hidden_fields(wrong)["secret"]) == (422, fields["secret"])
    assert key in wrong.text
    done = client.post(answer.location, data={**fields, "code": _code_of(key)})
    codes = re.findall(r"<code>([\d-]{19})</code>", done.text)
    assert len(codes) == recovery_code.COUNT
    assert 'href="/staff/briefing"' in done.text
    assert is_in(client)
    stale = client.post(answer.location, data={**fields, "csrf_token": csrf_token(client, "/staff/account")})
    assert stale.status_code == 401
    other = app.test_client()
    first_step(other, address)
    assert second_step(other, codes[0]).status_code == 302


def test_role_that_becomes_required_leads_a_running_session_there_case_e13(client: FlaskClient, required: None) -> None:
    author = address_of(Role.AUTHOR)
    assert first_step(client, author).location == "/staff/"
    with db.session_scope() as session:
        membership.set_roles(session, member.find(session, author), {Role.SENDER}, None, by="test")
    token = csrf_token(client, "/staff/account/second-factor")
    assert client.get("/staff/issues").location == "/staff/account/second-factor"
    moved = client.post("/staff/account/sessions/end-others", data={"csrf_token": token})
    assert moved.location == "/staff/account/second-factor"
    assert client.get("/staff/account/second-factor/app").status_code == 200


def _code_of(readable: str) -> str:
    return totp.code_at(b32decode(readable.replace(" ", "")), totp.step_at(now()))
