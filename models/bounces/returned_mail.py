"""Messages that came in: each is stored as it came before it is judged, and judged once (:mod:`.judge`).

The digest of its bytes is the key, so a message that comes a thousand times, or is handed over again because the
answer got lost, is one row.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship

import settings

from ..issues.issue import Issue
from ..store.base import Base
from ..store.clock import now
from ..store.db import rows_changed

KEPT = timedelta(days=400)
"""How long what a message said is kept: as long as streaks look back (:mod:`.streak`)."""
_MOST_RECIPIENTS = 20


class ReturnedMail(Base):
    """One message, what was read in it, and what followed."""

    __tablename__ = "returned_mail"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the message as it came, 64 hex digits."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    way: Mapped[str] = mapped_column(String(10))
    """How it came: ``lmtp``, ``smtp``, ``maildir``, ``imap``, ``import``."""
    sender: Mapped[str] = mapped_column(String(320))
    """Envelope sender; empty for ``<>`` and where it is not known."""
    recipients: Mapped[list[Any]] = mapped_column(default=list)
    """Envelope recipients, as far as they are known."""
    size: Mapped[int]
    """Bytes of the message."""
    raw: Mapped[bytes | None] = deferred(mapped_column(default=None))
    """The message, compressed (RFC 1950); None after ``RETURNS_KEPT_DAYS``, and once it is judged where it is
    large and proves nothing."""
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often somebody began to judge it: one that kills whoever reads it is left alone."""
    judged_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(String(30), default="")
    rule: Mapped[str] = mapped_column(String(200), default="")
    rules_version: Mapped[str] = mapped_column(String(64), default="")
    status: Mapped[str] = mapped_column(String(11), default="")
    said: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(320), default="")
    """Whom it names first; that describes and proves nothing."""
    proof: Mapped[str] = mapped_column(String(20), default="")
    """By what it is known whose letter it is about (:class:`.ownership.Proof`); empty where nothing proves it."""
    consequence: Mapped[str] = mapped_column(String(20), default="")
    """What followed, a word of :class:`.consequences.Consequence` or :class:`.mail_leave.Leaving`."""
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id", ondelete="SET NULL"))
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="SET NULL"))
    subscriber_id: Mapped[int | None] = mapped_column(BigInteger)
    """Whose letter it is about, where that is proved."""

    issue: Mapped[Issue | None] = relationship()

    __table_args__ = (
        Index("ix_returned_mail_newsletter_id_received_at", "newsletter_id", "received_at"),
        Index("ix_returned_mail_received_at", "received_at"),
        Index("ix_returned_mail_subscriber_id", "subscriber_id"),
        Index("ix_returned_mail_waiting", "received_at", postgresql_where=text("judged_at IS NULL")),
        Index("ix_returned_mail_raw", "received_at", postgresql_where=text("raw IS NOT NULL")),
        Index("ix_returned_mail_address", text("lower(address)"), postgresql_where=text("address <> ''")),
        Index("ix_returned_mail_sender", text("lower(sender)"), postgresql_where=text("sender <> ''")),
    )

    @property
    def message(self) -> bytes | None:
        """The message as it came; None where it is kept no longer."""
        return zlib.decompress(self.raw) if self.raw is not None else None

    @property
    def delivered(self) -> bytes:
        """The message with its envelope sender on top, as final delivery writes it (RFC 5321, 4.4); files have one."""
        raw = self.message or b""
        return f"Return-Path: <{self.sender}>\r\n".encode() + raw if raw and self.way in ("lmtp", "smtp") else raw

    def forget(self) -> None:
        """Keep nothing that tells who the reader is."""
        self.raw, self.recipients = None, []
        self.sender = self.address = self.said = ""


def storable(value: str, most: int) -> str:
    """Text as PostgreSQL keeps it: no NUL, and no half of a surrogate pair, as broken mail may have.

    Arguments:
        most: characters.
    """
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def take_in(
    session: Session,
    raw: bytes,
    *,
    way: str,
    sender: str = "",
    recipients: Sequence[str] = (),
    received_at: datetime | None = None,
) -> bool:
    """Store a message that came in; whether it is new. Nothing is read yet: :func:`.judge.judge_waiting` does that.

    The caller commits, and answers whoever handed it over only then.

    Arguments:
        raw: the message as it came, of at most ``RETURNS_MEGABYTES``; the caller has seen to that.
        way: how it came, in at most 10 characters.
        sender: envelope sender, without angle brackets.
        recipients: envelope recipients. A return path among them proves whose letter it is about.
        received_at: when; now, where nothing is said.
    """
    values = {
        "digest": sha256(raw).hexdigest(),
        "received_at": received_at or now(),
        "way": way,
        "sender": storable(sender, 320),
        "recipients": [storable(one, 320) for one in recipients[:_MOST_RECIPIENTS]],
        "size": len(raw),
        "raw": zlib.compress(raw, 1),
    }
    return session.connection().execute(_ADD, values).scalar() is not None


# Made once, and without the ORM: that took half of the time of taking a message in.
_ADD = insert(ReturnedMail).on_conflict_do_nothing().returning(ReturnedMail.digest)


def bytes_since(session: Session, moment: datetime) -> int:
    """Bytes of the messages that have come since a moment."""
    return session.scalar(select(func.sum(ReturnedMail.size)).where(ReturnedMail.received_at >= moment)) or 0


def forget_old(session: Session, portion: int = 1000) -> int:
    """Forget messages as they came, and after more than a year what they said; the caller commits, until none is left.

    Arguments:
        portion: how many messages at most, in each of the two ways.

    Returns:
        How many messages.
    """
    last = select(ReturnedMail.digest).order_by(ReturnedMail.received_at).limit(portion)
    last = last.with_for_update(skip_locked=True)
    gone = last.where(ReturnedMail.received_at < now() - KEPT)
    deleted = rows_changed(session.execute(delete(ReturnedMail).where(ReturnedMail.digest.in_(gone))))
    old = ReturnedMail.received_at < now() - timedelta(days=settings.get().returns_kept_days)
    done = last.where(old, ReturnedMail.raw.is_not(None), ReturnedMail.judged_at.is_not(None))
    emptied = session.execute(update(ReturnedMail).where(ReturnedMail.digest.in_(done)).values(raw=None))
    return deleted + rows_changed(emptied)
