"""Hits as rows for anybody to count again: without addresses, with a code in place of the reader."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..store.clock import start_of_day
from ..store.secret_key import secret_key
from ..tracking import hit_table
from ..tracking.readership import COUNTS_READER

COLUMNS = (
    "time", "issue", "kind", "link", "article", "audience", "reader", "method", "verdict", "certainty", "rules",
)  # fmt: skip


class HitRow(NamedTuple):
    """One hit, every value as text."""

    time: str
    """ISO 8601 in UTC: a whole minute; to the microsecond where the export is linkable."""
    issue: str
    kind: str
    link: str
    """The link's number; 0 for an open or a view."""
    article: str
    """Its slug, or empty."""
    audience: str
    reader: str
    """16 hexadecimal digits, the same for the same reader of an issue; hyphens where none is counted."""
    method: str
    verdict: str
    certainty: str
    """In percent."""
    rules: str
    """Names with versions, the strongest first, with spaces between."""


@dataclass(frozen=True, slots=True)
class HitFilter:
    """Which hits: clicks from one day to another (Asia/Tokyo, the second one excluded)."""

    start: date
    end: date
    articles: Sequence[int] | None = None
    """Those on links to these articles only."""


def rows(
    session: Session, issues: Sequence[int], only: HitFilter | None = None, *, linkable: bool = False
) -> Iterator[HitRow]:
    """The hits of issues, in no particular order.

    Arguments:
        linkable: times to the microsecond, and one code for a reader in all issues and exports. Whoever has such a file
            can follow a reader over the issues, and may know one by the moment of a click.
    """
    slugs = _slugs(session, "article", issues)
    audiences = _slugs(session, "audience", issues)
    reader_code = reader_code_maker(linkable=linkable)
    values: dict[str, Any] = {"issues": list(issues)}
    query = _HITS.format(time=_EXACT if linkable else _MINUTES)
    if only is not None:
        query += _CLICKS
        values |= {"start": start_of_day(only.start), "end": start_of_day(only.end)}
        if only.articles is not None:
            query += _ARTICLES
            values["articles"] = list(only.articles)
    # A server-side cursor: a year's hits need not fit into memory.
    with hit_table.driver_connection(session).cursor(name="export") as cursor:
        cursor.itersize = 20_000
        cursor.execute(query, values)
        for at, issue, kind, link, article, audience, reader, *verdict in cursor:
            names = (slugs.get(article, ""), audiences.get(audience, ""))
            yield HitRow(at, issue, kind, link, *names, reader_code(issue, reader), *verdict)


_EXACT = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""
_MINUTES = """'YYYY-MM-DD"T"HH24:MI"Z"'"""
_HITS = f"""
SELECT to_char(at AT TIME ZONE 'UTC', {{time}}), issue_id::text, kind, link::text, article_id,
  audience_id, CASE WHEN {COUNTS_READER} THEN reader END, method, verdict, certainty::text, array_to_string(rules, ' ')
FROM hit WHERE issue_id = ANY(%(issues)s)"""  # noqa: S608  only constants are put in
_CLICKS = " AND kind = 'click' AND at >= %(start)s AND at < %(end)s"
_ARTICLES = " AND article_id = ANY(%(articles)s)"


def reader_code_maker(*, linkable: bool) -> Callable[[str, int | None], str]:
    """A function from an issue and a reader to 16 hexadecimal digits.

    Arguments:
        linkable: the same in all issues and for ever, keyed, so that only this installation can tell who it is. Else
            others in each issue and each time, under a key that nobody has afterwards.
    """
    secret = secret_key().encode()
    key = blake2b(secret, person=b"kairan-key", salt=b"hit-export").digest() if linkable else os.urandom(32)

    @lru_cache(500_000)
    def reader_code(issue: str, reader: int | None) -> str:
        if reader is None:
            return "-" * 16
        salt = b"" if linkable else issue.encode()
        return blake2b(reader.to_bytes(8, "big", signed=True), key=key, salt=salt, digest_size=8).hexdigest()

    return reader_code


def _slugs(session: Session, table: str, issues: Sequence[int]) -> dict[int | None, str]:
    """Slugs by id, of a table of the issues' newsletters; None has the empty one."""
    of_newsletters = "WHERE newsletter_id IN (SELECT newsletter_id FROM issue WHERE id = ANY(:issues))"
    query = text(f"SELECT id, slug FROM {table} {of_newsletters}")  # noqa: S608  a table of ours
    return {None: "", **{row.id: row.slug for row in session.execute(query, {"issues": list(issues)})}}
