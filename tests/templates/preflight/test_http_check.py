"""Asking whether a link answers: politely, and never inside of a private network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from templates.preflight import link_rules
from templates.preflight.http_check import Reached, Status, check_url, is_public

from . import corpus

SEEN: list[tuple[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    """Answers by its path: a status code, or a redirect."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        SEEN.append((self.command, self.path))
        word = self.path.strip("/")
        if word == "get-only":
            self.send_response(405 if self.command == "HEAD" else 200)
        elif word == "hop":
            self.send_response(302)
            self.send_header("Location", "/200")
        elif word == "loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
        elif word == "away":
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.1/admin")
        else:
            self.send_response(int(word))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as opened:
        thread = threading.Thread(target=opened.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{opened.server_port}"
        opened.shutdown()
        thread.join()


def loopback(address: str) -> bool:
    return address == "127.0.0.1"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("200", Reached(Status.FINE, "200")),
        ("403", Reached(Status.FINE, "403")),
        ("get-only", Reached(Status.FINE, "200")),
        ("hop", Reached(Status.FINE, "200")),
        ("404", Reached(Status.BROKEN, "404")),
        ("500", Reached(Status.BROKEN, "500")),
        ("loop", Reached(Status.BROKEN, "redirect loop")),
        ("away", Reached(Status.PRIVATE)),
    ],
)
def test_what_a_server_answers(server: str, path: str, expected: Reached) -> None:
    assert check_url(f"{server}/{path}", allowed=loopback) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://172.16.0.1/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://localhost/",
        "http://2130706433/",
    ],
)
def test_private_addresses_are_never_asked(url: str) -> None:
    assert check_url(url) == Reached(Status.PRIVATE)


def test_nobody_listens() -> None:
    assert check_url("http://127.0.0.1:9/", allowed=loopback) == Reached(Status.UNREACHABLE)
    assert check_url("http://nobody.invalid/") == Reached(Status.UNREACHABLE, "name")


@pytest.mark.parametrize("url", ["ftp://city.example.jp/", "file:///etc/passwd", "https://", "javascript:alert(1)"])
def test_other_schemes_are_broken(url: str) -> None:
    assert check_url(url).status is Status.BROKEN


def test_public_addresses() -> None:
    assert is_public("8.8.8.8")
    assert not is_public("100.64.0.1")


def test_each_link_is_asked_once_and_what_came_of_it_is_said() -> None:
    from templates.render import edition

    entry = {
        "blocks": [
            {"kind": "button", "text": "申し込む", "address": "https://a.example/"},
            {"kind": "button", "text": "もう一度申し込む", "address": "https://a.example/"},
            {"kind": "button", "text": "庁内の様式を開く", "address": "https://b.example/"},
            {"kind": "button", "text": "地図を開く", "address": "https://c.example/"},
        ]
    }
    answers = {
        "https://a.example/": Reached(Status.BROKEN, "404"),
        "https://b.example/": Reached(Status.PRIVATE),
        "https://c.example/": Reached(Status.UNREACHABLE, "timeout"),
    }
    asked: list[str] = []

    def reach(url: str) -> Reached:
        asked.append(url)
        return answers.get(url, Reached(Status.FINE))

    letter = corpus.letter(entry)
    found = list(link_rules.check_reachable(letter, edition.render(letter), reach))
    assert sorted(asked) == sorted(answers)
    assert [finding.rule for finding in found] == ["link.broken", "link.private", "link.unreachable"]
    assert "時間内に応答がありません" in found[-1].message("ja")
    assert "no answer in time" in found[-1].message("en")
