"""Judging stored hits again by the present rules; roll-ups change by the difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from . import ingest
from .classify import CopyHits, Groups, judge_and_store, load_stored
from .hit import parse_headers
from .hit_table import HitRecord
from .verdict import lasting_marks, marks

CHUNK = 2000

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
    issues = ingest.load_facts(session, {issue for issue, _ in chosen})
    groups: Groups = {key: CopyHits() for key in chosen if key[0] in issues}
    columns = {"issues": [issue for issue, _ in groups], "readers": [reader for _, reader in groups]}
    for issue, reader, at in session.execute(_DELIVERED, columns):
        groups[issue, reader].delivered = at.timestamp()
    load_stored(session, groups, issues)
    return judge_and_store(session, groups, issues, marks_of=current_marks)


def current_marks(hit: HitRecord) -> tuple[str, ...]:
    """The rules that a stored hit fires by itself: tested again where its client and agent are kept."""
    if hit.reader < 0 or (hit.client is None and hit.agent is None):
        return lasting_marks(hit.rules, details_deleted=True, pseudonymous=hit.reader < 0)
    return marks(hit.kind, hit.method, hit.client or "", hit.agent, parse_headers(hit.headers))
