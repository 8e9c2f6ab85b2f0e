"""How far an issue has gone out: numbers from the deliveries themselves, read again every few seconds."""

from __future__ import annotations

from dataclasses import dataclass

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from models.deliveries.delivery import Delivery, DeliveryState
from models.issues import issue as model
from models.issues.issue import Issue, IssueState

from ..request import session
from .room import allowed, blueprint

MOVING = frozenset({IssueState.PREPARING, IssueState.SENDING})
WAITING = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED})
REFRESH_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """Deliveries of an issue by state."""

    counts: dict[DeliveryState, int]

    @property
    def total(self) -> int:
        """All deliveries."""
        return sum(self.counts.values())

    @property
    def settled(self) -> int:
        """Those that nothing will change any more by itself."""
        return sum(count for state, count in self.counts.items() if state not in WAITING)

    @property
    def unknown(self) -> int:
        """Those of which nobody can know whether they were taken."""
        return self.counts[DeliveryState.UNKNOWN]

    @property
    def percent(self) -> int:
        """Settled of all, rounded down, so that 100 means all."""
        return self.settled * 100 // self.total if self.total else 0


def progress_of(issue: Issue) -> Progress:
    """The present numbers."""
    rows = session().execute(
        select(Delivery.state, func.count()).where(Delivery.issue_id == issue.id).group_by(Delivery.state)
    )
    found = dict(rows.all())
    return Progress({state: found.get(state, 0) for state in DeliveryState})


@blueprint.get("/issues/<int:issue_id>/progress")
@allowed()
def progress(issue_id: int) -> ResponseReturnValue:
    """The page; it loads itself again while the issue is on its way, also without scripts."""
    one = model.get(session(), issue_id)
    return render_template(
        "staff/progress.html", issue=one, progress=progress_of(one), states=IssueState,
        refresh=REFRESH_SECONDS if one.state in MOVING else 0,
    )  # fmt: skip


@blueprint.get("/issues/<int:issue_id>/progress.json")
@allowed()
def progress_numbers(issue_id: int) -> ResponseReturnValue:
    """The same numbers for a program."""
    one = model.get(session(), issue_id)
    now = progress_of(one)
    counts = {state.value: count for state, count in now.counts.items()}
    return jsonify(state=one.state.value, total=now.total, settled=now.settled, percent=now.percent, counts=counts)
