"""How wrong logins are slowed down: by account and network, by device, and by account. Right ones never count.

Each wrong password for an account makes the next try from the same network wait longer; other networks do not wait for
it. A device from which somebody has logged in before counts for itself alone, so that strangers cannot keep an
account's owner out. All unknown devices together have so many tries an hour for an account, however many networks they
come from: far more than one network gets, so that no network shuts an account for others (:data:`ACCOUNT_TRIES`).

Many wrong tries from one network, for whatever accounts, make each further one of its unknown devices take seconds;
nobody is turned away for a neighbour.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from math import ceil
from typing import cast

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItem, parse_many
from redis.exceptions import RedisError

import settings
from models.staff.member import Member
from models.store import broker
from models.store.clock import now

from ..request import cookie_name, cookie_path, limiter, network

FREE_TRIES = 5
"""So many wrong passwords are nobody's attack."""
MAX_WAIT = 300
"""Seconds between two tries at most."""
ACCOUNT_TRIES = 30
"""Wrong tries for an account that its unknown devices have together, from wherever; then as many an hour, one by one.
One network comes to 14 in the first nine minutes and to 12 an hour afterwards, so that not even two at once shut the
account for others. From however many networks, 750 passwords a day are guessed at most, and no common one is right."""
SLOW_SECONDS = 2.0
_FORGET_SECONDS = 3600
_KNOWN_SECONDS = 365 * 24 * 3600
_ACCOUNTS_OF_A_DEVICE = 20
_REFILL = ACCOUNT_TRIES / 3600
"""Tries that an account gets back each second."""
_BEGIN_TRY = """
local now, free, most, tries, refill = unpack(ARGV, 1, 5)
now, free, most, tries, refill = tonumber(now), tonumber(free), tonumber(most), tonumber(tries), tonumber(refill)
local wrong = tonumber(redis.call('HGET', KEYS[1], 'wrong') or 0)
if wrong >= free then
  local last = tonumber(redis.call('HGET', KEYS[1], 'last') or 0)
  if last > now then -- written by a host whose clock is ahead
    last = now
    redis.call('HSET', KEYS[1], 'last', ARGV[1])
  end
  local wait = math.ceil(last + math.min(most, 2 ^ math.min(wrong - free, 20)) - now)
  if wait > 0 then return wait end
end
if KEYS[2] then
  local at = math.min(tonumber(redis.call('HGET', KEYS[2], 'at') or now), now)
  local used = tonumber(redis.call('HGET', KEYS[2], 'used') or 0)
  used = math.max(0, used - (now - at) * refill)
  local wait = math.ceil((used + 1 - tries) / refill)
  redis.call('HSET', KEYS[2], 'at', ARGV[1], 'used', tostring(wait > 0 and used or used + 1))
  redis.call('EXPIRE', KEYS[2], ARGV[6])
  if wait > 0 then return wait end
end
redis.call('HINCRBY', KEYS[1], 'wrong', 1)
redis.call('HSET', KEYS[1], 'last', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return 0
"""
_FORGET = """
redis.call('DEL', KEYS[1])
if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then redis.call('HINCRBYFLOAT', KEYS[2], 'used', -1) end
"""
_MOST_COUNTS = 10_000
_counts: dict[str, tuple[float, float]] = {}
_counting = threading.Lock()
_slow = threading.BoundedSemaphore(2)
"""Slowed tries hold a thread each: no more of them at once, or pages would have none."""


def keyed_hash(typed: str) -> str:
    """What stands for an address that was typed: equal for equal ones, and telling nothing (16 hex digits)."""
    key = settings.get().secret_key.get_secret_value().encode()[:64]
    return blake2b(
        typed.strip().lower().encode("utf-8", "replace"), key=key, person=b"kairan-login", digest_size=8
    ).hexdigest()


def begin_try(address: str) -> int:
    """Begin a try for *address*, which counts as a wrong one until it is known to be right.

    Returns:
        How many seconds this browser must wait before it may try; 0 where it may now. In one step, so that of tries
        that are sent at once no more get through than of tries that follow each other.
    """
    counters, moment = _counters(address), now().timestamp()
    limits = (FREE_TRIES, MAX_WAIT, ACCOUNT_TRIES, _REFILL, _FORGET_SECONDS)
    try:
        return int(cast(int, broker.client().eval(_BEGIN_TRY, len(counters), *counters, moment, *limits)))
    except RedisError:
        with _counting:
            return _begin_try_here(counters, moment)


