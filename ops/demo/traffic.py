"""The demo's readers read: they take the letters that were caught and ask for what these link to, on days after it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import create_environ, run_wsgi_app

import settings
from models.deliveries.edition import Link
from models.issues.article import Article
from models.issues.issue import Issue
from models.issues.newsletter import Newsletter
from models.mailbox import Mailbox
from models.store import db
from models.store.errors import Unavailable
from models.store.phrase import phrase
from models.tracking.hit import Hit
from web.app import create_app
from web.track.tracker import Tracker

from . import past, personas
from .personas import Persona
from .seed import SLUG

PAGE_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "ja,en-US;q=0.7",
    "Sec-Fetch-Dest": "document",
}
IMAGE_HEADERS = {"Accept": "image/avif,image/webp,*/*;q=0.8", "Accept-Language": "ja", "Sec-Fetch-Dest": "image"}
READ_WITHIN = timedelta(days=20)
"""So long after an issue its last reader has opened it; see :func:`.personas.reads_at`."""
SETTLE_SECONDS = 20.0
"""Within how many seconds the broker must have taken all hits."""

Tick = Callable[[], None]


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """One request, and when it comes."""

    at: datetime
    path: str
    agent: str
    headers: dict[str, str]
    client: str


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
    """What the demo knows of an issue: its number, when it was out, and by article the number of a link to it."""

    number: int
    sent_at: datetime
    topics: dict[str, tuple[str, ...]]
    links: dict[str, int]


def issue_contents(session: Session, since: datetime) -> dict[str, IssueContents]:
    """The issues by their subject that somebody may open after *since*."""
    found: dict[str, IssueContents] = {}
    query = select(Issue).join(Newsletter).where(Newsletter.slug == SLUG, Issue.sent_at > since - READ_WITHIN)
    for issue in session.scalars(query):
        assert issue.sent_at is not None
        rows = session.execute(
            select(Article, func.min(Link.number))
            .join(Link, Link.article_id == Article.id)
            .where(Link.issue_id == issue.id)
            .group_by(Article.id)
        ).all()
        found[issue.subject] = IssueContents(
            issue.number,
            issue.sent_at,
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


def requests(
    letters: Iterable[CaughtCopy], known: dict[str, IssueContents], since: datetime, until: datetime
) -> list[DemoRequest]:
    """What gateways and people ask for from *since* on and before *until*, in the order of time."""
    by_number = {one.number: one for one in known.values()}
    found = [
        one
        for copy in letters
        for one in (
            _of_gateway(copy, by_number[copy.number].sent_at)
            if copy.reader.gateway  # whose gateway follows links, that leaves none in the letter
            else _of_person(copy, by_number[copy.number])
        )
    ]
    return sorted((one for one in found if since <= one.at < until), key=lambda one: one.at)


def _of_gateway(copy: CaughtCopy, sent_at: datetime) -> Iterator[DemoRequest]:
    """Every link of a letter, one after another, as soon as it has come."""
    for place, path in enumerate(copy.links.values(), 1):
        yield DemoRequest(sent_at + timedelta(seconds=2 + place * 0.3), path, personas.GATEWAY, {"Accept": "*/*"},
                          personas.GATEWAY_CLIENT)  # fmt: skip


def _of_person(copy: CaughtCopy, issue: IssueContents) -> Iterator[DemoRequest]:
    """The picture first, then link after link, as fast as somebody reads."""
    who = copy.reader
    at = personas.reads_at(who, copy.number, issue.sent_at)
    if who.pictures and copy.pixel:
        yield DemoRequest(at, copy.pixel, who.image_agent, IMAGE_HEADERS, who.client)
    for place, slug in enumerate(personas.follows(who, copy.number, issue.topics), 1):
        if path := copy.links.get(issue.links[slug]):
            yield DemoRequest(at + timedelta(seconds=place * 47), path, who.agent, PAGE_HEADERS, who.client)


def send_requests(chosen: Iterable[DemoRequest], tick: Tick) -> None:
    """Ask the web server of this process, whose clock shows the time of each request."""
    app = create_app()
    tracker = cast(Tracker, app.wsgi_app)
    for one in chosen:
        with past.at(one.at):
            environ = create_environ(one.path, headers={"User-Agent": one.agent, **one.headers})
            environ["REMOTE_ADDR"] = one.client
            run_wsgi_app(tracker, environ)
        tick()
    settled = tracker.settle(SETTLE_SECONDS)
    tracker.close()
    if not settled:
        raise Unavailable("what the readers did waits in the spool: does the broker run?")


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
