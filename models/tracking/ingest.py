"""Storing hits: each exactly once, judged with the other hits of its copy, and counted in every roll-up.

All of it is one transaction, and one at a time does this (an advisory lock), so that nobody judges a copy some of whose
hits are not visible yet. A hit that is stored already changes nothing: its key was made where the request came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

import structlog
from psycopg.errors import UniqueViolation
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..deliveries.edition import Link, LinkKind
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter, Tracking
from ..store.clock import now
from ..store.db import array_literal
from . import across_copies, hit_table, privacy_filter
from .classify import CopyHits, Groups, IssueFacts, judge_and_store, load_stored
from .hit import IncomingHit, RejectedHit, ensure_partitions, from_microseconds, parse_headers, to_microseconds
from .hit_codec import to_incoming, to_record
from .hit_table import HitRecord
from .rules import HitKind

log = structlog.get_logger(__name__)

LOCK = 0x6B686974  # "khit" in ASCII
_EARLIEST = to_microseconds(datetime(2000, 1, 1, tzinfo=UTC))
_DAY = 86_400_000_000
_BIGINT_END = 2**63


@dataclass(slots=True)
class IngestResult:
    """What became of a batch."""

    new: int = 0
    repeated: int = 0
    """Hits that were stored before."""
    rejected: int = 0
    untracked: int = 0
    """Hits that were dropped, since their newsletter does not track."""


def lock(session: Session) -> None:
    """Wait for the lock on changing hits, and hold it until this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def try_lock(session: Session) -> bool:
    """Take the lock on changing hits if it is free; returns whether it was."""
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))


def store(session: Session, hits: Sequence[HitRecord]) -> IngestResult:
    """Store the hits that are not stored yet, judge their copies, and update the roll-ups.

    Arguments:
        hits: some ten thousand at most; a hit may be in it several times.
    """
    lock(session)
    # The caller deletes these hits from their source after the commit, so it must be on disk by then.
    session.execute(text("SET LOCAL synchronous_commit = on"))
    unique = {hit.id: hit for hit in hits}
    stored = IngestResult(repeated=len(hits) - len(unique))
    if not unique:
        return stored
    issues = load_facts(session, {hit.issue for hit in unique.values()})
    good = _storable(session, unique.values(), issues, stored)
    try:
        with session.begin_nested():
            _add(session, good, issues)
    except UniqueViolation:
        # Rare, so not checked before: somebody stored some of these, but died before deleting them from their source.
        known = _known(session, good)
        stored.repeated += len(known)
        good = [hit for hit in good if hit.id not in known]
        _add(session, good, issues)
    stored.new = len(good)
    return stored


def store_incoming(session: Session, entries: Iterable[IncomingHit]) -> IngestResult:
    """Store hits that did not come through the stream, such as imported ones."""
    return store(session, [to_record(entry) for entry in entries])


def _add(session: Session, hits: Sequence[HitRecord], issues: dict[int, IssueFacts]) -> None:
    """Store hits none of which is stored yet.

    Raises:
        psycopg.errors.UniqueViolation: one is.
    """
    if not hits:
        return
    times = [hit.at for hit in hits]
    ensure_partitions(session, _months(times))
    session.execute(_DELETE_DETAILS_FROM, {"oldest": from_microseconds(min(times))})
    groups = _group(session, hits, issues)
    _add_replays(session, groups)
    load_stored(session, groups, issues)
    judge_and_store(session, groups, issues)


# Hits older than the point up to which details are deleted: the next deletion begins with them.
_DELETE_DETAILS_FROM = text("UPDATE detail_cut SET until = :oldest WHERE until > :oldest")


