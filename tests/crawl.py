"""Following every address of ours that a letter or a page names, as a stranger's browser would, for tests."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import requests
from flask.testing import FlaskClient

_ATTRIBUTES = {"href", "src", "poster", "data"}
_IN_CSS = re.compile(r"url\(\s*[\"']?([^\"')]+)")
_IN_TEXT = re.compile(r"https?://[^\s<>\"「」『』()（）。、]+")


class Answer(NamedTuple):
    """What came back for an address."""

    status: int
    content_type: str
    text: str
    location: str = ""


Fetch = Callable[[str], Answer]


class Dead(NamedTuple):
    """An address that leads to nothing, and where it stands."""

    address: str
    named_by: str
    why: str


class Document(HTMLParser):
    """The addresses and the ids of a page or of a letter's HTML part."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.form_actions: set[str] = set()
        self.ids: set[str] = set()
        self._sends = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element names; what the parser calls."""
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if values.get(name)}
        for name in _ATTRIBUTES & values.keys():
            if name != "data" or tag == "object":
                self.addresses.append(values[name])
        self.addresses += [one.split()[0] for one in values.get("srcset", "").split(",") if one.strip()]
        self.addresses += _IN_CSS.findall(values.get("style", ""))
        if tag == "form":
            self._sends = values.get("method", "").lower() == "post"
        for action in (values[name] for name in ("action", "formaction") if name in values):
            self.form_actions.add(action) if self._sends else self.addresses.append(action)


class Crawl:
    """One walk from some addresses over everything of ours that they lead to.

    Arguments:
        base: what our addresses begin with, without a slash at its end. One of our host that begins otherwise is dead.
        fetch: gets an address without following it.
    """

    def __init__(self, base: str, fetch: Fetch) -> None:
        self.base, self._fetch = base, fetch
        self.seen: dict[str, Answer] = {}
        self.dead: list[Dead] = []
        self._ids: dict[str, set[str]] = {}
        self._waiting: deque[tuple[str, str, bool]] = deque()
        self._fragments: list[tuple[str, str, str]] = []

    def letter(self, raw: bytes) -> None:
        """Follow every address of a letter: in both parts and in its headers."""
        message = message_from_bytes(raw, policy=default)
        name = f"letter “{message['Subject']}”"
        for part in message.walk():
            if part.get_content_type() == "text/html":
                self._html(name, "", _content(part))
            elif part.get_content_type() == "text/plain":
                self._name(_IN_TEXT.findall(_content(part)), name)
        for header in ("List-Unsubscribe", "List-Help", "List-Archive"):
            self._name(re.findall(r"<([^>]+)>", str(message.get(header, ""))), name)

    def walk(self, *starts: str) -> None:
        """Follow *starts* and all that was named so far, until nothing is new."""
        self._name(starts, "the start")
        while self._waiting:
            address, named_by, is_action = self._waiting.popleft()
            if address not in self.seen:
                self._visit(address, named_by, is_action)
        for address, fragment, named_by in self._fragments:
            if fragment not in self._ids.get(address, {fragment}):
                self.dead.append(Dead(f"{address}#{fragment}", named_by, "no such place on the page"))

    def _visit(self, address: str, named_by: str, is_action: bool) -> None:
        answer = self.seen[address] = self._fetch(address)
        if answer.status >= 400 and not (is_action and answer.status == 405):
            self.dead.append(Dead(address, named_by, str(answer.status)))
        elif 300 <= answer.status < 400:
            self._name([urljoin(address, answer.location)], named_by)
        elif answer.content_type.startswith("text/html"):
            self._html(address, address, answer.text)
        elif "xml" in answer.content_type:
            self._name(_IN_TEXT.findall(unescape(answer.text)), address)
        elif answer.content_type.startswith("text/css"):
            self._name([urljoin(address, one) for one in _IN_CSS.findall(answer.text)], address)

    def _html(self, name: str, address: str, text: str) -> None:
        document = Document(text)
        self._ids[address] = document.ids
        self._name([urljoin(address, one) for one in document.addresses], name)
        for action in document.form_actions:
            self._name([urljoin(address, action)], name, is_action=True)
        for own in (one for one in document.addresses if one.startswith("#") and len(one) > 1 and not address):
            if unquote(own[1:]) not in document.ids:
                self.dead.append(Dead(own, name, "no such place in the letter"))

    def _name(self, addresses: Iterable[str], named_by: str, *, is_action: bool = False) -> None:
        for address, fragment in map(urldefrag, addresses):
            if address == self.base or address.startswith((f"{self.base}/", f"{self.base}?")):
                self._waiting.append((address, named_by, is_action))
                if fragment:
                    self._fragments.append((address, unquote(fragment), named_by))
            elif urlsplit(address).netloc == urlsplit(self.base).netloc:
                self.dead.append(Dead(address, named_by, "leaves our path"))
            elif not urlsplit(address).scheme and address:
                self.dead.append(Dead(address, named_by, "is no whole address"))


def over_http(address: str) -> Answer:
    """Ask a real server."""
    answer = requests.get(address, allow_redirects=False, timeout=60)
    answer.encoding = "utf-8"
    return Answer(
        answer.status_code, answer.headers.get("Content-Type", ""), answer.text, answer.headers.get("Location", "")
    )


def with_client(client: FlaskClient, base: str) -> Fetch:
    """Ask an application in this process, which takes *base* for its own address."""

    def fetch(address: str) -> Answer:
        answer = client.get(address.removeprefix(base) or "/", buffered=True)
        content_type = answer.content_type or ""
        text = answer.text if content_type.startswith("text/") or "xml" in content_type else ""
        return Answer(answer.status_code, content_type, text, answer.headers.get("Location", ""))

    return fetch


def _content(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8")


def paths(addresses: Iterable[str]) -> Iterator[str]:
    """The first piece of the path of each address."""
    return (urlsplit(address).path.strip("/").partition("/")[0] for address in addresses)
