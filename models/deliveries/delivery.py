"""Deliveries: each reader's copy of an issue and what became of it; and the batches that workers take.

Delivery: ``queued → sending → accepted | deferred | bounced | failed | unknown``; ``suppressed`` (with a reason) at
preparation, or when the reader left between preparation and sending.

The primary key (issue, subscriber) guarantees that nobody gets two copies. The table has no foreign keys and only one
more index (on the batch, which never changes), so that a million rows are frozen in seconds, and claiming and recording
are updates that change no index: heap-only tuples (HOT, PostgreSQL documentation, 73.7), for which the fill factor
leaves room. Subscribers' rows are never deleted, so the ids stay valid.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..issues.issue import Issue
from ..store.base import Base, after_create
from ..store.clock import now
from ..store.mail_address import a_labels
from ..store.phrase import phrase
from ..store.token import Purpose, maker


class DeliveryState(enum.Enum):
    """What became of a copy."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


STATE_WORDS = {
    DeliveryState.QUEUED: phrase("waiting"),
    DeliveryState.SENDING: phrase("being sent"),
    DeliveryState.ACCEPTED: phrase("accepted"),
    DeliveryState.DEFERRED: phrase("deferred"),
    DeliveryState.BOUNCED: phrase("bounced"),
    DeliveryState.FAILED: phrase("failed"),
    DeliveryState.UNKNOWN: phrase("unknown"),
    DeliveryState.SUPPRESSED: phrase("left out"),
}
"""Outcomes as they stand in a sentence."""


class Delivery(Base):
    """One reader's copy of an issue."""

    __tablename__ = "delivery"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subscriber_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    batch_id: Mapped[int | None]
    """None where nothing will be sent (suppressed at preparation)."""
    edition: Mapped[int] = mapped_column(SmallInteger)
    lane_id: Mapped[int] = mapped_column(SmallInteger)
    audience_id: Mapped[int | None]
    """The reader's audience when the issue was prepared: what rankings by audience count."""
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.QUEUED)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    code: Mapped[int | None] = mapped_column(SmallInteger)
    enhanced: Mapped[str | None] = mapped_column(String(11))
    answer: Mapped[str | None] = mapped_column(String(500))
    """What the relay said, or why the reader was left out."""
    relay: Mapped[str | None] = mapped_column(String(100))
    due_at: Mapped[datetime | None]
    """When a deferred copy is tried again."""
    at: Mapped[datetime | None]
    """When its state last changed."""

    __table_args__ = (
        Index("ix_delivery_batch_id", "batch_id"),
        {"postgresql_with": {"fillfactor": 60, "autovacuum_vacuum_scale_factor": 0.05}},
    )


class BatchState(enum.Enum):
    """Whether a batch still has work."""

    OPEN = "open"
    DONE = "done"


class Batch(Base):
    """Deliveries of one lane handed to one task."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    lane_id: Mapped[int] = mapped_column(ForeignKey("lane.id"))
    number: Mapped[int]
    size: Mapped[int]
    state: Mapped[BatchState] = mapped_column(default=BatchState.OPEN)
    due_at: Mapped[datetime] = mapped_column(default=now)
    """When there is work again: at once, or when the first deferred copy is due."""
    epoch: Mapped[int] = mapped_column(default=0)
    """Raised by each worker that takes the batch; a worker with an older one must stop."""
    worker: Mapped[str | None] = mapped_column(String(100))
    lease_until: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("issue_id", "lane_id", "number"),
        Index("ix_batch_state_due_at", "state", "due_at"),
    )


class Attempt(Base):
    """An answer other than acceptance, kept as history; the delivery itself keeps the last one."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    issue_id: Mapped[int]
    subscriber_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(10), default="")
    code: Mapped[int] = mapped_column(SmallInteger, default=0)
    enhanced: Mapped[str] = mapped_column(String(11), default="")
    answer: Mapped[str] = mapped_column(String(500), default="")
    relay: Mapped[str] = mapped_column(String(100), default="")
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (Index("ix_attempt_issue_id_subscriber_id", "issue_id", "subscriber_id"),)


# Preparing writes these columns by INSERT … SELECT, which does not use SQLAlchemy's defaults.
after_create(
    Delivery,
    "ALTER TABLE delivery ALTER state SET DEFAULT 'queued', ALTER attempts SET DEFAULT 0",
)


def message_id_maker(issue: Issue) -> Callable[[int], str]:
    """A function from a subscriber's id to the Message-ID (RFC 5322, 3.6.4) of the letter, with angle brackets.

    It is the same in all attempts, as long as ``SECRET_KEY`` is the same.
    """
    domain = a_labels(issue.newsletter.sender_address.rpartition("@")[2])  # as it stands in the From field
    make, number = maker(Purpose.MESSAGE), issue.id

    def message_id(subscriber: int) -> str:
        return f"<{make(number, subscriber).decode()}@{domain}>"

    return message_id
