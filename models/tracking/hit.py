"""Hits: requests for an open pixel, a tracked link or a web view, with a verdict; never deleted one by one.

The table has no foreign keys, so that a hit is kept whatever else happens. Its key (time, id) is made where the
request came in, so storing the same hit again changes nothing. The table has one partition per month.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base, after_create
from ..store.clock import now
from ..store.errors import Invalid
from .rules import HEADERS, HitKind, Verdict

AGENT_LENGTH = 500
HEADER_LENGTH = 200
METHOD_LENGTH = 10
STREAM = "kairan:hits"
"""The Redis stream in which hits wait to be moved; each entry has one field, ``h``, a packed :class:`IncomingHit`."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Hit(Base):
    """One request, with its verdict. Kept in one partition per month in UTC."""

    __tablename__ = "hit"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[int]
    reader: Mapped[int] = mapped_column(BigInteger)
    """The subscriber; below zero a pseudonym that leads to nobody (:mod:`models.tracking.pseudonym`)."""
    kind: Mapped[HitKind]
    method: Mapped[str] = mapped_column(String(METHOD_LENGTH))
    link: Mapped[int] = mapped_column(SmallInteger)
    """The link's number; 0 for an open or a view."""
    article_id: Mapped[int | None]
    audience_id: Mapped[int | None]
    """The audience of the delivery."""
    client: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(AGENT_LENGTH))
    headers: Mapped[str | None] = mapped_column(Text)
    """JSON of what :data:`models.tracking.rules.HEADERS` names; under a pseudonym what :mod:`.seal` hides. These three
    are cut after ``HIT_DETAIL_DAYS``."""
    verdict: Mapped[Verdict]
    certainty: Mapped[int] = mapped_column(SmallInteger)
    """In percent."""
    rules: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """``NAME@VERSION`` of each rule that fired, the strongest first."""

    __table_args__ = (
        Index("ix_hit_issue_id_reader", "issue_id", "reader"),
        # Few rows: a new hit's batch looks for replays near it.
        Index("ix_hit_replay", "at", postgresql_where=text("'across-copies@1' = ANY (rules)")),
        {"postgresql_partition_by": "RANGE (at)"},
    )


class WaitingHit(Base):
    """A hit that came while the broker was down, waiting to be moved."""

    __tablename__ = "waiting_hit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry: Mapped[str] = mapped_column(Text)


class RejectedHit(Base):
    """A hit that cannot be stored: its issue is gone, its time impossible, or what was written is broken."""

    __tablename__ = "stray_hit"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the entry: the same one is kept once."""
    entry: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(100))
    found_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(slots=True)
class IncomingHit:
    """A hit on its way: what the tracker writes into the stream and the worker stores."""

    id: str
    """32 hexadecimal digits."""
    at: int
    """Microseconds since 1970."""
    kind: HitKind
    method: str
    issue: int
    reader: int
    link: int
    client: str = ""
    agent: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    audience: int | None = None
    """Only with a pseudonym, as its delivery cannot be looked up later."""
    marks: tuple[str, ...] = ()
    """Only with a pseudonym: what the hit is by itself, and what :mod:`models.tracking.seal` hides."""

    def pack(self) -> bytes:
        """As one line of JSON without its end."""
        values = [
            self.id, self.at, self.kind.value, self.method, self.issue, self.reader, self.link, self.client,
            self.agent, self.headers, self.audience, self.marks,
        ]  # fmt: skip
        return _encode(values).encode()

    @classmethod
    def unpack(cls, data: bytes | str) -> IncomingHit:
        """What :meth:`pack` wrote, with every text made fit for the database.

        Raises:
            Invalid: it did not write this.
        """
        try:
            code, at, kind, method, issue, reader, link, client, agent, headers, audience, marks = json.loads(data)
            if not _is_id(code):
                code = UUID(hex=code).hex
            return cls(
                code, int(at), _KINDS[kind], clean(method, METHOD_LENGTH), int(issue), int(reader),
                int(link), clean(client, 45), None if agent is None else clean(agent, AGENT_LENGTH),
                _headers(tuple(headers.items())) if headers else {},
                None if audience is None else int(audience), tuple(map(str, marks)) if marks else (),
            )  # fmt: skip
        except _PARSE_ERRORS as error:
            raise Invalid("this is no hit") from error


_encode = json.JSONEncoder(separators=(",", ":")).encode
_KINDS = {kind.value: kind for kind in HitKind}
_PARSE_ERRORS = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading garbage raises: JSON of another shape, numbers that are too large, thousands of brackets."""
_is_id = re.compile("[0-9a-f]{32}").fullmatch


