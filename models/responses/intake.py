"""Storing hits: each exactly once, judged among its neighbours, and counted in every roll-up, in one transaction.

One transaction at a time does this (an advisory lock), so that nobody judges a copy whose other hits he cannot see
yet. A hit that is stored already changes nothing: its key was made where the request came in.
"""

from __future__ import annotations

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

from ..deliveries.edition import Link
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter, Tracking
from ..store.clock import now
from ..store.db import array
from . import arrival, shelf
from .hit import Entry, StrayHit, ensure_partitions, headers_json, microseconds, moment
from .neighbours import Facts, Group, Groups, read_stored, settle
from .rules import HitKind
from .shelf import Kept
from .verdict import marks

log = structlog.get_logger(__name__)

LOCK = 0x6B686974  # "khit" in ASCII
HONEYPOT = "honeypot"
_EARLIEST = microseconds(datetime(2000, 1, 1, tzinfo=UTC))
_AHEAD = 86_400_000_000
_HUGE = 2**63


@dataclass(slots=True)
class Stored:
    """What became of a batch."""

    new: int = 0
    repeated: int = 0
    """Stored before."""
    stray: int = 0
    untracked: int = 0
    """Thrown away, since their newsletter does not track."""


def lock(session: Session) -> None:
    """Be the only one who changes hits until this transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def try_lock(session: Session) -> bool:
    """The same, where nobody else is at it; else answer no at once."""
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}))


def store(session: Session, entries: Iterable[Entry]) -> Stored:
    """Store the hits that are not stored yet, judge them and their neighbours, and count them.

    Arguments:
        entries: at most some ten thousand; the same one may come several times.
    """
    lock(session)
    # Whoever handed us these hits throws them away after the commit: it must be on disk by then.
    session.execute(text("SET LOCAL synchronous_commit = on"))
    stored = Stored()
    unique: dict[str, Entry] = {}
    for entry in entries:
        stored.repeated += entry.id in unique
        unique[entry.id] = entry
    if not unique:
        return stored
    issues = facts(session, {entry.issue for entry in unique.values()})
    good = _storable(session, unique.values(), issues, stored)
    try:
        with session.begin_nested():
            _add(session, good, issues)
    except UniqueViolation:
        # Rare, and so not looked for before: whoever moved some of these did not come to throw them away.
        known = _known(session, good)
        stored.repeated += len(known)
        good = [entry for entry in good if entry.id not in known]
        _add(session, good, issues)
    stored.new = len(good)
    return stored


def _add(session: Session, entries: Sequence[Entry], issues: dict[int, Facts]) -> None:
    """Store hits of which none is stored.

    Raises:
        psycopg.errors.UniqueViolation: one is.
    """
    if not entries:
        return
    times = [entry.at for entry in entries]
    ensure_partitions(session, _months(times))
    session.execute(_CUT_AGAIN, {"oldest": moment(min(times))})
    groups = _group(session, entries, issues)
    read_stored(session, groups, issues)
    settle(session, groups, issues)


# Hits older than the details that were cut already: the next cut begins with them.
_CUT_AGAIN = text("UPDATE detail_cut SET until = :oldest WHERE until > :oldest")


def _months(times: Iterable[int]) -> set[date]:
    days = {at // _AHEAD for at in times}
    return {date.fromordinal(719_163 + day).replace(day=1) for day in days}


def facts(session: Session, ids: Iterable[int]) -> dict[int, Facts]:
    """What judging needs to know of issues; those that do not exist are left out."""
    wanted = [number for number in ids if number < 2**31]  # a token's field is wider than the column
    rows = session.execute(
        select(Issue.id, Issue.prepared_at, Newsletter.tracking).join(Issue.newsletter).where(Issue.id.in_(wanted))
    )
    found = {
        number: Facts(tracking, since=prepared_at and prepared_at - timedelta(days=1))
        for number, prepared_at, tracking in rows
    }
    links = select(Link.issue_id, Link.number, Link.article_id, Link.kind).where(Link.issue_id.in_(wanted))
    for issue_id, number, article_id, kind in session.execute(links):
        if issue_id in found:
            found[issue_id].links[number] = (article_id, kind == HONEYPOT)
    return found


def set_aside(session: Session, strays: Sequence[tuple[str, str]]) -> None:
    """Keep what cannot be stored, as (entry, reason), for people to look at."""
    rows = {
        sha256(entry.encode()).hexdigest(): {"entry": entry.replace("\0", ""), "reason": reason, "found_at": now()}
        for entry, reason in strays
    }
    if rows:
        log.warning("hits cannot be stored", hits=len(rows), reasons=sorted({reason for _, reason in strays}))
        values = [{"digest": digest, **row} for digest, row in rows.items()]
        session.execute(insert(StrayHit).on_conflict_do_nothing(), values)


def _fault(entry: Entry, issues: dict[int, Facts], latest: int) -> str:
    """Why a hit cannot be stored; empty where it can."""
    issue = issues.get(entry.issue)
    if issue is None:
        return "no such issue"
    if (entry.link or entry.kind is HitKind.CLICK) and entry.link not in issue.links:
        return "no such link"
    if not (_EARLIEST <= entry.at <= latest):
        return "impossible time"
    return "" if -_HUGE <= entry.reader < _HUGE and 0 <= (entry.audience or 0) < 2**31 else "impossible reader"


def _storable(session: Session, entries: Iterable[Entry], issues: dict[int, Facts], stored: Stored) -> list[Entry]:
    """Those hits that can be stored, and whose newsletter tracks; the others are set aside, or thrown away."""
    good, strays = [], []
    latest = microseconds(now()) + _AHEAD
    for entry in entries:
        if fault := _fault(entry, issues, latest):
            strays.append((entry.pack().decode(), fault))
        elif issues[entry.issue].tracking is Tracking.OFF:
            stored.untracked += 1
        else:
            good.append(entry)
    set_aside(session, strays)
    stored.stray += len(strays)
    return good


_KNOWN = """
SELECT replace(came.id::text, '-', '') FROM unnest(%s::bigint[], %s::uuid[]) AS came (us, id)
CROSS JOIN LATERAL (
  SELECT FROM hit WHERE hit.at = timestamptz 'epoch' + us * interval '1 microsecond' AND hit.id = came.id
  LIMIT 1) AS hit
