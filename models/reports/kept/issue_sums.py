"""What of an issue's deliveries and hits no other roll-up holds: letters by lane, hours, devices, cohorts.

The worker counts them as it counts :mod:`..reach`: each minute while an issue goes out, hourly for two weeks after, and
once for an issue that was never counted, or whose hits were imported or judged again. A page says as of when. Readers
count once in each row, by both policies of :mod:`models.tracking.readership`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...deliveries.delivery import DeliveryState
from ...issues.issue import Issue
from ...issues.issue_state import IssueState
from ...issues.newsletter import Newsletter, Tracking
from ...store.base import Base
from ...store.clock import now
from ...tracking.pseudonym import NOBODIES
from ...tracking.rollup import DailyHitCount
from ...tracking.rules import HitKind
from .. import reach

HOURS = 72
"""Hours since sending that are counted one by one."""


class IssueSums(Base):
    """When an issue was last counted."""

    __tablename__ = "issue_sums"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime] = mapped_column(default=now)


class LetterCount(Base):
    """How many letters of a lane and audience (0: none) are in a state."""

    __tablename__ = "letter_count"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lane_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audience_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[DeliveryState] = mapped_column(primary_key=True)
    letters: Mapped[int]


class HourlyReaderCount(Base):
    """Readers, and every request, in an hour since sending began (0: the first one)."""

    __tablename__ = "hourly_reader_count"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[HitKind] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    readers: Mapped[int]
    wide: Mapped[int]
    hits: Mapped[int]


class DeviceReaderCount(Base):
    """Readers who followed a link on a kind of device; one with two devices counts in both."""

    __tablename__ = "device_reader_count"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(primary_key=True)
    """``phone``, ``tablet``, ``computer``; ``unkept`` where a nameless reader's program is not kept."""
    readers: Mapped[int]
    wide: Mapped[int]


class CohortCount(Base):
    """Of the readers who joined in a quarter: how many received an issue, and how many followed a link."""

    __tablename__ = "cohort_count"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quarter: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    received: Mapped[int]
    readers: Mapped[int]
    wide: Mapped[int]


_TABLES = (LetterCount, HourlyReaderCount, DeviceReaderCount, CohortCount)
_COUNTS_READER = f"(hit.reader > 0 OR hit.reader < -{NOBODIES})"
_PERSON = "(verdict = 'human' OR (verdict = 'proxy' AND kind = 'open'))"
_BOTH = f"""
    count(DISTINCT reader) FILTER (WHERE {_COUNTS_READER} AND {_PERSON}),
    count(DISTINCT reader) FILTER (WHERE {_COUNTS_READER} AND ({_PERSON} OR verdict = 'unknown'))
"""
_LETTERS = text(
    """
    INSERT INTO letter_count (issue_id, lane_id, audience_id, state, letters)
    SELECT issue_id, lane_id, coalesce(audience_id, 0), state, count(*) FROM delivery
    WHERE issue_id = :issue GROUP BY 1, 2, 3, 4
    """
)
_HOURLY = text(
    f"""
    INSERT INTO hourly_reader_count (issue_id, kind, hour, readers, wide, hits)
    SELECT issue_id, kind, floor(extract(epoch FROM at - :since) / 3600), {_BOTH}, count(*) FROM hit
    WHERE issue_id = :issue AND at >= :since AND at < :since + interval '{HOURS} hours' GROUP BY 1, 2, 3
    """  # noqa: S608  only constants of this file are put in
)
# What programs say of themselves (RFC 9110, 10.1.5): an iPad of today says that it is a Macintosh, and counts so.
_DEVICES = text(
    f"""
    INSERT INTO device_reader_count (issue_id, device, readers, wide)
    SELECT issue_id, CASE WHEN reader < 0 OR agent IS NULL THEN 'unkept'
        WHEN agent ~ 'iPad|Tablet|Android(?!.*Mobile)' THEN 'tablet'
        WHEN agent ~ 'iPhone|iPod|Android|Mobile' THEN 'phone' ELSE 'computer' END, {_BOTH}
    FROM hit WHERE issue_id = :issue AND at >= :since AND kind = 'click' GROUP BY 1, 2
    HAVING count(*) FILTER (WHERE {_COUNTS_READER} AND ({_PERSON} OR verdict = 'unknown')) > 0
    """  # noqa: S608
)
# Only who may be identified: who refused would count among those who received it, and never among those who read.
_COHORTS = text(
    f"""
    WITH clicked AS (
      SELECT reader, bool_or({_PERSON}) AS human FROM hit
      WHERE issue_id = :issue AND at >= :since AND kind = 'click' AND reader > 0
        AND ({_PERSON} OR verdict = 'unknown')
      GROUP BY reader)
    INSERT INTO cohort_count (issue_id, quarter, received, readers, wide)
    SELECT delivery.issue_id,
      date_trunc('quarter', coalesce(subscription.confirmed_at, subscription.created_at) AT TIME ZONE 'Asia/Tokyo'),
      count(*), count(*) FILTER (WHERE human), count(human)
    FROM delivery
      JOIN subscription ON subscription.subscriber_id = delivery.subscriber_id
        AND subscription.newsletter_id = :newsletter
      JOIN subscriber ON subscriber.id = delivery.subscriber_id AND NOT subscriber.tracking_refused
      LEFT JOIN clicked ON clicked.reader = delivery.subscriber_id
    WHERE delivery.issue_id = :issue AND delivery.state = 'accepted'
    GROUP BY 1, 2
    """  # noqa: S608
)


