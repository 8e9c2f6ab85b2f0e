"""The reach file of a ranking: every article and issue of the newsletter, which edition links to what, who got which.

Whoever has it knows which articles could have a place (by topic, and by the day on which each first went out), and can
count the readers who received one over several issues, without knowing a reader: readers with the same copies are one
line with their number. It is made in the same look at the database as the sheet, which has its digest.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from hashlib import sha256
from itertools import chain
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..store.clock import start_of_day
from . import reach
from .ranking import Query, RankingScope

KIND = "kairan ranking reach 1"
ANY_EDITION = "*"
"""In place of an edition's number, where nobody knows what the issue's editions link to."""

NO_EDITION = "-"
"""As an edition's number: what an issue links to in no edition; nobody received it, yet it can be followed."""

_ISSUES = text(f"""
    SELECT id, CAST(prepared_at AT TIME ZONE 'Asia/Tokyo' AS date) FROM issue
    WHERE newsletter_id = :newsletter AND prepared_at < :until AND {reach.WENT_OUT} ORDER BY id
""")  # noqa: S608  only a constant is put in
_LINKS = text("""
    SELECT link.issue_id, link.number, article.slug FROM link JOIN article ON article.id = link.article_id
    WHERE link.issue_id = ANY(:issues)
""")
_EDITIONS = text("SELECT issue_id, number, link_numbers FROM edition WHERE issue_id = ANY(:issues)")
_ARTICLES = text("""
    SELECT article.slug, article.published_on,
      array_agg(topic.slug ORDER BY topic.slug) FILTER (WHERE topic.id IS NOT NULL)
    FROM article LEFT JOIN article_topic ON article_topic.article_id = article.id
      LEFT JOIN topic ON topic.id = article_topic.topic_id
    WHERE article.newsletter_id = :newsletter GROUP BY article.id ORDER BY article.slug COLLATE "C"
""")
# Of each reader the copies that count, as one word each; then the readers who have the same.
_COPIES = text("""
    SELECT copies, count(*) FROM (
      SELECT string_agg(issue_id || '.' || edition, ' ' ORDER BY issue_id) AS copies FROM delivery
      WHERE issue_id = ANY(:issues) AND state = 'accepted' AND (:audience = 0 OR audience_id = :audience)
      GROUP BY subscriber_id) AS reader
    GROUP BY copies ORDER BY copies COLLATE "C"
""")


def catalogue(session: Session, query: Query, found: RankingScope, until: date) -> dict[str, Any]:
    """The file without its copies: what there is to rank.

    Arguments:
        until: the day before which issues went out.
    """
    newsletter = found.newsletter.id
    issues = session.execute(_ISSUES, {"newsletter": newsletter, "until": start_of_day(until)}).all()
    editions = _editions(session, [number for number, _ in issues])
    return {
        "kind": KIND,
        "newsletter": query.newsletter,
        "audience": query.audience,
        "issues": [{"issue": number, "day": day.isoformat(), "editions": editions[number]} for number, day in issues],
        "articles": [
            {"article": slug, "published": published.isoformat() if published else "", "topics": topics or []}
            for slug, published, topics in session.execute(_ARTICLES, {"newsletter": newsletter})
        ],
        "copies": [],
    }


def add_copies(session: Session, file: dict[str, Any], query: Query, audience: int, ranked: Collection[str]) -> None:
    """Add who got which copies of the issues that carried a *ranked* article by the end of the period."""
    chosen = [
        one["issue"]
        for one in file["issues"]
        if one["day"] < query.period.end.isoformat()
        and not set(ranked).isdisjoint(chain.from_iterable(one["editions"].values()))
    ]
    # A year's copies of one audience fit, where the default would sort them on disk.
    session.execute(text("SET LOCAL work_mem = '64MB'"))
    rows = session.execute(_COPIES, {"issues": chosen, "audience": audience})
    file["copies"] = [[copies, number] for copies, number in rows]


def _editions(session: Session, issues: list[int]) -> dict[int, dict[str, list[str]]]:
    """By issue and edition the articles that it links to."""
    links: dict[int, dict[int, str]] = defaultdict(dict)
    for issue, number, slug in session.execute(_LINKS, {"issues": issues}):
        links[issue][number] = slug
    found: dict[int, dict[str, list[str]]] = {issue: {} for issue in issues}
    for issue, edition, numbers in session.execute(_EDITIONS, {"issues": issues}):
        known = links[issue] if numbers is None else links[issue].keys() & set(numbers)
        found[issue][str(edition)] = sorted({links[issue][number] for number in known})
    for issue, editions in found.items():
        every = set(links[issue].values())
        if not editions:
            editions[ANY_EDITION] = sorted(every)
        elif unseen := every.difference(*editions.values()):
            editions[NO_EDITION] = sorted(unseen)
        found[issue] = dict(sorted(editions.items()))
    return found


def digest(file: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) of the file's content, however it is laid out."""
    return sha256(json.dumps(file, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class ReachFile:
    """What a reach file says.

    Arguments:
        file: as it was read.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is none, or not whole.
    """

    def __init__(self, file: Mapping[str, Any]) -> None:
        if file["kind"] != KIND:
            raise ValueError(f"this is no {KIND}")
        self.issues: list[int] = [one["issue"] for one in file["issues"]]
        self.published: dict[str, str] = {one["article"]: one["published"] for one in file["articles"]}
        self.topics: dict[str, list[str]] = {one["article"]: one["topics"] for one in file["articles"]}
        self.first_day: dict[str, str] = {}
        """By article the day on which it first went out."""
        self._articles: dict[str, frozenset[str]] = {}
        self._copies = [(words.split(), number) for words, number in file["copies"]]
        self._days = {str(one["issue"]): one["day"] for one in file["issues"]}
        for one in file["issues"]:
            for edition, articles in one["editions"].items():
                self._articles[f"{one['issue']}.{edition}"] = frozenset(articles)
                for article in articles:
                    self.first_day[article] = min(one["day"], self.first_day.get(article, one["day"]))

    def received(self, articles: Collection[str], until: str) -> dict[str, int]:
        """How many different readers received each article in issues that went out before the day *until*."""
        received: Counter[str] = Counter()
        for words, number in self._copies:
            got: set[str] = set()
            for word in words:
                got |= self._of_copy(word, until)
            received.update(dict.fromkeys(got, number))
        return {article: received[article] for article in articles}

    def _of_copy(self, copy: str, until: str) -> frozenset[str]:
        """The articles that a copy links to, where it went out before the day *until*."""
        issue = copy.partition(".")[0]
        if self._days[issue] >= until:
            return frozenset()
        either = (copy, f"{issue}.{ANY_EDITION}")
        return frozenset().union(*(self._articles.get(one, ()) for one in either))

    def days(self, query: Query) -> dict[str, tuple[date, date]]:
        """By article that can have a place in a ranking, the days on which clicks on it count, the second excluded."""
        return {
            article: span
            for article, first in self.first_day.items()
            if (not query.topic or query.topic in self.topics.get(article, ()))
            and (span := query.counting_days(date.fromisoformat(first))) is not None
        }
