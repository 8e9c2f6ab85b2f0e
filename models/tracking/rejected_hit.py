"""Hits that cannot be stored: kept for staff to look at, nameless where their readers must not be identified."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ..issues.newsletter import Tracking
from ..readers.subscriber import Subscriber
from ..store.clock import now
from .classify import IssueFacts
from .hit import IncomingHit, RejectedHit
from .hit_codec import to_incoming
from .hit_table import HitRecord

log = structlog.get_logger(__name__)

_LENGTH = 1000
_BIGINT_END = 2**63


def store(
    session: Session,
    rejected: Sequence[tuple[HitRecord, str]],
    issues: Mapping[int, IssueFacts],
    *,
    imported: bool = False,
) -> None:
    """Keep hits, each with the reason why it cannot be stored.

    Arguments:
        issues: those that there are.
        imported: whoever imported them has their file. What would have to be nameless is not kept.
    """
    entries = []
    known = _individuals(session, [hit for hit, _ in rejected], issues) if rejected else set()
    for hit, reason in rejected:
        if hit.reader in known:
            entries.append((to_incoming(hit).pack().decode(), reason))
        elif not imported:
            entries.append((_nameless(to_incoming(hit)).pack().decode(), reason))
    _keep(session, entries)


def store_unreadable(session: Session, rejected: Iterable[tuple[str, str]]) -> None:
    """Keep what is no hit, as (entry, reason). Nobody knows whose it was, so only its shape is kept."""
    _keep(session, [(shape(entry), reason) for entry, reason in rejected])


def shape(entry: str) -> str:
    """*entry* with ``a`` for every letter and ``9`` for every digit."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", entry[:_LENGTH]))


def _individuals(session: Session, hits: Iterable[HitRecord], issues: Mapping[int, IssueFacts]) -> set[int]:
    """The readers who may be identified: we know them, and that they and the newsletter agree."""
    readers = {
        hit.reader
        for hit in hits
        if hit.issue in issues and issues[hit.issue].tracking is Tracking.INDIVIDUAL and 0 < hit.reader < _BIGINT_END
    }
    allowed = select(Subscriber.id).where(
        Subscriber.id.in_(readers), ~Subscriber.tracking_refused, Subscriber.erased_at.is_(None)
    )
    return set(session.scalars(allowed))


def _nameless(hit: IncomingHit) -> IncomingHit:
    return replace(hit, reader=0, client="", agent=None, headers={}, audience=None, marks=())


def _keep(session: Session, entries: Sequence[tuple[str, str]]) -> None:
    rows = {
        sha256(entry.encode()).hexdigest(): {"entry": entry.replace("\0", ""), "reason": reason, "found_at": now()}
        for entry, reason in entries
    }
    if rows:
        log.warning("hits cannot be stored", hits=len(rows), reasons=sorted({reason for _, reason in entries}))
        values = [{"digest": digest, **row} for digest, row in rows.items()]
        session.execute(insert(RejectedHit).on_conflict_do_nothing(), values)
