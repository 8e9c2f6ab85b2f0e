"""What one reader has got from a newsletter, and what the reader's copies were opened and followed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..deliveries.delivery import Delivery
from ..deliveries.edition import Link
from ..issues.issue import Issue
from ..tracking.hit import Hit

PER_PAGE = 20
MOST_HITS = 500
"""Of the issues of one page."""


class SeenHit(NamedTuple):
    """One opening of a copy, or one following of its links."""

    at: datetime
    kind: str
    url: str
    verdict: str


@dataclass(slots=True)
class GotLetter:
    """One issue's copy for the reader."""

    issue_id: int
    number: int
    subject: str
    language: str
    delivery: Delivery
    hits: list[SeenHit] = field(default_factory=list)


class GotLetters(NamedTuple):
    """One page of them, the newest issue first."""

    letters: Sequence[GotLetter]
    next: int
    """The issue below which the next page begins; 0 where there is none."""
    hits_cut: bool
    """Whether there are more hits than are shown."""


def letters(session: Session, newsletter_id: int, reader_id: int, before: int = 0) -> GotLetters:
    """The reader's copies of a newsletter's issues.

    Deliveries and hits have indexes that begin with the issue, so each issue's row is looked up.

    Arguments:
        before: only issues with an id below; 0: from the newest on.
    """
    query = (
        select(Delivery, Issue.number, Issue.subject, Issue.language, Issue.prepared_at, Issue.created_at)
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(Issue.newsletter_id == newsletter_id, Delivery.subscriber_id == reader_id)
    )
    if before:
        query = query.where(Issue.id < before, Delivery.issue_id < before)
    rows = session.execute(query.order_by(Issue.id.desc()).limit(PER_PAGE + 1)).all()
    found = {
        row[0].issue_id: GotLetter(row[0].issue_id, row.number, row.subject, row.language, row[0])
        for row in rows[:PER_PAGE]
    }
    since = min((row.prepared_at or row.created_at for row in rows[:PER_PAGE]), default=None)
    cut = since is not None and _add_hits(session, reader_id, found, since)
    return GotLetters(list(found.values()), min(found) if len(rows) > PER_PAGE else 0, cut)


def _add_hits(session: Session, reader_id: int, letters: dict[int, GotLetter], since: datetime) -> bool:
    """Put each hit to its letter; whether there were too many. With a time, later partitions alone are read."""
    rows = session.execute(
        select(Hit.issue_id, Hit.at, Hit.kind, Hit.verdict, Link.url, Link.corrected_url)
        .outerjoin(Link, (Link.issue_id == Hit.issue_id) & (Link.number == Hit.link))
        .where(Hit.issue_id.in_(list(letters)), Hit.reader == reader_id, Hit.at >= since)
        .order_by(Hit.at)
        .limit(MOST_HITS + 1)
    ).all()
    for issue_id, at, kind, verdict, url, corrected in rows[:MOST_HITS]:
        letters[issue_id].hits.append(SeenHit(at, kind.value, corrected or url or "", verdict.value))
    return len(rows) > MOST_HITS
