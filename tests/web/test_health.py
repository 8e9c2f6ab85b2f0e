"""What machines that watch over us are told."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

import settings
from models.store import db
from tests.conftest import NOWHERE, set_environment
from tests.sample import make_newsletter, make_reader
from web.app import create_app


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    return create_app().test_client()


def test_ready_with_all_parts(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"database": "ok", "broker": "ok"})


def test_without_the_broker_we_are_ready_and_say_so(client: FlaskClient) -> None:
    good = settings.get().redis_url
    try:
        set_environment(REDIS_URL=NOWHERE["REDIS_URL"])
        answer = client.get("/readyz")
        numbers = client.get("/metrics").text
    finally:
        set_environment(REDIS_URL=good)
    assert (answer.status_code, answer.json) == (200, {"database": "ok", "broker": "does not answer"})
    assert 'kairan_up{part="broker"} 0.0' in numbers


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
