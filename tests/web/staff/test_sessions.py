"""Staff's sessions end on the server, and wrong passwords slow down whoever sends them, not the office beside them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from werkzeug.test import TestResponse

import settings
from models.staff import audit
from models.staff import member as members
from models.staff.audit import AuditEntry
from models.staff.login_session import LoginSession
from models.staff.permission import Role
from models.store import clock, db
from ops.cli.staff import staff
from tests.conftest import set_environment
from tests.web.staff_login import EVERY_ROLE, PASSWORD, address_of, csrf_token, make_staff, post
from web.staff.login_limit import ACCOUNT_TRIES


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
    return app.test_client()


def log_in(
    client: FlaskClient, address: str = EVERY_ROLE, password: str = PASSWORD, ip: str = "192.0.2.1"
) -> TestResponse:
    client.environ_base["REMOTE_ADDR"] = ip
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": address, "password": password}
    return client.post("/staff/login", data=form)


def copy_of(client: FlaskClient, app: Flask) -> FlaskClient:
    """Another browser with the same cookies."""
    thief = app.test_client()
    cookie = client.get_cookie("kairan")
    assert cookie
    thief.set_cookie("kairan", cookie.value)
    thief.environ_base["REMOTE_ADDR"] = client.environ_base["REMOTE_ADDR"]
    return thief


def is_in(client: FlaskClient) -> bool:
    return client.get("/staff/issues").status_code == 200


def test_copied_cookie_ends_with_logging_out_case_e1(app: Flask, client: FlaskClient) -> None:
    log_in(client)
    thief = copy_of(client, app)
    assert is_in(thief)
    post(client, "/staff/logout", "/staff/issues")
    assert not is_in(thief)


def test_copied_cookie_ends_with_a_new_password_case_e1(app: Flask, client: FlaskClient) -> None:
    log_in(client)
    with db.session_scope() as session:
        members.find(session, EVERY_ROLE).set_password("another long password")
    assert not is_in(client)


@pytest.mark.parametrize(
    ("steps", "minutes", "still"), [(1, 119, True), (1, 121, False), (7, 100, True), (8, 100, False)]
)
def test_session_ends_idle_or_old_case_e1(client: FlaskClient, steps: int, minutes: int, still: bool) -> None:
    log_in(client)
    for step in range(1, steps + 1):
        with clock.moved(timedelta(minutes=minutes * step)):
            found = is_in(client)
    assert found is still


def test_session_from_a_clock_far_ahead_is_over_case_e1(client: FlaskClient) -> None:
    with clock.moved(timedelta(days=365)):
        log_in(client)
        assert is_in(client)
    assert not is_in(client)


def test_refused_requests_are_use_too_case_e1(client: FlaskClient) -> None:
    log_in(client)
    with clock.moved(timedelta(minutes=100)):
        assert client.get("/staff/issues/1").status_code == 404
    with clock.moved(timedelta(minutes=200)):
        assert is_in(client)


def test_request_that_waits_holds_up_no_other_of_the_same_session_case_e1(app: Flask, client: FlaskClient) -> None:
    log_in(client)
    token = csrf_token(client, "/staff/issues")
    with clock.moved(timedelta(minutes=5)), ThreadPoolExecutor(1) as pool, db.session_scope() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": audit._LOCK})
        waiting = pool.submit(client.post, "/staff/logout", data={"csrf_token": token})
        while not other.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")):
            assert not waiting.done()
        other.execute(select(LoginSession.id).with_for_update(nowait=True))
        other.commit()
        assert waiting.result().status_code == 302


def test_logging_in_over_a_session_ends_it_case_e1(app: Flask, client: FlaskClient) -> None:
    log_in(client)
    thief = copy_of(client, app)
    token = csrf_token(client, "/staff/issues")
    form = {"csrf_token": token, "address": address_of(Role.SENDER), "password": PASSWORD}
    assert client.post("/staff/login", data=form).status_code == 302
    assert is_in(client)
    assert not is_in(thief)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("203.0.113.78:1001", "203.0.113.78:1002"),
        ("2001:db8::1", "203.0.113.78"),
        ("198.51.100.1, 203.0.113.78", "198.51.100.2, 203.0.113.78"),
    ],
)
def test_session_goes_on_over_other_ports_and_addresses_case_e4(app: Flask, before: str, after: str) -> None:
    from web.app import create_app

    set_environment(TRUSTED_PROXIES="1")
    try:
        client = create_app().test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = before
        log_in(client)
        assert is_in(client)
        client.environ_base["HTTP_X_FORWARDED_FOR"] = after
        assert is_in(client)
    finally:
        set_environment(TRUSTED_PROXIES="0")


def test_cookie_over_https_belongs_to_this_host_alone_case_e8(app: Flask) -> None:
    from web.app import create_app

    before = settings.get().base_url
    try:
        set_environment(BASE_URL="https://news.example.jp")
        client = create_app().test_client()
        page = client.get("/staff/login", base_url="https://news.example.jp")
    finally:
        set_environment(BASE_URL=before)
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-kairan=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie


def test_typed_password_is_nowhere_in_the_audit_log_case_a12(client: FlaskClient) -> None:
    log_in(client, "My secret Passw0rd", "x", ip="198.51.100.7")
    log_in(client, EVERY_ROLE, "wrong", ip="198.51.100.7")
    with db.session_scope() as session:
        entries = list(
            session.scalars(select(AuditEntry).where(AuditEntry.action == "fail login").order_by(AuditEntry.id))
        )
        known = members.find(session, EVERY_ROLE).id
        assert [entry.subject.startswith("unknown/") for entry in entries] == [True, False]
        assert entries[1].subject == f"member/{known}"
        assert all(entry.detail == {"client": "198.51.100.7"} for entry in entries)
        assert not any("Passw0rd" in f"{entry.actor}{entry.subject}{entry.detail}" for entry in entries)


def guess(app: Flask, address: str, count: int = ACCOUNT_TRIES + 1) -> TestResponse:
    """A wrong password from each of *count* networks; the last one's answer."""
    for n in range(count):
        answer = log_in(app.test_client(), address, f"guess {n}", ip=f"203.0.113.{n}")
        assert n == count - 1 or answer.status_code == 422
    return answer


