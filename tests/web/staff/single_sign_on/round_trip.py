"""The way of a browser to the provider and back, over HTTP."""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode, urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.staff_login import csrf_token


def callback_of(client: FlaskClient, wanted: str = "") -> str:
    """Go to the provider and let it send us back; the path and query it sends the browser to."""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    out = client.get(f"/staff/sign-in{query}")
    assert out.status_code == 302, out.text
    return come_back(out.location)


def come_back(there: str) -> str:
    """What the provider answers at *there*: the path and query that it sends the browser to."""
    back = requests.get(there, allow_redirects=False, timeout=30)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def choose(there: str, subject: str = "") -> str:
    """Log in at *there* as one of the provider's people, as its page asks for; else as whoever is there already."""
    if "prompt=login" not in there:
        return come_back(there)
    back = requests.post(there, data={"subject": subject}, allow_redirects=False, timeout=30)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def sign_in(client: FlaskClient, wanted: str = "") -> TestResponse:
    """Log in, as whoever is logged in at the provider."""
    return client.get(callback_of(client, wanted))


def onward(page: str) -> str:
    """Where a page leads that goes on to the provider."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert found, page
    return html.unescape(found[1])


def log_out(client: FlaskClient) -> TestResponse:
    """Press the button."""
    return client.post("/staff/logout", data={"csrf_token": csrf_token(client, "/staff/issues")})


def send_logout_token(app: Flask, token: str) -> int:
    """Tell us of a logout, as the provider does."""
    return app.test_client().post("/staff/sign-in/back-channel-logout", data={"logout_token": token}).status_code
