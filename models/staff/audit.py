"""The audit log: who did what, each entry chained to the one before, so that a hole or a change shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base, after_create
from ..store.clock import now
from .member import Member

_LOCK = 0x6B616972  # advisory lock: one entry is chained at a time


class AuditEntry(Base):
    """One act. ``digest`` covers the act and the digest of the entry before."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    actor: Mapped[str] = mapped_column(String(320))
    """The address of the person, or the name of the command."""
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(100), default="")
    """What was acted on, such as ``issue/12``."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    digest: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_audit_entry_subject", "subject"),)


after_create(
    AuditEntry,
    """
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
    """,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()
    """,
)


def digest_of(before: str, entry: AuditEntry) -> str:
    """The digest of an entry that follows one with the digest *before*."""
    content = [before, entry.at.isoformat(), entry.actor, entry.action, entry.subject, entry.detail]
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def record(session: Session, actor: Member | str, action: str, subject: str = "", **detail: Any) -> AuditEntry:
    """Write down one act, in the same transaction as the act itself.

    Arguments:
        actor: the person, or the name of the command that acted.
        action: a verb and a noun, such as ``approve issue``.
        subject: what was acted on, such as ``issue/12``.
        detail: values that JSON can hold. No personal data of readers.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    before = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)) or ""
    entry = AuditEntry(
        at=now(),
        member_id=actor.id if isinstance(actor, Member) else None,
        actor=actor.address if isinstance(actor, Member) else actor,
        action=action,
        subject=subject,
        detail=detail,
    )
    entry.digest = digest_of(before, entry)
    session.add(entry)
    session.flush()
    return entry


def broken_entries(session: Session) -> Iterator[int]:
    """The ids of entries that were changed, or that do not follow the one before them: none in a whole log.

    Entries that are missing at the end leave no trace in those before them: compare with a digest noted earlier
    (:func:`contains`).
    """
    before = ""
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)):
        if entry.digest != digest_of(before, entry):
            yield entry.id
        before = entry.digest


def end(session: Session) -> tuple[int, str]:
    """How many entries there are, and the digest of the last one; empty where there is none."""
    last = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    return session.scalar(select(func.count(AuditEntry.id))) or 0, last or ""


def contains(session: Session, digest: str) -> bool:
    """Whether an entry with a digest that was noted earlier is still in the log."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.digest == digest).limit(1)) is not None
