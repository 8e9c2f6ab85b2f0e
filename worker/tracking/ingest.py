"""Ingesting hits: from the stream, the waiting table and the spool files into the database, each exactly once.

Hits are read, stored in one transaction, and only then removed from their source. A worker that dies in between leaves
them there, and storing them again changes nothing. One worker ingests at a time; any other finds the lock taken and
stops.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
import sqlalchemy.exc
import structlog
from redis.exceptions import RedisError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.reports import reach
from models.reports.kept import issue_sums, reader_months
from models.store import broker
from models.store.db import session_scope
from models.store.errors import Invalid
from models.tracking import hit_codec, ingest, rejected_hit, retention, salt, spool
from models.tracking.hit import STREAM, WaitingHit, ensure_near_partitions
from models.tracking.hit_table import HitRecord
from models.tracking.spool import SpoolFile

log = structlog.get_logger(__name__)

REFUSALS = (
    *(sqlalchemy.exc.DataError, sqlalchemy.exc.IntegrityError, sqlalchemy.exc.ProgrammingError),
    *(psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError),
)
"""Errors that mean that the database will never take a row, unlike a lost connection."""
BATCH = 60_000
"""Hits that are stored together: most of a copy's hits come close to each other, and so are in one batch."""
_READ_COUNT = 5000
"""Hits that the broker returns in one call, during which it serves nobody else."""
MAX_SECONDS = 50.0
"""Seconds after which a run stops and leaves the rest to the next one."""


class HitBatch(NamedTuple):
    """Hits that were read together."""

    ids: bytes
    """Of the stream's entries, separated by spaces."""
    hits: list[HitRecord]
    rejected: list[tuple[str, str]]
    """What is not a hit, and why."""


def ingest_all() -> int:
    """Store all hits that wait; returns how many were new."""
    until = time.monotonic() + MAX_SECONDS
    with _no_garbage_collection():
        stored = _from_all(_from_disk, until) + _from_all(_from_waiting, until)
        return stored + _from_stream(until)


def _from_all(source: Callable[[], int | None], until: float) -> int:
    total = 0
    while time.monotonic() < until and (stored := source()) is not None:
        total += stored
    return total


def maintain() -> None:
    """Make partitions ahead, delete what is too old, and count the deliveries of issues that are going out."""
    salt.drop_expired()
    salt.remove_former()
    with session_scope() as session:
        ensure_near_partitions(session)
        retention.apply_retention(session)
    count_for_reports()


def count_for_reports() -> None:
    """Count what reports keep and is out of date: each issue in a transaction of its own, then the months."""
    for issue_id in _stale():
        with session_scope() as session:
            reach.refresh(session, [issue_id])
            issue_sums.refresh(session, [issue_id])
    with session_scope() as session:
        if reader_months.is_stale(session):
            reader_months.refresh(session)


def _stale() -> list[int]:
    with session_scope() as session:
        return issue_sums.stale(session)


def _from_stream(until: float) -> int:
    """Store the hits of the stream. The next batch is read and unpacked in a thread while one is being stored."""
    stored = 0
    with ThreadPoolExecutor(1, "hits-ahead") as reader:
        reading = reader.submit(_read_stream)
        while (batch := reading.result()) is not None and time.monotonic() < until:
            reading = reader.submit(_read_stream, b"(" + batch.ids.rpartition(b" ")[2])
            with session_scope() as session:
                if not ingest.try_lock(session):
                    break
                stored += _store(session, batch)
            reader.submit(_delete_entries, batch.ids)
    return stored


# Lua (Redis, EVAL) joins some thousand entries into two texts. As XRANGE returns them, nested lists, parsing the answer
# in Python would take longer than everything else that is done to a hit.
_READ = r"""
local ids, hits = {}, {}
for n, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])) do
  local hit = entry[2][1] == 'h' and entry[2][2] or ''
  ids[n], hits[n] = entry[1], string.find(hit, '\n', 1, true) and string.gsub(hit, '\n', ' ') or hit
end
return {table.concat(ids, ' '), table.concat(hits, '\n')}
"""
_DELETE = """
local ids = {}
for id in string.gmatch(ARGV[1], '%S+') do
  ids[#ids + 1] = id
  if #ids == 1000 then redis.call('XDEL', KEYS[1], unpack(ids)) ids = {} end
end
if #ids > 0 then redis.call('XDEL', KEYS[1], unpack(ids)) end
"""


def _read_stream(first: bytes = b"-") -> HitBatch | None:
    """The oldest hits of the stream from an id on; None where there are none, or the broker does not answer."""
    ids: list[bytes] = []
    packed: list[bytes] = []
    try:
        while len(packed) < BATCH:
            answer: Any = broker.client().eval(_READ, 1, STREAM, first, _READ_COUNT)
            found_ids, lines = answer
            if not found_ids:
                break
            ids.append(found_ids)
            packed += lines.split(b"\n")
            first = b"(" + found_ids.rpartition(b" ")[2]
    except RedisError as error:
        log.warning("the stream of hits cannot be read", error=str(error))
    return _unpack(packed, b" ".join(ids)) if ids else None


def _delete_entries(ids: bytes) -> None:
    """Remove stored entries by id, not by range: if the broker's clock went back, unread ones may lie between them."""
    try:
        broker.client().eval(_DELETE, 1, STREAM, ids)
    except RedisError as error:
        log.warning("stored hits stay in the stream and will be read again", error=str(error))


def _from_waiting() -> int | None:
    with session_scope() as session:
        if not ingest.try_lock(session):
            return None
        rows = session.execute(select(WaitingHit.id, WaitingHit.entry).limit(BATCH)).all()
        if not rows:
            return None
        stored = _store(session, _unpack([entry for _, entry in rows]))
        session.execute(delete(WaitingHit).where(WaitingHit.id.in_([code for code, _ in rows])))
    return stored


def _from_disk() -> int | None:
    stored = [_from_spool_file(file) for file in spool.abandoned_files()]
    return sum(stored) if stored else None


def _from_spool_file(file: SpoolFile) -> int:
    stored = 0
    try:
        while lines := file.unsent():
            with session_scope() as session:
                stored += _store(session, _unpack(lines.split(b"\n")[:-1]))
            file.sent += len(lines)
            file.safe = file.sent
    finally:
        file.close()
    return stored


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Switch garbage collection off: a batch has no reference cycles, and searching takes a quarter of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _unpack(packed: Sequence[bytes | str], ids: bytes = b"") -> HitBatch:
    batch = HitBatch(ids, [], [])
    for one in packed:
        try:
            batch.hits.append(hit_codec.unpack(one))
        except Invalid as error:
            batch.rejected.append((one.decode(errors="replace") if isinstance(one, bytes) else one, str(error)))
    return batch


def _store(session: Session, batch: HitBatch) -> int:
    rejected_hit.store_unreadable(session, batch.rejected)
    return _store_good(session, batch.hits)


def _store_good(session: Session, hits: Sequence[HitRecord]) -> int:
    """Store hits. If the database refuses them, halve them until the one to reject is found; store all others."""
    try:
        with session.begin_nested():
            return ingest.store(session, hits).new
    except REFUSALS as error:
        if len(hits) == 1:
            issues = ingest.load_facts(session, [hits[0].issue])
            rejected_hit.store(session, [(hits[0], f"refused: {type(error).__name__}")], issues)
            return 0
        half = len(hits) // 2
        return _store_good(session, hits[:half]) + _store_good(session, hits[half:])
