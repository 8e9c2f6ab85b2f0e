"""A newsletter over months: readers, who joined and left, its issues, and how long readers stay interested."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...deliveries.delivery import DeliveryState
from ...issues.issue import Issue
from ...issues.issue_state import IssueState
from ...issues.newsletter import Newsletter
from ...store.clock import start_of_day, tokyo_date
from ...tracking.rollup import UniqueReaderCount
from ...tracking.rules import HitKind
from .. import reach
from ..issue_report import Readers
from ..kept.issue_sums import CohortCount, IssueSums, LetterCount
from ..kept.reader_months import LeavingCount, ReaderMonth, next_month
from ..period import Period
from . import letters as letter_tables
from .small_groups import MIN_READERS
from .table import ColumnKind, Rate, ReportTable, TableColumn

_K = ColumnKind
COHORT_ISSUES = 12
"""Issues since joining that the table of cohorts follows."""
BEST = 5


class IssueLine(NamedTuple):
    """One issue in one line."""

    id: int
    number: int
    subject: str
    sent_on: date
    received: int
    openers: Readers
    clickers: Readers

    @property
    def open_rate(self) -> Rate:
        """Of those who received it, who opened it."""
        return Rate(self.openers, self.received)

    @property
    def click_rate(self) -> Rate:
        """Of those who received it, who followed a link."""
        return Rate(self.clickers, self.received)


class Judged(NamedTuple):
    """An issue among the best or the worst."""

    line: IssueLine
    surely: int
    """How many issues of the period its range lies wholly above, or below."""


def issue_lines(session: Session, newsletter_id: int, period: Period) -> list[IssueLine]:
    """The issues that were prepared in *period*, the oldest first, from sums that are kept."""
    found = session.execute(
        select(Issue.id, Issue.number, Issue.subject, Issue.prepared_at)
        .where(
            Issue.newsletter_id == newsletter_id,
            Issue.prepared_at >= start_of_day(period.start),
            Issue.prepared_at < start_of_day(period.end),
            Issue.state.in_((IssueState.SENDING, IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED)),
        )
        .order_by(Issue.prepared_at, Issue.id)
    ).all()
    ids = [row.id for row in found]
    received, readers = _received(session, ids), _readers(session, ids)
    return [
        IssueLine(
            row.id, row.number, row.subject, tokyo_date(row.prepared_at), received.get(row.id, 0),
            readers.get((row.id, HitKind.OPEN), Readers()), readers.get((row.id, HitKind.CLICK), Readers()),
        )
        for row in found
    ]  # fmt: skip


def _received(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """By issue; where nobody has counted since its end, its letters are counted now."""
    counted = (
        select(IssueSums.issue_id)
        .join(Issue, Issue.id == IssueSums.issue_id)
        .where(IssueSums.issue_id.in_(ids), reach.GOES_OUT | reach.is_final(IssueSums.counted_at))
    )
    found = dict.fromkeys(session.scalars(counted), 0)
    accepted = select(LetterCount.issue_id, func.sum(LetterCount.letters)).where(
        LetterCount.issue_id.in_(list(found)), LetterCount.state == DeliveryState.ACCEPTED
    )
    found |= {issue: int(letters) for issue, letters in session.execute(accepted.group_by(LetterCount.issue_id))}
    missing = [issue_id for issue_id in ids if issue_id not in found]
    if missing:
        found |= letter_tables.count_received(session, missing)
    return found


def _readers(session: Session, ids: Sequence[int]) -> dict[tuple[int, HitKind], Readers]:
    sums = select(
        UniqueReaderCount.issue_id, UniqueReaderCount.kind, func.sum(UniqueReaderCount.readers),
        func.sum(UniqueReaderCount.wide),
    ).where(UniqueReaderCount.issue_id.in_(ids), UniqueReaderCount.link == 0)  # fmt: skip
    rows = session.execute(sums.group_by(UniqueReaderCount.issue_id, UniqueReaderCount.kind))
    return {(issue, kind): Readers(int(human), int(wide)) for issue, kind, human, wide in rows}


def issues(lines: Sequence[IssueLine]) -> ReportTable:
    """Issues with those who received, opened and clicked."""
    columns = (
        TableColumn("issue"), TableColumn("subject", _K.TEXT), TableColumn("sent_on", _K.DAY), TableColumn("received"),
        TableColumn("openers", _K.READERS), TableColumn("open_rate", _K.RATE), TableColumn("clickers", _K.READERS),
        TableColumn("click_rate", _K.RATE),
    )  # fmt: skip
    rows = [(one.number, one.subject, one.sent_on, one.received, one.openers, one.open_rate, one.clickers,
             one.click_rate) for one in lines]  # fmt: skip
    return ReportTable("issues", columns, list(rows))


def best(lines: Sequence[IssueLine]) -> list[Judged]:
    """Issues that some other one is surely below, those above most of them first."""
    known = [one for one in lines if one.click_rate.is_known]
    upper = sorted(one.click_rate.at_most for one in known)
    judged = [Judged(one, bisect_left(upper, one.click_rate.at_least)) for one in known]
    return sorted((one for one in judged if one.surely), key=lambda one: (-one.surely, -one.line.click_rate.value))[
        :BEST
    ]


def worst(lines: Sequence[IssueLine]) -> list[Judged]:
    """Issues that some other one is surely above, those below most of them first."""
    known = [one for one in lines if one.click_rate.is_known]
    lower = sorted(one.click_rate.at_least for one in known)
    judged = [Judged(one, len(lower) - bisect_right(lower, one.click_rate.at_most)) for one in known]
    return sorted((one for one in judged if one.surely), key=lambda one: (-one.surely, one.line.click_rate.value))[
        :BEST
    ]


class _Month(NamedTuple):
    """A newsletter's readers in one month: those of the month before, and who joined, without who left."""

    month: date
    readers: int
    before: int
    joined: int
    left: dict[str, int]
    """By reason; empty where none is known."""
    counted_at: datetime


