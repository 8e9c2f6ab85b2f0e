"""The letters of an issue, by state and by lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from ...deliveries.delivery import Delivery, DeliveryState
from ...deliveries.lane import Lane
from ...issues.issue import Issue
from .. import reach
from ..kept.issue_sums import IssueSums, LetterCount
from .table import ColumnKind, ReportTable, TableColumn

FINAL = (DeliveryState.ACCEPTED, DeliveryState.BOUNCED, DeliveryState.FAILED, DeliveryState.UNKNOWN,
         DeliveryState.SUPPRESSED)  # fmt: skip
"""Shown also where there are none: the certificate's sum."""


class Letters:
    """The letters of an issue, counted once for everything that a page tells of them."""

    def __init__(self, rows: Sequence[Row[int, int, DeliveryState, int]], counted_at: datetime | None) -> None:
        """Arguments:
        rows: lane, audience (0: none), state, and the number of letters.
        counted_at: as of when; None: of now.
        """
        self._rows = rows
        self.counted_at = counted_at
        self.by_state: Counter[DeliveryState] = Counter()
        for _lane, _audience, state, letters in rows:
            self.by_state[state] += letters

    @property
    def targeted(self) -> int:
        """All letters."""
        return sum(self.by_state.values())

    @property
    def received(self) -> int:
        """Letters that a server accepted."""
        return self.by_state[DeliveryState.ACCEPTED]

    def received_by_audience(self) -> dict[int, int]:
        """Letters that a server accepted, by the reader's audience (0: none)."""
        found: Counter[int] = Counter()
        for _lane, audience, state, letters in self._rows:
            if state is DeliveryState.ACCEPTED:
                found[audience] += letters
        return dict(found)

    def state_table(self) -> ReportTable:
        """Letters by state, and all of them."""
        shown = [state for state in DeliveryState if state in FINAL or self.by_state[state]]
        whole = self.targeted or 1
        rows = [(state.value, self.by_state[state], self.by_state[state] / whole) for state in shown]
        columns = (
            TableColumn("state", ColumnKind.WORD),
            TableColumn("letters"),
            TableColumn("share", ColumnKind.SHARE),
        )
        return ReportTable("letters", columns, [*rows, ("targeted", self.targeted, None)], self.counted_at)

    def lane_table(self, session: Session) -> ReportTable:
        """Letters by lane: all, and those in each final state."""
        lanes: dict[int, Counter[DeliveryState]] = {}
        for lane, _audience, state, letters in self._rows:
            lanes.setdefault(lane, Counter())[state] += letters
        names = dict(session.execute(select(Lane.id, Lane.name)).all())
        order = sorted(lanes, key=lambda lane: -sum(lanes[lane].values()))
        rows = [(names.get(lane, ""), sum(lanes[lane].values()), *(lanes[lane][state] for state in FINAL))
                for lane in order]  # fmt: skip
        columns = (
            TableColumn("lane", ColumnKind.TEXT),
            TableColumn("targeted"),
            *(TableColumn(state.value) for state in FINAL),
        )
        return ReportTable("lanes", columns, rows, self.counted_at)


def count_received(session: Session, issue_ids: Sequence[int]) -> dict[int, int]:
    """By issue, the letters that a server accepted, counted now in one query; issues without any are left out."""
    accepted = select(Delivery.issue_id, func.count()).where(
        Delivery.issue_id.in_(issue_ids), Delivery.state == DeliveryState.ACCEPTED
    )
    return dict(session.execute(accepted.group_by(Delivery.issue_id)).all())


def of_issue(session: Session, issue: Issue) -> Letters:
    """The letters of an issue: as the worker counted them last; where it never did, or has not since the end, now."""
    stands = reach.GOES_OUT | reach.is_final(IssueSums.counted_at)
    counted = select(IssueSums.counted_at).join(Issue, Issue.id == IssueSums.issue_id)
    counted_at = session.scalar(counted.where(IssueSums.issue_id == issue.id, stands))
    if counted_at is not None:
        kept = select(LetterCount.lane_id, LetterCount.audience_id, LetterCount.state, LetterCount.letters)
        rows = session.execute(kept.where(LetterCount.issue_id == issue.id)).all()
        return Letters(rows, counted_at)
    audience = func.coalesce(Delivery.audience_id, 0)
    letters = select(Delivery.lane_id, audience, Delivery.state, func.count()).where(Delivery.issue_id == issue.id)
    rows = session.execute(letters.group_by(Delivery.lane_id, audience, Delivery.state)).all()
    return Letters(rows, None)
