"""Who comes in through the identity provider, as whom and with which roles; a real provider answers."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.member import Member
from models.staff.permission import Role
from models.staff.single_sign_on import provider_identity
from models.store import db
from ops.cli.staff import staff
from tests.conftest import set_environment
from tests.oidc_provider import OidcProvider
from tests.web.staff.single_sign_on.round_trip import come_back, log_out, onward, sign_in
from tests.web.staff_login import PASSWORD, csrf_token


def person(address: str) -> Member:
    with db.session_scope() as session:
        return members.find(session, address)


def acts() -> list[tuple[str, str]]:
    with db.session_scope() as session:
        return [(one.actor, one.action) for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def add_local(address: str, *roles: Role) -> None:
    with db.session_scope() as session:
        members.create(session, address, "佐藤", set(roles), PASSWORD)


def test_first_login_makes_an_account_with_the_roles_of_its_groups(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers", "all-staff", name="佐藤\u200b 花子")
    answer = sign_in(client, "/staff/rankings")
    assert (answer.status_code, answer.location) == (302, "/staff/rankings"), answer.text
    made = person("sato@city.example.jp")
    assert (made.name, made.roles(None), made.password_hash) == ("佐藤 花子", {Role.AUTHOR}, "")
    assert client.get("/staff/issues").status_code == 200
    assert acts() == [
        ("single sign-on", "add member"),
        ("single sign-on", "connect identity"),
        ("single sign-on", "set roles by groups"),
        ("sato@city.example.jp", "log in"),
    ]


def test_case_e45_roles_by_groups_are_renewed_and_those_given_by_hand_stay(
    client: FlaskClient, oidc: OidcProvider
) -> None:
    someone = oidc.add("sato", "koho-writers", "koho-chiefs")
    sign_in(client)
    assert person("sato@city.example.jp").roles(None) == {Role.AUTHOR, Role.APPROVER}
    someone["groups"] = ["koho-chiefs"]
    sign_in(client)
    assert person("sato@city.example.jp").roles(None) == {Role.APPROVER}
    someone["groups"] = "koho-writers"  # as AD FS writes a single one
    sign_in(client)
    assert person("sato@city.example.jp").roles(None) == {Role.AUTHOR}
    del someone["groups"]
    answer = sign_in(client)
    assert (answer.status_code, "役割がありません" in answer.text) == (403, True)
    assert person("sato@city.example.jp").roles(None) == set(), "a session that still runs can do nothing"


def test_who_never_had_a_role_leaves_no_account(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "gardeners")
    assert sign_in(client).status_code == 403
    with db.session_scope() as session:
        assert session.scalars(select(Member)).all() == []
    assert acts() == [("single sign-on", "fail login")]


def test_groups_may_stand_in_userinfo_or_on_a_path(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    oidc.in_userinfo_only = {"groups", "email"}
    assert sign_in(client).status_code == 302
    oidc.instead["/userinfo"] = lambda: {"sub": "somebody else", "groups": ["koho-chiefs"]}
    assert sign_in(client).status_code == 502
    oidc.reset()
    set_environment(OIDC_GROUPS_CLAIM="realm_access.roles")
    oidc.add("sato", realm_access={"roles": ["koho-chiefs"]})
    assert sign_in(client).status_code == 302
    assert person("sato@city.example.jp").roles(None) == {Role.APPROVER}


def test_more_groups_than_a_token_holds_change_nothing(client: FlaskClient, oidc: OidcProvider) -> None:
    someone = oidc.add("sato", "koho-writers")
    sign_in(client)
    del someone["groups"]
    someone["_claim_names"] = {"groups": "src1"}
    answer = sign_in(client)
    assert (answer.status_code, "多すぎます" in answer.text) == (403, True)
    assert person("sato@city.example.jp").roles(None) == {Role.AUTHOR}


@pytest.mark.parametrize("bind", ["", "on"])
def test_case_e44_an_address_alone_is_nobodys_account(client: FlaskClient, oidc: OidcProvider, bind: str) -> None:
    set_environment(OIDC_BIND_ADDRESSES=bind)
    add_local("sato@city.example.jp", Role.SENDER)
    someone = oidc.add("sato", "koho-writers", email_verified=False)
    answer = sign_in(client)
    assert (answer.status_code, "確認されていません" in answer.text) == (403, True)
    someone["email_verified"] = True
    answer = sign_in(client)
    if not bind:
        assert (answer.status_code, "すでにいます" in answer.text) == (409, True)
        assert person("sato@city.example.jp").roles(None) == {Role.SENDER}
        return
    assert answer.status_code == 302
    assert person("sato@city.example.jp").roles(None) == {Role.SENDER, Role.AUTHOR}
    log_out(client)
    oidc.add("another", "koho-chiefs", email="sato@city.example.jp")  # the sub has changed: a colleague, maybe
    answer = sign_in(client)
    assert (answer.status_code, "すでにいます" in answer.text) == (409, True)


def test_case_e44_without_a_mail_address_nobody_is_added(client: FlaskClient, oidc: OidcProvider) -> None:
    for wrong in ("", "sato", "sato@city.example.jp@evil.example", "ｓａｔｏ@city.example.jp", None, 7):
        oidc.add("sato", "koho-writers", email=wrong)
        answer = sign_in(client)
        assert (wrong, answer.status_code, "メールアドレスがありません" in answer.text) == (wrong, 403, True)


def test_addresses_count_as_verified_where_the_setting_says_so(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers", email_verified=None)  # Entra ID tells nothing of it
    assert sign_in(client).status_code == 403
    set_environment(OIDC_ADDRESSES_VERIFIED="on")
    assert sign_in(client).status_code == 302


def test_case_e44_a_changed_address_stays_the_same_account(client: FlaskClient, oidc: OidcProvider) -> None:
    someone = oidc.add("sato", "koho-writers")
    sign_in(client)
    before = person("sato@city.example.jp").id
    someone["email"] = "Suzuki@city.example.jp"
    assert sign_in(client).status_code == 302
    assert person("suzuki@city.example.jp").id == before
    add_local("chief@city.example.jp", Role.ADMINISTRATOR)
    for email, verified in (("chief@city.example.jp", True), ("new@city.example.jp", False)):
        someone.update(email=email, email_verified=verified)
        assert sign_in(client).status_code == 302
        assert person("suzuki@city.example.jp").id == before, "taken or unverified: the old one stays"


def test_case_e44_who_is_deactivated_stays_out(client: FlaskClient, oidc: OidcProvider) -> None:
    oidc.add("sato", "koho-writers")
    sign_in(client)
    CliRunner().invoke(staff, ["deactivate", "sato@city.example.jp"], catch_exceptions=False)
    assert client.get("/staff/issues").status_code == 302
    answer = sign_in(client)
    assert (answer.status_code, "停止されています" in answer.text) == (403, True)
    set_environment(OIDC_BIND_ADDRESSES="on")
    oidc.add("another", "koho-writers", email="sato@city.example.jp")
    assert sign_in(client).status_code == 403


def test_one_connects_ones_own_account(client: FlaskClient, oidc: OidcProvider) -> None:
    add_local("chief@city.example.jp", Role.SENDER)
    oidc.add("sato", "koho-writers")
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": "chief@city.example.jp", "password": PASSWORD}
    client.post("/staff/login", data=form)
    assert client.post("/staff/sign-in/connect").status_code == 400, "only by a form of ours"
    page = client.post("/staff/sign-in/connect", data={"csrf_token": csrf_token(client, "/staff/sign-in/connect")})
    assert client.get(come_back(onward(page.text))).location == "/staff/sign-in/connect"
    assert "連携済みです" in client.get("/staff/sign-in/connect").text
    log_out(client)
    assert sign_in(client).status_code == 302
    assert person("chief@city.example.jp").roles(None) == {Role.SENDER, Role.AUTHOR}


def test_commands_connect_and_disconnect(client: FlaskClient, oidc: OidcProvider) -> None:
    add_local("chief@city.example.jp", Role.SENDER)
    oidc.add("sato", email="chief@city.example.jp")
    assert sign_in(client).status_code == 409

    def run(*arguments: str) -> str:
        return CliRunner().invoke(staff, arguments, catch_exceptions=False).output

    run("identity", "connect", "chief@city.example.jp", "sato")
    assert sign_in(client).status_code == 302
    assert "sato" in run("identity", "list")
    run("identity", "disconnect", "chief@city.example.jp")
    assert client.get("/staff/issues").status_code == 302
    assert sign_in(client).status_code == 409
    run("group", "add", "役職者", "--role", "sender")
    assert "役職者" in run("group", "list")
    run("group", "remove", "役職者", "--role", "sender")
    assert "役職者" not in run("group", "list")
    with db.session_scope() as session:
        assert provider_identity.list_all(session) == []
