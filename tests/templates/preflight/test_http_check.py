"""Asking whether a link answers: politely, and never inside of a private network."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from urllib.parse import quote, unquote

import pytest

from models.store.public_address import is_public
from templates.preflight import link_rules
from templates.preflight.http_check import Reached, Status, check_url

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
        elif word.startswith("to="):
            self.send_response(302)
            self.send_header("Location", unquote(word[3:]))
        elif word == "drip":
            self._drip()
            return
        elif word == "away":
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.1/admin")
        else:
            self.send_response(int(word))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self) -> None:
        """Answer a byte at a time, for as long as anybody listens."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b"X")
                time.sleep(0.01)

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


@pytest.mark.parametrize(
    "location",
    ["http://[", "http://[::1", "//[", "http://a:99999/", "http://a:x/", "http://\u2100.example/", "https://", "file:///etc",
     "http://" + "a" * 300 + ".example/", "http://a b.example/", "http://.example/", "gopher://127.0.0.1/"],
)  # fmt: skip
def test_case_f9_whatever_a_redirect_says_is_a_finding(server: str, location: str) -> None:
    way = quote(location.encode().decode("latin-1"), safe="")
    assert check_url(f"{server}/to={way}", allowed=loopback).status in (Status.BROKEN, Status.UNREACHABLE)


@pytest.mark.parametrize("url", ["http://[", "http://a:x/", "http://a:99999/", "http://127.0.0.1:9/\u2028"])
def test_case_f9_whatever_an_author_writes_is_a_finding(url: str) -> None:
    assert check_url(url, allowed=loopback).status in (Status.BROKEN, Status.UNREACHABLE)


def test_case_f9_slow_heads_have_one_limit_for_all_of_them(server: str) -> None:
    assert check_url(f"{server}/drip", allowed=loopback, seconds=0.5) == Reached(Status.UNREACHABLE, "timeout")


def test_case_f9_a_server_that_says_nothing_has_the_same_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert check_url(url, allowed=loopback, seconds=0.3) == Reached(Status.UNREACHABLE, "timeout")
        assert check_url(url.replace("http:", "https:"), allowed=loopback, seconds=0.3).status is Status.UNREACHABLE


PRIVATE = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", "::/96", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64",
    "2001::/32", "2001:2::/48", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
    "fec0::/10", "ff00::/8", "fd00:ec2::254/128", "64:ff9b::7f00:0/104", "64:ff9b::a9fe:0/112", "64:ff9b::a00:0/104",
)  # fmt: skip
PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.0.1",
    "172.32.0.1",
    "192.0.1.0",
    "223.255.255.255",
    "2001:200::1",
    "2400:4050::1",
    "2606:4700::1111",
    "64:ff9b::808:808",
)


@pytest.mark.parametrize("network", PRIVATE)
def test_case_f11_no_address_of_a_network_that_is_not_everybodys_is_asked(network: str) -> None:
    found = ip_network(network)
    for address in (found[0], found[-1], found[found.num_addresses // 2]):
        assert not is_public(str(address))
        host = f"[{address}]" if address.version == 6 else str(address)
        assert check_url(f"http://{host}/").status is Status.PRIVATE


@pytest.mark.parametrize("address", PUBLIC)
def test_case_f11_everybodys_addresses_are_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address", ["2400:4050::5efe:7f00:1", "2400:4050::200:5efe:a00:1", "fe80::1%lo", "no address", ""]
)
def test_case_f11_other_dresses_of_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]", "[ff02::1]", "169.254.169.254"]
)
def test_case_f11_redirects_lead_to_no_private_address(server: str, host: str) -> None:
    way = quote(f"http://{host}/", safe="")
    answer = check_url(f"{server}/to={way}", allowed=lambda one: loopback(one) or is_public(one))
    assert answer == Reached(Status.PRIVATE)


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


def test_case_f9_japanese_letters_and_blanks_are_asked_as_browsers_do() -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for location in ("Location: /年報 1".encode(), b"X: y"):
                taken = listening.accept()[0]
                with taken:
                    asked.append(taken.recv(9999).split(b"\r\n")[0])
                    taken.sendall(b"HTTP/1.1 302 Found\r\n" if b"Location" in location else b"HTTP/1.1 200 OK\r\n")
                    taken.sendall(location + b"\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/窓口?q=転入"
        assert check_url(url, allowed=lambda _: True).status is Status.FINE
    assert asked[0] == f"HEAD /{quote('窓口')}?q={quote('転入')} HTTP/1.1".encode()
    assert asked[1] == f"HEAD /{quote('年報 1')} HTTP/1.1".encode()
