"""A new password by mail: one link, one hour, once, and nothing told to strangers."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

import settings
from models.outbox.transactional import TransactionalLetter
from models.staff import member
from models.staff.audit import AuditEntry
from models.staff.factors import recovery_code, second_factor, totp
from models.staff.permission import Role
from models.store import clock, db
from models.store.clock import now
from tests.web.staff_login import PASSWORD, address_of, csrf_token, make_staff

KEY = b"12345678901234567890"
AUTHOR = address_of(Role.AUTHOR)
NEW = "morning river battery hat"


@pytest.fixture
def app(database: Engine, redis_client: object) -> Flask:
    from web.app import create_app

    with db.session_scope() as session:
        make_staff(session)
        member.find(session, address_of(Role.SENDER)).deactivate()
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ask(client: FlaskClient, address: str = AUTHOR) -> TestResponse:
    form = {"csrf_token": csrf_token(client, "/staff/login/forgotten"), "address": address}
    return client.post("/staff/login/forgotten", data=form)


def letters(kind: str = "staff_password") -> list[TransactionalLetter]:
    with db.session_scope() as session:
        query = select(TransactionalLetter).where(TransactionalLetter.kind == kind).order_by(TransactionalLetter.id)
        return list(session.scalars(query))


def link_for(client: FlaskClient, address: str = AUTHOR) -> str:
    ask(client, address)
    link = str(letters()[-1].values["link"])
    assert link.startswith(settings.get().base_url)
    return urlsplit(link).path


def choose(client: FlaskClient, link: str, new: str = NEW, **more: str) -> TestResponse:
    form = {"csrf_token": csrf_token(client, "/staff/login"), "new_password": new, "new_password_again": new, **more}
    return client.post(link, data=form)


def knows(address: str, password: str) -> bool:
    with db.session_scope() as session:
        return member.authenticate(session, address, password) is not None


def test_answer_tells_nobody_who_is_on_the_staff_case_e15(client: FlaskClient) -> None:
    known, unknown, left = (ask(client, one) for one in (AUTHOR, "nobody@example.jp", address_of(Role.SENDER)))
    said = [answer.text.split("<main")[1].split("</main>")[0] for answer in (known, unknown, left)]
    assert known.status_code == unknown.status_code == left.status_code == 200
    assert said[0].replace(AUTHOR, "") == said[1].replace("nobody@example.jp", "")
    assert said[0].replace(AUTHOR, "") == said[2].replace(address_of(Role.SENDER), "")
    assert [letter.address for letter in letters()] == [AUTHOR]
    with db.session_scope() as session:
        asked = session.scalars(select(AuditEntry).where(AuditEntry.action == "ask for new password")).all()
        assert len(asked) == 1
    assert ask(client, "no address").status_code == 422


def test_link_works_once_logs_in_and_ends_other_sessions_case_e15(app: Flask, client: FlaskClient) -> None:
    elsewhere = app.test_client()
    form = {"csrf_token": csrf_token(elsewhere, "/staff/login"), "address": AUTHOR, "password": PASSWORD}
    elsewhere.post("/staff/login", data=form)
    link = link_for(client)
    assert [client.get(link).status_code for _ in range(2)] == [200, 200]
    assert "12文字以上" in client.get(link).text
    assert choose(client, link, "password1234").status_code == 422
    assert choose(client, link, NEW, new_password_again="other").status_code == 422
    assert choose(client, link).location == "/staff/"
    assert client.get("/staff/account").status_code == 200
    assert elsewhere.get("/staff/account").status_code == 302
    assert knows(AUTHOR, NEW)
    again = app.test_client()
    assert (again.get(link).status_code, choose(again, link, "a stolen long password").status_code) == (410, 410)
    assert not knows(AUTHOR, "a stolen long password")
    assert [letter.values["change"] for letter in letters("account_changed")] == ["password"]


def test_link_ends_after_an_hour_with_a_change_and_for_others_case_e15(app: Flask, client: FlaskClient) -> None:
    link = link_for(client)
    with clock.moved(timedelta(minutes=59)):
        assert client.get(link).status_code == 200
    with clock.moved(timedelta(minutes=61)):
        assert client.get(link).status_code == 410
    with db.session_scope() as session:
        other = member.find(session, address_of(Role.APPROVER)).id
    parts = link.split("/")
    assert client.get("/".join([*parts[:-2], str(other), parts[-1]])).status_code == 410
    assert client.get("/".join([*parts[:-2], "2147483647", parts[-1]])).status_code == 410
    assert client.get(link[:-1] + ("A" if link[-1] != "A" else "B")).status_code == 410
    with db.session_scope() as session:
        member.find(session, AUTHOR).set_password("another long password")
    assert (client.get(link).status_code, choose(client, link).status_code) == (410, 410)


def test_second_factor_is_asked_for_too_and_no_recovery_code_is_lost_case_e15(app: Flask, client: FlaskClient) -> None:
    with db.session_scope() as session, clock.moved(timedelta(hours=-1)):
        shown = totp.code_at(KEY, totp.step_at(now()))
        codes = second_factor.set_up_app(session, member.find(session, AUTHOR), KEY, shown)
    link = link_for(client)
    for typed in ("", "123"):
        assert choose(client, link, code=typed).status_code == 422
    assert choose(client, link, "password1234", code=codes[0]).status_code == 422
    assert not knows(AUTHOR, NEW)
    with db.session_scope() as session:
        assert recovery_code.left(session, member.find(session, AUTHOR)) == 10
    assert choose(client, link, code=codes[0]).location == "/staff/"
    assert knows(AUTHOR, NEW)


def test_nobody_is_flooded_in_such_letters_case_e15(app: Flask, client: FlaskClient) -> None:
    assert {ask(client).status_code for _ in range(5)} == {200}
    assert len(letters()) == 3
    assert ask(client).status_code == 429
    with clock.moved(timedelta(minutes=61)):
        elsewhere = app.test_client()
        elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.9"
        ask(elsewhere)
        assert len(letters()) == 4