@lru_cache(4096)
def _headers(items: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Headers fit for the database. The same few come again and again, and share one object."""
    return {name: clean(value, HEADER_LENGTH) for name, value in items if name in HEADERS}


def clean(value: str, length: int) -> str:
    """*value*, at most *length* characters, without what PostgreSQL cannot hold (NUL, lone surrogates)."""
    return _clean(value if len(value) <= length else value[:length])


@lru_cache(16_384)
def _clean(value: str) -> str:
    if value.isascii():
        return value.replace("\0", "") if "\0" in value else value
    return value.replace("\0", "").encode("utf-8", "replace").decode()


class _Ids:
    """Ids of hits: eight random bytes of this process, then a counter; a fork begins anew."""

    def __init__(self) -> None:
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._process = os.urandom(8).hex()
        self._count = count(int.from_bytes(os.urandom(4), "big"))

    def next(self) -> str:
        return f"{self._process}{next(self._count):016x}"


_ids = _Ids()
new_id = _ids.next
"""An id that no other hit has."""


def random_id() -> str:
    """An id that tells neither which process made it nor after which other one."""
    return os.urandom(16).hex()


def to_microseconds(at: datetime) -> int:
    """*at* (aware) as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def live_microseconds(at: datetime) -> int:
    """Microseconds since 1970, and never a whole second: by that a live hit is told from one of a log."""
    microseconds = to_microseconds(at)
    return microseconds if microseconds % 1_000_000 else microseconds + 1


def from_microseconds(at: int) -> datetime:
    """Microseconds since 1970 as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def format_headers(headers: Mapping[str, str]) -> str | None:
    """Headers as JSON, as a hit keeps them."""
    return _headers_json(tuple(headers.items())) if headers else None


@lru_cache(4096)
def _headers_json(items: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(dict(items), ensure_ascii=False, separators=(",", ":"))


def parse_headers(value: str | None) -> dict[str, str]:
    """What :func:`headers_json` wrote."""
    found: dict[str, Any] = json.loads(value) if value else {}
    return found


def partition_name(month: date) -> str:
    """The name of a month's partition."""
    return f"hit_{month:%Y_%m}"


def ensure_partitions(session: Session, months: Iterable[date]) -> None:
    """Make the partitions of *months* (any day of each) where they are missing."""
    wanted = {partition_name(month): month.replace(day=1) for month in months}
    existing = set(
        session.scalars(text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'hit'::regclass"))
    )
    for name, first in sorted(wanted.items()):
        if name in existing:
            continue
        after = (first + timedelta(days=32)).replace(day=1)
        # Attaching takes a weaker lock than making a partition in place: others go on reading and writing.
        session.execute(text(f"CREATE TABLE {name} (LIKE hit INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"))
        session.execute(
            text(f"ALTER TABLE hit ATTACH PARTITION {name} FOR VALUES FROM ('{first} 00:00Z') TO ('{after} 00:00Z')")
        )


def ensure_near_partitions(session: Session) -> None:
    """Make the partitions of last month, this month and the next three."""
    month = now().date().replace(day=1)
    ensure_partitions(session, [month - timedelta(days=1)] + [month + timedelta(days=31 * n) for n in range(4)])


after_create(
    Hit,
    """
    DO $$
    DECLARE first date := date_trunc('month', now() AT TIME ZONE 'UTC');
    BEGIN
      FOR n IN -1..3 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF hit FOR VALUES FROM (%L) TO (%L)',
          'hit_' || to_char(first + n * interval '1 month', 'YYYY_MM'),
          to_char(first + n * interval '1 month', 'YYYY-MM-DD') || ' 00:00Z',
          to_char(first + (n + 1) * interval '1 month', 'YYYY-MM-DD') || ' 00:00Z');
      END LOOP;
    END $$
    """,
)
