"""An installation that uses the identity provider."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.staff.permission import Role
from models.staff.single_sign_on.group_role import GroupRole
from models.store import db
from tests.oidc_provider import OidcProvider


@pytest.fixture
def app(oidc: OidcProvider, database: Engine, redis_client: object) -> Flask:
    """Pages with a table of groups."""
    from web.app import create_app

    with db.session_scope() as session:
        session.add_all([GroupRole(group_name="koho-writers", role=Role.AUTHOR),
                         GroupRole(group_name="koho-chiefs", role=Role.APPROVER)])  # fmt: skip
    made = create_app()
    made.testing = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()
