"""Single letters to one person (a confirmation, a welcome): an outbox, so that none is lost."""

from __future__ import annotations

import enum
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..store import enqueue
from ..store.base import Base
from ..store.clock import now


class TransactionalState(enum.Enum):
    """Where a single letter stands."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"


class TransactionalLetter(Base):
    """One single letter. ``kind`` names a template of :mod:`templates.transactional.render`, ``values`` fills it."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(2), default="ja")
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id"))
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[TransactionalState] = mapped_column(default=TransactionalState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(String(500), default="")

    __table_args__ = (Index("ix_notice_state_due_at", "state", "due_at"), Index("ix_notice_created_at", "created_at"))


def post(
    session: Session,
    kind: str,
    address: str,
    *,
    language: str = "ja",
    newsletter_id: int | None = None,
    subscriber_id: int | None = None,
    **values: Any,
) -> TransactionalLetter:
    """Put a single letter into the outbox; its task is sent to the broker once that is committed.

    Arguments:
        kind: names the template (:mod:`templates.transactional.render`).
        values: fill the template; what JSON can hold.
    """
    letter = TransactionalLetter(
        kind=kind,
        address=address,
        language=language,
        newsletter_id=newsletter_id,
        subscriber_id=subscriber_id,
        values=values,
    )
    session.add(letter)
    session.flush()
    enqueue.enqueue(session, enqueue.TRANSACTIONAL)
    return letter


def find(session: Session, numbers: Collection[int]) -> dict[int, TransactionalLetter]:
    """Those of the letters *numbers* that are still remembered, by their numbers."""
    query = select(TransactionalLetter).where(TransactionalLetter.id.in_(numbers))
    return {letter.id: letter for letter in session.scalars(query)}
