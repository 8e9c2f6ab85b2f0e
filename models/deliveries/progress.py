"""Progress of an issue, for pages and the command line: counted in Redis while it goes out.

Counting a million rows for every view of a page would be slow, so workers add what they record to counters in Redis.
The rows are counted only where Redis has no counters or the issue is not being sent; the rows are always right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..store import broker
from .delivery import Attempt, Batch, Delivery, DeliveryState
from .delivery_result import format_answer
from .lane import Lane

log = structlog.get_logger(__name__)

KEEP_SECONDS = 3600
RATE_SECONDS = 5
"""Whole seconds over which the rate is averaged."""
_RELAYS = "kairan:relays"
# KEYS: the counts of an issue. ARGV: letters answered, seconds to keep counts and rate, then states and changes.
_ADD = """
local rate = KEYS[1] .. ':' .. redis.call('TIME')[1]
for i = 4, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('INCRBY', rate, ARGV[1])
redis.call('EXPIRE', rate, ARGV[3])
"""
_UNFINISHED = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)


class StoppedLane(NamedTuple):
    """A lane in which nothing goes out."""

    slug: str
    name: str
    reason: str
    resume_at: datetime | None
    """When it goes on by itself; None: when somebody resumes it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an issue has come."""

    state: IssueState
    counts: Mapping[DeliveryState, int]
    rate: float = 0.0
    """Letters a second that got an answer, over the last :data:`RATE_SECONDS`."""
    stopped_lanes: tuple[StoppedLane, ...] = ()
    """Lanes of this issue that are paused or rest."""
    relay_errors: Mapping[str, str] = field(default_factory=dict)
    """Relays that could not be reached within the last minute, with the error."""
    trouble: str = ""
    """Why the issue was paused, where nobody of staff did it."""

    @property
    def total(self) -> int:
        """Readers whom the issue was meant for."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """Letters that still have no final outcome."""
        return sum(self.counts.get(state, 0) for state in _UNFINISHED)

    @property
    def seconds_left(self) -> float | None:
        """How long the letters that are not deferred still take at the present rate; None where there is no rate."""
        waiting = self.left - self.counts.get(DeliveryState.DEFERRED, 0)
        if not waiting:
            return 0.0
        return waiting / self.rate if self.rate else None


def count(session: Session, issue_id: int) -> dict[DeliveryState, int]:
    """The deliveries of an issue by state, counted row by row."""
    query = select(Delivery.state, func.count()).where(Delivery.issue_id == issue_id).group_by(Delivery.state)
    return dict(session.execute(query).all())


def waiting_by_lane(session: Session) -> dict[int, dict[int, int]]:
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


def add(client: Redis, issue_id: int, changes: Mapping[DeliveryState, int], answered: int) -> None:
    """Add to the counts of an issue. Where Redis is down, only the display suffers.

    Arguments:
        changes: by how much each state's count has changed.
        answered: letters that got an answer just now, for the rate.
    """
    arguments = [str(part) for state, number in changes.items() if number for part in (state.value, number)]
    try:
        client.eval(_ADD, 1, _key(issue_id), str(answered), str(KEEP_SECONDS), str(RATE_SECONDS * 4), *arguments)
    except RedisError as error:
        log.debug("progress not counted", issue=issue_id, error=str(error))


def reset(client: Redis, issue_id: int, counts: Mapping[DeliveryState, int]) -> None:
    """Set the counters of an issue to what the rows say."""
    try:
        pipeline = client.pipeline()
        pipeline.delete(_key(issue_id))
        pipeline.hset(_key(issue_id), mapping={state.value: counts.get(state, 0) for state in DeliveryState})
        pipeline.expire(_key(issue_id), KEEP_SECONDS)
        pipeline.execute()
    except RedisError as error:
        log.debug("progress not counted", issue=issue_id, error=str(error))


def add_relay_error(client: Redis, relay: str, answer: str) -> None:
    """Show for a minute that a relay cannot be reached."""
    try:
        client.hset(_RELAYS, relay, answer[:500])
        client.expire(_RELAYS, 60)
    except RedisError as error:
        log.debug("relay error not shown", relay=relay, error=str(error))


def read(session: Session, issue: Issue) -> Progress:
    """How far *issue* has come. While it goes out this is a few reads from Redis; else the rows are counted."""
    lanes = session.execute(
        select(Lane.slug, Lane.name, Lane.pause_reason, Lane.resume_at)
        .where(Lane.paused_at.is_not(None))
        .where(select(Batch.id).where(Batch.lane_id == Lane.id, Batch.issue_id == issue.id).exists())
    )
    stopped = tuple(StoppedLane(*row) for row in lanes)
    trouble = issue.trouble if issue.state is IssueState.PAUSED else ""
    try:
        client = broker.client()
        counts = _counts(client, issue) or count(session, issue.id)
        return Progress(issue.state, counts, _rate(client, issue.id), stopped, _relay_errors(client), trouble)
    except RedisError:
        return Progress(issue.state, count(session, issue.id), stopped_lanes=stopped, trouble=trouble)


def percent_counted(issue: Issue) -> int | None:
    """How much of an issue has an outcome by the counters alone; None where they cannot tell."""
    try:
        counts = _counts(broker.client(), issue)
    except RedisError:
        return None
    found = Progress(issue.state, counts or {})
    return 100 * (found.total - found.left) // found.total if found.total else None


class WaitingLetters(NamedTuple):
    """Letters that are tried again later, and what was said about them."""

    letters: int
    answer: str


_MOST_ANSWERS = 3


def deferred(session: Session, issue_id: int) -> list[WaitingLetters]:
    """The answers for which most letters of an issue are tried again later, with examples of their words."""
    last = (Attempt.subscriber_id == Delivery.subscriber_id) & (Attempt.number == Delivery.attempts)
    query = (
        select(Attempt.code, Attempt.enhanced, func.max(Attempt.answer), func.count())
        .join(Delivery, (Delivery.issue_id == Attempt.issue_id) & last)
        .where(Attempt.issue_id == issue_id, Delivery.state == DeliveryState.DEFERRED)
        .group_by(Attempt.code, Attempt.enhanced)
        .order_by(func.count().desc())
        .limit(_MOST_ANSWERS)
    )
    found = session.execute(query)
    return [WaitingLetters(letters, format_answer(code, enhanced, said)) for code, enhanced, said, letters in found]


def _counts(client: Redis, issue: Issue) -> dict[DeliveryState, int] | None:
    if issue.state is not IssueState.SENDING:
        return None
    found = client.hgetall(_key(issue.id))
    assert isinstance(found, dict)
    counts = {state: int(found.get(state.value.encode(), 0)) for state in DeliveryState}
    # Counters that expired while workers went on adding lack the start values, "queued" among them, or fall below 0.
    return counts if b"queued" in found and min(counts.values()) >= 0 else None


def _rate(client: Redis, issue_id: int) -> float:
    second = int(client.time()[0])  # type: ignore[index]
    keys = [f"{_key(issue_id)}:{second - back}" for back in range(1, RATE_SECONDS + 1)]
    found = client.mget(keys)
    assert isinstance(found, list)
    return sum(int(number or 0) for number in found) / RATE_SECONDS


def _relay_errors(client: Redis) -> dict[str, str]:
    found = client.hgetall(_RELAYS)
    assert isinstance(found, dict)
    return {name.decode(): answer.decode(errors="replace") for name, answer in found.items()}


def _key(issue_id: int) -> str:
    return f"kairan:progress:{issue_id}"
