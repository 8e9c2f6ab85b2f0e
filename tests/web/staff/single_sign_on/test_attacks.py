"""What a stranger tries at the login by the provider, and what a provider may say that nobody has thought of."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jws
from sqlalchemy import select

from models.staff import invitation, membership
from models.staff import member as members
from models.staff.member import Member
from models.staff.permission import Role
from models.staff.single_sign_on import provider_identity
from models.staff.single_sign_on.provider_session import ProviderSession
from models.store import clock, db
from models.store.clock import now
from ops.cli.staff import staff
from tests.conftest import set_environment
from tests.oidc_provider import OidcProvider
from tests.web.hidden_fields import hidden_fields
from tests.web.staff.single_sign_on.round_trip import callback_of, choose, log_out, onward, send_logout_token, sign_in
from tests.web.staff_login import PASSWORD, csrf_token
from web.staff.single_sign_on import bounded_http
from web.staff.single_sign_on import provider as provider_here

SATO = "sato@city.example.jp"


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/issues").status_code == 200


def test_a_stolen_code_is_worth_nothing_with_another_state(app: Flask, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    victim, thief = app.test_client(), app.test_client()
    stolen = parse_qs(urlsplit(callback_of(victim)).query)["code"][0]
    own = parse_qs(urlsplit(callback_of(thief)).query)["state"][0]
    answer = thief.get("/staff/sign-in/finish", query_string={"code": stolen, "state": own})
    assert answer.status_code in (400, 502), "the verifier is another one (RFC 7636)"
    assert not is_in(thief)


def test_a_session_from_before_the_login_is_nobodys(app: Flask, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    victim, thief = app.test_client(), app.test_client()
    csrf_token(thief, "/staff/login")
    planted = thief.get_cookie("session") or next(iter(thief._cookies.values()))
    victim.set_cookie(planted.key, planted.value)
    assert sign_in(victim).status_code == 302
    assert is_in(victim)
    assert not is_in(thief)


def test_another_site_logs_nobody_out(client: FlaskClient, app: Flask, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers", sid="one")
    sign_in(client)
    assert client.post("/staff/logout").status_code == 400
    assert client.get("/staff/logout").status_code == 405
    for token in ("", "a.b.c", "x" * 50_000, oidc.unsigned({"sub": "sato"}), oidc.logout_token(sid="one", nonce="x"),
                  oidc.logout_token(sid="\x00", sub=None), oidc.logout_token(sid="one", iat=-(10**20))):  # fmt: skip
        assert send_logout_token(app, token) == 400
    assert is_in(client)


ODD: list[dict[str, Any]] = [
    {"sub": "a\x00b"},
    {"sub": "a\nb"},
    {"sid": "\x00"},
    {"sid": "\ud800"},
    {"sid": {"a": 1}},
    {"name": "\ud800\x00"},
    {"name": ["a"]},
    {"name": "\u200b"},
    {"name": "\u3164", "preferred_username": "\u2060"},
    {"iat": 100 + int(time.time())},
    {"exp": int(time.time()) - 60},
    {"email": "\ud800@city.example.jp"},
    {"groups": ["koho-writers", "\x00", "\ud800", 7, None]},
    {"groups": ["\x00"] * 3000},
    {"auth_time": 1e308},
    {"auth_time": "now"},
    {"amr": [["mfa"], None]},
    {"acr": {"mfa": 1}},
    {"email_verified": [True]},
    {"_claim_names": ["groups"], "groups": None},
]


def test_odd_claims_are_answered_with_a_page(client: FlaskClient, oidc: OidcProvider) -> None:
    set_environment(OIDC_SECOND_FACTOR="mfa")
    for number, claims in enumerate(ODD):
        oidc.reset()
        oidc.add(f"person-{number}", "koho-writers")
        oidc.wrong_claims.update(claims)
        oidc.sign = lambda told: jws.serialize_compact(
            {"alg": "RS256", "kid": oidc.keys[0].kid}, json.dumps(told).encode(), oidc.keys[0]
        )
        answer = sign_in(client)
        assert answer.status_code in (302, 403, 502), (claims, answer.text)
        assert "<h1" in answer.text or answer.status_code == 302, claims


class _Inner(BaseHTTPRequestHandler):
    """A server of an inner network, which counts who asks."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """It writes nothing."""


def test_a_configuration_leads_into_no_inner_network(client: FlaskClient, oidc: OidcProvider) -> None:
    inner = HTTPServer(("127.0.0.1", 0), _Inner)
    Thread(target=inner.serve_forever, args=(0.05,)).start()
    try:
        address = f"http://127.0.0.1:{inner.server_port}/"
        for outside in ("8.8.8.8", "2001:4860:4860::8888"):
            with pytest.raises(bounded_http.ProviderWrong, match="inner network"):
                bounded_http.ask(address, beside=outside)
        assert _Inner.asked == 0, "not even a connection is made"
        assert bounded_http.ask(address, beside="10.1.2.3").status == 200, "an office's provider may have several hosts"
    finally:
        inner.shutdown()
        inner.server_close()
    oidc.add("sato", "koho-writers")
    right = provider_here._discover(oidc.issuer)
    told = {"issuer": oidc.issuer, "authorization_endpoint": right.authorization, "token_endpoint": right.token}
    provider_here.forget()
    oidc.instead["/.well-known/openid-configuration"] = lambda: {**told, "jwks_uri": "http://169.254.169.254/latest"}
    answer = sign_in(client)
    assert (answer.status_code, "設定" in answer.text) == (502, True)


def test_an_issuer_with_a_slash_is_the_same(client: FlaskClient, oidc: OidcProvider) -> None:
    set_environment(OIDC_ISSUER=f"{oidc.issuer}/")
    with db.session_scope() as session:
        members.create(session, SATO, "佐藤", {Role.SENDER}, PASSWORD)
    oidc.add("sato", "koho-writers")
    CliRunner().invoke(staff, ["identity", "connect", SATO, "sato"], catch_exceptions=False)
    assert sign_in(client).status_code == 302


def test_nobody_is_lured_into_anothers_account_by_an_invitation(app: Flask, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-chiefs")
    chief = app.test_client()
    with db.session_scope() as session:
        members.create(session, SATO, "課長", {Role.ADMINISTRATOR}, PASSWORD)
        thief = membership.add(session, "thief@city.example.jp", "x", {None: {Role.AUTHOR}}, "test")
        path = urlsplit(invitation.make(session, thief, None)).path
    out = chief.post(f"{path}/provider", data={"csrf_token": csrf_token(chief, path)})
    assert chief.get(choose(onward(out.text))).status_code == 409
    with db.session_scope() as session:
        assert members.find(session, "thief@city.example.jp").roles(None) == {Role.AUTHOR}


def test_a_form_is_sent_in_nobodys_name_but_its_authors(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    with client.session_transaction() as cookie, db.session_scope() as session:
        session.scalars(select(Member)).one().end_sessions()
        assert cookie["_user_id"]
    held = client.post("/staff/issues/1/edit", data={"source": "とても長い文章"})
    kept = hidden_fields(held)["kept"]
    oidc.add("mori", "koho-chiefs")
    sign_in(client)
    answer = client.post("/staff/kept", data={"kept": kept})
    assert (answer.status_code, "とても長い文章" in answer.text) == (403, False)
    log_out(client)
    oidc.present = "sato"
    sign_in(client)
    assert "とても長い文章" in client.post("/staff/kept", data={"kept": kept}).text


def test_who_has_changed_meanwhile_connects_nothing(client: FlaskClient, oidc: OidcProvider) -> None:
    with db.session_scope() as session:
        for name in ("a", "b"):
            members.create(session, f"{name}@city.example.jp", name, {Role.SENDER}, PASSWORD)

    def log_in(address: str) -> None:
        form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": PASSWORD}
        assert client.post("/staff/login", data=form).status_code == 302

    oidc.add("sato", "koho-writers")
    log_in("a@city.example.jp")
    token = csrf_token(client, "/staff/sign-in/connect")
    way_back = choose(onward(client.post("/staff/sign-in/connect", data={"csrf_token": token}).text))
    client.post("/staff/logout", data={"csrf_token": csrf_token(client, "/staff/issues")})
    log_in("b@city.example.jp")
    assert client.get(way_back).status_code == 400
    with db.session_scope() as session:
        assert provider_identity.list_all(session) == []


def test_who_is_disconnected_has_no_roles_by_groups(client: FlaskClient, oidc: OidcProvider) -> None:
    with db.session_scope() as session:
        members.create(session, SATO, "佐藤", {Role.SENDER}, PASSWORD)
    oidc.add("sato", "koho-writers")
    CliRunner().invoke(staff, ["identity", "connect", SATO, "sato"], catch_exceptions=False)
    with clock.moved(timedelta(hours=-13)):
        oidc.wrong_claims.update(iat=int(now().timestamp()), exp=int(now().timestamp()) + 300)
        assert sign_in(client).status_code == 302
    oidc.wrong_claims.clear()
    assert sign_in(client).status_code == 302
    with db.session_scope() as session:
        kept = session.scalars(select(ProviderSession.id_token).order_by(ProviderSession.id)).all()
        assert [bool(one) for one in kept] == [False, True], "a session that is over needs no token any more"
    CliRunner().invoke(staff, ["identity", "disconnect", SATO], catch_exceptions=False)
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": SATO, "password": PASSWORD}
    assert client.post("/staff/login", data=form).status_code == 302, "the account is their own again"
    with db.session_scope() as session:
        assert members.find(session, SATO).roles(None) == {Role.SENDER}
