"""A step that a state does not allow is told on a page, wherever it happens; an error's page never fails itself."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.issues import issue as issues
from models.issues import newsletter as newsletters
from models.issues.block import Prose
from models.staff.permission import Role
from models.store import db
from models.store.errors import WrongState
from models.store.phrase import phrase
from tests.sample import make_newsletter
from tests.web.staff_login import csrf_token, log_in_as, make_staff
from web.staff.access_rule import AccessPlace, AccessRule
from web.staff.access_table import RULES


@pytest.fixture
def app(database: Engine, redis_client: object) -> Flask:
    from web.app import create_app

    with db.session_scope() as session:
        make_newsletter(session)
        make_staff(session)
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    log_in_as(client, Role.SENDER)
    return client


def fail(**_named: object) -> str:
    raise WrongState("the issue", phrase("a draft"), phrase("be edited"))


@pytest.mark.parametrize(
    ("rule", "status"), [("/staff/probe", 409), ("/staff/probe/<int:issue_id>", 404)], ids=["no-issue", "issue-is-gone"]
)
def test_wrong_state_without_an_issue_is_a_page(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, rule: str, status: int
) -> None:
    monkeypatch.setitem(RULES, "staff.probe", AccessRule(None, AccessPlace.OWN_ACCOUNT))
    app._got_first_request = False
    app.add_url_rule(rule, endpoint="staff.probe", view_func=fail)
    answer = client.get(rule.replace("<int:issue_id>", "987654"))
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_step_that_came_too_late_shows_the_issue_as_it_is(client: FlaskClient) -> None:
    with db.session_scope() as session:
        newsletter = newsletters.find(session, "ict")
        number = issues.create(session, newsletter, subject="窓口のお知らせ", blocks=(Prose(text="本文"),)).id
    token = csrf_token(client, f"/staff/issues/{number}")
    late = client.post(f"/staff/issues/{number}/pause", data={"csrf_token": token})
    assert late.status_code == 409
    assert "窓口のお知らせ" in late.text
