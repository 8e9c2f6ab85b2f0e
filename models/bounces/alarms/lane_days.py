"""What became of letters, by lane and day, and the issues that readers complained about: sums for page and metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session, joinedload

from ...deliveries.lane import Lane, list_all
from ...deliveries.letters.letter_tally import ACCEPTED, COMPLAINT, UNKNOWN_USER, LetterTally
from ...issues.issue import Issue
from ...issues.issue_state import IssueState
from ...store.clock import TOKYO, now, tokyo_date
from . import complaint_alarm
from .complaint_alarm import ComplaintAlarm, ComplaintShare

LISTED = timedelta(days=90)
MOST_ISSUES = 20
MORE = "(more)"
"""What lanes are called that have no name of their own in metrics; no lane can be called so."""


@dataclass(slots=True)
class LaneDay:
    """Letters of one lane that were handed over on one day, in Japan's time, or on several."""

    lane: Lane
    day: date | None = None
    handed_over: int = 0
    """To relays, which took them or refused them."""
    accepted: int = 0
    complaints: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """What did not arrive, at once or told later, by words of :class:`models.bounces.bounce_class.BounceClass`."""

    def add(self, kind: str, letters: int, *, later: bool) -> None:
        """Count letters of one kind."""
        if not later:
            self.handed_over += letters
        if kind == ACCEPTED:
            self.accepted += letters
        elif kind == COMPLAINT:
            self.complaints += letters
        else:
            self.failed[kind] += letters

    def join(self, other: LaneDay) -> None:
        """Count the letters of another lane or day, too."""
        self.handed_over += other.handed_over
        self.accepted += other.accepted
        self.complaints += other.complaints
        self.failed.update(other.failed)

    @property
    def unknown_share(self) -> float | None:
        """Unknown mailboxes among what was handed over; None where nothing was."""
        return self.failed[UNKNOWN_USER] / self.handed_over if self.handed_over else None

    @property
    def complaint_share(self) -> float | None:
        """Complaints among what was accepted; None where nothing was."""
        return self.complaints / self.accepted if self.accepted else None


def by_day(session: Session, first: date, last: date, newsletter_id: int | None = None) -> list[LaneDay]:
    """Every lane and day on which letters were handed over, the latest day first, lanes as staff see them.

    Arguments:
        first, last: the days, both included.
        newsletter_id: of one newsletter; None: of all together.
    """
    day = cast(func.timezone(TOKYO.key, LetterTally.since), Date)
    query = select(day, LetterTally.lane_id, LetterTally.kind, LetterTally.later, func.sum(LetterTally.letters))
    query = query.where(LetterTally.since >= _midnight(first), LetterTally.since < _midnight(last + timedelta(days=1)))
    if newsletter_id is not None:
        query = query.join(Issue, Issue.id == LetterTally.issue_id).where(Issue.newsletter_id == newsletter_id)
    lanes = list_all(session)
    found: dict[tuple[date, int], LaneDay] = {}
    known = {lane.id: lane for lane in lanes}
    keys = LetterTally.lane_id, LetterTally.kind, LetterTally.later
    for on, lane_id, kind, later, letters in session.execute(query.group_by(day, *keys)):
        found.setdefault((on, lane_id), LaneDay(known[lane_id], on)).add(kind, int(letters), later=later)
    place = {lane.id: number for number, lane in enumerate(lanes)}
    return sorted(found.values(), key=lambda one: (-(one.day or first).toordinal(), place[one.lane.id]))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TOKYO)


class IssueComplaints(NamedTuple):
    """An issue that readers complained about."""

    issue: Issue
    share: ComplaintShare
    alarm: ComplaintAlarm

    @property
    def is_paused(self) -> bool:
        """Whether it is paused, and by itself, for its complaints."""
        return self.issue.state is IssueState.PAUSED and complaint_alarm.is_reason(self.issue.trouble)


def complained_issues(session: Session, newsletter_id: int) -> Sequence[IssueComplaints]:
    """A newsletter's issues of the last 90 days that readers complained about, the latest first, at most 20."""
    accepted = select(func.coalesce(func.sum(LetterTally.letters), 0))
    accepted = accepted.where(LetterTally.issue_id == Issue.id, LetterTally.kind == ACCEPTED)
    query = (
        select(Issue, ComplaintAlarm, accepted.scalar_subquery())
        .join(ComplaintAlarm, ComplaintAlarm.issue_id == Issue.id)
        .where(Issue.newsletter_id == newsletter_id, Issue.prepared_at > now() - LISTED)
        .order_by(Issue.prepared_at.desc(), Issue.id.desc())
        .limit(MOST_ISSUES)
        .options(joinedload(Issue.newsletter))
    )
    return [
        IssueComplaints(issue, ComplaintShare(alarm.complaints, int(letters)), alarm)
        for issue, alarm, letters in session.execute(query)
    ]


def kinds(found: Sequence[LaneDay]) -> Mapping[str, int]:
    """The classes of failures that occur, and how many letters each, the most first."""
    whole: Counter[str] = Counter()
    for one in found:
        whole.update(one.failed)
    return dict(whole.most_common())


def last_two(session: Session, most: int) -> tuple[Sequence[Lane], list[tuple[str, str, LaneDay]]]:
    """The first lanes, and for each its letters of today and of yesterday, for machines.

    Arguments:
        most: so many lanes have a name of their own; what is in others is summed as :data:`MORE`.

    Returns:
        The lanes; and name, ``today`` or ``yesterday``, and the letters, where there were any.
    """
    today = tokyo_date(now())
    lanes = list_all(session)[:most]
    named = {lane.id: lane.slug for lane in lanes}
    summed: dict[tuple[str, str], LaneDay] = {}
    for one in by_day(session, today - timedelta(days=1), today):
        key = named.get(one.lane.id, MORE), "today" if one.day == today else "yesterday"
        summed.setdefault(key, LaneDay(one.lane)).join(one)
    return lanes, [(lane, day, one) for (lane, day), one in summed.items()]


def count_paused_issues(session: Session) -> int:
    """How many issues are paused by themselves for their complaints."""
    query = select(func.count()).select_from(ComplaintAlarm).join(Issue, Issue.id == ComplaintAlarm.issue_id)
    paused = Issue.state == IssueState.PAUSED, ComplaintAlarm.stopped_at.is_not(None), Issue.trouble != ""
    return session.scalar(query.where(*paused)) or 0
