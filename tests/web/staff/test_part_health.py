"""Staff see in one line what does not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine

import settings
from models.staff import member as members
from models.staff.permission import Role
from models.store import db, last_sweep, part_status
from models.store.part_status import PartStatusFile
from tests.conftest import NOWHERE, set_environment
from tests.last_sweep import set_back
from web.app import create_app
from web.part_health import _Shown

from .test_staff import PASSWORD, log_in


@pytest.fixture
def client(database: Engine, redis_client: object, tmp_path: Path) -> FlaskClient:
    with db.session_scope() as session:
        members.create(session, "author@example.jp", "author", {Role.AUTHOR}, PASSWORD)
    return create_app().test_client()


def test_case_d1_staff_see_in_one_line_what_is_down(client: FlaskClient, tmp_path: Path) -> None:
    log_in(client, "author")
    _Shown.until = 0.0
    assert "現在、動いていません" not in client.get("/staff/issues").text
    good = {"REDIS_URL": settings.get().redis_url, "KAIRAN_DATA": str(settings.get().kairan_data)}
    file = PartStatusFile(part_status.path_in(tmp_path))
    try:
        set_environment(REDIS_URL=NOWHERE["REDIS_URL"], KAIRAN_DATA=str(tmp_path))
        file.write({"worker": "worker ended with status 1."})
        _Shown.until = 0.0
        page = client.get("/staff/issues").text
        said = client.get("/readyz")
    finally:
        set_environment(**good)
        file.close()
        _Shown.until = 0.0
    assert page.count("現在、動いていません：ブローカー（Valkey）、配信の処理（worker）。") == 1
    assert said.status_code == 200
    assert said.json == {
        "database": "ok", "broker": "does not answer", "disk": "ok", "worker": "worker ended with status 1."
    }  # fmt: skip


def test_case_d2_staff_see_that_nothing_looks_for_work(client: FlaskClient, redis_client: Redis) -> None:
    log_in(client, "author")
    last_sweep.note()
    _Shown.until = 0.0
    assert "現在、動いていません" not in client.get("/staff/issues").text
    set_back(redis_client, 600)
    _Shown.until = 0.0
    try:
        japanese = client.get("/staff/issues").text
        english = client.get("/staff/issues?lang=en").text
    finally:
        _Shown.until, _Shown.names = 0.0, ()
    why = "待っている処理の確認（10分前から止まっています。worker か beat が応答していません）"
    assert f"現在、動いていません：{why}。" in japanese
    assert "nothing has looked for work for 10 minutes (worker or timetable hang)" in english


def test_what_a_killed_launcher_said_is_not_believed(tmp_path: Path) -> None:
    file = part_status.path_in(tmp_path)
    file.write_text('{"process": 999999999, "down": {"worker": "ended"}}')
    assert part_status.read_down(tmp_path) == {}
