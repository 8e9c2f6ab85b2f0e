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
from typing import Any, NamedTuple

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

    def values(self, articles: Sequence[int], issues: Iterable[int]) -> dict[str, Any]:
        """Values for the statements of this file."""
        starts = [start_of_day(self.days[article][0]) for article in articles]
        ends = [start_of_day(self.days[article][1]) for article in articles]
        return {
            "issues": list(issues),
            "audience": self.audience,
            "articles": list(articles),
            "starts": starts,
            "ends": ends,
            "first": min(starts, default=None),
            "last": max(ends, default=None),
        }


class ClickCount(NamedTuple):
    """How many clicks on an article in an issue had a verdict by the same rules."""

    issue: int
    article: int
    verdict: str
    rules: tuple[str, ...]
    """``NAME@VERSION``, the strongest first."""
    clicks: int


# The first and the last day of all tell PostgreSQL which months to read.
_CHOSEN = """
    FROM hit JOIN unnest(CAST({articles} AS int[]), CAST({starts} AS timestamptz[]), CAST({ends} AS timestamptz[]))
      AS counting (article, start, until) ON counting.article = hit.article_id AND at >= start AND at < until
    WHERE at >= CAST({first} AS timestamptz) AND at < CAST({last} AS timestamptz)
      AND kind = 'click' AND ({audience} = 0 OR audience_id = {audience})
"""
_NAMES = ("articles", "starts", "ends", "first", "last", "audience")
_ROW = f"""SELECT
      to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"'), issue_id::text, kind, link::text, article_id,
      coalesce((SELECT slug FROM audience WHERE audience.id = hit.audience_id), ''),
      CASE WHEN {COUNTS_READER} THEN reader END, method, verdict, certainty::text,
      array_to_string(rules, ' ')"""  # noqa: S608  only a constant is put in
# Few issues are found by their index.
_ROWS = _ROW + _CHOSEN.format(**{name: f"%({name})s" for name in _NAMES}) + "AND issue_id = ANY(%(issues)s)"
# A year's hundreds of issues are joined: compared with ANY, the index of each month would be walked instead of reading
# the month once. Rules are one text, which PostgreSQL groups faster than an array.
_COUNTS = text(
    "SELECT issue_id, article_id, verdict, array_to_string(rules, ' '), count(*)"
    + _CHOSEN.format(**{name: f":{name}" for name in _NAMES})
    + "AND issue_id IN (SELECT unnest(CAST(:issues AS int[]))) GROUP BY 1, 2, 3, 4"
)


def article_ids(session: Session, newsletter_id: int, slugs: Iterable[str]) -> dict[str, int]:
    """By slug the ids of those articles."""
    chosen = select(Article.slug, Article.id).where(Article.newsletter_id == newsletter_id)
    wanted = set(slugs)
    return {slug: number for slug, number in session.execute(chosen) if slug in wanted}


def rows(
    session: Session, clicks: Countable, articles: Sequence[int] | None = None, issues: Iterable[int] | None = None
) -> Iterator[HitRow]:
    """The clicks, in no particular order.

    Arguments:
        articles: those on these only.
        issues: those in these only.
    """
    code = reader_code_maker(clicks.query)
    values = clicks.values(
        list(clicks.slugs) if articles is None else articles, clicks.issues if issues is None else issues
    )
    # A server-side cursor: a year's clicks need not fit into memory.
    with hit_table.driver_connection(session).cursor(name="ranking_clicks") as cursor:
        cursor.itersize = 20_000
        cursor.execute(_ROWS, values)
        for at, issue, kind, link, article, audience, reader, *verdict in cursor:
            yield HitRow(at, issue, kind, link, clicks.slugs[article], audience, code(reader), *verdict)


def counts(session: Session, clicks: Countable) -> Iterator[ClickCount]:
    """How many clicks there are, by issue, article, verdict and rules."""
    for issue, article, verdict, rules, number in session.execute(
        _COUNTS, clicks.values(list(clicks.slugs), clicks.issues)
    ):
        yield ClickCount(issue, article, verdict, tuple(rules.split()), number)


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
