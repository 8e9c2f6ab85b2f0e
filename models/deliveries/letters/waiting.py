"""Letters that wait in each lane: counted at once where that is quick, else told as they were counted last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...issues.issue import Issue
from ...issues.issue_state import IssueState
from ...store import broker
from ...store.clock import now
from ..delivery import Delivery, DeliveryState
from ..preparation import Preparation

log = structlog.get_logger(__name__)

FEW = 20_000
"""Letters on their way up to which those that wait are counted at once."""
KEEP_SECONDS = 300
_KEY = "kairan:waiting"


def by_lane(session: Session) -> dict[int, dict[int, int]]:
    """The letters of issues on their way that wait in each lane: by the lane's id and the issue's number."""
    waiting = (DeliveryState.QUEUED, DeliveryState.DEFERRED, DeliveryState.SENDING)
    on_its_way = Issue.state.in_((IssueState.SENDING, IssueState.PAUSED))
    query = (
        select(Delivery.lane_id, Issue.number, func.count())
        .join(Issue, Issue.id == Delivery.issue_id)
        .where(on_its_way, Delivery.state.in_(waiting))
        .group_by(Delivery.lane_id, Issue.id)
        .order_by(Issue.id)
    )
    found: dict[int, dict[int, int]] = {}
    for lane_id, number, count_of_letters in session.execute(query):
        found.setdefault(lane_id, {})[number] = count_of_letters
    return found


class WaitingInLanes(NamedTuple):
    """The letters that wait in each lane."""

    by_lane: Mapping[int, Mapping[int, int]]
    """By the lane's id and the issue's number."""
    at: datetime | None = None
    """When they were counted; None: just now."""


def known(session: Session) -> WaitingInLanes | None:
    """:func:`by_lane` where that is quick, else as it was counted last; None where nobody has counted."""
    targeted = select(func.sum(Preparation.targeted)).join(Issue, Issue.id == Preparation.issue_id)
    on_its_way = targeted.where(Issue.state.in_((IssueState.SENDING, IssueState.PAUSED)))
    if (session.scalar(on_its_way) or 0) <= FEW:
        return WaitingInLanes(by_lane(session))
    try:
        kept = broker.client().get(_KEY)
    except RedisError:
        return None
    if not isinstance(kept, bytes):
        return None
    found = json.loads(kept)
    lanes = {int(lane): {int(one): n for one, n in of.items()} for lane, of in found["by_lane"].items()}
    return WaitingInLanes(lanes, datetime.fromisoformat(found["at"]))


def count(session: Session) -> WaitingInLanes:
    """Count the letters that wait, however long that takes, and keep the numbers for some minutes."""
    found = by_lane(session)
    try:
        kept = json.dumps({"at": now().isoformat(), "by_lane": found})
        broker.client().set(_KEY, kept, ex=KEEP_SECONDS)
    except RedisError as error:
        log.debug("waiting letters not kept", error=str(error))
    return WaitingInLanes(found)
