"""The broker: one client per process, and its address in the words of each library that speaks to it."""

from __future__ import annotations

from functools import cache
from urllib.parse import parse_qs, urlsplit

from redis import Redis
from redis.exceptions import RedisError, ResponseError

import settings

UNIX_SCHEME = "unix"


def _socket() -> tuple[str, str] | None:
    """Path and database number where the broker listens on a Unix socket, else nothing."""
    parts = urlsplit(settings.get().redis_url)
    if parts.scheme != UNIX_SCHEME:
        return None
    return parts.path, parse_qs(parts.query).get("db", ["0"])[0]


def celery_url() -> str:
    """REDIS_URL as Celery writes it, which knows Unix sockets by another scheme than redis-py."""
    socket = _socket()
    return f"redis+socket://{socket[0]}?virtual_host={socket[1]}" if socket else settings.get().redis_url


def limiter_url() -> str:
    """REDIS_URL as the rate limiter's storage writes it."""
    address = settings.get().redis_url
    return f"redis+{address}" if _socket() else address


@cache
def client() -> Redis:
    """The client of this process. It connects when first used and answers in bytes."""
    return Redis.from_url(settings.get().redis_url, socket_connect_timeout=2, socket_timeout=5)


def trouble() -> str:
    """What is wrong with the broker: it does not answer, or takes no writes (memory or disk full, a replica)."""
    try:
        client().set("kairan:takes writes", 1, ex=60)
    except ResponseError as error:
        return f"refuses writes: {error}"
    except RedisError:
        return "does not answer"
    return ""


def forget() -> None:
    """Close the client's connections: after a fork, or when the address has changed."""
    if client.cache_info().currsize:
        client().close()
        client.cache_clear()
