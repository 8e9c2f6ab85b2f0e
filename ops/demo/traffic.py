"""The demo's readers read: they take the letters that were caught and ask the web server for what these link to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from http.client import HTTPConnection, HTTPException
from threading import local
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import settings
from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link
from models.issues.article import Article
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.mailbox import Mailbox
from models.store import clock, db
from models.store.errors import Unavailable
from models.store.phrase import phrase
from models.tracking.hit import Hit

from . import personas
from .personas import Persona
from .seed import SLUG

PAGE_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ja,en-US;q=0.7",
    "Sec-Fetch-Dest": "document",
}
IMAGE_HEADERS = {"Accept": "image/avif,image/webp,*/*;q=0.8", "Accept-Language": "ja", "Sec-Fetch-Dest": "image"}
THREADS = 6
ROUND_SECONDS = 1.5
"""Seconds between two rounds: a person does not follow two links of a letter within one second."""
SETTLE_SECONDS = 32.0
"""Seconds after the last delivery from which a click is not taken for a gateway's."""

Tick = Callable[[], None]


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """One request."""

    path: str
    agent: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class CaughtCopy:
    """One reader's letter, opened: where its pixel and its links lead."""

    reader: Persona
    number: int
    pixel: str
    links: dict[int, str]
    """By link number."""


@dataclass(frozen=True, slots=True)
class IssueContents:
    """What the demo knows of an issue: its number, and by article the number of a link that leads there."""

    number: int
    topics: dict[str, tuple[str, ...]]
    links: dict[str, int]


def issue_contents(session: Session) -> dict[str, IssueContents]:
    """The monthly issues by their subject."""
    found: dict[str, IssueContents] = {}
    query = select(Issue).join(Newsletter).where(Newsletter.slug == SLUG, Issue.kind == IssueKind.REGULAR)
    for issue in session.scalars(query):
        rows = session.execute(
            select(Article, func.min(Link.number))
            .join(Link, Link.article_id == Article.id)
            .where(Link.issue_id == issue.id)
            .group_by(Article.id)
        ).all()
        found[issue.subject] = IssueContents(
            issue.number,
            {article.slug: tuple(topic.slug for topic in article.topics) for article, _ in rows},
            {article.slug: number for article, number in rows},
        )
    return found


def copies(mailbox: Mailbox, known: dict[str, IssueContents], tick: Tick) -> Iterator[CaughtCopy]:
    """The caught letters of those who open theirs, and of those whose gateway does."""
    seen: set[tuple[str, str]] = set()
    for entry in reversed(mailbox.entries()):
        tick()
        address = entry.recipients[0]
        if entry.subject not in known or not address.endswith(".example") or (address, entry.subject) in seen:
            continue
        seen.add((address, entry.subject))
        one, number = personas.reader(address), known[entry.subject].number
        if one.gateway or personas.opens(one, number):
            yield _opened(one, number, mailbox.raw(entry.number))


def _opened(one: Persona, number: int, raw: bytes) -> CaughtCopy:
    html = _html(message_from_bytes(raw))
    base = re.escape(settings.get().base_url.rstrip("/"))
    pixel = re.search(rf"{base}(/o/[\w-]{{32}}\.gif)", html)
    links = {int(link): path for path, link in re.findall(rf"{base}(/c/(\d+)/[\w-]{{32}})", html)}
    return CaughtCopy(one, number, pixel.group(1) if pixel else "", links)


def _html(message: Message) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content.decode("utf-8")
    return ""


def gateway_requests(letters: Iterable[CaughtCopy]) -> list[DemoRequest]:
    """What gateways ask for: every link of a letter, one after another."""
    return [
        DemoRequest(path, personas.GATEWAY, {"Accept": "*/*"})
        for copy in letters
        if copy.reader.gateway
        for path in copy.links.values()
    ]


def reader_requests(letters: Iterable[CaughtCopy], known: dict[str, IssueContents]) -> list[list[DemoRequest]]:
    """What people ask for, in rounds: the picture first, then link after link."""
    rounds: list[list[DemoRequest]] = [[], [], [], []]
    by_number = {one.number: one for one in known.values()}
    for copy in letters:
        if copy.reader.gateway or not personas.opens(copy.reader, copy.number):
            continue  # whose gateway follows links, that leaves none in the letter
        issue = by_number[copy.number]
        if copy.reader.pictures and copy.pixel:
            rounds[0].append(DemoRequest(copy.pixel, copy.reader.image_agent, IMAGE_HEADERS))
        for place, slug in enumerate(personas.follows(copy.reader, copy.number, issue.topics), 1):
            if path := copy.links.get(issue.links[slug]):
                rounds[place].append(DemoRequest(path, copy.reader.agent, PAGE_HEADERS))
    return rounds


def send_requests(requests: Iterable[DemoRequest], tick: Tick) -> None:
    """Send requests to the web server, a few at a time.

    Raises:
        Unavailable: the web server does not answer.
    """
    place = urlsplit(settings.get().base_url)
    mine = local()

    def one(request: DemoRequest) -> None:
        for attempt in (1, 2):
            connection = getattr(mine, "connection", None)
            if connection is None:
                connection = mine.connection = HTTPConnection(place.hostname or "", place.port, timeout=10)
            try:
                headers = {"User-Agent": request.agent, **request.headers}
                connection.request("GET", place.path + request.path, headers=headers)
                connection.getresponse().read()
                break
            except (OSError, HTTPException) as error:
                mine.connection = None  # kept open too long; the second try uses a new one
                if attempt == 2:
                    raise Unavailable(phrase("the web server does not answer: {error}", error=error)) from error
        tick()

    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(one, requests):
            pass


def last_delivery_age() -> float:
    """Seconds since the relay took the last letter."""
    with db.session_scope() as session:
        last = session.scalar(select(func.max(Delivery.at)).where(Delivery.state == DeliveryState.ACCEPTED))
    return (clock.now() - last).total_seconds() if last else SETTLE_SECONDS


def stored_hits() -> int:
    """How many hits are in the database."""
    with db.session_scope() as session:
        return session.scalar(select(func.count()).select_from(Hit)) or 0


def wait_for_hits(wanted: int, tick: Tick, stall_seconds: float = 30.0) -> None:
    """Wait until *wanted* hits are stored.

    Raises:
        Unavailable: for half a minute no more came.
    """
    seen, since = -1, time.monotonic()
    while (count := stored_hits()) < wanted:
        if count != seen:
            seen, since = count, time.monotonic()
        if time.monotonic() - since > stall_seconds:
            raise Unavailable(
                phrase(
                    "only {count} of {wanted} hits came into the database: does the worker run?",
                    count=count,
                    wanted=wanted,
                )
            )
        tick()
        time.sleep(0.25)