"""
# Limits let PostgreSQL look every copy up by its key: a table just filled has no statistics, and would be read whole.
_COPIES = """
SELECT copy.issue_id, copy.reader, hidden.id IS NOT NULL, delivery.audience_id,
  extract(epoch FROM CASE WHEN delivery.state IN ('accepted', 'unknown') THEN delivery.at END)::float8,
  delivery.state IN ('queued', 'sending', 'deferred')
FROM unnest(%s::int[], %s::bigint[]) AS copy (issue_id, reader)
LEFT JOIN LATERAL (
  SELECT * FROM delivery WHERE issue_id = copy.issue_id AND subscriber_id = copy.reader LIMIT 1) AS delivery ON true
LEFT JOIN LATERAL (
  SELECT id FROM subscriber WHERE id = copy.reader AND (tracking_refused OR erased_at IS NOT NULL)
  LIMIT 1) AS hidden ON true
"""


class _Copy(NamedTuple):
    """What the database knows of a reader's copy."""

    hidden: bool = False
    """Whether the reader does not want to be known, or was erased."""
    audience: int | None = None
    delivered: float | None = None
    """Seconds since 1970."""
    on_its_way: bool = False


_NO_COPY = _Copy()


def _known(session: Session, entries: Sequence[Entry]) -> set[str]:
    """The ids of those that are stored already."""
    columns = [array(entry.at for entry in entries), array(entry.id for entry in entries)]
    rows = shelf.raw(session).cursor().execute(_KNOWN, columns).fetchall()
    return {code for (code,) in rows}


def _copies(session: Session, entries: Sequence[Entry]) -> dict[tuple[int, int], _Copy]:
    wanted = {(entry.issue, entry.reader) for entry in entries if entry.reader > 0}
    columns = [array(column) for column in zip(*wanted, strict=True)] or ["{}", "{}"]
    rows = shelf.raw(session).cursor(binary=True).execute(_COPIES, columns).fetchall()
    return {(issue, reader): _Copy(*rest) for issue, reader, *rest in rows}


def _group(session: Session, entries: Sequence[Entry], issues: dict[int, Facts]) -> Groups:
    groups: Groups = {}
    copies = _copies(session, entries)
    for entry in entries:
        issue, copy = issues[entry.issue], copies.get((entry.issue, entry.reader), _NO_COPY)
        # A copy that is not settled yet was taken by the relay a moment ago at the latest.
        delivered = entry.at / 1e6 if copy.on_its_way else copy.delivered
        audience = copy.audience if entry.reader > 0 else entry.audience
        if entry.reader > 0 and (copy.hidden or issue.tracking is Tracking.AGGREGATE):
            entry, audience, delivered = _hide(entry, delivered), None, None
        key = (entry.issue, entry.reader)
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group()
        if delivered is not None and (group.delivered is None or delivered > group.delivered):
            group.delivered = delivered
        group.new.append(_begin(entry, audience, issue))
    return groups


def _hide(entry: Entry, delivered: float | None) -> Entry:
    """Make a hit nameless whose reader refused, or was erased, while it was on its way."""
    request = arrival.Request(
        entry.kind, entry.method, entry.issue, entry.reader, entry.link, entry.client, entry.agent, entry.headers
    )
    copy = arrival.Copy(delivered=None if delivered is None else round(delivered * 1e6))
    return arrival.nameless(request, entry.id, entry.at, copy)


def _begin(entry: Entry, audience: int | None, issue: Facts) -> tuple[Kept, tuple[str, ...]]:
    article, _ = issue.links[entry.link] if entry.link else (None, False)
    nameless = entry.reader < 0
    fired = entry.marks if nameless else marks(entry.kind, entry.method, entry.client, entry.agent, entry.headers)
    kept = Kept(
        entry.at, entry.id, entry.issue, entry.reader, entry.kind, entry.method, entry.link, article, audience,
        entry.client or None, entry.agent, headers_json(entry.headers),
    )  # fmt: skip
    return kept, fired
