"""Judging stored hits again by the present rules; roll-ups change by the difference.

Several processes may do so at once for different copies (:func:`reclassify_beside`), each in transactions of its own,
in which verdicts and roll-ups change together. So a run that ended half-way leaves nothing to mend, and a second one
may follow at once: what the first one's processes begin after its end, they give up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ..store.clock import start_of_day, tokyo_date
from ..store.db import array_literal
from . import across_copies, ingest
from .classify import ChangedCopy, CopyHits, Groups, IssueFacts, judge_stored, load_stored, store_changes, stored_marks
from .hit import Hit, parse_headers
from .hit_table import HitRecord
from .replay import REACH
from .retention import DetailCut
from .verdict import marks

CHUNK = 2000
_LOCK = 0x6B6A7567  # "kjug" in ASCII
_LEADS = text("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock AND pid = :leader)")
_BESIDE = timedelta(microseconds=2 * REACH)

_COPIES = text(
    """
    SELECT issue_id, reader FROM hit WHERE at >= :since AND (issue_id, reader) > (:issue, :reader)
    GROUP BY issue_id, reader ORDER BY issue_id, reader LIMIT :chunk
    """
)
# LIMIT 1 makes PostgreSQL look every copy up by its key, however many there seem to be.
_DELIVERED = text(
    """
    SELECT copy.issue, copy.reader, delivery.at
    FROM unnest(CAST(:issues AS int[]), CAST(:readers AS bigint[])) AS copy (issue, reader)
    CROSS JOIN LATERAL (
      SELECT at FROM delivery WHERE issue_id = copy.issue AND subscriber_id = copy.reader
        AND state IN ('accepted', 'unknown') AND at IS NOT NULL
      LIMIT 1) AS delivery
    """
)


def next_copies(session: Session, since: datetime, after: tuple[int, int] = (0, -(2**63))) -> list[tuple[int, int]]:
    """The next copies (issue, reader) after *after* with a hit since a time, at most :data:`CHUNK`."""
    values = {"since": since, "issue": after[0], "reader": after[1], "chunk": CHUNK}
    return [(issue, reader) for issue, reader in session.execute(_COPIES, values)]


def reclassify(session: Session, chosen: Sequence[tuple[int, int]]) -> int:
    """Judge all hits of copies again; returns how many verdicts changed."""
    ingest.lock(session)
    return _judge_again(session, chosen)


def lead(session: Session) -> int:
    """Wait until no other run leads, and lead until this transaction ends; returns by what others know this leader."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    return session.scalar(text("SELECT pg_backend_pid()")) or 0


def reclassify_beside(session: Session, chosen: Sequence[tuple[int, int]], leader: int) -> int:
    """As :func:`reclassify`, while other processes do so with other copies, and nobody adds hits.

    Arguments:
        leader: who has distributed the copies, by :func:`lead`.

    Raises:
        RuntimeError: it no longer leads, so these copies may be another run's.
    """
    ingest.lock_shared(session)
    if not session.scalar(_LEADS, {"leader": leader, "lock": _LOCK}):
        raise RuntimeError("the process that led this run has ended")
    # What a crash of the database takes away is whole transactions, and the next run judges these copies again.
    session.execute(text("SET LOCAL synchronous_commit = off"))
    return _judge_again(session, chosen)


def _judge_again(session: Session, chosen: Sequence[tuple[int, int]]) -> int:
    issues = ingest.load_facts(session, {issue for issue, _ in chosen})
    changed = _judge(session, {key: CopyHits() for key in chosen if key[0] in issues}, issues)
    return store_changes(session, changed, issues) if changed else 0


def days_with_hits(session: Session, since: datetime) -> list[date]:
    """Every day (Asia/Tokyo) from the first hit since a time to the last one."""
    first = session.scalar(select(func.min(Hit.at)).where(Hit.at >= since))
    last = session.scalar(select(func.max(Hit.at)).where(Hit.at >= since))
    if first is None or last is None:
        return []
    start = tokyo_date(first)
    return [start + timedelta(days=n) for n in range((tokyo_date(last) - start).days + 1)]


def reclassify_replays(session: Session, day: date) -> int:
    """Compare a day's clicks across copies again (Asia/Tokyo); returns how many verdicts changed.

    Clicks without client and agent keep what was found, and so do those next to them, whose neighbours are missing.
    """
    ingest.lock(session)
    cut = session.get(DetailCut, 1)
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    found = across_copies.find_again(session, max(start, cut.until + _BESIDE) if cut else start, end)
    issues = ingest.load_facts(session, {issue for issue, _ in found})
    groups: Groups = {key: CopyHits(replays=replays) for key, replays in found.items() if key[0] in issues}
    return store_changes(session, _judge(session, groups, issues), issues) if groups else 0


def _judge(session: Session, groups: Groups, issues: dict[int, IssueFacts]) -> list[ChangedCopy]:
    columns = {
        "issues": array_literal(issue for issue, _ in groups), "readers": array_literal(reader for _, reader in groups)
    }  # fmt: skip
    for issue, reader, at in session.execute(_DELIVERED, columns):
        groups[issue, reader].delivered = at.timestamp()
    load_stored(session, groups, issues)
    return judge_stored(groups, issues, marks_of=current_marks)


def current_marks(hit: HitRecord) -> tuple[str, ...]:
    """The rules that a stored hit fires by itself: tested again where its client and agent are kept."""
    if hit.reader < 0 or (hit.client is None and hit.agent is None):
        return stored_marks(hit)
    return marks(hit.kind, hit.method, hit.client or "", hit.agent, parse_headers(hit.headers), hit.at)
