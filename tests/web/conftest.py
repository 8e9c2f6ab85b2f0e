"""Screens on which pages are looked at, and a client of the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}


@pytest.fixture
def client(database: Engine, redis_client: object) -> Iterator[FlaskClient]:
    """A browser without a session, before the application with its real error pages."""
    from web.app import create_app

    app = create_app()
    app.testing = False
    with app.test_client() as opened:
        yield opened


@pytest.fixture(params=["light", "dark"])
def screens(request: pytest.FixtureRequest, browser: Browser) -> Iterator[dict[str, Page]]:
    """A page for each width of screen."""
    contexts = {
        name: browser.new_context(
            viewport={"width": width, "height": height}, locale="ja-JP", color_scheme=request.param
        )
        for name, (width, height) in SCREENS.items()
    }
    yield {name: context.new_page() for name, context in contexts.items()}
    for context in contexts.values():
        context.close()
