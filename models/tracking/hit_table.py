"""The table of hits, read and written by the ten thousand, past the mapper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from struct import Struct
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from ..store.db import array_literal
from .hit import from_microseconds, to_microseconds
from .rules import FLOOD, HitKind, Verdict
from .verdict import Judgement


@dataclass(slots=True)
class HitRecord:
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
    marks: tuple[str, ...] = ()
    """What the hit fires alone; the table does not keep it apart."""

    def judged(self, judgement: Judgement) -> HitRecord:
        """The hit with this judgement; itself where it has it already."""
        if (self.verdict, self.certainty, self.rules) == judgement:
            return self
        return HitRecord(
            self.at, self.id, self.issue, self.reader, self.kind, self.method, self.link, self.article, self.audience,
            self.client, self.agent, self.headers, *judgement, self.marks,
        )  # fmt: skip


def driver_connection(session: Session) -> psycopg.Connection[tuple[Any, ...]]:
    """The driver's own connection below *session*, for COPY and for rows by the ten thousand."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


_COLUMNS = (
    "at, id, issue_id, reader, kind, method, link, article_id, audience_id, client, agent, headers, "
    "verdict, certainty, rules"
)
_LOAD = f"""
SELECT (extract(epoch FROM hit.at) * 1000000)::bigint, replace(hit.id::text, '-', ''), hit.issue_id, hit.reader,
  hit.kind, hit.method, hit.link, hit.article_id, hit.audience_id, hit.client, hit.agent, hit.headers, hit.verdict,
  hit.certainty, array_to_string(hit.rules, ',')
FROM unnest(%s::int[], %s::bigint[], %s::bigint[]) AS copy (issue_id, reader, since)
CROSS JOIN LATERAL (
  SELECT * FROM hit WHERE hit.issue_id = copy.issue_id AND hit.reader = copy.reader
    AND hit.at >= timestamptz 'epoch' + copy.since * interval '1 microsecond'
  LIMIT {FLOOD + 1}) AS hit
"""  # noqa: S608  only constants of this file are put in
_KINDS = {kind.value: kind for kind in HitKind}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def load(session: Session, copies: Sequence[tuple[int, int, int]]) -> Iterator[HitRecord]:
    """The hits of reader's copies, at most one more than :data:`FLOOD` of each.

    Arguments:
        copies: issue, reader, and a time (microseconds since 1970) before which the copy has no hits: bounding it
            lets PostgreSQL look into the partitions since then only.
    """
    columns = [array_literal(column) for column in zip(*copies, strict=True)]
    for row in driver_connection(session).cursor(binary=True).execute(_LOAD, columns).fetchall():
        yield _record(*row)


def _record(
    at: int, code: str, issue: int, reader: int, kind: str, method: str, link: int, article: int | None,
    audience: int | None, client: str | None, agent: str | None, headers: str | None, verdict: str, certainty: int,
    rules: str,
) -> HitRecord:  # fmt: skip
    return HitRecord(
        at, code, issue, reader, _KINDS[kind], method, link, article, audience, client, agent, headers,
        _VERDICTS[verdict], certainty, _split(rules),
    )  # fmt: skip


@lru_cache(4096)
def _split(rules: str) -> tuple[str, ...]:
    return tuple(rules.split(",")) if rules else ()


def insert(session: Session, hits: Iterable[HitRecord]) -> None:
    """Write hits of which none is stored yet, while they come; their partitions must be there."""
    with (
        driver_connection(session).cursor() as cursor,
        cursor.copy(f"COPY hit ({_COLUMNS}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        coming = iter(hits)
        while some := list(islice(coming, 500)):
            copy.write(b"".join(map(_row, some)))
        copy.write(b"\xff\xff")


def _row(hit: HitRecord) -> bytes:
    """A row in COPY's binary format: how many columns, then each with its length before it."""
    return b"".join((
        _FIRST(_WIDTH, 8, hit.at - _Y2000, 16, bytes.fromhex(hit.id), 4, hit.issue, 8, hit.reader),
        _request(hit.kind._value_, hit.method, hit.link, hit.article, hit.audience),
        _text(hit.client), _text(hit.agent), _text(hit.headers),
        _judgement(hit.verdict._value_, hit.certainty, hit.rules),
    ))  # fmt: skip


_WIDTH = len(_COLUMNS.split(","))
_FIRST = Struct(">hiqi16siiiq").pack
_SMALL, _NUMBER = Struct(">ih").pack, Struct(">ii").pack
_NULL = b"\xff\xff\xff\xff"
_Y2000 = to_microseconds(datetime(2000, 1, 1, tzinfo=UTC))
_TEXT_OID = 25


@lru_cache(4096)
def _request(kind: str, method: str, link: int, *numbers: int | None) -> bytes:
    rest = (_NULL if number is None else _NUMBER(4, number) for number in numbers)
    return b"".join((_text(kind), _text(method), _SMALL(2, link), *rest))


@lru_cache(4096)
def _judgement(verdict: str, certainty: int, rules: tuple[str, ...]) -> bytes:
    dimension = _NUMBER(len(rules), 1) if rules else b""
    values = Struct(">iii").pack(len(rules) and 1, 0, _TEXT_OID) + dimension + b"".join(map(_text, rules))
    return _text(verdict) + _SMALL(2, certainty) + len(values).to_bytes(4, "big") + values


@lru_cache(8192)
def _text(value: str | None) -> bytes:
    if value is None:
        return _NULL
    told = value.encode()
    return len(told).to_bytes(4, "big") + told


def update(session: Session, hits: Sequence[HitRecord]) -> None:
    """Write the verdicts of hits that are stored."""
    if not hits:
        return
    columns = [
        array_literal(from_microseconds(hit.at) for hit in hits), array_literal(hit.id for hit in hits),
        array_literal(hit.verdict._value_ for hit in hits), array_literal(hit.certainty for hit in hits),
        array_literal(f'"{",".join(hit.rules)}"' for hit in hits),
    ]  # fmt: skip
    driver_connection(session).cursor().execute(
        """
        UPDATE hit SET verdict = new.verdict, certainty = new.certainty, rules = string_to_array(new.rules, ',')
        FROM unnest(%s::timestamptz[], %s::uuid[], %s::text[], %s::smallint[], %s::text[])
          AS new (at, id, verdict, certainty, rules)
        WHERE hit.at = new.at AND hit.id = new.id
        """,
        columns,
    )
