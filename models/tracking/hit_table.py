"""The table of hits, read and written ten thousand rows at a time, without SQLAlchemy's mapper."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from ..store.db import array_literal
from .rules import FLOOD, HitKind, Verdict
from .verdict import Judgement, device_of, network_of


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
    """The rules that the hit fires by itself; the table does not keep them apart."""
    is_open: bool = False
    """Whether ``marks`` come from a nameless hit's seal."""
    device: str = field(default="", compare=False)
    """What :func:`.verdict.device_of` tells of agent and headers; nothing of nameless hits."""
    network: str = field(default="", compare=False)
    """What :func:`.verdict.network_of` tells of the client."""

    def judged(self, judgement: Judgement) -> HitRecord:
        """The hit with this judgement; the same object where it has it already."""
        if (self.verdict, self.certainty, self.rules) == judgement:
            return self
        return HitRecord(
            self.at, self.id, self.issue, self.reader, self.kind, self.method, self.link, self.article, self.audience,
            self.client, self.agent, self.headers, *judgement, self.marks, self.is_open, self.device, self.network,
        )  # fmt: skip


def driver_connection(session: Session) -> psycopg.Connection[tuple[Any, ...]]:
    """The psycopg connection that *session* uses, for COPY and for many thousand rows."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


_COLUMNS = (
    *("at", "id", "issue_id", "reader", "kind", "method", "link", "article_id", "audience_id"),
    *("client", "agent", "headers", "verdict", "certainty", "rules"),
)
"""The columns of ``hit``, in the order in which :func:`insert` writes them."""
_COPY = f"COPY hit ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT binary)"
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
    """The stored hits of readers' copies, at most one more than :data:`FLOOD` of each.

    Arguments:
        copies: issue, reader, and a time (microseconds since 1970) before which the copy has no hits: with this
            bound PostgreSQL reads only the partitions since then.
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
        _VERDICTS[verdict], certainty, _split(rules), (), False,
        device_of(agent, headers) if reader >= 0 else "", network_of(client or ""),
    )  # fmt: skip


@lru_cache(4096)
def _split(rules: str) -> tuple[str, ...]:
    return tuple(rules.split(",")) if rules else ()


def insert(session: Session, hits: Iterable[HitRecord]) -> None:
    """Write hits of which none is stored yet, while they come; their partitions must exist.

    COPY in the binary format takes the rows as they are yielded, so that PostgreSQL writes the first ones while the
    caller is still judging the next ones.
    """
    with driver_connection(session).cursor() as cursor:
        _copy(cursor, _COPY, map(_row, hits))


def _copy(cursor: psycopg.Cursor[Any], statement: str, rows: Iterator[bytes]) -> None:
    with cursor.copy(statement) as copy:
        copy.write(_SIGNATURE)
        while some := b"".join(islice(rows, _ROWS)):
            copy.write(some)
        copy.write(_END)


# The binary format of COPY (https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4), written here, as
# psycopg takes several times as long: what many hits have in common is encoded once and remembered.
_SIGNATURE, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_ROWS = 256
"""Rows that are handed over at once."""
_EPOCH = 946_684_800_000_000
"""The beginning of 2000 in microseconds since 1970: PostgreSQL counts from there."""
_NULL = b"\xff\xff\xff\xff"
_TEXT = 25
"""PostgreSQL's number of the type ``text``."""
_own, _key = struct.Struct(">hiqi16siiiq").pack, struct.Struct(">hiqi16s").pack
_small, _integer, _number = struct.Struct(">ih").pack, struct.Struct(">ii").pack, struct.Struct(">i").pack


def _row(hit: HitRecord) -> bytes:
    return (
        _own(len(_COLUMNS), 8, hit.at - _EPOCH, 16, bytes.fromhex(hit.id), 4, hit.issue, 8, hit.reader)
        + _place(hit.kind, hit.method, hit.link, hit.article, hit.audience)
        + _client(hit.client)
        + _details(hit.agent, hit.headers, hit.verdict, hit.certainty, hit.rules)
    )


@lru_cache(65_536)
def _client(client: str | None) -> bytes:
    return _NULL if client is None else _text(client)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _number(len(encoded)) + encoded


@lru_cache(8192)
def _place(kind: HitKind, method: str, link: int, article: int | None, audience: int | None) -> bytes:
    numbers = (_NULL if value is None else _integer(4, value) for value in (article, audience))
    return b"".join((_text(kind.value), _text(method), _small(2, link), *numbers))


