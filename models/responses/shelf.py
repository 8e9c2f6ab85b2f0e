"""The table of hits, read and written by the ten thousand, past the mapper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from .hit import moment
from .rules import FLOOD, HitKind, Verdict
from .verdict import Judgement


@dataclass(slots=True)
class Kept:
    """A hit with its verdict, as the table keeps it."""

    at: int
    id: str
    issue: int
    reader: int
    kind: HitKind
    method: str
    link: int
    article: int | None
    audience: int | None
    client: str | None
    agent: str | None
    headers: str | None
    verdict: Verdict = Verdict.UNKNOWN
    certainty: int = 0
    rules: tuple[str, ...] = ()

    def judged(self, judgement: Judgement) -> Kept:
        """The hit with this judgement; itself where it has it already."""
        if (self.verdict, self.certainty, self.rules) == judgement:
            return self
        return Kept(
            self.at, self.id, self.issue, self.reader, self.kind, self.method, self.link, self.article, self.audience,
            self.client, self.agent, self.headers, *judgement,
        )  # fmt: skip


def raw(session: Session) -> psycopg.Connection[tuple[Any, ...]]:
    """The driver's own connection below *session*, for COPY and for rows by the ten thousand."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def array(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it, of values without commas, quotes and braces: a tenth of the driver's time."""
    return f"{{{','.join(map(str, values))}}}"


_COLUMNS = (
    "at, id, issue_id, reader, kind, method, link, article_id, audience_id, client, agent, headers, "
    "verdict, certainty, rules"
)
_STORED = f"""
SELECT (extract(epoch FROM hit.at) * 1000000)::bigint, replace(hit.id::text, '-', ''), hit.issue_id, hit.reader,
  hit.kind, hit.method, hit.link, hit.article_id, hit.audience_id, hit.client, hit.agent, hit.headers, hit.verdict,
  hit.certainty, array_to_string(hit.rules, ',')
FROM unnest(%s::int[], %s::bigint[], %s::timestamptz[]) AS copy (issue_id, reader, since)
CROSS JOIN LATERAL (
  SELECT * FROM hit WHERE hit.issue_id = copy.issue_id AND hit.reader = copy.reader AND hit.at >= copy.since
  LIMIT {FLOOD + 1}) AS hit
"""  # noqa: S608  only constants of this file are put in
_KINDS = {kind.value: kind for kind in HitKind}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def stored(session: Session, copies: Sequence[tuple[int, int, datetime]]) -> Iterator[Kept]:
    """The hits of reader's copies, at most one more than :data:`FLOOD` of each.

    Arguments:
        copies: issue, reader, and a time before which the copy has no hits: bounding it lets PostgreSQL look into
            the partitions since then only.
    """
    columns = [array(column) for column in zip(*copies, strict=True)]
    for row in raw(session).cursor(binary=True).execute(_STORED, columns).fetchall():
        yield _kept(*row)


def _kept(
    at: int, code: str, issue: int, reader: int, kind: str, method: str, link: int, article: int | None,
    audience: int | None, client: str | None, agent: str | None, headers: str | None, verdict: str, certainty: int,
    rules: str,
) -> Kept:  # fmt: skip
    return Kept(
        at, code, issue, reader, _KINDS[kind], method, link, article, audience, client, agent, headers,
        _VERDICTS[verdict], certainty, _split(rules),
    )  # fmt: skip


@lru_cache(4096)
def _split(rules: str) -> tuple[str, ...]:
    return tuple(rules.split(",")) if rules else ()


def insert(session: Session, hits: Iterable[Kept]) -> None:
    """Write hits of which none is stored yet, while they come; their partitions must be there."""
    with raw(session).cursor() as cursor, cursor.copy(f"COPY hit ({_COLUMNS}) FROM STDIN") as copy:
        coming = iter(hits)
        while some := list(islice(coming, 500)):
            copy.write("".join(map(_line, some)))


def _line(hit: Kept) -> str:
    """A row in COPY's text format."""
    second, microsecond = divmod(hit.at, 1_000_000)
    return (
        f"{_second(second)}.{microsecond:06}+00\t{hit.id}\t{hit.issue}\t{hit.reader}\t{hit.kind._value_}\t"
        f"{_escaped(hit.method)}\t{hit.link}\t{_number(hit.article)}\t{_number(hit.audience)}\t"
        f"{_escaped(hit.client)}\t{_escaped(hit.agent)}\t{_escaped(hit.headers)}\t"
        f"{hit.verdict._value_}\t{hit.certainty}\t{{{','.join(hit.rules)}}}\n"
    )


@lru_cache(8192)
def _second(at: int) -> str:
    return f"{moment(at * 1_000_000):%Y-%m-%d %H:%M:%S}"


def _number(value: int | None) -> str:
    return r"\N" if value is None else str(value)


@lru_cache(8192)
def _escaped(value: str | None) -> str:
    if value is None:
        return r"\N"
    if value.isprintable() and "\\" not in value:
        return value
    return value.replace("\\", r"\\").replace("\n", r"\n").replace("\r", r"\r").replace("\t", r"\t")


def update(session: Session, hits: Sequence[Kept]) -> None:
    """Write the verdicts of hits that are stored."""
    if not hits:
        return
    columns = [
        array(moment(hit.at) for hit in hits), array(hit.id for hit in hits),
        array(hit.verdict._value_ for hit in hits), array(hit.certainty for hit in hits),
        array(f'"{",".join(hit.rules)}"' for hit in hits),
    ]  # fmt: skip
    raw(session).cursor().execute(
        """
        UPDATE hit SET verdict = new.verdict, certainty = new.certainty, rules = string_to_array(new.rules, ',')
        FROM unnest(%s::timestamptz[], %s::uuid[], %s::text[], %s::smallint[], %s::text[])
          AS new (at, id, verdict, certainty, rules)
        WHERE hit.at = new.at AND hit.id = new.id
        """,
        columns,
    )