def refresh(session: Session, issue_ids: Iterable[int]) -> None:
    """Count issues again; those that were never prepared are left out."""
    for issue_id in issue_ids:
        issue = session.get_one(Issue, issue_id)
        if issue.prepared_at is None:
            continue
        # So that hits which come in meanwhile, out of sight of what is counted below, are counted next time.
        session.get(IssueSums, issue_id, with_for_update=True, populate_existing=True)
        for table in _TABLES:
            session.execute(delete(table).where(table.issue_id == issue_id))
        values: dict[str, Any] = {"issue": issue_id, "since": issue.prepared_at, "newsletter": issue.newsletter_id}
        tracking = session.scalars(select(Newsletter.tracking).where(Newsletter.id == issue.newsletter_id)).one()
        for statement in _statements(issue, tracking):
            session.execute(statement, values)
        session.merge(IssueSums(issue_id=issue_id, counted_at=now()))
        session.flush()


def _statements(issue: Issue, tracking: Tracking) -> list[Any]:
    if tracking is Tracking.OFF:
        return [_LETTERS]
    if tracking is not Tracking.INDIVIDUAL or issue.state is not IssueState.SENT:
        return [_LETTERS, _HOURLY, _DEVICES]
    return [_LETTERS, _HOURLY, _DEVICES, _COHORTS]


def forget(session: Session, issue_ids: Iterable[int]) -> None:
    """Have the worker count issues again, however old they are: call it behind what has changed their hits."""
    session.execute(delete(IssueSums).where(IssueSums.issue_id.in_(set(issue_ids))))


def forget_since(session: Session, day: date) -> None:
    """The same of every issue with hits on a day in Asia/Tokyo or later."""
    forget(session, session.scalars(select(DailyHitCount.issue_id).where(DailyHitCount.day >= day).distinct()))


def stale(session: Session) -> list[int]:
    """The issues to be counted again: those of :func:`..reach.stale`, and those that were never counted here."""
    never = (
        select(Issue.id)
        .outerjoin(IssueSums, IssueSums.issue_id == Issue.id)
        .where(Issue.prepared_at.is_not(None), IssueSums.issue_id.is_(None))
        .where(Issue.state.in_((IssueState.SENDING, IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED)))
    )
    return sorted({*reach.stale(session), *session.scalars(never)})


def counted_at(session: Session, issue_id: int) -> datetime | None:
    """When an issue was last counted; None where it never was."""
    return session.scalar(select(IssueSums.counted_at).where(IssueSums.issue_id == issue_id))