def test_wrong_passwords_from_everywhere_delay_but_not_the_owners_device_case_e2(
    app: Flask, client: FlaskClient
) -> None:
    log_in(client)
    post(client, "/staff/logout", "/staff/issues")
    refused = guess(app, EVERY_ROLE)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 1
    assert f'value="{EVERY_ROLE}"' in refused.text
    assert log_in(app.test_client()).status_code == 429
    assert log_in(client).status_code == 302
    with clock.moved(timedelta(hours=2)):
        assert log_in(app.test_client()).status_code == 302


def test_unknown_addresses_are_delayed_alike_case_e2(app: Flask) -> None:
    assert guess(app, "nobody@example.jp").status_code == 429


def test_office_with_one_address_still_comes_in_case_e3(app: Flask) -> None:
    set_environment(LOGIN_LIMIT="10 per hour")
    try:
        for n in range(12):
            assert log_in(app.test_client(), f"colleague{n}@example.jp", "x").status_code == 422
        for _ in range(3):
            assert log_in(app.test_client()).status_code == 302
    finally:
        set_environment(LOGIN_LIMIT="20 per minute; 100 per hour")


def test_right_logins_do_not_count_case_e3(app: Flask) -> None:
    assert {log_in(app.test_client()).status_code for _ in range(11)} == {302}


@pytest.mark.parametrize("way", ["//[", "http://[/staff/", "//a\u2100b/staff/", "/staff/..//evil.example", "/staffs"])
def test_way_back_that_is_no_page_of_staff_case_e6(client: FlaskClient, way: str) -> None:
    form = {"csrf_token": csrf_token(client, "/staff/login"), "address": EVERY_ROLE, "password": PASSWORD}
    answer = client.post("/staff/login", query_string={"next": way}, data=form)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/staff/"


def test_machine_of_several_people_is_known_to_each_case_e2(app: Flask, client: FlaskClient) -> None:
    for person in (EVERY_ROLE, address_of(Role.SENDER)):
        log_in(client, person)
        post(client, "/staff/logout", "/staff/issues")
    assert guess(app, EVERY_ROLE).status_code == 429
    assert log_in(client).status_code == 302


def test_tries_at_once_are_no_more_than_tries_in_turn_case_e2(app: Flask) -> None:
    assert guess(app, EVERY_ROLE, ACCOUNT_TRIES - 1).status_code == 422
    browsers = [app.test_client() for _ in range(4)]
    forms = [
        {"csrf_token": csrf_token(one, "/staff/login"), "address": EVERY_ROLE, "password": "x"} for one in browsers
    ]
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda one, form: one.post("/staff/login", data=form).status_code, browsers, forms)
        assert sorted(answers) == [422, 429, 429, 429]


def test_clock_of_another_host_makes_nobody_wait_longer_case_e2(app: Flask) -> None:
    for n in range(12):  # the last one an hour ahead of us
        with clock.moved(timedelta(minutes=6 * n)):
            assert log_in(app.test_client(), password=f"guess {n}").status_code == 422
    assert int(log_in(app.test_client()).headers["Retry-After"]) <= 300
    with clock.moved(timedelta(seconds=301)):
        assert log_in(app.test_client()).status_code == 302


def test_whoever_left_the_staff_is_out_for_good_case_e1(client: FlaskClient) -> None:
    log_in(client)
    for command in ("deactivate", "activate"):
        assert CliRunner().invoke(staff, [command, EVERY_ROLE]).exit_code == 0
        assert not is_in(client)
    assert log_in(client).status_code == 302
    assert CliRunner().invoke(staff, ["roles", EVERY_ROLE, "--role", "sender"]).exit_code == 0
    assert client.get("/staff/audit").status_code == 403
    CliRunner().invoke(staff, ["deactivate", EVERY_ROLE])
    assert log_in(client).status_code == 422
