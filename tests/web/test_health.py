"""What machines that watch over us are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from redis import Redis
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

import settings
from models import migrations
from models.readers import unsubscribe
from models.store import db
from ops.doctor import servers
from tests.conftest import NOWHERE, set_environment
from tests.last_sweep import set_back
from tests.sample import make_newsletter, make_reader
from tests.web.staff.returns import alarm_sample
from web import health
from web.app import create_app
from worker import sweep


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    return create_app().test_client()


def test_ready_with_all_parts(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": "ok", "broker": "ok", "disk": "ok"})


def test_without_the_broker_we_are_ready_and_say_so(client: FlaskClient) -> None:
    good = settings.get().redis_url
    try:
        set_environment(REDIS_URL=NOWHERE["REDIS_URL"])
        answer = client.get("/readyz")
        numbers = client.get("/metrics").text
    finally:
        set_environment(REDIS_URL=good)
    assert (answer.status_code, answer.json) == (200, {"database": "ok", "broker": "does not answer", "disk": "ok"})
    assert 'kairan_up{part="broker"} 0.0' in numbers


def test_case_d7_a_broker_that_refuses_writes_is_named(client: FlaskClient, redis_client: Redis) -> None:
    redis_client.config_set("maxmemory", "1")
    try:
        answer = client.get("/readyz")
        numbers = client.get("/metrics").text
        finding = servers.redis()
    finally:
        redis_client.config_set("maxmemory", "0")
    assert answer.status_code == 200
    assert "refuses writes: " in answer.json["broker"]  # type: ignore[index]
    assert 'kairan_up{part="broker"} 0.0' in numbers
    assert finding.grade is servers.Grade.BAD
    assert "maxmemory" in finding.remedy
    assert client.get("/readyz").json["broker"] == "ok"  # type: ignore[index]


def test_case_d2_worker_or_timetable_that_hang_are_named_and_links_go_on(
    client: FlaskClient, redis_client: Redis
) -> None:
    well = {"database": "ok", "broker": "ok", "disk": "ok"}
    assert client.get("/readyz").json == well, "nothing is said where nothing is known"
    sweep.sweep()
    assert client.get("/readyz").json == well
    set_back(redis_client, 170)
    assert client.get("/readyz").json == well
    set_back(redis_client, 30)
    answer = client.get("/readyz")
    said = answer.json["sweep"]  # type: ignore[index]
    assert re.fullmatch(r"nothing has looked for work for 20\d s: worker or timetable hang", said)
    assert answer.status_code == 200, "pages and links need neither"
    sweep.sweep()
    assert client.get("/readyz").json == well


def test_case_d2_rare_sweeps_are_no_hang(client: FlaskClient, redis_client: Redis) -> None:
    usual = str(settings.get().sweep_seconds)
    sweep.sweep()
    set_back(redis_client, 1000)
    try:
        set_environment(SWEEP_SECONDS="600")
        assert "sweep" not in client.get("/readyz").json  # type: ignore[operator]
    finally:
        set_environment(SWEEP_SECONDS=usual)
    assert "sweep" in client.get("/readyz").json  # type: ignore[operator]


@pytest.fixture
def read_only(client: FlaskClient) -> Iterator[None]:
    """A database that takes no writes, as a replica does, or one whose disk is nearly full at some providers."""
    _set_in_database("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        _set_in_database("RESET default_transaction_read_only")


def _set_in_database(words: str) -> None:
    with db.engine().begin() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" {words}'))
    db.dispose()


def test_case_d7_a_database_that_takes_no_writes_is_named(client: FlaskClient, read_only: None) -> None:
    answer = client.get("/readyz")
    finding = servers.database()
    assert (answer.status_code, answer.json["database"]) == (200, "takes no writes")  # type: ignore[index]
    assert finding.grade is servers.Grade.BAD
    assert "primary" in finding.remedy


def test_case_d7_whoever_waits_for_a_database_that_is_away_waits_for_one_that_takes_no_writes(
    database: Engine, read_only: None
) -> None:
    with pytest.raises(OperationalError), db.session_scope() as session:
        make_newsletter(session)


@pytest.fixture
def leaving_link(client: FlaskClient) -> str:
    with db.session_scope() as session:
        return unsubscribe.link(make_reader(session, make_newsletter(session)))


def test_case_d7_what_cannot_be_written_now_can_be_tried_again(
    client: FlaskClient, leaving_link: str, read_only: None
) -> None:
    answer = client.post(f"/u/{leaving_link}", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")


def test_case_d7_pages_of_a_database_of_another_version_can_be_tried_again(client: FlaskClient) -> None:
    with db.engine().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.execute(text("ALTER TABLE newsletter RENAME TO newsletter_of_before"))
    try:
        answer = client.get("/")
    finally:
        with db.engine().begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": migrations.head()})
            connection.execute(text("ALTER TABLE newsletter_of_before RENAME TO newsletter"))
    assert answer.status_code == 503


def test_case_d3_a_disk_that_takes_no_file_is_named(client: FlaskClient, tmp_path: Path) -> None:
    good = str(settings.get().kairan_data)
    (tmp_path / "spool").write_text("a file where the folder should be")
    try:
        set_environment(KAIRAN_DATA=str(tmp_path))
        answer = client.get("/readyz")
    finally:
        set_environment(KAIRAN_DATA=good)
    assert answer.status_code == 200
    assert answer.json["disk"].startswith("takes no files: ")  # type: ignore[index]


def test_numbers_are_for_our_own_networks(client: FlaskClient) -> None:
    with db.session_scope() as session:
        make_reader(session, make_newsletter(session))
    numbers = client.get("/metrics")
    assert 'kairan_subscriptions{newsletter="ict",state="active"} 1.0' in numbers.text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.5"}).status_code == 404
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": ""}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_numbers_without_a_database(client: FlaskClient) -> None:
    good = settings.get().database_url
    try:
        set_environment(DATABASE_URL=NOWHERE["DATABASE_URL"])
        numbers = client.get("/metrics")
    finally:
        set_environment(DATABASE_URL=good)
    assert numbers.status_code == 200
    assert 'kairan_up{part="database"} 0.0' in numbers.text


def test_lanes_have_numbers_of_two_days_and_no_more_names_than_are_bounded(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.session_scope() as session:
        alarm_sample.fill(session, make_newsletter(session))
    monkeypatch.setattr(health, "MOST_LANES", 4)
    numbers = client.get("/metrics").text
    found = {
        'kairan_lane_letters{day="today",kind="handed_over",lane="docomo"} 1540.0',
        'kairan_lane_letters{day="today",kind="complaint",lane="docomo"} 12.0',
        'kairan_lane_letters{day="today",kind="mailbox_full",lane="docomo"} 3.0',
        'kairan_lane_complaint_share{day="today",lane="docomo"} 0.008',
        'kairan_lane_letters{day="today",kind="handed_over",lane="(more)"} 1295.0',
        'kairan_lane_paused{by_alarm="no",lane="docomo"} 0.0',
        "kairan_issues_paused_by_alarm 1.0",
    }
    assert found - set(numbers.splitlines()) == set()
    assert set(re.findall(r'lane="([^"]+)"', numbers)) == {"docomo", "au", "softbank", "gmail", "(more)"}
    monkeypatch.undo()
    assert 'kairan_lane_paused{by_alarm="yes",lane="other"} 1.0' in client.get("/metrics").text
    assert set(re.findall(r'day="([^"]+)"', numbers)) == {"today"}
