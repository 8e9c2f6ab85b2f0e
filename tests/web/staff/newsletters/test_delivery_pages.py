"""Lanes and relays on their pages: changed with what they were before, tried with a real letter, no password shown."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.deliveries import lane as lanes
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.lane import Lane
from models.deliveries.relays import relay as relays
from models.deliveries.relays.relay_test import RelayTest, RelayTestState
from models.issues import issue as issues
from models.issues.block import Prose
from models.staff.audit import AuditEntry
from models.staff.permission import Role
from models.store import db
from tests.models.deliveries.test_correction import prepare
from tests.sample import make_newsletter, make_reader
from tests.servers import SmtpCatcher, free_port
from tests.web.staff_login import address_of, log_in_as, make_staff
from worker.sending import relay_test_letter

from .page_form import fields_of, send, value_of

SECRET = "p@ss:word/%41"


@pytest.fixture
def issue(client: FlaskClient) -> int:
    """An issue whose letters wait, and an administrator who has logged in."""
    with db.session_scope() as session:
        make_staff(session)
        newsletter = make_newsletter(session)
        for place in range(3):
            make_reader(session, newsletter, f"reader{place}@example.jp")
        made = issues.create(session, newsletter, subject="第1号", blocks=(Prose(text="本文です。"),))
        prepare(session, made)
    log_in_as(client, Role.ADMINISTRATOR)
    return made.id


def kept(slug: str) -> Lane:
    with Session(db.engine()) as session:
        return lanes.find(session, slug)


def entries(action: str) -> list[AuditEntry]:
    with Session(db.engine()) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


def test_a_lane_is_changed_paused_and_added(client: FlaskClient, issue: int) -> None:
    assert "第1号の3通が待っています" in client.get("/staff/lanes").text
    docomo = "/staff/lanes/docomo"
    typed = {
        "connections": "8",
        "per_second": "1.5",
        "quiet_from": "２１:00",
        "quiet_until": "8:00",
        "warmup": "1000、5000",
    }
    opened = client.get(docomo).text
    assert send(client, docomo, opened=opened, **typed).status_code == 302
    found = kept("docomo")
    assert (found.connections, found.per_second, found.warmup) == (8, 1.5, [1000, 5000])
    assert (found.quiet_from, found.quiet_until) == (time(21), time(8))
    assert entries("edit lane")[0].detail["changed"]["connections"] == [4, 8]
    stale = send(client, docomo, opened=opened, connections="2")
    assert stale.status_code == 409
    assert fields_of(stale.text)["connections"] == "2"
    began = kept("docomo").warmup_from
    assert send(client, docomo, per_hour="100").status_code == 302
    assert kept("docomo").warmup_from == began, "a warm-up that stays as it is goes on"
    for name, wrong in (("connections", "0"), ("per_second", "fast"), ("warmup", "x"), ("quiet_from", ""),
                        ("domains", "gmail.com"), ("domains", ""), ("name", ""), ("jitter_seconds", "-1")):  # fmt: skip
        refused = send(client, docomo, **{name: wrong})
        assert (refused.status_code, 'class="error"' in refused.text) == (422, True), (name, wrong)
        assert fields_of(refused.text)[name] == wrong
    other = "/staff/lanes/other"
    asked = send(client, other, connections="2")
    assert asked.status_code == 409
    assert "第1号の3通が待っています" in asked.text
    assert kept("other").connections is None
    assert send(client, other, opened=asked.text, sure=value_of(asked.text, "sure")).status_code == 302
    assert kept("other").connections == 2
    silent = client.post(f"{docomo}/pause", data={**fields_of(client.get(docomo).text, 1), "reason": " "})
    assert (silent.status_code, 'id="reason-error"' in silent.text) == (422, True)
    paused = client.post(f"{docomo}/pause", data={**fields_of(client.get(docomo).text, 1), "reason": "先方の依頼"})
    assert paused.status_code == 302
    assert kept("docomo").pause_reason == "先方の依頼"
    going = client.post(f"{docomo}/resume", data=fields_of(client.get(docomo).text))
    assert going.status_code == 302
    assert kept("docomo").paused_at is None
    new = {"name": "楽天", "slug": "rakuten", "domains": "@rakuten.jp example.rakuten"}
    assert send(client, "/staff/lanes/new", **{**new, "slug": "楽天"}).status_code == 422
    assert send(client, "/staff/lanes/new", **{**new, "domains": "docomo.ne.jp"}).status_code == 422
    assert send(client, "/staff/lanes/new", **new).status_code == 302
    assert kept("rakuten").domains == ["rakuten.jp", "example.rakuten"]


def test_a_relay_is_added_and_its_password_never_shown_case_e40(
    client: FlaskClient, issue: int, tmp_path: Path
) -> None:
    new = {
        "name": "本番",
        "host": "mail.example.jp",
        "security": "smtps",
        "user": "kairan",
        "password": SECRET,
        "weight": "2",
    }
    for wrong in ({"host": "mail example"}, {"host": ""}, {"port": "99999"}, {"weight": "0"}, {"name": ""},
                  {"password": ""}, {"security": "smtp"}, {"security": "x"}):  # fmt: skip
        refused = send(client, "/staff/relays/new", **{**new, **wrong})
        assert (refused.status_code, "error-summary" in refused.text) == (422, True), wrong
        assert SECRET not in refused.text
        assert "mail" in refused.text
    assert send(client, "/staff/relays/new", **new).status_code == 302
    [row] = found()
    assert row.url == "smtps://kairan:p%40ss%3Aword%2F%2541@mail.example.jp"
    page = f"/staff/relays/{row.id}"
    opened = client.get(page).text
    assert "p%40ss" not in opened + client.get("/staff/relays").text
    assert fields_of(opened)["password"] == ""
    assert send(client, page, opened=opened, weight="5").status_code == 302
    assert found()[0].url == row.url, "an empty password leaves the present one"
    moved = send(client, page, host="elsewhere.example.jp")
    assert moved.status_code == 422, "another server does not get the password of this one"
    assert 'id="password-error"' in moved.text
    stale = send(client, page, opened=opened, weight="9")
    assert stale.status_code == 409
    with db.session_scope() as session:
        (tmp_path / "password").write_text(SECRET)
        path = str(tmp_path / "password").replace("/", "%2F")
        relays.add(session, "file", f"smtps://kairan:file:{path}@mail.example.jp", 1, by="test")
    other = found()[1]
    assert send(client, f"/staff/relays/{other.id}", weight="3").status_code == 302
    assert found()[1].url == other.url
    trying = {"name": "x", "password": f"file:{tmp_path}/password"}
    assert send(client, "/staff/relays/new", **{**new, **trying}).status_code == 302
    assert ":file:" not in found()[2].url, "a page reads no file of the server"
    assert send_remove(client, page, "") == 422
    assert send_remove(client, page, "yes") == 302
    assert [one.name for one in found()] == ["file", "x"]
    whole = str([entry.detail for entry in entries("add relay") + entries("edit relay")])
    assert SECRET not in whole
    assert "p%40ss" not in whole
    assert entries("edit relay")[0].detail["changed"] == {"weight": [2, 5]}


def test_a_test_letter_goes_to_the_person_alone(client: FlaskClient, issue: int, smtp_catcher: SmtpCatcher) -> None:
    with db.session_scope() as session:
        relays.add(session, "good", smtp_catcher.address, 1, by="test")
        relays.add(session, "gone", f"smtp://127.0.0.1:{free_port()}", 1, by="test")
    for name in ("good", "gone"):
        token = value_of(client.get("/staff/relays").text, "csrf_token")
        form = {"csrf_token": token, "name": name, "address": "stranger@example.jp"}
        assert client.post("/staff/relays/test", data=form).status_code == 302
    assert "送っています" in client.get("/staff/relays").text
    with Session(db.engine()) as session:
        tests = session.scalars(select(RelayTest).order_by(RelayTest.id)).all()
    for one in tests:
        relay_test_letter.send(one.id)
        relay_test_letter.send(one.id)
    [letter] = smtp_catcher.letters
    assert letter.recipients == (address_of(Role.ADMINISTRATOR),)
    assert letter.sender == "ict@example.lg.jp"
    shown = client.get("/staff/relays").text
    assert "中継サーバーが受け取りました" in shown
    assert "つながらないか" in shown
    with Session(db.engine()) as session:
        states = session.scalars(select(RelayTest.state).order_by(RelayTest.id)).all()
    assert states == [RelayTestState.ACCEPTED, RelayTestState.UNREACHED]
    with db.session_scope() as session:
        session.execute(update(RelayTest).values(state=RelayTestState.WAITING))
        assert session.scalars(select(Delivery.state)).all() == [DeliveryState.QUEUED] * 3


def test_other_roles_see_neither(client: FlaskClient, issue: int) -> None:
    for role in (Role.AUTHOR, Role.APPROVER):
        log_in_as(client, role)
        for page in ("/staff/lanes", "/staff/lanes/docomo", "/staff/lanes/new", "/staff/relays", "/staff/relays/new"):
            assert client.get(page).status_code == 403, page


def found() -> list[relays.Relay]:
    with Session(db.engine()) as session:
        return list(relays.list_active(session))


def send_remove(client: FlaskClient, page: str, sure: str) -> int:
    form = {"csrf_token": value_of(client.get(page).text, "csrf_token"), "sure": sure}
    return client.post(f"{page}/remove", data=form).status_code
