"""What people do at the provider beside logging in: proving once more who they are, and taking an invitation."""

from __future__ import annotations

import time
from datetime import date, timedelta
from urllib.parse import urlsplit

from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from models.outbox.transactional import TransactionalLetter
from models.staff import invitation, login_session, membership
from models.staff import member as members
from models.staff.factors import second_factor, totp
from models.staff.member import Member
from models.staff.permission import Role
from models.staff.single_sign_on import group_role, provider_identity
from models.store import clock, db
from models.store.clock import now
from ops.cli.staff import staff
from tests.conftest import set_environment
from tests.oidc_provider import OidcProvider
from tests.sample import make_newsletter
from tests.web.hidden_fields import hidden_fields
from tests.web.staff.single_sign_on.round_trip import choose, log_out, onward, sign_in
from tests.web.staff_login import PASSWORD, csrf_token

SATO = "sato@city.example.jp"
PEOPLE = "/staff/people"
KEY = b"12345678901234567890"


def make_old(client: FlaskClient) -> None:
    """Let the last proof of who is there be long ago."""
    with client.session_transaction() as cookie, db.session_scope() as session:
        found = login_session.find(session, cookie["_user_id"])
        assert found is not None
        found.proved_at = now() - timedelta(hours=1)


def chief(oidc: OidcProvider, client: FlaskClient) -> None:
    """An administrator by a group is there, whose proof is old."""
    with db.session_scope() as session:
        group_role.add(session, "系", Role.ADMINISTRATOR, None, "test")
    oidc.add("sato", "系")
    sign_in(client)
    make_old(client)


def confirm(client: FlaskClient, oidc: OidcProvider, subject: str = "sato") -> tuple[int, str]:
    """Log in anew at the provider; status and page of what comes back."""
    page = client.get("/staff/account/confirm?next=/staff/people")
    token = hidden_fields(page)["csrf_token"]
    out = client.post("/staff/account/confirm/provider?next=/staff/people", data={"csrf_token": token})
    there = onward(out.text)
    assert "prompt=login" in there
    assert "max_age=0" in there
    back = client.get(choose(there, subject))
    return back.status_code, back.location or back.text


def test_case_e48_a_new_login_there_is_a_proof(client: FlaskClient, oidc: OidcProvider) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
    set_environment(PASSWORD_LOGIN="off")
    chief(oidc, client)
    form = {"name": "森", "address": "mori@city.example.jp", "roles-all": "author"}
    held = client.post(PEOPLE + "/new", data={"csrf_token": csrf_token(client, PEOPLE + "/new"), **form})
    assert held.status_code == 401
    kept = hidden_fields(held)["kept"]
    assert 'type="password"' not in held.text
    assert "次のボタンで開くページで本人確認をし" in held.text

    oidc.add("mori", "系")
    status, page = confirm(client, oidc, "mori")
    assert (status, "ほかの人がログインしています" in page) == (403, True), "a colleague's login proves nothing"
    oidc.wrong_claims["auth_time"] = int(time.time()) - 3600  # the browser has left out that it should ask anew
    status, page = confirm(client, oidc)
    assert (status, "改めての確認が行われませんでした" in page) == (502, True)
    oidc.wrong_claims["auth_time"] = None
    assert confirm(client, oidc)[0] == 502
    assert client.post(PEOPLE + "/new", data={**form, "csrf_token": csrf_token(client, PEOPLE)}).status_code == 401
    oidc.wrong_claims.clear()
    assert confirm(client, oidc) == (302, "/staff/people")
    page = client.post("/staff/kept", data={"kept": kept})
    assert "mori@city.example.jp" in page.text
    sent = client.post(PEOPLE + "/new", data={**form, "csrf_token": hidden_fields(page)["csrf_token"]})
    assert sent.status_code == 302


def test_who_has_a_second_factor_here_needs_one_for_the_proof(client: FlaskClient, oidc: OidcProvider) -> None:
    set_environment(PASSWORD_LOGIN="off")
    chief(oidc, client)
    with db.session_scope() as session, clock.moved(timedelta(hours=-1)):
        second_factor.set_up_app(session, members.find(session, SATO), KEY, totp.code_at(KEY, totp.step_at(now())))
    page = client.get("/staff/account/confirm").text
    assert "庁内認証で本人確認" not in page
    assert 'name="code"' in page
    set_environment(OIDC_SECOND_FACTOR="mfa")
    assert "庁内認証で本人確認" in client.get("/staff/account/confirm").text
    assert confirm(client, oidc)[0] == 403, "the provider has not asked for one"
    oidc.people["sato"]["amr"] = ["mfa"]
    assert confirm(client, oidc)[0] == 302
    make_old(client)
    code = totp.code_at(KEY, totp.step_at(now()))
    form = {"csrf_token": csrf_token(client, "/staff/account/confirm"), "code": code}
    assert client.post("/staff/account/confirm?next=/staff/people", data=form).location == "/staff/people"


def accept(client: FlaskClient, path: str) -> tuple[int, str]:
    """Take up an invitation at the provider."""
    out = client.post(f"{path}/provider", data={"csrf_token": csrf_token(client, path)})
    if out.status_code != 200:
        return out.status_code, out.text
    back = client.get(choose(onward(out.text)))
    return back.status_code, back.location or back.text