def _begin_try_here(counters: Sequence[str], moment: float) -> int:
    """As the broker counts, for this process alone, while it does not answer: guessing is slow then, too."""
    own, *shared = counters
    wrong, last = _counts.get(own, (0, 0.0))
    if moment - last > _FORGET_SECONDS:
        wrong = 0
    if wrong >= FREE_TRIES:
        wait: int = ceil(min(last, moment) + min(MAX_WAIT, 2 ** min(wrong - FREE_TRIES, 20)) - moment)
        if wait > 0:
            return wait
    for account in shared:
        used, at = _counts.get(account, (0, moment))
        used = max(0, used - (moment - min(at, moment)) * _REFILL)
        wait = ceil((used + 1 - ACCOUNT_TRIES) / _REFILL)
        _keep(account, used if wait > 0 else used + 1, moment)
        if wait > 0:
            return wait
    _keep(own, wrong + 1, moment)
    return 0


def _keep(counter: str, count: float, moment: float) -> None:
    _counts.pop(counter, None)
    _counts[counter] = count, moment
    if len(_counts) > _MOST_COUNTS:
        del _counts[next(iter(_counts))]


def slow_down(address: str) -> bool:
    """Let a try from a network with many wrong ones take some seconds; False where too many wait already."""
    if _device(address) or not _busy_network():
        return True
    if not _slow.acquire(blocking=False):
        return False
    try:
        time.sleep(SLOW_SECONDS)
    finally:
        _slow.release()
    return True


def note_wrong() -> None:
    """Count a wrong try against the network that it came from."""
    with suppress(Exception):  # the limits' storage is down: it raises what its client raises
        for item in _network_limits():
            limiter.limiter.hit(item, "login", network())


def forget_wrong(address: str) -> None:
    """Forget this browser's wrong passwords for *address*: the last one was right."""
    own, *shared = counters = _counters(address)
    with _counting:
        _counts.pop(own, None)
        for account in shared:
            used, at = _counts.get(account, (0, 0.0))
            _keep(account, max(0, used - 1), at)
    with suppress(RedisError):
        broker.client().eval(_FORGET, len(counters), *counters)


def remember_device(person: Member, response: Response) -> None:
    """Know this browser from now on, beside its other accounts: offices share machines."""
    account, known = keyed_hash(person.address), _known_accounts()
    device = known.pop(account, "") or secrets.token_hex(8)
    latest = dict([*known.items(), (account, device)][-_ACCOUNTS_OF_A_DEVICE:])
    response.set_cookie(
        cookie_name("kairan-device"),
        str(_serializer().dumps(latest)),
        max_age=_KNOWN_SECONDS,
        secure=settings.get().base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
        path=cookie_path(),
    )


def is_known_device(person: Member) -> bool:
    """Whether *person* has logged in from this browser before."""
    return bool(_device(person.address))


def _counters(address: str) -> list[str]:
    """The names of the counts: the device's own where it is known for this account; else the account's at this network,
    and the account's at all networks."""
    account = f"kairan:wrong-logins:{keyed_hash(address)}"
    if device := _device(address):
        return [f"{account}:{device}"]
    return [f"{account}:at:{keyed_hash(network())}", f"{account}:anywhere"]


def _device(address: str) -> str:
    """The number of this device, where somebody logged in from it as *address*; else empty."""
    return _known_accounts().get(keyed_hash(address), "")


def _known_accounts() -> dict[str, str]:
    """Hashes of the addresses as which somebody logged in from this browser, the latest last, with its number."""
    try:
        found = _serializer().loads(request.cookies.get(cookie_name("kairan-device"), ""), max_age=_KNOWN_SECONDS)
    except BadData:
        return {}
    return dict(found) if isinstance(found, dict) else {}


def _busy_network() -> bool:
    with suppress(Exception):
        return not all(limiter.limiter.test(item, "login", network()) for item in _network_limits())
    return False


def _network_limits() -> list[RateLimitItem]:
    return parse_many(settings.get().login_limit)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.get().secret_key.get_secret_value(), salt="login device")
