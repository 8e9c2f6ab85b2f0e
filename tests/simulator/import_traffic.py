"""Copies of a simulator into the database through the real import of access logs, and what the verdicts on them are.

Each copy becomes a letter that was accepted at its time: a newsletter per call, an issue for each number of links and
day, a subscriber and a delivery. Its requests become lines of JSON as a front end writes them, read by
:mod:`models.tracking.access_log` and stored by :mod:`models.tracking.ingest` in batches in the order of their times.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from models.deliveries.delivery import Delivery, DeliveryState
from models.deliveries.edition import Link, LinkKind
from models.issues import issue as issues
from models.issues.article import Article
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter, Tracking
from models.readers.subscriber import Subscriber
from models.store import token
from models.store.errors import Invalid
from models.tracking import access_log, ingest

from .records import Copy, Request

DAY = 86_400
BATCH = 5_000
_PURPOSES = {"click": token.Purpose.CLICK, "open": token.Purpose.OPEN, "view": token.Purpose.VIEW}


class Verdict(NamedTuple):
    """What the database says of a request."""

    name: str
    """``human``, ``proxy``, ``prefetch``, ``scanner`` or ``unknown``."""
    certainty: int
    """In percent."""


@dataclass(frozen=True)
class JudgedCopy:
    """A copy with the verdicts on its requests, in the same order."""

    copy: Copy
    verdicts: list[Verdict]


class Place(NamedTuple):
    """Where a copy is in the database."""

    issue: int
    reader: int


def judge(session: Session, copies: Sequence[Copy], slug: str, batch: int = BATCH) -> list[JudgedCopy]:
    """Import *copies* and read the verdicts. Commits nothing.

    Arguments:
        slug: of the newsletter, one that the database does not have yet.
        batch: how many hits are stored at once.
    """
    ids = import_copies(session, copies, _make_letters(session, copies, slug), slug, batch)
    verdicts = _verdicts(session, slug)
    return [JudgedCopy(copy, [verdicts[code] for code in codes]) for copy, codes in zip(copies, ids, strict=True)]


def import_copies(
    session: Session, copies: Sequence[Copy], places: Sequence[Place], slug: str, batch: int = BATCH
) -> list[list[str]]:
    """Import *copies*, each as the letter at its place; returns the ids of their hits."""
    lines = sorted(
        (copy.delivered + request.at, n, m, _line(copy, request, place, _id(slug, n, m)))
        for n, (copy, place) in enumerate(zip(copies, places, strict=True))
        for m, request in enumerate(copy.requests)
    )
    ids: dict[tuple[int, int], str] = {}
    for start in range(0, len(lines), batch):
        some = lines[start : start + batch]
        for (_, n, m, _), code in zip(some, _store(session, [line for *_, line in some]), strict=True):
            ids[n, m] = code
    return [[ids[n, m] for m in range(len(copy.requests))] for n, copy in enumerate(copies)]


def _store(session: Session, lines: Sequence[str]) -> list[str]:
    """Import lines; the ids of their hits, in the same order."""
    hits = []
    for found in access_log.read_lines(lines, "simulated traffic"):
        if isinstance(found, Invalid):
            raise found
        hits.append(found)
    result = ingest.store_incoming(session, hits)
    assert result.new == len(hits), f"of {len(hits)} hits only {result.new} are new: {result}"
    return [hit.id for hit in hits]


def _verdicts(session: Session, slug: str) -> dict[str, Verdict]:
    rows = session.execute(
        text("""
            SELECT replace(hit.id::text, '-', ''), verdict, certainty FROM hit JOIN issue ON issue.id = hit.issue_id
            JOIN newsletter ON newsletter.id = issue.newsletter_id WHERE newsletter.slug = :slug
        """),
        {"slug": slug},
    )
    return {code: Verdict(name, certainty) for code, name, certainty in rows}


def _id(slug: str, copy: int, request: int) -> str:
    return blake2b(f"{slug}/{copy}/{request}".encode(), digest_size=16).hexdigest()


def _line(copy: Copy, request: Request, place: Place, code: str) -> str:
    found = token.make(_PURPOSES[request.kind], place.issue, place.reader)
    number = copy.links + 1 if request.trap else request.link
    path = {"click": f"/c/{number}/{found}", "open": f"/o/{found}.gif", "view": f"/v/{found}"}[request.kind]
    headers = dict(request.headers)
    if request.agent is not None:
        headers["user-agent"] = request.agent
    at = datetime.fromtimestamp(copy.delivered, UTC) + timedelta(seconds=request.at)
    values = {"id": code, "time": at.isoformat(), "url": path, "method": request.method, "client": request.client}
    return json.dumps({**values, "headers": headers})


def _make_letters(session: Session, copies: Sequence[Copy], slug: str) -> list[Place]:
    newsletter = Newsletter(
        slug=slug,
        name="自治体DX通信",
        sender_name="情報政策課",
        sender_address="dx@example.lg.jp",
        tracking=Tracking.INDIVIDUAL,
    )
    session.add(newsletter)
    session.flush()
    articles = _articles(session, newsletter, max(copy.links for copy in copies))
    readers = [
        Subscriber(address=f"r{n}@example.jp", address_key=f"{slug}-r{n}@example.jp") for n in range(len(copies))
    ]
    session.add_all(readers)
    session.flush()
    by_issue: dict[tuple[int, int], list[int]] = {}
    for n, copy in enumerate(copies):
        by_issue.setdefault((copy.links, int(copy.delivered // DAY)), []).append(n)
    places: dict[int, Place] = {}
    for (links, _), members in by_issue.items():
        times = [copies[n].delivered for n in members]
        number = _issue(session, newsletter, articles, links, min(times))
        rows = []
        for n in members:
            places[n] = Place(number, readers[n].id)
            at = datetime.fromtimestamp(copies[n].delivered, UTC)
            rows.append(
                {"issue_id": number, "subscriber_id": readers[n].id, "edition": 1, "lane_id": 1, "at": at,
                 "audience_id": None, "state": DeliveryState.ACCEPTED}
            )  # fmt: skip
        session.execute(insert(Delivery), rows)
    return [places[n] for n in range(len(copies))]


def _articles(session: Session, newsletter: Newsletter, count: int) -> list[Article]:
    found = [
        Article(
            newsletter_id=newsletter.id, slug=f"article-{n}", title=f"記事{n}", published_on=date(2025, 4, 1),
            recap=f"記事{n}の要点です。", address=f"https://www.example.lg.jp/{n}",
        )
        for n in range(count)
    ]  # fmt: skip
    session.add_all(found)
    session.flush()
    return found


def _issue(session: Session, newsletter: Newsletter, articles: Sequence[Article], links: int, first: float) -> int:
    """An issue with that many links to articles and, as the last, the honeypot; prepared just before *first*."""
    prepared = datetime.fromtimestamp(first, UTC) - timedelta(minutes=1)
    issue = issues.create(session, newsletter, subject="第1号")
    issue.state, issue.prepared_at, issue.sent_at = IssueState.SENT, prepared, prepared + timedelta(hours=1)
    session.flush()
    kinds = [("article", article.id) for article in articles[:links]] + [(LinkKind.HONEYPOT.value, None)]
    session.execute(
        insert(Link),
        [
            {
                "issue_id": issue.id,
                "number": n,
                "url": f"https://www.example.lg.jp/{n}",
                "kind": kind,
                "article_id": article,
            }
            for n, (kind, article) in enumerate(kinds, 1)
        ],
    )
    return issue.id
