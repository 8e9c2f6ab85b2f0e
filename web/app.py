"""The web application: parts put together."""

from __future__ import annotations

import gc
import importlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import settings
from models.store import db, logs
from templates import jinja

from . import errors, health, input_check, language, navigation, output_text, part_health, request
from .track import tracker

STATIC = Path(__file__).parent / "static"


def create_app() -> Flask:
    """The application with every page, ready for a WSGI server. Reads the settings once."""
    app = request.Application("web", template_folder=str(jinja.WEB), static_folder=str(STATIC))
    app.jinja_options = dict(jinja.WHITE_SPACE)
    if proxies := settings.get().trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            # The client's address is not its business: web/client_address.py finds it, for pages and hits alike.
            app.wsgi_app,
            x_for=0,
            x_proto=proxies,
            x_host=proxies,
        )
    app.wsgi_app = tracker.mount(app.wsgi_app)  # type: ignore[method-assign]
    request.init_app(app)
    input_check.init_app(app)
    output_text.init_app(app)
    language.init_app(app)
    navigation.init_app(app)
    errors.init_app(app)
    health.init_app(app)
    part_health.init_app(app)
    for room in _blueprint_modules():
        app.register_blueprint(importlib.import_module(room).blueprint)
    return app


def _blueprint_modules() -> list[str]:
    """The modules whose ``blueprint`` holds pages."""
    rooms = ["web.public", "web.staff", "web.hooks", "web.api"]
    if settings.get().kairan_mailbox:
        rooms.append("web.dev.mailbox")
    return [room for room in rooms if find_spec(room)]


def settle() -> None:
    """Have Python look for reference cycles among what comes from now on alone, and less often.

    What was imported stays. To look through it takes a quarter of a second, in which every thread of the process waits:
    pages, and clicks. It was done every few dozen pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@cache
def _started_app() -> Flask:
    logs.set_up()
    db.limit_waiting(settings.get().database_seconds)
    app = create_app()
    cast(tracker.Tracker, app.wsgi_app).start()
    settle()
    return app


def __getattr__(name: str) -> Flask:
    """``web.app:app``, which a WSGI server asks for; made then, so that importing this file changes no log."""
    if name == "app":
        return _started_app()
    raise AttributeError(name)
