"""Logging out, in both directions; forms that are kept; and the ways in when the provider is away."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import urlsplit

import requests
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from models.staff import member as members
from models.staff.permission import Role
from models.store import clock, db
from ops.cli.staff import staff
from tests.conftest import set_environment
from tests.oidc_provider import CLIENT_ID, OidcProvider
from tests.web.staff.single_sign_on.round_trip import log_out, onward, sign_in
from tests.web.staff_login import PASSWORD, csrf_token
from web.staff.single_sign_on import provider as provider_here


def test_logging_out_leads_on_to_the_provider(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    page = log_out(client)
    assert "satoさん" not in page.text, "nobody is in any more"
    assert client.get("/staff/issues").status_code == 302
    requests.get(onward(page.text), allow_redirects=False, timeout=30)
    [told] = oidc.logged_out
    assert (told["client_id"], told["post_logout_redirect_uri"].endswith("/staff/login")) == (CLIENT_ID, True)
    assert told["id_token_hint"].count(".") == 2
    with db.session_scope() as session:
        members.create(session, "local@city.example.jp", "x", {Role.AUTHOR}, PASSWORD)
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": "local@city.example.jp", "password": PASSWORD}
    client.post("/staff/login", data=form)
    assert log_out(client).location == "/staff/login", "who came with a password is unknown there"


def test_logging_out_works_while_the_provider_is_away(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    provider_here.forget()
    oidc.instead["/.well-known/openid-configuration"] = lambda: ("no", 500)
    assert log_out(client).location == "/staff/login"
    assert client.get("/staff/issues").status_code == 302


def test_case_e46_the_provider_ends_our_sessions(app: Flask, oidc: OidcProvider) -> None:
    first, second, other = app.test_client(), app.test_client(), app.test_client()
    oidc.add("sato", "koho-writers", sid="one")
    sign_in(first)
    oidc.people["sato"]["sid"] = "two"
    sign_in(second)
    oidc.add("suzuki", "koho-writers", sid="three")
    sign_in(other)

    def who_is_in() -> list[bool]:
        return [one.get("/staff/issues").status_code == 200 for one in (first, second, other)]

    def send(token: str) -> int:
        return app.test_client().post("/staff/sign-in/back-channel-logout", data={"logout_token": token}).status_code

    hour = int(time.time()) + 3600
    wrong = [{"events": None}, {"events": {}}, {"aud": "another"}, {"iss": "https://evil.example"}, {"nonce": "a"},
             {"sid": None, "sub": None}, {"iat": hour}, {"exp": hour - 7200}]  # fmt: skip
    for claims in wrong:
        assert send(oidc.logout_token(**{"sid": "one", **claims})) == 400, claims
    assert send(oidc.unsigned({"sub": "sato"})) == 400
    assert send("") == 400
    assert who_is_in() == [True, True, True]
    assert send(oidc.logout_token(sid="one", sub="sato")) == 200
    assert who_is_in() == [False, True, True]
    everywhere = oidc.logout_token(sub="sato")
    assert send(everywhere) == 200
    assert who_is_in() == [False, False, True]
    with clock.moved(timedelta(seconds=5)):
        oidc.present = "sato"
        sign_in(first)
        assert send(everywhere) == 200
        assert who_is_in()[0], "a token that is sent once more ends no later session"


def test_a_kept_form_is_there_after_a_login_beside_it(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    with client.session_transaction() as cookie:
        cookie.clear()
    page = client.post("/staff/issues/1/edit", data={"source": "とても長い文章"})
    assert page.status_code == 401
    kept = page.text.partition('name="kept" value="')[2].partition('"')[0]
    assert client.post("/staff/kept", data={"kept": kept}).status_code == 401, "not before the login"
    assert kept in client.post("/staff/kept", data={"kept": kept}).text, "and it is still kept"
    assert sign_in(client, "/staff/signed-in").location == "/staff/signed-in"
    assert "とても長い文章" in client.post("/staff/kept", data={"kept": kept}).text
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/staff/kept", data={"kept": kept}, headers=headers).status_code == 403
    assert client.post("/staff/kept", data={"kept": "made up"}).status_code == 403


def test_case_e47_without_passwords_a_command_lets_in(app: Flask, oidc: OidcProvider) -> None:
    set_environment(PASSWORD_LOGIN="off")
    with db.session_scope() as session:
        members.create(session, "chief@city.example.jp", "課長", {Role.SENDER}, PASSWORD)
    client, second = app.test_client(), app.test_client()
    page = client.get("/staff/login?next=/staff/rankings").text
    assert 'type="password"' not in page
    assert "庁内認証でログイン" in page
    assert "next=/staff/rankings" in page
    link = CliRunner().invoke(staff, ["enter", "chief@city.example.jp"], catch_exceptions=False).output.strip()
    path = urlsplit(link).path
    assert client.get(f"{path}x").status_code == 404
    token, other = csrf_token(client, path), csrf_token(second, path)
    form = {"csrf_token": token, "address": "chief@city.example.jp", "password": PASSWORD}
    assert client.post("/staff/login", data=form).status_code == 403
    assert client.post(path, data={"csrf_token": token}).location == "/staff/"
    assert client.get("/staff/issues").status_code == 200
    assert second.post(path, data={"csrf_token": other}).status_code == 410, "once"
    late = CliRunner().invoke(staff, ["enter", "chief@city.example.jp"], catch_exceptions=False).output.strip()
    with clock.moved(timedelta(seconds=601)):
        assert second.get(urlsplit(late).path).status_code == 410
    for words in (["deactivate", "chief@city.example.jp"], ["enter", "chief@city.example.jp"]):
        done = CliRunner().invoke(staff, words)
    assert done.exit_code != 0
    assert second.get(urlsplit(late).path).status_code == 410


def test_without_a_provider_there_are_no_such_pages(client: FlaskClient) -> None:
    set_environment(OIDC_ISSUER="", PASSWORD_LOGIN="")
    for path in ("/staff/sign-in", "/staff/sign-in/finish"):
        assert client.get(path).status_code == 404
    assert client.post("/staff/sign-in/back-channel-logout").status_code == 404
    assert "sign-in" not in client.get("/staff/login").text
