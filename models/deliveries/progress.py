"""Progress of an issue, for pages and the command line: counted in Redis while it goes out.

Counting a million rows for every view of a page would be slow, so workers add what they record to counters in Redis,
by lane and state. Of an issue with many letters that is out, the kept certificate tells. The rows, which are always
right, are counted where neither knows: a second for a million.
"""

from __future__ import annotations

from collections import Counter
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
from . import kept_certificate, preparation
from .delivery import Attempt, Batch, Delivery, DeliveryState
from .delivery_result import format_answer
from .lane import Lane, list_all
from .letters import answer_examples

log = structlog.get_logger(__name__)

KEEP_SECONDS = 24 * 3600
FEW = 20_000
"""Letters of a paused issue up to which its rows are counted."""
RATE_SECONDS = 5
"""Whole seconds over which the rate is averaged."""
_RELAYS = "kairan:relays"
_WHOLE = "whole"
"""The field that says that the counters began with every letter."""
# KEYS: the counts of an issue. ARGV: letters answered, seconds to keep counts and rate, then fields and changes.
_ADD = """
local rate = KEYS[1] .. ':' .. redis.call('TIME')[1]
for i = 4, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('INCRBY', rate, ARGV[1])
redis.call('EXPIRE', rate, ARGV[3])
"""
LaneCounts = Mapping[tuple[int, DeliveryState], int]
"""Letters by the id of their lane and by state."""
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
    by_lane: LaneCounts = field(default_factory=dict)
    """The same letters as in :attr:`counts`, by lane as well."""

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


def count_by_lane(session: Session, issue_id: int) -> dict[tuple[int, DeliveryState], int]:
    """The deliveries of an issue by lane and state, counted row by row."""
    query = (
        select(Delivery.lane_id, Delivery.state, func.count())
        .where(Delivery.issue_id == issue_id)
        .group_by(Delivery.lane_id, Delivery.state)
    )
    return {(lane_id, state): number for lane_id, state, number in session.execute(query)}


def known(session: Session, issue: Issue) -> Mapping[DeliveryState, int]:
    """The same as :func:`count`, from what is kept where that is as right."""
    return _by_state(_known_by_lane(session, issue))


def _known_by_lane(session: Session, issue: Issue) -> LaneCounts:
    if issue.state in (IssueState.SENT, IssueState.CANCELLED):
        return _certified(session, issue.id) or count_by_lane(session, issue.id)
    try:
        return _counts(broker.client(), session, issue) or count_by_lane(session, issue.id)
    except RedisError:
        return count_by_lane(session, issue.id)


def _certified(session: Session, issue_id: int) -> LaneCounts | None:
    lanes = kept_certificate.lanes(session, issue_id)
    if lanes is None:
        return None
    ids = {lane.slug: lane.id for lane in list_all(session)}
    return {(ids.get(slug, 0), state): number for slug, counts in lanes.items() for state, number in counts.items()}


def add(client: Redis, issue_id: int, lane_id: int, changes: Mapping[DeliveryState, int], answered: int) -> None:
    """Add to the counts of an issue. Where Redis is down, only the display suffers.

    Arguments:
        lane_id: the lane whose letters they are.
        changes: by how much each state's count has changed.
        answered: letters that got an answer just now, for the rate.
    """
    arguments = [str(part) for state, number in changes.items() if number for part in (_field(lane_id, state), number)]
    try:
        client.eval(_ADD, 1, _key(issue_id), str(answered), str(KEEP_SECONDS), str(RATE_SECONDS * 4), *arguments)
    except RedisError as error:
        log.debug("progress not counted", issue=issue_id, error=str(error))


def reset(client: Redis, issue_id: int, counts: LaneCounts) -> None:
    """Set the counters of an issue to what the rows say."""
    try:
        pipeline = client.pipeline()
        pipeline.delete(_key(issue_id))
        pipeline.hset(_key(issue_id), mapping={_WHOLE: 1, **{_field(*key): number for key, number in counts.items()}})
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
    """How far *issue* has come. While it goes out this is a few reads from Redis."""
    lanes = session.execute(
        select(Lane.slug, Lane.name, Lane.pause_reason, Lane.resume_at)
        .where(Lane.paused_at.is_not(None))
        .where(select(Batch.id).where(Batch.lane_id == Lane.id, Batch.issue_id == issue.id).exists())
    )
    stopped = tuple(StoppedLane(*row) for row in lanes)
    trouble = issue.trouble if issue.state is IssueState.PAUSED else ""
    try:
        client, found = broker.client(), _known_by_lane(session, issue)
        rate, errors = _rate(client, issue.id), _relay_errors(client)
    except RedisError:
        found, rate, errors = count_by_lane(session, issue.id), 0.0, {}
    return Progress(issue.state, _by_state(found), rate, stopped, errors, trouble, found)


def percent_counted(session: Session, issue: Issue) -> int | None:
    """How much of an issue has an outcome by the counters alone; None where they cannot tell."""
    try:
        counts = _counts(broker.client(), session, issue)
    except RedisError:
        return None
    found = Progress(issue.state, _by_state(counts or {}))
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
        select(Attempt.code, Attempt.enhanced, func.max(Attempt.subscriber_id), func.count())
        .join(Delivery, (Delivery.issue_id == Attempt.issue_id) & last)
        .where(Attempt.issue_id == issue_id, Delivery.state == DeliveryState.DEFERRED)
        .group_by(Attempt.code, Attempt.enhanced)
        .order_by(func.count().desc())
        .limit(_MOST_ANSWERS)
    )
    found = session.execute(query).all()
    said = answer_examples.of_readers(session, issue_id, [reader for _code, _enhanced, reader, _letters in found])
    return [
        WaitingLetters(letters, format_answer(code, enhanced, said.get(reader, "")))
        for code, enhanced, reader, letters in found
    ]


def _counts(client: Redis, session: Session, issue: Issue) -> LaneCounts | None:
    if issue.state is IssueState.PAUSED:
        # Redis may have missed some while it was down; what is paused is looked at more closely, if that is quick.
        prepared = preparation.find(session, issue.id)
        if prepared is None or prepared.targeted <= FEW:
            return None
    elif issue.state is not IssueState.SENDING:
        return None
    found = client.hgetall(_key(issue.id))
    assert isinstance(found, dict)
    # Counters that expired while workers went on adding lack the start values, or fall below 0.
    if not found.pop(_WHOLE.encode(), None):
        return None
    counts = {_read_field(field.decode()): int(number) for field, number in found.items()}
    return counts if min(counts.values(), default=0) >= 0 else None


def _by_state(counts: LaneCounts) -> Mapping[DeliveryState, int]:
    found: Counter[DeliveryState] = Counter()
    for (_lane, state), number in counts.items():
        found[state] += number
    return found


def _field(lane_id: int, state: DeliveryState) -> str:
    return f"{lane_id}:{state.value}"


def _read_field(field: str) -> tuple[int, DeliveryState]:
    lane_id, _, state = field.partition(":")
    return int(lane_id), DeliveryState(state)


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