def _months(session: Session, newsletter_id: int) -> list[_Month]:
    left: dict[date, Counter[str]] = {}
    for row in session.scalars(select(LeavingCount).where(LeavingCount.newsletter_id == newsletter_id)):
        left.setdefault(row.month, Counter())[row.reason] = row.readers
    kept = select(ReaderMonth).where(ReaderMonth.newsletter_id == newsletter_id).order_by(ReaderMonth.month)
    found, before = [], 0
    for one in session.scalars(kept):
        reasons = left.get(one.month, Counter())
        joined = one.readers - before + reasons.total()
        if joined < 0:  # Months that were closed before :mod:`..kept.reader_months` kept who is missing.
            reasons[""] -= joined
        found.append(_Month(one.month, one.readers, before, max(joined, 0), dict(reasons), one.counted_at))
        before = one.readers
    return found


def months(session: Session, newsletter_id: int, period: Period) -> ReportTable:
    """Readers at the end of each month, who joined, who left: each month is the one before, plus and minus."""
    found = _months(session, newsletter_id)
    columns = (
        TableColumn("month", _K.MONTH),
        TableColumn("readers_at_end"),
        TableColumn("joined"),
        TableColumn("left"),
        TableColumn("change"),
    )
    rows = [
        (one.month, one.readers, one.joined, sum(one.left.values()), one.readers - one.before)
        for one in found if period.start <= one.month < period.end
    ]  # fmt: skip
    return ReportTable("months", columns, list(rows), max((one.counted_at for one in found), default=None))


def leaving(session: Session, newsletter_id: int, period: Period) -> ReportTable:
    """Why readers left in each month that :func:`months` tells of; nothing where nobody left."""
    found = [one for one in _months(session, newsletter_id) if period.start <= one.month < period.end]
    names = sorted({reason for one in found for reason in one.left})
    columns = (
        TableColumn("month", _K.MONTH),
        *(TableColumn(f"left_{name or 'unknown'}") for name in names),
        TableColumn("left"),
    )
    rows: list[Sequence[Any]] = [
        (one.month, *(one.left.get(name, 0) for name in names), sum(one.left.values()))
        for one in (found if names else ())
    ]
    return ReportTable("leaving", columns, rows)


def cohorts(session: Session, newsletter_id: int, period: Period) -> ReportTable:
    """Of the readers who joined in a quarter, the share who followed a link in the 1st, 2nd, … issue since its end.

    Arguments:
        period: quarters that begin in it, or before it and were followed by an issue in it.
    """
    sent = session.execute(
        select(Issue.id, Issue.prepared_at)
        .where(Issue.newsletter_id == newsletter_id, Issue.prepared_at.is_not(None), Issue.state == IssueState.SENT)
        .order_by(Issue.prepared_at, Issue.id)
    ).all()
    order = [(row.id, tokyo_date(row.prepared_at)) for row in sent]
    counts: dict[date, dict[int, CohortCount]] = {}
    for row in session.scalars(select(CohortCount).where(CohortCount.issue_id.in_([issue for issue, _ in order]))):
        counts.setdefault(row.quarter, {})[row.issue_id] = row
    rows: list[Sequence[Any]] = []
    for quarter in sorted(counts):
        end = next_month(next_month(next_month(quarter)))
        since = [issue for issue, day in order if day >= end][:COHORT_ISSUES]
        rates = [_cohort_rate(counts[quarter].get(issue)) for issue in since]
        size = max((one.received for one in counts[quarter].values()), default=0)
        if quarter < period.end and size >= MIN_READERS and any(rates):
            rows.append((quarter, size, *rates, *([None] * (COHORT_ISSUES - len(rates)))))
    columns = (TableColumn("quarter", _K.QUARTER), TableColumn("cohort_readers"),
               *(TableColumn(f"since_{n}", _K.RATE) for n in range(1, COHORT_ISSUES + 1)))  # fmt: skip
    counted_at = session.scalar(
        select(func.max(IssueSums.counted_at)).where(IssueSums.issue_id.in_([issue for issue, _ in order]))
    )
    return ReportTable("cohorts", columns, rows, counted_at)


def _cohort_rate(row: CohortCount | None) -> Rate | None:
    return (
        Rate(Readers(row.readers, row.wide), row.received) if row is not None and row.received >= MIN_READERS else None
    )


def find(session: Session, newsletter: Newsletter, period: Period, key: str) -> ReportTable | None:
    """The table of this name."""
    match key:
        case "issues":
            return issues(issue_lines(session, newsletter.id, period))
        case "months":
            return months(session, newsletter.id, period)
        case "leaving":
            return leaving(session, newsletter.id, period)
        case "cohorts":
            return cohorts(session, newsletter.id, period)
    return None
