"""How large a letter each relay in use takes, as it said when it was last asked (SIZE in its answer to EHLO, RFC 1870).

The broker keeps the answers: nothing but a preflight finding depends on them, and workers ask again every few minutes
(:mod:`worker.sending.ask_relays`).
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from redis.exceptions import RedisError
from sqlalchemy.orm import Session

import settings

from ...store import broker
from . import relay as relays

ASK_AGAIN = 600
"""Seconds after which a relay is asked again."""
_KEEP = 86_400
"""Seconds for which an answer counts."""


class RelayLimit(NamedTuple):
    """One relay's answer."""

    name: str
    """Host and port."""
    size: int
    """Bytes; 0 where it names no limit."""


def addresses(session: Session) -> list[str]:
    """The addresses of all relays that an issue may go through: those that staff have set up, or ``SMTP_URL``."""
    return [row.url for row in relays.list_active(session)] or [settings.get().smtp_url]


def remember(address: str, size: int) -> None:
    """Keep what the relay at *address* said. A broker that is down keeps nothing.

    Arguments:
        size: bytes; 0 where it names no limit, or did not answer.
    """
    try:
        broker.client().set(_key(address), size, ex=_KEEP)
    except RedisError:
        return


def is_known(address: str) -> bool:
    """Whether the relay at *address* was asked within the last minutes. So says a broker that is down, too."""
    try:
        left: int = broker.client().ttl(_key(address))  # type: ignore[assignment]  # redis-py's types mix in asyncio's
    except RedisError:
        return True
    return left > _KEEP - ASK_AGAIN


def known(session: Session) -> list[RelayLimit]:
    """The limits that relays in use have named."""
    found = addresses(session)
    try:
        sizes: list[bytes | None] = broker.client().mget([_key(one) for one in found])  # type: ignore[assignment]
    except RedisError:
        return []
    return [RelayLimit(_place(one), int(size)) for one, size in zip(found, sizes, strict=True) if size and int(size)]


def _key(address: str) -> str:
    return f"kairan:relay limit:{_place(address)}"


def _place(address: str) -> str:
    """Host and port of an address, without the login that may stand in it."""
    return urlsplit(address.strip()).netloc.rpartition("@")[2]
