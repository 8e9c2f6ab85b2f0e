"""A login at the provider, and the second factor: theirs where they prove it, else ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.factors import second_factor, totp
from models.staff.permission import Role
from models.store import clock, db
from models.store.clock import now
from ops.cli.staff import staff
from tests.conftest import set_environment
from tests.oidc_provider import OidcProvider
from tests.web.staff.single_sign_on.round_trip import log_out, onward, send_logout_token, sign_in
from tests.web.staff_login import PASSWORD, csrf_token

KEY = b"12345678901234567890"
SATO = "sato@city.example.jp"


@pytest.fixture
def required() -> Iterator[None]:
    """A second factor is required of authors."""
    set_environment(SECOND_FACTOR_REQUIRED_FOR='["author"]')
    yield
    set_environment(SECOND_FACTOR_REQUIRED_FOR="")


def code() -> str:
    return totp.code_at(KEY, totp.step_at(now()))


def set_up_app(address: str = SATO) -> None:
    with db.session_scope() as session, clock.moved(timedelta(hours=-1)):
        second_factor.set_up_app(session, members.find(session, address), KEY, code())


def second_step(client: FlaskClient, way: str, typed: str = "") -> str:
    form = {"csrf_token": csrf_token(client, way), "code": typed or code()}
    return client.post(way, data=form).location


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/issues").status_code == 200


def factors() -> list[str]:
    with db.session_scope() as session:
        query = select(AuditEntry.detail["factor"].astext).where(AuditEntry.action == "log in")
        return list(session.scalars(query.order_by(AuditEntry.id)))


def test_case_e48_ours_is_asked_for_and_logout_still_works_in_both_directions(
    client: FlaskClient, oidc: OidcProvider, app: Flask
) -> None:
    oidc.add("sato", "koho-writers", sid="one")
    sign_in(client)
    log_out(client)
    set_up_app()

    halfway = sign_in(client, "/staff/rankings").location
    assert halfway.startswith("/staff/login/code?next="), halfway
    assert not is_in(client)
    assert second_step(client, halfway) == "/staff/rankings"
    assert is_in(client)
    assert factors() == ["single sign-on", "single sign-on and app"]
    left = log_out(client)
    assert "id_token_hint=" in onward(left.text), "the provider sees with what it began"

    with clock.moved(timedelta(minutes=1)):
        second_step(client, sign_in(client).location)
        assert is_in(client)
        assert send_logout_token(app, oidc.logout_token(sid="one", iat=int(now().timestamp()))) == 200
        assert not is_in(client)

    with clock.moved(timedelta(minutes=2)):
        halfway = sign_in(client).location
        assert send_logout_token(app, oidc.logout_token(sub="sato", iat=int(now().timestamp()))) == 200
        assert client.get(halfway).location.startswith("/staff/login"), (
            "who logged out there in between has not come in"
        )
        assert not is_in(client)


def test_theirs_counts_where_the_setting_names_it(client: FlaskClient, oidc: OidcProvider, required: None) -> None:
    someone = oidc.add("sato", "koho-writers", amr=["pwd", "mfa"])
    assert sign_in(client).location.startswith("/staff/login/set-up"), "nobody has said what mfa is worth"
    set_environment(OIDC_SECOND_FACTOR="mfa urn:loa:3")
    assert sign_in(client, "/staff/rankings").location == "/staff/rankings"
    assert is_in(client), "and it is not asked for on the next page"
    log_out(client)
    set_up_app()
    assert sign_in(client).location == "/staff/", "though an app is set up here"
    log_out(client)
    someone.update(amr=["pwd"], acr="urn:loa:3")
    assert sign_in(client).location == "/staff/"
    log_out(client)
    someone.update(amr="mfa", acr="urn:loa:1")
    assert sign_in(client).status_code == 502, "a text is no list (RFC 8176)"
    someone.update(amr=["pwd"])
    assert sign_in(client).location.startswith("/staff/login/code")
    assert factors() == ["single sign-on with second factor"] * 3


def test_half_a_login_ends_where_the_person_is_shut_out(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    log_out(client)
    set_up_app()
    for shut_out in ("deactivate", "term"):
        halfway = sign_in(client).location
        token = csrf_token(client, halfway)
        with db.session_scope() as session:
            person = members.find(session, SATO)
            if shut_out == "deactivate":
                person.deactivate()
            else:
                person.term_ends_on = date(2020, 1, 1)
        assert client.post(halfway, data={"csrf_token": token, "code": code()}).status_code == 401
        answer = sign_in(client)
        assert (answer.status_code, "停止されています" in answer.text) == (403, True), shut_out
        with db.session_scope() as session:
            members.find(session, SATO).active, members.find(session, SATO).term_ends_on = True, None
    assert not is_in(client)


def test_a_link_of_a_command_asks_for_ours_and_is_used_up_before_it(app: Flask, oidc: OidcProvider) -> None:
    with db.session_scope() as session:
        members.create(session, SATO, "佐藤", {Role.SENDER}, PASSWORD)
    set_up_app()
    link = CliRunner().invoke(staff, ["enter", SATO], catch_exceptions=False).output.strip()
    path = urlsplit(link).path
    client, second = app.test_client(), app.test_client()
    token, other = csrf_token(client, path), csrf_token(second, path)
    halfway = client.post(path, data={"csrf_token": token}).location
    assert halfway.startswith("/staff/login/code")
    assert second.post(path, data={"csrf_token": other}).status_code == 410
    assert second_step(client, halfway) == "/staff/"
    assert factors() == ["kairan staff enter and app"]


def test_case_e45_roles_by_groups_are_for_logins_at_the_provider(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    log_out(client)
    with db.session_scope() as session:
        members.find(session, SATO).set_password(PASSWORD)
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": SATO, "password": PASSWORD}
    answer = client.post("/staff/login", data=form)
    assert (answer.status_code, "所属グループで決まっている" in answer.text) == (403, True)
    assert not is_in(client)
    set_environment(OIDC_ISSUER="")
    assert client.post("/staff/login", data=form).status_code == 302, "there is no provider any more"
