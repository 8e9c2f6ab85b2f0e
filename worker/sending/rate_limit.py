"""Rate limits: how many letters of a lane, and of an issue, may go out now. Kept in Redis, for all workers together.

Time is Redis's own, so that a worker whose clock jumps gets no more than its share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple

from redis import Redis

from models.deliveries.lane import Lane
from models.deliveries.lease import BatchStatus, Lease
from models.store.clock import TOKYO, now

BURST_SECONDS = 0.25
"""Letters that may go out together, as seconds of a lane's rate."""
HOURLY_BURST = 60
"""A lane with a limit by the hour sends at most the 60th part of it at once."""

# All limits of a batch (its issue's rate, its lane's rates, a day's count) are asked and charged in one script, because
# Redis runs a script as one: several workers together never get more than a limit lets out, in one round trip.
# The first loop asks each limit how much it has (its level) and keeps the least of them as what is granted; the second
# charges exactly that to every one, so that no limit pays for what another one refused. A bucket is never filled by a
# timer: its level is computed from the time that has passed since it was last asked. Where something is granted, "wait"
# stays 0; else it is the longest time until a limit lets a letter out.
# KEYS: one per bucket or count. ARGV: how many are wanted, then per key: kind, and two numbers:
# bucket: letters per second, most letters kept; count: letters allowed in all, seconds until it is forgotten.
_TAKE = """
local moment = redis.call('TIME')
local now = moment[1] + moment[2] / 1000000
local granted, wait = tonumber(ARGV[1]), 0
local levels = {}
for i, key in ipairs(KEYS) do
  local kind, one, two = ARGV[i * 3 - 1], tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])
  local level
  if kind == 'bucket' then
    local kept = redis.call('HMGET', key, 'level', 'at')
    level = math.min(two, (tonumber(kept[1]) or two) + math.max(0, now - (tonumber(kept[2]) or now)) * one)
    if level < 1 then wait = math.max(wait, (1 - level) / one) end
  else
    level = one - tonumber(redis.call('GET', key) or '0')
    if level < 1 then wait = math.max(wait, two) end
  end
  levels[i] = level
  granted = math.max(0, math.min(granted, math.floor(level)))
end
for i, key in ipairs(KEYS) do
  if ARGV[i * 3 - 1] == 'bucket' then
    redis.call('HSET', key, 'level', tostring(levels[i] - granted), 'at', tostring(now))
    redis.call('EXPIRE', key, 7200)
  elseif granted > 0 then
    redis.call('INCRBY', key, granted)
    redis.call('EXPIRE', key, math.ceil(tonumber(ARGV[i * 3 + 1])) + 3600)
  end
end
return {granted, tostring(wait)}
"""

# Slots of connections: a sorted set with a member "HOLDER:NUMBER" for each, whose score is the time when it expires. A
# call drops what has expired, then all slots of the holder, and adds as many as there is room for. So one call takes,
# renews or gives back, and slots of a worker that died come free by themselves. The loop ends at the first number past
# what is wanted that the holder does not have.
_SLOTS = """
local moment = redis.call('TIME')
local now = tonumber(moment[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local limit, wanted, holder, seconds = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
for i = 1, 1000 do
  if redis.call('ZREM', KEYS[1], holder .. ':' .. i) == 0 and i > wanted then break end
end
local granted = math.max(0, math.min(wanted, limit - redis.call('ZCARD', KEYS[1])))
for i = 1, granted do redis.call('ZADD', KEYS[1], now + seconds, holder .. ':' .. i) end
redis.call('EXPIRE', KEYS[1], seconds + 60)
return granted
"""


class Grant(NamedTuple):
    """How many letters may go out, and how many seconds until there may be more where there are none."""

    letters: int
    wait: float


@dataclass(frozen=True, slots=True)
class _Limit:
    key: str
    kind: str
    one: float
    two: float


def take(client: Redis, lease: Lease, status: BatchStatus, wanted: int) -> Grant:
    """Take up to *wanted* letters from every limit that holds for a batch at this moment.

    Raises:
        redis.exceptions.RedisError: Redis does not answer.
    """
    if (quiet := quiet_seconds(status.lane, now())) > 0:
        return Grant(0, quiet)
    limits = _limits(lease, status)
    if not limits:
        return Grant(wanted, 0)
    words = [str(word) for limit in limits for word in (limit.kind, limit.one, limit.two)]
    answer = client.eval(_TAKE, len(limits), *(limit.key for limit in limits), str(wanted), *words)
    assert isinstance(answer, list)
    return Grant(int(answer[0]), float(answer[1]))


def give_back(client: Redis, lease: Lease, status: BatchStatus, letters: int) -> None:
    """Return letters that were taken and did not go out."""
    for limit in _limits(lease, status):
        if limit.kind == "bucket":
            client.hincrbyfloat(limit.key, "level", letters)
        else:
            client.decrby(limit.key, letters)


def connections(client: Redis, lane: Lane, holder: str, wanted: int, seconds: int) -> int:
    """Hold up to *wanted* of a lane's connections for so many seconds; renews what *holder* holds. 0 gives them back.

    Returns:
        How many may be used.
    """
    if lane.connections is None:
        return wanted
    key = f"kairan:lane:{lane.id}:connections"
    answer = client.eval(_SLOTS, 1, key, str(lane.connections), str(wanted), holder, str(seconds))
    assert isinstance(answer, int)
    return answer


def quiet_seconds(lane: Lane, moment: datetime) -> float:
    """How long the lane's quiet time (by the clock in Japan) still lasts; 0 outside of it."""
    if lane.quiet_from is None or lane.quiet_until is None or lane.quiet_from == lane.quiet_until:
        return 0
    here = moment.astimezone(TOKYO)
    overnight = lane.quiet_from > lane.quiet_until
    inside = (
        (here.time() >= lane.quiet_from or here.time() < lane.quiet_until)
        if overnight
        else lane.quiet_from <= here.time() < lane.quiet_until
    )
    if not inside:
        return 0
    end = datetime.combine(here.date(), lane.quiet_until, TOKYO)
    return ((end if end > here else end + timedelta(days=1)) - here).total_seconds()


def _limits(lease: Lease, status: BatchStatus) -> list[_Limit]:
    lane = status.lane
    limits = []
    if status.rate:
        limits.append(_bucket(f"kairan:issue:{lease.issue_id}:rate", status.rate))
    if lane.per_second:
        limits.append(_bucket(f"kairan:lane:{lane.id}:second", lane.per_second))
    if lane.per_hour:
        burst = max(1, lane.per_hour // HOURLY_BURST)
        # Filled so slowly that a full bucket and an hour's flow come to the limit and not beyond it.
        rate = max(lane.per_hour - burst, 0.5) / 3600
        limits.append(_Limit(f"kairan:lane:{lane.id}:hour", "bucket", rate, burst))
    if lane.warmup and lane.warmup_from:
        today = now().astimezone(TOKYO).date()
        day = (today - lane.warmup_from.astimezone(TOKYO).date()).days
        if 0 <= day < len(lane.warmup):
            midnight = datetime.combine(today + timedelta(days=1), time(), TOKYO)
            left = (midnight - now()).total_seconds()
            limits.append(_Limit(f"kairan:lane:{lane.id}:{today}", "count", int(lane.warmup[day]), left))
    return limits


def _bucket(key: str, rate: float) -> _Limit:
    return _Limit(key, "bucket", rate, max(1.0, rate * BURST_SECONDS))
