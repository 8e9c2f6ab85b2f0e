"""For machines that watch over us: alive, ready, and numbers."""

from __future__ import annotations

from flask import Flask, Response


def prepare(app: Flask) -> None:
    """Add /healthz."""
    app.add_url_rule("/healthz", "healthz", _alive)


def _alive() -> Response:
    return Response("ok\n", mimetype="text/plain")
