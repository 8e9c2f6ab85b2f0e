"""Events of sending services: kept as they came, each once, and followed by a worker."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, delete, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ...store import enqueue
from ...store.base import Base
from ...store.clock import now
from ...store.log_redaction import redact
from .. import consequences, ownership
from ..bounce_class import BounceClass
from ..consequences import Consequence
from ..returned_mail import KEPT, storable
from .event_reading import EventReading

log = structlog.get_logger(__name__)

MOST_TRIES = 10
UNPROVED = "unproved"
"""The consequence of an event that names no letter of ours; it counts for nobody."""


class ProviderEvent(Base):
    """One event about one recipient, and what followed."""

    __tablename__ = "provider_event"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    provider: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(200))
    """Its id at the service, by which it counts once."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    at: Mapped[datetime]
    """When it happened, as the service says."""
    kind: Mapped[str] = mapped_column(String(30))
    """A :class:`~models.bounces.bounce_class.BounceClass`."""
    raw: Mapped[str | None]
    """The event as it came, as JSON; None after ``RETURNS_KEPT_DAYS``, when what nothing follows from is gone."""
    address: Mapped[str] = mapped_column(String(320))
    """Whom it names; that describes and proves nothing."""
    message_ids: Mapped[list[str]] = mapped_column(JSONB)
    return_paths: Mapped[list[str]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(String(11))
    said: Mapped[str] = mapped_column(String(300))
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    handled_at: Mapped[datetime | None]
    consequence: Mapped[str] = mapped_column(String(20), default="")
    """What followed, a word of :class:`~models.bounces.consequences.Consequence`, or :data:`UNPROVED`."""
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="SET NULL"))
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id", ondelete="SET NULL"))
    """Of that issue; None where it names no letter of ours."""
    subscriber_id: Mapped[int | None] = mapped_column(BigInteger)
    """Whose letter it is about, where that is proved."""

    __table_args__ = (
        Index("uq_provider_event_provider_key", "provider", "key", unique=True),
        Index("ix_provider_event_received_at", "received_at"),
        Index("ix_provider_event_subscriber_id", "subscriber_id"),
        Index(
            "ix_provider_event_shown",
            "newsletter_id",
            "id",
            postgresql_where=text("kind NOT IN ('delivered', 'delayed')"),
        ),
        Index("ix_provider_event_waiting", "id", postgresql_where=text("handled_at IS NULL")),
        Index("ix_provider_event_raw", "received_at", postgresql_where=text("raw IS NOT NULL")),
        Index("ix_provider_event_address", text("lower(address)"), postgresql_where=text("address <> ''")),
    )


def take_in(session: Session, provider: str, readings: Sequence[EventReading]) -> int:
    """Keep a batch, whole or not at all, for a worker to follow; returns how many events of it are new."""
    if not readings:
        return 0
    rows = {one.key[:200]: _row(provider, one) for one in readings}
    add = insert(ProviderEvent).values(list(rows.values())).on_conflict_do_nothing(index_elements=["provider", "key"])
    taken = len(session.scalars(add.returning(ProviderEvent.id)).all())
    if taken:
        enqueue.enqueue(session, enqueue.FOLLOW_EVENTS)
    return taken


def _row(provider: str, one: EventReading) -> dict[str, object]:
    return {
        "provider": provider, "key": storable(one.key, 200), "received_at": now(), "at": one.at, "kind": one.kind.value,
        "raw": one.raw, "address": storable(one.address, 320), "status": storable(one.status, 11),
        "message_ids": [storable(value, 300) for value in one.message_ids[:5]],
        "return_paths": [storable(value, 320) for value in one.return_paths[:5]],
        "said": storable(redact(one.said), 300), "tries": 0, "consequence": "",
    }  # fmt: skip


def begin(session: Session, limit: int = 500, without: Collection[int] = ()) -> Sequence[int]:
    """Events that wait, the oldest first. What was tried :data:`MOST_TRIES` times is left alone.

    Arguments:
        without: those that have to wait longer.
    """
    waits = ProviderEvent.handled_at.is_(None), ProviderEvent.tries < MOST_TRIES, ProviderEvent.id.not_in(without)
    return session.scalars(select(ProviderEvent.id).where(*waits).order_by(ProviderEvent.id).limit(limit)).all()


