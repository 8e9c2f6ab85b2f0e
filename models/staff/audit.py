"""The audit log: who did what, when, from where, and what it was before and after.

Each entry is chained to the one before it and signed, so that a hole, a change or a forged entry shows
(:mod:`.audit_check`, ``docs/audit.md``). The database refuses to change it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store.base import Base, after_create
from ..store.clock import now, today, tokyo_date
from . import audit_changes, audit_day, audit_key, audit_origin
from .audit_day import Head
from .member import Member

_LOCK = 0x6B616972  # advisory lock: one entry is chained at a time
_WRITTEN = "entries written in this transaction"
FORM = 2
"""How entries are digested now; 1 is how versions before 0.1 did it, without number, origin, person and changes."""
CUT = "cut audit log"
"""The act by which old days are cut away; the trigger knows it, too."""


class AuditEntry(Base):
    """One act. ``digest`` covers the act and the digest of the entry before."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Counts the entries without a gap; ids have gaps where a transaction was taken back."""
    form: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime] = mapped_column(default=now)
    day: Mapped[date]
    """In Asia/Tokyo; never before the day of the entry before, whatever the clock says."""
    edge: Mapped[str] = mapped_column(String(10))
    """page, command, api or worker; empty in entries of older versions."""
    client: Mapped[str] = mapped_column(String(45))
    """The network address that the person of the staff came from."""
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    actor: Mapped[str] = mapped_column(String(320))
    """The address of the person, or the name of the command."""
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(100), default="")
    """What was acted on, such as ``issue/12``."""
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By row and column: before and after."""
    previous: Mapped[str] = mapped_column(String(64))
    """The digest of the entry before; empty in the first."""
    digest: Mapped[str] = mapped_column(String(64))
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(88))

    __table_args__ = (
        Index("ix_audit_entry_subject", "subject"),
        Index("ix_audit_entry_day", "day"),
        Index("ix_audit_entry_cut", text("(detail ->> 'until')"), postgresql_where=text(f"action = '{CUT}'")),
    )


after_create(
    AuditEntry,
    # Entries go where the log itself says that their day was cut away and where the head of that day stays: so nobody
    # cuts the log without an entry that tells of it.
    """
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
        IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM audit_day WHERE day = OLD.day)
            AND EXISTS (SELECT FROM audit_entry
                        WHERE action = 'cut audit log' AND detail ->> 'until' >= OLD.day::text AND day > OLD.day)
        THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'the audit log is append-only';
    END $$
    """,
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()
    """,
    """
    CREATE TRIGGER not_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)


def digest_of(entry: AuditEntry, number: int | None = None) -> str:
    """The digest that *entry* must have (``docs/audit.md``), or would have had under another *number*."""
    return sha256(content_of(entry, number).encode("utf-8", "surrogatepass")).hexdigest()


def content_of(entry: AuditEntry, number: int | None = None) -> str:
    """The text that an entry's digest is of."""
    at = entry.at.astimezone(UTC)
    if entry.form == 1:
        old = [entry.previous, at.isoformat(), entry.actor, entry.action, entry.subject, entry.detail]
        return json.dumps(old, ensure_ascii=False, sort_keys=True)
    content = [
        entry.form,
        entry.number if number is None else number,
        entry.day.isoformat(),
        entry.previous,
        at.isoformat(timespec="microseconds"),
        entry.edge,
        entry.client,
        entry.member_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.detail,
        entry.changes,
    ]
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def record(session: Session, actor: Member | str, action: str, subject: str = "", **detail: Any) -> AuditEntry:
    """Write down one act, in the same transaction as the act itself, with all that was changed in it so far.

    Arguments:
        actor: the person, or the name of the command that acted.
        action: a verb and a noun, such as ``approve issue``.
        subject: what was acted on, such as ``issue/12``.
        detail: values that JSON can hold. No personal data of readers.

    Raises:
        Invalid: SECRET_KEY, which signs the entry, is missing or can be guessed.
    """
    return record_each(session, actor, action, [(subject, detail)])[0]


def record_each(
    session: Session, actor: Member | str, action: str, things: Sequence[tuple[str, Mapping[str, Any]]]
) -> list[AuditEntry]:
    """Write down the same act on many things, an entry for each; what was changed so far stands in the first.

    Arguments:
        things: the subject and the details of each, as :func:`record` takes them.

    Raises:
        Invalid: see :func:`record`.
    """
    if not things:
        return []  # what was changed so far waits for the next entry
    session.flush()
    changes, origin, moment = audit_changes.take(session), audit_origin.present(), now()
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = _last(session)
    written: list[AuditEntry] = []
    day = max(tokyo_date(moment), last.day) if last else tokyo_date(moment)
    if last and last.day < day:
        _close(session, last)
    key_id = audit_key.publish(session)
    for subject, detail in things:
        entry = AuditEntry(
            number=last.number + 1 if last else 1,
            form=FORM,
            at=moment,
            day=day,
            edge=origin.edge,
            client=origin.client,
            member_id=actor.id if isinstance(actor, Member) else None,
            actor=actor.address if isinstance(actor, Member) else actor,
            action=action,
            subject=subject,
            detail=audit_changes.plain(detail),
            changes={} if written else changes.values,
            previous=last.digest if last else "",
            key_id=key_id,
        )
        entry.digest = digest_of(entry)
        entry.signature = audit_key.sign(audit_key.message(day, entry.number, entry.digest))
        written.append(entry)
        last = entry
    session.add_all(written)
    session.flush()
    session.info[_WRITTEN] = True
    return written


def head(session: Session, day: date | None = None) -> Head | None:
    """The head of the log as it is now, or of a *day*; None where there is none."""
    query = select(AuditEntry.day, AuditEntry.number, AuditEntry.digest).order_by(AuditEntry.number.desc()).limit(1)
    found = session.execute(query.where(AuditEntry.day == day) if day else query).first()
    if found:
        return Head(*found)
    kept = session.get(audit_day.AuditDay, day) if day else None
    return Head(kept.day, kept.last, kept.head) if kept else None


def close_past(session: Session) -> None:
    """Write down the head of the last day with entries, once it is over."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = _last(session)
    if last and last.day < today():
        _close(session, last)


def _last(session: Session) -> AuditEntry | None:
    return session.scalar(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1))


def _close(session: Session, last: AuditEntry) -> None:
    audit_day.close(session, last.day, Head(last.day, last.number, last.digest), last.key_id, last.signature)


@event.listens_for(Session, "before_commit")
def record_unrecorded(session: Session) -> None:
    """Write an entry about what staff have changed by a page or a command that has written none."""
    origin = audit_origin.present()
    if not origin.watched or session.in_nested_transaction():
        return
    session.flush()
    if session.info.get(_WRITTEN):
        return
    found = audit_changes.waiting(session)
    if not found.values and not found.rows:
        return
    person = session.get(Member, origin.member_id) if origin.member_id else None
    subject = next(iter([*found.values, *found.rows]))
    record(session, person or origin.actor or origin.edge, "change", subject, rows=found.rows)


@event.listens_for(Session, "after_soft_rollback")
@event.listens_for(Session, "after_commit")
def _forget(session: Session, *_previous: object) -> None:
    session.info.pop(_WRITTEN, None)
