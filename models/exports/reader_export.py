"""Exports of a newsletter's readers as stored things: who asked for what, and the file until its link ends.

A reader who is erased is in no file that is handed out afterwards: files that may name the reader are removed, and one
that is being written is written anew.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..issues.newsletter import Newsletter
from ..issues.segments import saved_segment
from ..readers.subscriber import Subscription
from ..staff import audit
from ..staff.member import Member
from ..store import enqueue, kept_file
from ..store.base import Base
from ..store.clock import now
from ..store.errors import KairanError, NotFound
from ..store.language import Language
from ..store.phrase import phrase

HOURS = 24
"""So long the link of a file works."""
LEASE_SECONDS = 30.0


class ExportState(enum.Enum):
    """Where an export stands."""

    WAITING = "waiting"
    """A worker writes it, or will."""
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"
    """Somebody in it was erased."""
    ENDED = "ended"


class ExportFormat(enum.Enum):
    """What kind of file it is; the value is the end of its name."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportStopped(KairanError):
    """The export is no longer this worker's, or begins anew."""


class ReaderExport(Base):
    """One export."""

    __tablename__ = "reader_export"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    """Who asked, and alone may have it."""
    state: Mapped[ExportState] = mapped_column(default=ExportState.WAITING)
    format: Mapped[ExportFormat]
    segment: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of which readers, as an issue keeps it; empty: of all."""
    segment_name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="ja")
    """Of the headings."""
    file_id: Mapped[int | None] = mapped_column(ForeignKey("kept_file.id", ondelete="SET NULL"))
    readers: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    epoch: Mapped[int] = mapped_column(default=0)
    """A fencing token, as of imports."""
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    ready_at: Mapped[datetime | None]

    newsletter: Mapped[Newsletter] = relationship()
    member: Mapped[Member] = relationship()

    __table_args__ = (Index("ix_reader_export_newsletter_id_id", "newsletter_id", "id"),)

    @property
    def ends_at(self) -> datetime | None:
        """When its link ends."""
        return self.ready_at + timedelta(hours=HOURS) if self.ready_at else None


def ask(
    session: Session, newsletter: Newsletter, member: Member, format_: ExportFormat, segment_id: int | None,
    language: Language,
) -> ReaderExport:  # fmt: skip
    """Have an export written.

    Arguments:
        segment_id: of which saved segment's readers; None: of all.

    Raises:
        NotFound: the newsletter has no such segment.
    """
    made = ReaderExport(newsletter_id=newsletter.id, member_id=member.id, format=format_, language=language)
    if segment_id is not None:
        saved = saved_segment.get(session, newsletter, segment_id)
        made.segment, made.segment_name = saved.latest.segment, saved.name
    session.add(made)
    session.flush()
    details = {"export": made.id, "format": format_.value, "segment": made.segment_name}
    audit.record(session, member, "export subscribers", f"newsletter/{newsletter.id}", **details)
    enqueue.enqueue(session, enqueue.EXPORT_READERS, made.id)
    return made


def list_own(session: Session, newsletter_id: int, member: Member) -> list[ReaderExport]:
    """What somebody asked for, the latest first."""
    query = select(ReaderExport).where(ReaderExport.newsletter_id == newsletter_id, ReaderExport.member_id == member.id)
    return list(session.scalars(query.order_by(ReaderExport.id.desc()).limit(20)))


def open_own(session: Session, newsletter_id: int, export_id: int, member: Member) -> ReaderExport:
    """An export that may be handed out; that it is handed out is written down.

    Raises:
        NotFound: there is none, it is somebody else's, or its link has ended.
    """
    found = session.get(ReaderExport, export_id)
    if found is None or found.newsletter_id != newsletter_id or found.member_id != member.id:
        raise NotFound("there is no such export, or somebody else asked for it")
    if found.state is not ExportState.READY or found.ends_at is None or found.ends_at < now():
        raise NotFound("this file is kept no longer: ask for a new one")
    details = {"export": found.id, "readers": found.readers}
    audit.record(session, member, "download export", f"newsletter/{newsletter_id}", **details)
    return found


def acquire(session: Session, export_id: int) -> ReaderExport | None:
    """Begin to write an export; None where there is nothing to do, or somebody writes or changes it at this moment."""
    free = {"key_share": True, "skip_locked": True}
    found = session.get(ReaderExport, export_id, with_for_update=free, populate_existing=True)
    moment = _database_time(session)
    if found is None or found.state is not ExportState.WAITING or (found.lease_until and found.lease_until > moment):
        return None
    found.epoch += 1
    found.lease_until = moment + timedelta(seconds=LEASE_SECONDS)
    return found


def renew(session: Session, export_id: int, epoch: int) -> ReaderExport:
    """The export, locked until the commit and held for longer.

    Raises:
        ExportStopped: it begins anew, or another worker has it.
    """
    found = session.get(ReaderExport, export_id, with_for_update={"key_share": True}, populate_existing=True)
    if found is None or found.epoch != epoch or found.state is not ExportState.WAITING:
        raise ExportStopped(phrase("the export was stopped, or begins anew"))
    found.lease_until = _database_time(session) + timedelta(seconds=LEASE_SECONDS)
    return found


def waiting(session: Session) -> list[int]:
    """Exports that nobody writes."""
    free = or_(ReaderExport.lease_until.is_(None), ReaderExport.lease_until < func.clock_timestamp())
    query = select(ReaderExport.id).where(ReaderExport.state == ExportState.WAITING, free)
    return list(session.scalars(query.order_by(ReaderExport.id)))


def forget_reader(session: Session, subscriber_id: int) -> None:
    """See to it that no file names a reader whose data are erased in this transaction."""
    theirs = exists().where(
        Subscription.subscriber_id == subscriber_id, Subscription.newsletter_id == ReaderExport.newsletter_id
    )
    query = select(ReaderExport).where(theirs, ReaderExport.state.in_((ExportState.WAITING, ExportState.READY)))
    locked = query.order_by(ReaderExport.id).with_for_update(key_share=True, of=ReaderExport)
    for found in session.scalars(locked.execution_options(populate_existing=True)):
        if found.state is ExportState.READY:
            _remove(session, found, ExportState.REMOVED)
        else:
            found.epoch += 1
            found.lease_until = None
            enqueue.enqueue(session, enqueue.EXPORT_READERS, found.id)


def forget_old(session: Session) -> None:
    """Delete files whose link has ended."""
    over = now() - timedelta(hours=HOURS)
    query = select(ReaderExport).where(ReaderExport.state == ExportState.READY, ReaderExport.ready_at < over)
    for found in session.scalars(query.with_for_update(key_share=True, skip_locked=True)):
        _remove(session, found, ExportState.ENDED)


def _remove(session: Session, found: ReaderExport, state: ExportState) -> None:
    kept_file.remove(session, found.file_id)
    found.file_id, found.state = None, state


def _database_time(session: Session) -> datetime:
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment
