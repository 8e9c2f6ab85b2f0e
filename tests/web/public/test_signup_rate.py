"""Many sign-ups behind one address: what was typed stays, and a calculation or a wait lets it through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

import settings
from models.outbox.transactional import TransactionalLetter
from models.store import clock, db
from tests.conftest import set_environment
from tests.sample import make_newsletter
from tests.web.hidden_fields import hidden_fields
from web.app import create_app
from web.public import proof_of_work

FORM = {"name": "花子", "audience": "citizen", "topics": ["dx"], "agreed": "yes"}
FREE = 3


@pytest.fixture(autouse=True)
def few_are_free() -> Iterator[None]:
    before = settings.get().signup_limit
    set_environment(SIGNUP_LIMIT=f"{FREE} per hour")
    yield
    set_environment(SIGNUP_LIMIT=before)


@pytest.fixture
def client(database: Engine, redis_client: object) -> FlaskClient:
    with db.session_scope() as session:
        make_newsletter(session)
    return create_app().test_client()


def send(client: FlaskClient, name: str, client_address: str = "192.0.2.1", **more: str) -> TestResponse:
    page = client.get("/subscribe/ict")
    form = {**hidden_fields(page), **FORM, "address": f"{name}@town.example", **more}
    with clock.moved(timedelta(seconds=5)):
        return client.post("/subscribe/ict", data=form, environ_base={"REMOTE_ADDR": client_address})


def letters() -> int:
    with db.session_scope() as session:
        return session.scalar(select(func.count()).select_from(TransactionalLetter)) or 0


def busy(client: FlaskClient) -> TestResponse:
    for number in range(FREE):
        assert send(client, f"n{number}").status_code == 303
    refused = send(client, "late")
    assert refused.status_code == 429
    return refused


def solved(page: TestResponse) -> dict[str, str]:
    fields = hidden_fields(page)
    number = 0
    while int.from_bytes(sha256(f"{fields['challenge']}:{number}".encode()).digest()[:4]) >> (32 - proof_of_work.BITS):
        number += 1
    return {"challenge": fields["challenge"], "proof": str(number)}


def test_form_is_kept_and_says_how_long_to_wait_case_e5(client: FlaskClient) -> None:
    refused = busy(client)
    assert 'value="late@town.example"' in refused.text
    assert 'value="花子"' in refused.text
    assert refused.text.count(" checked") == 3
    wait = int(refused.headers["Retry-After"])
    assert 3000 < wait <= 3600
    assert f"{wait}秒ほど待ってから" in refused.text
    assert "script-src" not in refused.headers["Content-Security-Policy"]
    assert set(re.findall(r'<script[^>]*src="([^"]*)"', refused.text)) == {"/static/proof_of_work.js"}
    assert send(client, "elsewhere", "198.51.100.7").status_code == 303


def test_calculation_lets_one_form_through_once_case_e5(client: FlaskClient) -> None:
    proof = solved(busy(client))
    assert send(client, "late", **{**proof, "proof": "1"}).status_code == 429
    assert send(client, "late", **{**proof, "challenge": proof["challenge"][:-1] + "x"}).status_code == 429
    assert send(client, "late", **proof).status_code == 303
    assert letters() == FREE + 1
    assert send(client, "again", **proof).status_code == 429


def test_forms_with_mistakes_do_not_count_case_e5(client: FlaskClient) -> None:
    assert [send(client, "a", address="x").status_code for _ in range(FREE + 2)] == [422] * (FREE + 2)
    assert send(client, "a").status_code == 303


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_browser_comes_through_case_e5(live_server: str, browser: Browser, scripts: bool) -> None:
    with db.session_scope() as session:
        make_newsletter(session)
    context = browser.new_context(java_script_enabled=scripts, locale="ja-JP")
    page = context.new_page()
    limit = 10  # that of the server, which has settings of its own
    for number in range(limit + 1):
        page.goto(f"{live_server}/subscribe/ict")
        page.fill("#address", f"n{number}@town.example")
        page.check("input[name=audience][value=citizen]")
        page.check("input[name=agreed]")
        page.wait_for_timeout(settings.get().signup_seconds * 1000 + 100)  # nobody fills in a form so quickly
        page.click("main form button[type=submit]")
        page.wait_for_load_state()
    assert page.input_value("#address") == f"n{limit}@town.example"
    if scripts:
        page.click("main form button[type=submit] >> nth=0")
        page.wait_for_url("**/sent")
        assert letters() == limit + 1
    else:
        assert "秒ほど待ってから" in page.inner_text("#proof-of-work")
    context.close()
