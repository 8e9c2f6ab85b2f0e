"""Cutting away whole old days of the audit log. Their heads stay, and the cut itself is an entry."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

import settings

from ..store.clock import today
from . import audit
from .audit import AuditEntry
from .audit_day import AuditDay


def first_kept() -> date | None:
    """The first day whose entries AUDIT_RETENTION_DAYS keeps; None where all are kept."""
    days = settings.get().audit_retention_days
    return today() - timedelta(days=days) if days else None


def cut(session: Session, first: date) -> int:
    """Cut away every day before *first*; answer how many entries went. The caller commits.

    The trigger lets entries go whose day has a head and that an entry of a later day says are cut away, and no other.
    """
    audit.close_past(session)
    until = session.scalar(select(func.max(AuditDay.day)).where(AuditDay.day < first))
    if until is None:
        return 0
    kept = session.get_one(AuditDay, until)
    count = session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.day <= until)) or 0
    if not count:
        return 0
    audit.record(session, "audit retention", audit.CUT, until=until, entries=count, last=kept.last, head=kept.head)
    session.execute(delete(AuditEntry).where(AuditEntry.day <= until))
    return count
