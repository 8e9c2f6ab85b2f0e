"""For the next issue: which topics each audience read more than the others did in the last issues.

For an audience and a topic the articles on the topic are held against all others: readers per reader who received
them. The ratio has an interval of 95 percent (Katz, Baptista, Azen and Pike, Biometrics 34, 1978). Where few have
read, nothing is said at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..deliveries.edition import Link
from ..issues import newsletter as newsletters
from ..issues.article import article_topic
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..tracking.readership import Policy, Readership
from ..tracking.rollup import JST
from . import reach

MIN_READERS = 30
"""Readers of a topic, and of all other articles, below which nothing is said."""
_Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class TopicInterest:
    """An audience and a topic that it read more than expected."""

    audience: str
    audience_name: str
    topic: str
    topic_name: str
    readers: int
    """Readers of the topic's articles, summed over the articles."""
    expected: float
    """As many as there would be, were the topic read like the others."""
    ratio: float
    low: float
    high: float
    """The ratio to the other articles, and its interval of 95 percent."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is known for the next issue."""

    newsletter: str
    issues: tuple[int, ...]
    """Ids of the issues looked at, the latest first."""
    interests: tuple[TopicInterest, ...]
    """The surest first; empty where too few have read, or all topics are read alike."""


def compute(session: Session, slug: str, *, last: int = 6, floor: int = MIN_READERS) -> Briefing:
    """What each audience of a newsletter read more than expected in its *last* issues.

    Raises:
        NotFound: there is no such newsletter.
    """
    newsletter = newsletters.find(session, slug)
    issues = session.execute(
        select(Issue.id, Issue.prepared_at)
        .where(Issue.newsletter_id == newsletter.id, Issue.prepared_at.is_not(None))
        .order_by(Issue.prepared_at.desc())
        .limit(last)
    ).all()
    ids = [row.id for row in issues]
    carried = _carried(session, ids)
    interests: list[TopicInterest] = []
    if carried:
        first = issues[-1].prepared_at.astimezone(JST).date()
        for audience in newsletter.audiences:
            read = _read(session, list(carried), audience.id, first)
            received = reach.of_articles(session, carried, audience.id)
            interests += _interests(session, newsletter, (audience.slug, audience.name), read, received, floor)
    return Briefing(slug, tuple(ids), tuple(sorted(interests, key=lambda interest: -interest.low)))


def _carried(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    """By article those of the issues that carried it, in their order."""
    linked = session.scalars(
        select(Link.article_id).where(Link.issue_id.in_(ids), Link.article_id.is_not(None)).distinct()
    )
    every = reach.issues_of_articles(session, [article for article in linked if article is not None])
    return {article: [issue for issue in issues if issue in set(ids)] for article, issues in every.items()}


def _read(session: Session, articles: Sequence[int], audience: int, first: object) -> dict[int, int]:
    rows = session.execute(
        select(Readership.article_id, func.sum(Readership.readers))
        .where(
            Readership.article_id.in_(articles),
            Readership.scope == audience,
            Readership.policy == Policy.HUMAN,
            Readership.day >= first,
            Readership.before < first,
        )
        .group_by(Readership.article_id)
    )
    return {article: int(readers) for article, readers in rows}


def _interests(
    session: Session,
    newsletter: Newsletter,
    audience: tuple[str, str],
    read: dict[int, int],
    received: dict[int, int],
    floor: int,
) -> list[TopicInterest]:
    topics: dict[int, set[int]] = {}
    for article, topic in session.execute(
        select(article_topic.c.article_id, article_topic.c.topic_id).where(article_topic.c.article_id.in_(received))
    ):
        topics.setdefault(topic, set()).add(article)
    found = []
    for topic in newsletter.topics:
        mine = topics.get(topic.id, set())
        readers, copies = sum(read.get(a, 0) for a in mine), sum(received[a] for a in mine)
        others, their_copies = sum(read.values()) - readers, sum(received.values()) - copies
        if min(readers, others) < floor or not copies or not their_copies:
            continue
        ratio, low, high = interval(readers, copies, others, their_copies)
        if low > 1:
            expected = copies * others / their_copies
            found.append(TopicInterest(*audience, topic.slug, topic.name, readers, expected, ratio, low, high))
    return found


def interval(readers: int, copies: int, others: int, their_copies: int) -> tuple[float, float, float]:
    """The ratio of two rates, and its interval of 95 percent by the logarithm's normal approximation.

    Arguments:
        readers, copies: of one group, at least one each.
        others, their_copies: of the other one, at least one each.
    """
    ratio = (readers / copies) / (others / their_copies)
    # Copies may be read twice over several articles; a rate above one has no part that is left unread.
    spread = max(1 / readers - 1 / copies, 0) + max(1 / others - 1 / their_copies, 0)
    error = _Z95 * sqrt(spread)
    return ratio, exp(log(ratio) - error), exp(log(ratio) + error)
