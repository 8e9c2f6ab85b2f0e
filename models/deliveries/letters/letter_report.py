"""What came back about a letter after a relay had taken it: kept once for each class, and the outcome that it changed.

A relay's answer is a letter's first outcome. A later report amends it: the delivery is ``bounced`` or ``failed`` then,
and the report keeps what had been before, so that the certificate tells both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, ForeignKey, Index, String, func, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...store.base import Base
from ...store.clock import now
from ..delivery import Attempt, Delivery, DeliveryState

RETURNED = "returned"
"""The kind of the attempt that an amended outcome adds to a letter's history."""
_MAY_BE_AMENDED = (DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


class LetterReport(Base):
    """That a letter came back, or that its reader complained. One row for a letter and a class, however often told."""

    __tablename__ = "letter_report"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    """A word of :class:`models.bounces.bounce_class.BounceClass`."""
    lane_id: Mapped[int]
    source: Mapped[str] = mapped_column(String(80))
    """Who told: ``mail/`` and the digest of a message, or a provider's name and its event."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    """What was said, with mail addresses hidden."""
    at: Mapped[datetime] = mapped_column(default=now)
    """When it was told."""
    elsewhere: Mapped[bool] = mapped_column(default=False)
    """Whether it is about a mailbox that is not the reader's, a group's member or where mail is forwarded to."""
    waits: Mapped[bool] = mapped_column(default=False)
    """Whether it came before the relay's answer was recorded, and amends the outcome once that is."""
    amended_at: Mapped[datetime | None]
    """When the outcome was amended; None where it was not."""
    first_state: Mapped[DeliveryState | None]
    first_at: Mapped[datetime | None]
    first_answer: Mapped[str | None] = mapped_column(String(500))
    """The outcome before: its state, when it was recorded, and what the relay had said."""

    __table_args__ = (
        Index("ix_letter_report_subscriber_id", "subscriber_id"),
        Index("ix_letter_report_amended_at", "amended_at"),
    )


class Amendment(NamedTuple):
    """What a letter becomes."""

    state: DeliveryState
    enhanced: str
    """The status code of the report (RFC 3463); empty where it has none."""


def amend(session: Session, delivery: Delivery, report: LetterReport, amendment: Amendment) -> bool:
    """Change the outcome of a letter that a relay had taken; whether that was so.

    Where the outcome is not recorded yet, the report waits for :func:`amend_waiting`. The caller has locked *delivery*,
    and counts what is amended (:mod:`.letter_tally`).
    """
    if delivery.state not in _MAY_BE_AMENDED:
        report.waits = delivery.state is DeliveryState.SENDING
        return False
    report.waits = False
    report.first_state, report.first_at, report.first_answer = delivery.state, delivery.at, delivery.answer
    report.amended_at = moment = now()
    delivery.state, delivery.at, delivery.answer = amendment.state, moment, report.reason or report.kind
    delivery.code, delivery.enhanced = None, amendment.enhanced[:11] or None
    attempt = Attempt(issue_id=delivery.issue_id, subscriber_id=delivery.subscriber_id, number=delivery.attempts)
    attempt.kind, attempt.enhanced, attempt.answer = RETURNED, amendment.enhanced[:11], report.reason or report.kind
    session.add(attempt)
    return True


def waiting(session: Session, issue_id: int) -> Sequence[LetterReport]:
    """Reports on an issue's letters that came before the relay's answer was recorded."""
    query = select(LetterReport).where(LetterReport.issue_id == issue_id, LetterReport.waits)
    return session.scalars(query.order_by(LetterReport.subscriber_id).with_for_update()).all()


class LockedLetter(NamedTuple):
    """A letter, locked for a change, and what is known to have come back about it."""

    delivery: Delivery
    reports: dict[str, LetterReport]
    """By their kind."""


def lock(session: Session, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], LockedLetter]:
    """Letters, by the ids of issue and subscriber, locked for a change.

    Raises:
        OperationalError: somebody else has one of many; only for one it waits, as who waits with others in hand may
            be waited for.
    """
    if not keys:
        return {}
    wanted = tuple_(Delivery.issue_id, Delivery.subscriber_id).in_(sorted(keys))
    query = select(Delivery).where(wanted).order_by(Delivery.issue_id, Delivery.subscriber_id)
    query = query.with_for_update(nowait=len(keys) > 1, key_share=True).execution_options(populate_existing=True)
    found = {(one.issue_id, one.subscriber_id): LockedLetter(one, {}) for one in session.scalars(query)}
    told = tuple_(LetterReport.issue_id, LetterReport.subscriber_id).in_(sorted(keys))
    for report in session.scalars(select(LetterReport).where(told)):
        if letter := found.get((report.issue_id, report.subscriber_id)):
            letter.reports[report.kind] = report
    return found


def count_amended(session: Session, issue_id: int, until: datetime | None = None) -> int:
    """How many letters of an issue came back after a relay had taken them, until a moment or until now."""
    amended = LetterReport.issue_id == issue_id, LetterReport.amended_at <= (until or now())
    query = select(func.count(func.distinct(LetterReport.subscriber_id))).where(*amended)
    return session.scalar(query) or 0


def amended_readers(session: Session, issue_id: int) -> set[int]:
    """The readers whose letters of an issue came back after a relay had taken them."""
    amended = LetterReport.issue_id == issue_id, LetterReport.amended_at.is_not(None)
    return set(session.scalars(select(LetterReport.subscriber_id).where(*amended)))


def last_amended(session: Session, since: timedelta) -> dict[int, datetime]:
    """Issues of which letters came back not longer ago than *since*, and when the last one did."""
    query = select(LetterReport.issue_id, func.max(LetterReport.amended_at))
    recent = query.where(LetterReport.amended_at > now() - since).group_by(LetterReport.issue_id)
    return {issue_id: at for issue_id, at in session.execute(recent) if at is not None}