def count_try(session: Session, event_id: int) -> bool:
    """Count that somebody is about to follow an event; whether it waits for them. The caller commits at once."""
    waits = ProviderEvent.id == event_id, ProviderEvent.handled_at.is_(None), ProviderEvent.tries < MOST_TRIES
    mine = select(ProviderEvent.id).where(*waits).with_for_update(skip_locked=True).scalar_subquery()
    counted = update(ProviderEvent).where(ProviderEvent.id == mine).values(tries=ProviderEvent.tries + 1)
    tries = session.scalar(counted.returning(ProviderEvent.tries).execution_options(synchronize_session=False))
    if tries == MOST_TRIES:
        log.error("an event is tried for the last time; it is left alone if that fails", number=event_id)
    return tries is not None


def is_waiting(session: Session) -> bool:
    """Whether any waits, for the sweep: a broker may lose their task."""
    waits = ProviderEvent.handled_at.is_(None), ProviderEvent.tries < MOST_TRIES
    return session.scalar(select(ProviderEvent.id).where(*waits).limit(1)) is not None


def follow(session: Session, event_id: int) -> bool:
    """Let one event have its consequences; whether it still waited. The caller commits."""
    waits = select(ProviderEvent).where(ProviderEvent.id == event_id, ProviderEvent.handled_at.is_(None))
    waits = waits.execution_options(populate_existing=True)
    event = session.scalars(waits).one_or_none()
    if event is None:
        return False
    owner = ownership.of_values(session, event.message_ids, event.return_paths)
    # The reader is locked before the event, as everywhere: erasing a reader empties their events.
    reader = consequences.lock_reader(session, owner.subscriber_id) if owner else None
    if session.scalars(waits.with_for_update(skip_locked=True)).one_or_none() is None:
        return False
    event.handled_at = now()
    event.issue_id = owner.issue.id if owner else None
    event.newsletter_id = owner.issue.newsletter_id if owner else None
    kind = BounceClass(event.kind)
    if owner is None or owner.proof is None or reader is None:
        event.consequence = UNPROVED if kind.has_consequences else Consequence.NOTHING.value
    else:
        event.subscriber_id = owner.subscriber_id
        source = f"{event.provider}/{event.key}"
        event.consequence = consequences.follow(
            session, reader, owner.issue.id, kind, source=source, at=event.at, reason=event.said,
            status=event.status, address=event.address,
        ).value  # fmt: skip
    if reader is not None and reader.address is None:
        event.raw, event.address, event.said, event.return_paths = None, "", "", []  # erased while it waited
    log.info("event followed", provider=event.provider, kind=event.kind, consequence=event.consequence)
    return True


_KEPT_KINDS = [kind.value for kind in BounceClass if kind.has_consequences]
"""About these staff may ask within the year."""


def forget_old(session: Session, portion: int = 1000) -> int:
    """Forget events after ``RETURNS_KEPT_DAYS``; of failures and complaints only how they came, and all after more
    than a year. The caller commits, until none is left.

    Arguments:
        portion: how many events at most, in each of the two ways.

    Returns:
        How many events.
    """
    last = select(ProviderEvent.id).order_by(ProviderEvent.received_at).limit(portion)
    last = last.with_for_update(skip_locked=True)
    gone = session.scalars(last.where(ProviderEvent.received_at < now() - KEPT)).all()
    old = ProviderEvent.received_at < now() - timedelta(days=settings.get().returns_kept_days)
    done = session.scalars(last.where(old, ProviderEvent.raw.is_not(None))).all()
    nothing = ProviderEvent.handled_at.is_not(None) & ProviderEvent.kind.not_in(_KEPT_KINDS)
    of_done = ProviderEvent.id.in_(done)
    session.execute(delete(ProviderEvent).where(ProviderEvent.id.in_(gone) | (of_done & nothing)))
    session.execute(update(ProviderEvent).where(of_done).values(raw=None))
    return len({*gone, *done})
