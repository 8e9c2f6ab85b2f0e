"""Storing hits: each exactly once, judged with the other hits of its copy, and counted in every roll-up.

All of it is one transaction, and one at a time does this (an advisory lock), so that nobody judges a copy some of whose
hits are not visible yet. A hit that is stored already changes nothing: its key was made where the request came in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from psycopg.errors import UniqueViolation
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..deliveries.edition import Link, LinkKind
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter, Tracking
from ..store.clock import now
from . import across_copies, hit_table, rejected_hit
from .classify import CopyHits, Groups, IssueFacts, judge_and_store, load_stored
from .hit import IncomingHit, ensure_partitions, from_microseconds, to_microseconds
from .hit_codec import to_record
from .hit_table import HitRecord
from .nameless_copies import Copies, find_copies, make_nameless
from .pseudonym import is_nobody
from .rules import HitKind

LOCK = 0x6B686974  # "khit" in ASCII
_EARLIEST = to_microseconds(datetime(2000, 1, 1, tzinfo=UTC))
_DAY, _SECOND = 86_400_000_000, 1_000_000
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
    left_out: int = 0
    """Hits that would have told of too few readers, or were imported after their issue's salt was gone."""


def lock(session: Session) -> None:
    """Wait for the lock on changing hits, and hold it until this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def try_lock(session: Session) -> bool:
    """Take the lock on changing hits if it is free; returns whether it was."""
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))


def lock_shared(session: Session) -> None:
    """Wait until nobody adds hits, and keep it so until this transaction ends; others may share the lock."""
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": LOCK})


def store(session: Session, hits: Sequence[HitRecord], *, imported: bool = False) -> IngestResult:
    """Store the hits that are not stored yet, judge their copies, and update the roll-ups.

    Arguments:
        hits: some ten thousand at most; a hit may be in it several times.
        imported: whether they were read from a log, so that some may have come in live, too.
    """
    lock(session)
    # The caller deletes these hits from their source after the commit, so it must be on disk by then.
    session.execute(text("SET LOCAL synchronous_commit = on"))
    unique = {hit.id: hit for hit in hits}
    stored = IngestResult(repeated=len(hits) - len(unique))
    if not unique:
        return stored
    issues = load_facts(session, {hit.issue for hit in unique.values()})
    good = _storable(session, unique.values(), issues, stored, imported=imported)
    copies = find_copies(session, {(hit.issue, hit.reader) for hit in good})
    good = make_nameless(session, good, issues, copies, imported=imported)
    stored.left_out = len(unique) - stored.rejected - stored.untracked - len(good)
    if imported:
        good = _without(good, hit_table.came_live(session, good), stored)
    try:
        with session.begin_nested():
            added = _add(session, good, issues, copies)
    except UniqueViolation:
        # Rare, so not checked before: somebody stored some of these, but died before deleting them from their source.
        good = _without(good, hit_table.known(session, good), stored)
        added = _add(session, good, issues, copies)
    stored.new = added
    stored.repeated += len(good) - added
    return stored


def store_incoming(session: Session, entries: Iterable[IncomingHit], *, imported: bool = False) -> IngestResult:
    """Store hits that did not come through the stream; see :func:`store`."""
    return store(session, [to_record(entry) for entry in entries], imported=imported)


def _without(hits: Sequence[HitRecord], known: set[str], stored: IngestResult) -> list[HitRecord]:
    stored.repeated += len(known)
    return [hit for hit in hits if hit.id not in known]


def _add(session: Session, hits: Sequence[HitRecord], issues: dict[int, IssueFacts], copies: Copies) -> int:
    """Store hits none of which is stored yet, but for those that were imported before they came; returns how many.

    Raises:
        psycopg.errors.UniqueViolation: one is stored.
    """
    if not hits:
        return 0
    times = [hit.at for hit in hits]
    ensure_partitions(session, _months(times))
    session.execute(_DELETE_DETAILS_FROM, {"oldest": from_microseconds(min(times))})
    groups = _group(hits, issues, copies)
    _add_replays(session, groups, hits)
    load_stored(session, groups, issues)
    imported_before = sum([_drop_imported(group) for group in groups.values() if group.stored])
    judge_and_store(session, groups, issues)
    return len(hits) - imported_before


def _drop_imported(group: CopyHits) -> int:
    """Drop hits that waited while a log with them was imported, and return how many; a log tells whole seconds."""
    imported = {(hit.kind, hit.method, hit.link, hit.at) for hit in group.stored if not hit.at % _SECOND}
    if not imported:
        return 0
    kept = []
    for hit in group.new:
        part = hit.at % _SECOND
        if not part or (hit.kind, hit.method, hit.link, hit.at - part) not in imported:
            kept.append(hit)
    dropped = len(group.new) - len(kept)
    group.new = kept
    return dropped


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
    for issue_id, article_id in session.execute(_ELSEWHERE, {"issues": list(found)}):
        found[issue_id].elsewhere.add(article_id)
    return found


_ELSEWHERE = text(
    """
    SELECT DISTINCT link.issue_id, link.article_id FROM link JOIN issue ON issue.id = link.issue_id
    WHERE link.issue_id = ANY(:issues) AND EXISTS (
      SELECT FROM link AS other JOIN issue AS earlier ON earlier.id = other.issue_id
      WHERE other.article_id = link.article_id
        AND (earlier.prepared_at, earlier.id) < (issue.prepared_at, issue.id))
    """
)


def _rejection_reason(hit: HitRecord, issue: IssueFacts | None, latest: int) -> str:
    """Why a hit cannot be stored; empty where it can."""
    if issue is None:
        return "no such issue"
    if (hit.link or (hit.kind is HitKind.CLICK and not is_nobody(hit.reader))) and hit.link not in issue.links:
        return "no such link"
    if not (_EARLIEST <= hit.at <= latest):
        return "impossible time"
    return "" if -_BIGINT_END <= hit.reader < _BIGINT_END and 0 <= (hit.audience or 0) < 2**31 else "impossible reader"


def _storable(
    session: Session,
    hits: Iterable[HitRecord],
    issues: dict[int, IssueFacts],
    stored: IngestResult,
    *,
    imported: bool,
) -> list[HitRecord]:
    """Those hits that can be stored, and whose newsletter tracks; the others are rejected or dropped."""
    good, rejected = [], []
    latest = to_microseconds(now()) + _DAY
    for hit in hits:
        issue = issues.get(hit.issue)
        if issue is not None and issue.tracking is Tracking.OFF:
            stored.untracked += 1
        elif fault := _rejection_reason(hit, issue, latest):
            rejected.append((hit, fault))
        else:
            good.append(hit)
    rejected_hit.store(session, rejected, issues, imported=imported)
    stored.rejected += len(rejected)
    return good


def _group(hits: Sequence[HitRecord], issues: dict[int, IssueFacts], copies: Copies) -> Groups:
    """The hits by copy, with what the database knows of it."""
    groups: Groups = defaultdict(CopyHits)
    for hit in hits:
        groups[hit.issue, hit.reader].new.append(hit)
        if hit.link:
            hit.article = issues[hit.issue].links[hit.link]
    for key, group in groups.items():
        if copy := copies.get(key):
            # A copy without an outcome yet was accepted by the relay just now at the latest.
            group.delivered = max([hit.at for hit in group.new]) / 1e6 if copy.is_sending else copy.delivered
            audience = copy.audience
            for hit in group.new:
                hit.audience = audience
    return groups


def _add_replays(session: Session, groups: Groups, new: Sequence[HitRecord]) -> None:
    """Note which clicks are replays, and add the copies that have stored ones."""
    found = across_copies.find(session, new)
    for key, copy in find_copies(session, found.keys() - groups.keys()).items():
        groups[key].delivered = copy.delivered
    for key, replays in found.items():
        groups[key].replays = replays