@lru_cache(8192)
def _details(agent: str | None, headers: str | None, verdict: Verdict, certainty: int, rules: tuple[str, ...]) -> bytes:
    details = [_NULL if value is None else _text(value) for value in (agent, headers)]
    return b"".join((*details, _judgement(verdict, certainty, rules)))


@lru_cache(8192)
def _judgement(verdict: Verdict, certainty: int, rules: tuple[str, ...]) -> bytes:
    # An array: how many dimensions, whether it has NULLs, the type of its values; their number, the first one's index.
    head = struct.pack(">iii", bool(rules), 0, _TEXT) + (struct.pack(">ii", len(rules), 1) if rules else b"")
    array = head + b"".join(map(_text, rules))
    return _text(verdict.value) + _small(2, certainty) + _number(len(array)) + array


def update(session: Session, hits: Sequence[HitRecord]) -> None:
    """Write the verdicts of hits that are stored."""
    if not hits:
        return
    rows = (
        _key(5, 8, hit.at - _EPOCH, 16, bytes.fromhex(hit.id)) + _judgement(hit.verdict, hit.certainty, hit.rules)
        for hit in hits
    )
    cursor = driver_connection(session).cursor()
    cursor.execute(_NEW_VERDICTS)
    cursor.execute("DELETE FROM new_verdict")
    _copy(cursor, "COPY new_verdict FROM STDIN (FORMAT binary)", rows)
    # PostgreSQL knows nothing of a table just filled, and would read all hits beside it: each is looked up by its key.
    cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    cursor.execute(_UPDATE)
    cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on")


_NEW_VERDICTS = """
CREATE TEMPORARY TABLE IF NOT EXISTS new_verdict (
  at timestamptz, id uuid, verdict text, certainty smallint, rules text[]) ON COMMIT DELETE ROWS
"""
_UPDATE = """
UPDATE hit SET verdict = new.verdict, certainty = new.certainty, rules = new.rules FROM new_verdict AS new
WHERE hit.at = new.at AND hit.id = new.id
"""


_KNOWN = """
SELECT replace(came.id::text, '-', '') FROM unnest(%s::bigint[], %s::uuid[]) AS came (us, id)
CROSS JOIN LATERAL (
  SELECT FROM hit WHERE hit.at = timestamptz 'epoch' + us * interval '1 microsecond' AND hit.id = came.id
  LIMIT 1) AS hit
"""
# LIMIT 1 makes PostgreSQL look every hit up by its key: without statistics it would read a table just filled whole.
_CAME_LIVE = """
SELECT replace(came.id::text, '-', '')
FROM unnest(%s::bigint[], %s::uuid[], %s::int[], %s::bigint[], %s::text[], %s::text[], %s::smallint[])
  AS came (us, id, issue_id, reader, kind, method, link)
CROSS JOIN LATERAL (
  SELECT FROM hit WHERE hit.issue_id = came.issue_id AND hit.reader = came.reader AND hit.kind = came.kind
    AND hit.method = came.method AND hit.link = came.link
    AND hit.at > timestamptz 'epoch' + us * interval '1 microsecond'
    AND hit.at < timestamptz 'epoch' + (us + 1000000) * interval '1 microsecond'
  LIMIT 1) AS hit
"""


def known(session: Session, hits: Sequence[HitRecord]) -> set[str]:
    """The ids of those that are stored already."""
    columns = [array_literal(hit.at for hit in hits), array_literal(hit.id for hit in hits)]
    return {code for (code,) in driver_connection(session).cursor().execute(_KNOWN, columns).fetchall()}


def came_live(session: Session, hits: Sequence[HitRecord]) -> set[str]:
    """The ids of hits from a log that tells whole seconds which are stored with a part of it: they came live."""
    whole = [hit for hit in hits if hit.at % 1_000_000 == 0]
    columns = [
        array_literal(hit.at for hit in whole), array_literal(hit.id for hit in whole),
        array_literal(hit.issue for hit in whole), array_literal(hit.reader for hit in whole),
        array_literal(hit.kind.value for hit in whole), array_literal(hit.method for hit in whole),
        array_literal(hit.link for hit in whole),
    ]  # fmt: skip
    return {code for (code,) in driver_connection(session).cursor().execute(_CAME_LIVE, columns).fetchall()}
