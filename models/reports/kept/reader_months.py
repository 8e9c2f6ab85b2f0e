"""How many readers a newsletter had at the end of each month, who joined and who left, and why.

Counted hourly from the subscriptions. A month that is over stays as it was first counted after its end: a reader who
leaves and comes back has one subscription, which forgets the first time. So a month that is not over can lack readers
whom the one before has, and nothing tells why: they came back, or the list that brought them was taken back. They are
kept as having left for no known reason. Months before this table was made are counted from the subscriptions as they
are, so who came back by then is missing among those who left.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import String, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...store import clock
from ...store.base import Base
from ...store.clock import now

EVERY = timedelta(hours=1)


class ReaderMonth(Base):
    """Readers at the end of a month, or now where it is not over."""

    __tablename__ = "reader_month"

    newsletter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    readers: Mapped[int]
    counted_at: Mapped[datetime] = mapped_column(default=now)


class LeavingCount(Base):
    """How many readers left in a month, for a reason in one word; empty where none is known."""

    __tablename__ = "leaving_count"

    newsletter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    readers: Mapped[int]


# Who never confirmed was no reader: joining is confirming, or being imported, which sets the same column. Who has left
# and asks again is still one who left.
_READER = "confirmed_at IS NOT NULL AND (state <> 'pending' OR ended_at IS NOT NULL)"
_MONTH = "date_trunc('month', {} AT TIME ZONE 'Asia/Tokyo')::date"
_CHANGES = text(
    f"""
    SELECT newsletter_id, month, reason, sum(joined)::int, sum(ended)::int FROM (
      SELECT newsletter_id, {_MONTH.format("confirmed_at")} AS month, '' AS reason, 1 AS joined, 0 AS ended
      FROM subscription WHERE {_READER}
      UNION ALL
      SELECT newsletter_id, {_MONTH.format("coalesce(ended_at, confirmed_at)")}, ended_reason, 0, 1
      FROM subscription WHERE {_READER} AND state <> 'active') AS change
    GROUP BY newsletter_id, month, reason ORDER BY newsletter_id, month
    """  # noqa: S608  only constants of this file are put in
)


def is_stale(session: Session) -> bool:
    """Whether the last count is an hour old, or there is none."""
    last = session.scalar(select(func.max(ReaderMonth.counted_at)))
    return last is None or last < now() - EVERY


def refresh(session: Session) -> None:
    """Count every newsletter's months that are not closed."""
    this_month = clock.today().replace(day=1)
    found: dict[int, dict[date, _Changes]] = {one: {} for one in session.scalars(select(ReaderMonth.newsletter_id))}
    for newsletter, month, reason, joined, ended in session.execute(_CHANGES):
        months = found.setdefault(newsletter, {})
        came, left = months.get(month, (0, {}))
        months[month] = came + joined, {**left, reason: ended} if ended else left
    for newsletter, months in found.items():
        _save(session, newsletter, months, this_month)
    session.flush()


_Changes = tuple[int, dict[str, int]]
"""Who joined in a month, and who left, by reason."""


def _save(session: Session, newsletter: int, months: dict[date, _Changes], this_month: date) -> None:
    over = func.timezone("Asia/Tokyo", ReaderMonth.counted_at) >= ReaderMonth.month + text("interval '1 month'")
    kept = select(ReaderMonth.month, ReaderMonth.readers).where(ReaderMonth.newsletter_id == newsletter, over)
    closed = dict(session.execute(kept).all())
    for table in (ReaderMonth, LeavingCount):
        session.execute(delete(table).where(table.newsletter_id == newsletter, table.month.not_in(list(closed))))
    readers, before, month = 0, 0, min((*months, *closed), default=next_month(this_month))
    while month <= this_month:
        joined, left = months.get(month, (0, {}))
        readers += joined - sum(left.values())
        if month in closed:
            before = closed[month]
        else:
            session.add(ReaderMonth(newsletter_id=newsletter, month=month, readers=readers))
            if (missing := before + joined - sum(left.values()) - readers) > 0:
                left = {**left, "": left.get("", 0) + missing}
            session.add_all(
                LeavingCount(newsletter_id=newsletter, month=month, reason=reason, readers=number)
                for reason, number in left.items()
            )
            before = readers
        month = next_month(month)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
