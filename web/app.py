"""The web application: parts put together."""

from __future__ import annotations

import importlib
import os
from importlib.util import find_spec
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import settings
import templates

from . import errors, frame, health, language, request, track

TEMPLATES = Path(templates.__file__).parent / "web"
STATIC = Path(__file__).parent / "static"


def create_app() -> Flask:
    """The application with every page, ready for a WSGI server. Reads the settings once."""
    app = request.Application("web", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if proxies := settings.get().trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.wsgi_app = track.front(app.wsgi_app)  # type: ignore[method-assign]
    request.prepare(app)
    language.prepare(app)
    frame.prepare(app)
    errors.prepare(app)
    health.prepare(app)
    for room in _rooms():
        app.register_blueprint(importlib.import_module(room).blueprint)
    return app


def _rooms() -> list[str]:
    """The modules whose ``blueprint`` holds pages."""
    rooms = ["web.public", "web.staff", "web.api"]
    if os.environ.get("KAIRAN_MAILBOX"):
        rooms.append("web.mailbox")
    return [room for room in rooms if find_spec(room)]


app = create_app()
