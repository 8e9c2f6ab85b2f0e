"""A newsletter, staff of every role, and an author who is logged in."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.staff.permission import Role
from models.store import db
from tests.sample import make_newsletter
from tests.web.staff_login import log_in_as, make_staff


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
def author(app: Flask) -> FlaskClient:
    client = app.test_client()
    log_in_as(client, Role.AUTHOR)
    return client