def test_first_administrator_and_whom_they_invite_come_by_the_provider(app: Flask, oidc: OidcProvider) -> None:
    set_environment(PASSWORD_LOGIN="off")
    arguments = ["first", SATO, "--name", "佐藤"]
    link = CliRunner().invoke(staff, arguments, catch_exceptions=False).output.strip()
    path = urlsplit(link).path
    client, other = app.test_client(), app.test_client()
    assert 'type="password"' not in client.get(path).text
    token = csrf_token(client, path)
    form = {"csrf_token": token, "new_password": PASSWORD, "new_password_again": PASSWORD}
    assert client.post(path, data=form).status_code == 403, "no password is set by the back"
    oidc.add("h-sato", email="h.sato@pref.example.jp", email_verified=False)  # its letter shows whose it is
    assert accept(client, path) == (302, "/staff/")
    assert client.get("/staff/people").status_code == 200
    assert other.get(path).status_code == 410, "once"

    with db.session_scope() as session:
        sato = members.find(session, SATO)
        mori = membership.add(session, "mori@city.example.jp", "森", {None: {Role.AUTHOR}}, sato)
        again = urlsplit(invitation.make(session, mori, sato)).path
    assert "ほかの利用者と連携済み" in accept(other, again)[1], "sato's identity stays sato's"
    held = other.get(again)
    out = other.post(f"{again}/provider", data={"csrf_token": hidden_fields(held)["csrf_token"]})
    with db.session_scope() as session:
        invitation.withdraw(session, members.find(session, "mori@city.example.jp"))
    oidc.add("mori")
    answer = other.get(choose(onward(out.text)))
    assert (answer.status_code, "この招待は使えません" in answer.text) == (410, True), "withdrawn in between"
    with db.session_scope() as session:
        assert not provider_identity.has_any(session, members.find(session, "mori@city.example.jp"))


def test_first_page_leads_on_to_the_provider(client: FlaskClient, oidc: OidcProvider) -> None:
    from models.staff import first_member

    set_environment(PASSWORD_LOGIN="off")
    path = urlsplit(first_member.link()).path
    assert 'type="password"' not in client.get(path).text
    form = {"csrf_token": csrf_token(client, path), "address": SATO, "name": "佐藤"}
    invited = client.post(path, data=form).location
    oidc.add("sato")
    assert accept(client, invited) == (302, "/staff/")
    assert client.get("/staff/people").status_code == 200


def test_case_e47_passwords_are_closed_everywhere(app: Flask, oidc: OidcProvider) -> None:
    set_environment(PASSWORD_LOGIN="off")
    with db.session_scope() as session:
        members.create(session, SATO, "佐藤", {Role.AUTHOR}, PASSWORD)
    client, inside = app.test_client(), app.test_client()
    token = csrf_token(client, f"{urlsplit(CliRunner().invoke(staff, ['enter', SATO]).output.strip()).path}")
    for path in ("/staff/login/forgotten", "/staff/login/new-password/1/x"):
        assert (client.get(path).status_code, "使えない設定" in client.get(path).text) == (403, True)
    for path in ("/staff/login", "/staff/login/forgotten", "/staff/login/new-password/1/x", "/staff/login/passkey",
                 "/staff/login/passkey/options"):  # fmt: skip
        form = {"csrf_token": token, "address": SATO, "password": PASSWORD}
        assert (path, client.post(path, data=form).status_code) == (path, 403)
    with db.session_scope() as session:
        assert session.query(TransactionalLetter).count() == 0
    path = urlsplit(CliRunner().invoke(staff, ["enter", SATO]).output.strip()).path
    inside.post(path, data={"csrf_token": csrf_token(inside, path)})
    page = inside.get("/staff/account").text
    assert "/staff/account/password" not in page
    assert "庁内認証" in page
    assert inside.get("/staff/account/password").status_code == 403
    form = {"csrf_token": csrf_token(inside, "/staff/account"), "password": PASSWORD}
    assert inside.post("/staff/account/password", data=form).status_code == 403
    done = CliRunner().invoke(staff, ["password", SATO])
    assert done.exit_code != 0
    added = ["add", "mori@city.example.jp", "--name", "森", "--role", "author"]
    link = CliRunner().invoke(staff, added, catch_exceptions=False).output.strip()
    assert client.get(urlsplit(link).path).status_code == 200


def test_last_administrator_stays_one_whatever_the_provider_says(client: FlaskClient, oidc: OidcProvider) -> None:
    with db.session_scope() as session:
        group_role.add(session, "系", Role.ADMINISTRATOR, None, "test")
    someone = oidc.add("sato", "系")
    sign_in(client)
    someone["groups"] = ["koho-writers"]
    sign_in(client)
    with db.session_scope() as session:
        assert members.find(session, SATO).roles(None) == {Role.AUTHOR, Role.ADMINISTRATOR}
        other = members.create(session, "mori@city.example.jp", "森", {Role.ADMINISTRATOR})
    sign_in(client)
    with db.session_scope() as session:
        assert Role.ADMINISTRATOR in members.find(session, SATO).roles(None), "the other has never come in"
        members.find(session, other.address).set_password(PASSWORD)
    sign_in(client)
    with db.session_scope() as session:
        assert members.find(session, SATO).roles(None) == {Role.AUTHOR}


def test_whose_term_is_over_stays_out(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    log_out(client)
    with db.session_scope() as session:
        members.find(session, SATO).term_ends_on = date(2020, 1, 1)
    assert sign_in(client).status_code == 403
    set_environment(OIDC_BIND_ADDRESSES="on")
    with db.session_scope() as session:
        session.execute(delete(provider_identity.ProviderIdentity))
    assert sign_in(client).status_code == 403
    with db.session_scope() as session:
        assert session.query(Member).count() == 1
