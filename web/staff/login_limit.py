"""How wrong logins are slowed down: by account, by device and by network. Right ones never count.

Each wrong password for an account makes the next try wait longer, wherever it comes from. A device from which somebody
has logged in before counts for itself alone, so that strangers cannot keep an account's owner out. Many wrong tries
from one network make each further one of its unknown devices take seconds; nobody is turned away for a neighbour.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from hashlib import blake2b
from typing import cast

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItem, parse_many
from redis.exceptions import RedisError

import settings
from models.staff.member import Member
from models.store import broker
from models.store.clock import now

from ..request import cookie_name, limiter, network

FREE_TRIES = 5
"""So many wrong passwords are nobody's attack."""
MAX_WAIT = 300
"""Seconds between two tries at most."""
SLOW_SECONDS = 2.0
_FORGET_SECONDS = 3600
_KNOWN_SECONDS = 365 * 24 * 3600
_slow = threading.BoundedSemaphore(2)
"""Slowed tries hold a thread each: no more of them at once, or pages would have none."""


def keyed_hash(typed: str) -> str:
    """What stands for an address that was typed: equal for equal ones, and telling nothing (16 hex digits)."""
    key = settings.get().secret_key.get_secret_value().encode()[:64]
    return blake2b(
        typed.strip().lower().encode("utf-8", "replace"), key=key, person=b"kairan-login", digest_size=8
    ).hexdigest()


def seconds_to_wait(address: str) -> int:
    """How long this browser must wait before its next try for *address*; 0 where it may try now."""
    with suppress(RedisError):
        kept = cast(dict[bytes, bytes], broker.client().hgetall(_counter(address)))
        wrong, last = int(kept.get(b"wrong", 0)), float(kept.get(b"last", 0))
        if wrong >= FREE_TRIES:
            pause: int = min(MAX_WAIT, 1 << min(wrong - FREE_TRIES, 20))
            return max(0, round(last + pause - now().timestamp() + 0.5))
    return 0


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


def note_wrong(address: str) -> None:
    """Count a wrong try."""
    with suppress(RedisError), broker.client().pipeline() as pipe:
        name = _counter(address)
        pipe.hincrby(name, "wrong", 1)
        pipe.hset(name, "last", str(now().timestamp()))
        pipe.expire(name, _FORGET_SECONDS)
        pipe.execute()
    with suppress(Exception):  # the limits' storage is down: it raises what its client raises
        for item in _network_limits():
            limiter.limiter.hit(item, "login", network())


def note_right(address: str, person: Member, response: Response) -> None:
    """Forget this browser's wrong tries, and know it from now on."""
    with suppress(RedisError):
        broker.client().delete(_counter(address))
    device = _device(address) or secrets.token_hex(8)
    response.set_cookie(
        cookie_name("kairan-device"),
        str(_serializer().dumps([keyed_hash(person.address), device])),
        max_age=_KNOWN_SECONDS,
        secure=settings.get().base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _counter(address: str) -> str:
    """The name of the count: the device's own where it is known for this account, else the account's."""
    return f"kairan:wrong-logins:{keyed_hash(address)}:{_device(address) or 'anywhere'}"


def _device(address: str) -> str:
    """The number of this device, where somebody logged in from it as *address*; else empty."""
    try:
        account, device = _serializer().loads(
            request.cookies.get(cookie_name("kairan-device"), ""), max_age=_KNOWN_SECONDS
        )
    except (BadData, ValueError):
        return ""
    return str(device) if account == keyed_hash(address) else ""


def _busy_network() -> bool:
    with suppress(Exception):
        return not all(limiter.limiter.test(item, "login", network()) for item in _network_limits())
    return False


def _network_limits() -> list[RateLimitItem]:
    return parse_many(settings.get().login_limit)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings.get().secret_key.get_secret_value(), salt="login device")