def _months(times: Iterable[int]) -> set[date]:
    days = {at // _DAY for at in times}
    return {date.fromordinal(719_163 + day).replace(day=1) for day in days}


def load_facts(session: Session, ids: Iterable[int]) -> dict[int, IssueFacts]:
    """What judging needs of issues; those that do not exist are missing."""
    wanted = [number for number in ids if number < 2**31]  # The token has room for larger numbers than the column.
    rows = session.execute(
        select(Issue.id, Issue.prepared_at, Newsletter.tracking).join(Issue.newsletter).where(Issue.id.in_(wanted))
    )
    found = {
        number: IssueFacts(tracking, since=prepared_at and prepared_at - timedelta(days=1))
        for number, prepared_at, tracking in rows
    }
    links = select(Link.issue_id, Link.number, Link.article_id, Link.kind).where(Link.issue_id.in_(wanted))
    for issue_id, number, article_id, kind in session.execute(links):
        if issue_id in found:
            found[issue_id].links[number] = article_id
            if kind == LinkKind.HONEYPOT.value:
                found[issue_id].honeypots.add(number)
    return found


def store_rejected(session: Session, rejected: Sequence[tuple[str, str]]) -> None:
    """Keep what cannot be stored, as (entry, reason), for staff to look at."""
    rows = {
        sha256(entry.encode()).hexdigest(): {"entry": entry.replace("\0", ""), "reason": reason, "found_at": now()}
        for entry, reason in rejected
    }
    if rows:
        log.warning("hits cannot be stored", hits=len(rows), reasons=sorted({reason for _, reason in rejected}))
        values = [{"digest": digest, **row} for digest, row in rows.items()]
        session.execute(insert(RejectedHit).on_conflict_do_nothing(), values)


def _rejection_reason(hit: HitRecord, issues: dict[int, IssueFacts], latest: int) -> str:
    """Why a hit cannot be stored; empty where it can."""
    issue = issues.get(hit.issue)
    if issue is None:
        return "no such issue"
    if (hit.link or hit.kind is HitKind.CLICK) and hit.link not in issue.links:
        return "no such link"
    if not (_EARLIEST <= hit.at <= latest):
        return "impossible time"
    return "" if -_BIGINT_END <= hit.reader < _BIGINT_END and 0 <= (hit.audience or 0) < 2**31 else "impossible reader"


def _storable(
    session: Session, hits: Iterable[HitRecord], issues: dict[int, IssueFacts], stored: IngestResult
) -> list[HitRecord]:
    """Those hits that can be stored, and whose newsletter tracks; the others are rejected or dropped."""
    good, rejected = [], []
    latest = to_microseconds(now()) + _DAY
    for hit in hits:
        if fault := _rejection_reason(hit, issues, latest):
            rejected.append((to_incoming(hit).pack().decode(), fault))
        elif issues[hit.issue].tracking is Tracking.OFF:
            stored.untracked += 1
        else:
            good.append(hit)
    store_rejected(session, rejected)
    stored.rejected += len(rejected)
    return good


_KNOWN = """
SELECT replace(came.id::text, '-', '') FROM unnest(%s::bigint[], %s::uuid[]) AS came (us, id)
CROSS JOIN LATERAL (
  SELECT FROM hit WHERE hit.at = timestamptz 'epoch' + us * interval '1 microsecond' AND hit.id = came.id
  LIMIT 1) AS hit
"""
# LIMIT 1 makes PostgreSQL look every copy up by its key: without statistics it would read a table just filled whole.
_COPIES = """
SELECT copy.issue_id, copy.reader, anonymous.id IS NOT NULL, delivery.audience_id,
  extract(epoch FROM CASE WHEN delivery.state IN ('accepted', 'unknown') THEN delivery.at END)::float8,
  delivery.state IN ('queued', 'sending', 'deferred')
FROM unnest(%s::int[], %s::bigint[]) AS copy (issue_id, reader)
LEFT JOIN LATERAL (
  SELECT * FROM delivery WHERE issue_id = copy.issue_id AND subscriber_id = copy.reader LIMIT 1) AS delivery ON true
LEFT JOIN LATERAL (
  SELECT id FROM subscriber WHERE id = copy.reader AND (tracking_refused OR erased_at IS NOT NULL)
  LIMIT 1) AS anonymous ON true
"""


class _Copy(NamedTuple):
    """What the database knows of a reader's copy."""

    anonymous: bool = False
    """Whether the reader has refused tracking, or was erased."""
    audience: int | None = None
    delivered: float | None = None
    """Seconds since 1970."""
    is_sending: bool = False


def _known(session: Session, hits: Sequence[HitRecord]) -> set[str]:
    """The ids of those that are stored already."""
    columns = [array_literal(hit.at for hit in hits), array_literal(hit.id for hit in hits)]
    rows = hit_table.driver_connection(session).cursor().execute(_KNOWN, columns).fetchall()
    return {code for (code,) in rows}


def _copies(session: Session, keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], _Copy]:
    """What the database knows of copies, by issue and reader; those of pseudonyms are missing."""
    wanted = [key for key in keys if key[1] > 0]
    columns = [array_literal(column) for column in zip(*wanted, strict=True)] or ["{}", "{}"]
    rows = hit_table.driver_connection(session).cursor(binary=True).execute(_COPIES, columns).fetchall()
    return {(issue, reader): _Copy(*rest) for issue, reader, *rest in rows}


def _group(session: Session, hits: Sequence[HitRecord], issues: dict[int, IssueFacts]) -> Groups:
    """The hits by copy, with what the database knows of it."""
    by_copy: Groups = defaultdict(CopyHits)
    for hit in hits:
        by_copy[hit.issue, hit.reader].new.append(hit)
    groups: Groups = defaultdict(CopyHits)
    copies = _copies(session, by_copy)
    for key, group in by_copy.items():
        issue, copy = issues[key[0]], copies.get(key)
        for hit in group.new:
            hit.article = issue.links[hit.link] if hit.link else None
        if copy is None:
            groups[key].new += group.new
        elif copy.anonymous or issue.tracking is Tracking.AGGREGATE:
            for hit in group.new:
                changed = _pseudonymise(hit, copy)
                groups[changed.issue, changed.reader].new.append(changed)
        else:
            # A copy without an outcome yet was accepted by the relay just now at the latest.
            group.delivered = max([hit.at for hit in group.new]) / 1e6 if copy.is_sending else copy.delivered
            for hit in group.new:
                hit.audience = copy.audience
            groups[key] = group
    return groups


def _add_replays(session: Session, groups: Groups) -> None:
    """Note which clicks are replays, and add the copies that have stored ones."""
    found = across_copies.find(session, [hit for group in groups.values() for hit in group.new])
    for key, copy in _copies(session, found.keys() - groups.keys()).items():
        groups[key].delivered = copy.delivered
    for key, replays in found.items():
        groups[key].replays = replays


def _pseudonymise(hit: HitRecord, copy: _Copy) -> HitRecord:
    """The hit under a pseudonym, for a reader who refused tracking or was erased while it was on its way."""
    request = privacy_filter.TrackingRequest(
        hit.kind, hit.method, hit.issue, hit.reader, hit.link, hit.client or "", hit.agent, parse_headers(hit.headers)
    )
    delivered = hit.at / 1e6 if copy.is_sending else copy.delivered
    found = privacy_filter.CopyFacts(delivered=None if delivered is None else round(delivered * 1e6))
    changed = to_record(privacy_filter.pseudonymous(request, hit.id, hit.at, found))
    changed.article = hit.article
    return changed
