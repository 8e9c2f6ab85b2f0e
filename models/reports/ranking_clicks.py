"""The clicks that a ranking is counted from, as rows for anybody to count again.

They have the columns of exported hits. Times are whole minutes, and a reader has the same code in every row of one
ranking, so that different readers can be counted over several issues, and another code in that of any other query.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..issues.article import Article
from ..store.clock import start_of_day
from ..store.secret_key import secret_key
from ..tracking import hit_table
from ..tracking.readership import COUNTS_READER
from .hit_export import HitRow
from .ranking import Query

CODE_LENGTH = 20
"""Hexadecimal digits of a reader's code; those of exported hits have fewer, so that the two are told apart."""
Span = tuple[date, date]
"""From a day in Asia/Tokyo to another one, which is excluded."""


@dataclass(frozen=True, slots=True)
class Countable:
    """Which clicks can count for a ranking: those on its articles, each in its days, of its audience."""

    query: Query
    issues: Sequence[int]
    audience: int
    """ALL_AUDIENCES for all."""
    slugs: Mapping[int, str]
    """Of every article that can have a place, by its id."""
    days: Mapping[int, Span]
    """When clicks on it count."""

    def values(self, articles: Sequence[int]) -> dict[str, Any]:
        """Values for the statements of this file."""
        return {
            "issues": list(self.issues),
            "audience": self.audience,
            "articles": list(articles),
            "starts": [start_of_day(self.days[article][0]) for article in articles],
            "ends": [start_of_day(self.days[article][1]) for article in articles],
        }


_CHOSEN = """
    FROM hit JOIN unnest(CAST({articles} AS int[]), CAST({starts} AS timestamptz[]), CAST({ends} AS timestamptz[]))
      AS counting (article, start, until) ON counting.article = hit.article_id AND at >= start AND at < until
    WHERE issue_id = ANY({issues}) AND kind = 'click' AND ({audience} = 0 OR audience_id = {audience})
"""
_NAMES = ("articles", "starts", "ends", "issues", "audience")
_ROW = f"""SELECT
      to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'), issue_id::text, kind, link::text, article_id,
      coalesce((SELECT slug FROM audience WHERE audience.id = hit.audience_id), ''),
      CASE WHEN {COUNTS_READER} THEN reader END, method, verdict, certainty::text,
      array_to_string(rules, ' ')"""  # noqa: S608  only a constant is put in
_ROWS = _ROW + _CHOSEN.format(**{name: f"%({name})s" for name in _NAMES})
_COUNTS = text(
    "SELECT article_id, verdict, rules, count(*)"
    + _CHOSEN.format(**{name: f":{name}" for name in _NAMES})
    + "GROUP BY article_id, verdict, rules"
)


def article_ids(session: Session, newsletter_id: int, slugs: Iterable[str]) -> dict[str, int]:
    """By slug the ids of those articles."""
    chosen = select(Article.slug, Article.id).where(Article.newsletter_id == newsletter_id)
    wanted = set(slugs)
    return {slug: number for slug, number in session.execute(chosen) if slug in wanted}


def rows(session: Session, clicks: Countable, articles: Sequence[int] | None = None) -> Iterator[HitRow]:
    """The clicks, in no particular order.

    Arguments:
        articles: those on these only.
    """
    code = reader_code_maker(clicks.query)
    values = clicks.values(list(clicks.slugs) if articles is None else articles)
    # A server-side cursor: a year's clicks need not fit into memory.
    with hit_table.driver_connection(session).cursor(name="ranking_clicks") as cursor:
        cursor.itersize = 20_000
        cursor.execute(_ROWS, values)
        for at, issue, kind, link, article, audience, reader, *verdict in cursor:
            yield HitRow(at, issue, kind, link, clicks.slugs[article], audience, code(reader), *verdict)


def counts(session: Session, clicks: Countable) -> Iterator[tuple[int, str, tuple[str, ...], int]]:
    """How many clicks there are, by article, verdict and rules."""
    for article, verdict, rules, number in session.execute(_COUNTS, clicks.values(list(clicks.slugs))):
        yield article, verdict, tuple(rules or ()), number


def reader_code_maker(query: Query) -> Callable[[int | None], str]:
    """A function from a reader to a code, keyed for one query: it leads to nobody and nowhere else."""
    key = blake2b(secret_key().encode(), person=b"kairan-key", salt=b"ranking-clicks").digest()
    asked = json.dumps(query.as_json(), sort_keys=True).encode()
    of_query = blake2b(asked, key=key).digest()

    @lru_cache(500_000)
    def reader_code(reader: int | None) -> str:
        if reader is None:
            return "-" * CODE_LENGTH
        return blake2b(reader.to_bytes(8, "big", signed=True), key=of_query, digest_size=CODE_LENGTH // 2).hexdigest()

    return reader_code
