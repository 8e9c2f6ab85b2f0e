"""Judging stored hits again by the present rules; roll-ups change by the difference.

Judging takes nearly all of the time, and changes nothing: :func:`judge_again` may run in several processes for
different copies, while one holds the lock and writes what they found (:func:`store_again`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ..store.clock import start_of_day, tokyo_date
from . import across_copies, ingest
from .classify import ChangedCopy, CopyHits, Groups, IssueFacts, judge_stored, load_stored, store_changes, stored_marks
from .hit import Hit, parse_headers
from .hit_table import HitRecord
from .replay import REACH
from .retention import DetailCut
from .verdict import marks

CHUNK = 2000
_BESIDE = timedelta(microseconds=2 * REACH)

_COPIES = text(
    """
    SELECT issue_id, reader FROM hit WHERE at >= :since AND (issue_id, reader) > (:issue, :reader)
    GROUP BY issue_id, reader ORDER BY issue_id, reader LIMIT :chunk
    """
)
_DELIVERED = text(
    """
    SELECT issue_id, subscriber_id, at FROM delivery
    JOIN unnest(CAST(:issues AS int[]), CAST(:readers AS bigint[])) AS copy (issue, reader)
      ON copy.issue = issue_id AND copy.reader = subscriber_id
    WHERE state IN ('accepted', 'unknown') AND at IS NOT NULL
    """
)


def next_copies(session: Session, since: datetime, after: tuple[int, int] = (0, -(2**63))) -> list[tuple[int, int]]:
    """The next copies (issue, reader) after *after* with a hit since a time, at most :data:`CHUNK`."""
    values = {"since": since, "issue": after[0], "reader": after[1], "chunk": CHUNK}
    return [(issue, reader) for issue, reader in session.execute(_COPIES, values)]


def reclassify(session: Session, chosen: Sequence[tuple[int, int]]) -> int:
    """Judge all hits of copies again; returns how many verdicts changed."""
    ingest.lock(session)
    return store_again(session, judge_again(session, chosen))


def judge_again(session: Session, chosen: Sequence[tuple[int, int]]) -> list[ChangedCopy]:
    """What judging all hits of copies again would change. Nothing is written; the lock must be held, by whomever."""
    issues = ingest.load_facts(session, {issue for issue, _ in chosen})
    return _judge(session, {key: CopyHits() for key in chosen if key[0] in issues}, issues)


def store_again(session: Session, changed: Sequence[ChangedCopy]) -> int:
    """Write what :func:`judge_again` found; returns how many verdicts changed."""
    if not changed:
        return 0
    return store_changes(session, changed, ingest.load_facts(session, {before[0].issue for before, _ in changed}))


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
    columns = {"issues": [issue for issue, _ in groups], "readers": [reader for _, reader in groups]}
    for issue, reader, at in session.execute(_DELIVERED, columns):
        groups[issue, reader].delivered = at.timestamp()
    load_stored(session, groups, issues)
    return judge_stored(groups, issues, marks_of=current_marks)


def current_marks(hit: HitRecord) -> tuple[str, ...]:
    """The rules that a stored hit fires by itself: tested again where its client and agent are kept."""
    if hit.reader < 0 or (hit.client is None and hit.agent is None):
        return stored_marks(hit)
    return marks(hit.kind, hit.method, hit.client or "", hit.agent, parse_headers(hit.headers), hit.at)
