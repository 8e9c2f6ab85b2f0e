"""For the next issue: which topics each audience read more than the others did in the last issues.

For an audience and a topic, the articles on the topic are compared with all others by readers per reader who received
them. The ratio has a confidence interval of 95 percent (Katz, Baptista, Azen and Pike, Biometrics 34, 1978). Where few
have read, nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log, sqrt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..deliveries.edition import Link
from ..issues import newsletter as newsletters
from ..issues.article import article_topic
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..issues.newsletter import Newsletter
from ..store.clock import tokyo_date
from ..tracking.readership import Policy, Readership
from . import reach
from .reach import Carrier

MIN_READERS = 30
"""Readers of a topic, and of all other articles, below which nothing is reported."""
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
    """How many there would be if the topic were read like the others."""
    ratio: float
    low: float
    high: float
    """The ratio to the other articles, and its confidence interval of 95 percent."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is known for the next issue."""

    newsletter: str
    issues: tuple[int, ...]
    """Ids of the issues looked at, the latest first."""
    interests: tuple[TopicInterest, ...]
    """The highest lower end first; empty where too few have read, or all topics are read alike."""


def compute(session: Session, slug: str, *, last: int = 6, min_readers: int = MIN_READERS) -> Briefing:
    """What each audience of a newsletter read more than expected in its *last* issues that are out.

    Raises:
        NotFound: there is no such newsletter.
    """
    newsletter = newsletters.find(session, slug)
    issues = session.execute(
        select(Issue.id, Issue.prepared_at)
        .where(Issue.newsletter_id == newsletter.id, Issue.state == IssueState.SENT)
        .order_by(Issue.prepared_at.desc())
        .limit(last)
    ).all()
    ids = [row.id for row in issues]
    carried = _carried(session, ids)
    interests: list[TopicInterest] = []
    if carried:
        first = tokyo_date(issues[-1].prepared_at)
        scopes = [audience.id for audience in newsletter.audiences]
        read = _read(session, list(carried), scopes, first)
        received = reach.of_articles_by_scope(session, carried, scopes)
        topics = _by_topic(session, carried)
        for audience in newsletter.audiences:
            here = (read.get(audience.id, {}), received[audience.id])
            interests += _interests(newsletter, (audience.slug, audience.name), topics, *here, min_readers)
    return Briefing(slug, tuple(ids), tuple(sorted(interests, key=lambda interest: -interest.low)))


def _carried(session: Session, ids: Sequence[int]) -> dict[int, list[Carrier]]:
    """By article, those of the issues that carried it, in their order."""
    linked = session.scalars(
        select(Link.article_id).where(Link.issue_id.in_(ids), Link.article_id.is_not(None)).distinct()
    )
    every = reach.carriers_of_articles(session, [article for article in linked if article is not None])
    return {article: [one for one in carriers if one.issue in set(ids)] for article, carriers in every.items()}


def _read(session: Session, articles: Sequence[int], scopes: Sequence[int], first: date) -> dict[int, dict[int, int]]:
    """By audience and article, how many have read it."""
    rows = session.execute(
        select(Readership.scope, Readership.article_id, func.sum(Readership.readers))
        .where(
            Readership.article_id.in_(articles),
            Readership.scope.in_(scopes),
            Readership.policy == Policy.HUMAN,
            Readership.day >= first,
            Readership.before < first,
        )
        .group_by(Readership.scope, Readership.article_id)
    )
    found: dict[int, dict[int, int]] = {}
    for scope, article, readers in rows:
        found.setdefault(scope, {})[article] = int(readers)
    return found


def _by_topic(session: Session, articles: Iterable[int]) -> dict[int, set[int]]:
    """By topic, those of the articles that carry it."""
    topics: dict[int, set[int]] = {}
    for article, topic in session.execute(
        select(article_topic.c.article_id, article_topic.c.topic_id).where(article_topic.c.article_id.in_(articles))
    ):
        topics.setdefault(topic, set()).add(article)
    return topics


def _interests(
    newsletter: Newsletter,
    audience: tuple[str, str],
    topics: dict[int, set[int]],
    read: dict[int, int],
    received: dict[int, int],
    min_readers: int,
) -> list[TopicInterest]:
    found = []
    for topic in newsletter.topics:
        mine = topics.get(topic.id, set())
        readers, copies = sum(read.get(a, 0) for a in mine), sum(received[a] for a in mine)
        others, their_copies = sum(read.values()) - readers, sum(received.values()) - copies
        if min(readers, others) < min_readers or not copies or not their_copies:
            continue
        ratio, low, high = interval(readers, copies, others, their_copies)
        if low > 1:
            expected = copies * others / their_copies
            found.append(TopicInterest(*audience, topic.slug, topic.name, readers, expected, ratio, low, high))
    return found


def interval(readers: int, copies: int, others: int, their_copies: int) -> tuple[float, float, float]:
    """The ratio of two rates, and its confidence interval of 95 percent by the logarithm's normal approximation.

    Arguments:
        readers, copies: of one group, at least one each.
        others, their_copies: of the other one, at least one each.
    """
    ratio = (readers / copies) / (others / their_copies)
    # A copy with several articles on the topic may count more than once; with a rate above one nothing is unread.
    spread = max(1 / readers - 1 / copies, 0) + max(1 / others - 1 / their_copies, 0)
    error = _Z95 * sqrt(spread)
    return ratio, exp(log(ratio) - error), exp(log(ratio) + error)
