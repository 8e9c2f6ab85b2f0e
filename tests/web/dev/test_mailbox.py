"""The page of caught letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import settings
from models.mailbox import Mailbox
from web.dev.mailbox import blueprint

HTML = "<html><head></head><body><script>alert(1)</script><p>本文</p></body></html>"
LETTER = f"""From: koho@example.lg.jp\r
To: reader@example.jp\r
Subject: =?utf-8?b?5Zue6Kan?=\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
{HTML}\r
""".encode()


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mailbox with one letter, which the settings name."""
    monkeypatch.setenv("KAIRAN_MAILBOX", str(tmp_path))
    settings.reload()
    kept = Mailbox(tmp_path)
    kept.add(LETTER, sender="bounce@example.lg.jp", recipients=("reader@example.jp",))
    yield kept
    monkeypatch.undo()
    settings.reload()


@pytest.fixture
def app(mailbox: Mailbox) -> Flask:
    """The real application, with the mailbox."""
    from web.app import create_app

    return create_app()


def test_letters_are_listed_and_searched(app: Flask) -> None:
    client = app.test_client()
    assert "回覧" in client.get("/dev/mailbox").text
    assert "reader@example.jp" in client.get("/dev/mailbox?search=READER").text
    assert "該当するメールはありません" in client.get("/dev/mailbox?search=nobody").text
    assert "No letter matches" in client.get("/dev/mailbox?search=nobody&lang=en").text


def test_a_letter_shows_html_text_and_source(app: Flask) -> None:
    client = app.test_client()
    assert 'src="/dev/mailbox/1/html"' in client.get("/dev/mailbox/1").text
    assert "Return-Path: &lt;bounce@example.lg.jp&gt;" in client.get("/dev/mailbox/1?view=raw").text
    assert client.get("/dev/mailbox/1?view=text").status_code == 200
    assert client.get("/dev/mailbox/1.eml").data.endswith(LETTER)
    assert client.get("/dev/mailbox/2").status_code == 404


def test_a_letter_cannot_run_scripts(app: Flask) -> None:
    answer = app.test_client().get("/dev/mailbox/1/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy


def test_without_a_mailbox_there_is_no_page(tmp_path: Path) -> None:
    bare = Flask("web")
    bare.register_blueprint(blueprint)
    assert settings.get().kairan_mailbox is None
    assert bare.test_client().get("/dev/mailbox").status_code == 404
