"""Salts of pseudonyms: each belongs to one issue, is made once, lives for a week, and is never on a disk.

They lie in a Valkey of their own that keeps nothing (``SALTS_URL``), and in the memory of the processes that use them.
The database notes only that an issue has had its salt, and a fingerprint of it. So the same salt serves every process,
and when it has expired, or its server was restarted, no second one is made: the same reader would count again under it.
Without a salt, hits are nobody's (docs/decisions/0035).
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, String, text
from sqlalchemy.orm import Mapped, mapped_column

import settings

from ..store import broker
from ..store.base import Base
from ..store.clock import now

log = structlog.get_logger(__name__)

KEY = "kairan:salt:{issue}"
SIZE = 32
"""Bytes."""
REMEMBERED_SECONDS = 3600.0
"""Seconds after which a process asks again for what it remembers."""
RETRY_SECONDS = 10.0
"""Seconds after which a server that did not answer is asked again."""


class IssueSalt(Base):
    """That an issue has had its salt."""

    __tablename__ = "issue_salt"

    issue_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(32))
    """By which the salt is told from any other, and from which nobody finds it."""
    made_at: Mapped[datetime] = mapped_column(default=now)


class _Remembered(NamedTuple):
    salt: bytearray | None
    until: float
    """By :func:`time.monotonic`."""


_remembered: dict[int, _Remembered] = {}


def find(engine: Engine, issue: int) -> bytes | None:
    """The salt of an issue, made if it never had one; None where it is gone or nobody can get it now.

    Arguments:
        engine: of the database. It is noted in a transaction of its own that the issue has its salt: what is remembered
            here must not be undone there.
    """
    known = _remembered.get(issue)
    if known is None or known.until <= time.monotonic():
        drop_expired()
        known = _remembered[issue] = _ask(engine, issue)
    return None if known.salt is None else bytes(known.salt)


def drop_expired() -> None:
    """Overwrite the salts of this process whose time is over; for a process that may not be asked again."""
    for issue in [issue for issue, known in list(_remembered.items()) if known.until <= time.monotonic()]:
        _overwrite(_remembered.pop(issue, None))


def forget() -> None:
    """Overwrite every salt of this process, and forget the server: its address has changed."""
    while _remembered:
        _overwrite(_remembered.popitem()[1])
    if _client.cache_info().currsize:
        if (client := _client()) is not None:
            client.close()
        _client.cache_clear()


def remove_former() -> int:
    """Remove the salts that former versions kept in the broker, also from its append-only file; returns how many.

    A broker that keeps nothing is left alone: it may be the server of salts itself.
    """
    client = broker.client()
    try:
        former = list(client.scan_iter(KEY.format(issue="*"), count=1000))
        if not former or not _persistence(client):
            return 0
        client.delete(*former)
        client.bgrewriteaof()  # type: ignore[no-untyped-call]  # The file keeps what was deleted until then.
    except (RedisError, OSError) as error:
        log.warning("former salts may be left in the broker", error=str(error))
        return 0
    log.info("former salts removed from the broker", salts=len(former))
    return len(former)


def trouble() -> str:
    """Why readers who are not identified are not counted now; empty where they are."""
    client = _client()
    if client is None:
        return "SALTS_URL is not set"
    try:
        return _persistence(client)
    except (RedisError, OSError) as error:
        return f"the server of SALTS_URL does not answer: {error}"


def _overwrite(known: _Remembered | None) -> None:
    if known is not None and known.salt is not None:
        known.salt[:] = bytes(len(known.salt))


def _ask(engine: Engine, issue: int) -> _Remembered:
    again = time.monotonic() + RETRY_SECONDS
    client = _client()
    if client is None:
        return _Remembered(None, again)
    try:
        if wrong := _persistence(client):
            log.error("readers who are not identified are not counted", reason=wrong)
            return _Remembered(None, again)
        with engine.connect() as connection:
            has_had_one = connection.scalar(_FINGERPRINT, {"issue": issue}) is not None
        if not has_had_one:
            client.set(KEY.format(issue=issue), os.urandom(SIZE), nx=True, px=_lifetime())
        with client.pipeline() as pipe:
            pipe.get(KEY.format(issue=issue))
            pipe.pttl(KEY.format(issue=issue))
            found, milliseconds = pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("the server of salts does not answer", error=type(error).__name__)
        return _Remembered(None, again)
    seconds = min(max(milliseconds, 0) / 1000, REMEMBERED_SECONDS)
    if found and _is_the_one(engine, issue, found):
        return _Remembered(bytearray(found), time.monotonic() + seconds)
    return _Remembered(None, time.monotonic() + REMEMBERED_SECONDS)  # It is gone for good.


def _is_the_one(engine: Engine, issue: int, salt: bytes) -> bool:
    """Whether this is the first salt of the issue, noting it where there was none."""
    mine = blake2b(salt, digest_size=16, person=b"kairan-salt").hexdigest()
    with engine.begin() as connection:
        connection.execute(_NOTE, {"issue": issue, "fingerprint": mine, "now": now()})
        return bool(connection.scalar(_FINGERPRINT, {"issue": issue}) == mine)


_FINGERPRINT = text("SELECT fingerprint FROM issue_salt WHERE issue_id = :issue")
_NOTE = text(
    "INSERT INTO issue_salt (issue_id, fingerprint, made_at) VALUES (:issue, :fingerprint, :now) ON CONFLICT DO NOTHING"
)


def _lifetime() -> int:
    """Milliseconds."""
    return max(1, round(settings.get().pseudonym_days * 86_400_000))


def _persistence(client: Redis) -> str:
    """How a server might keep what it is told; empty where it does not. Unknown is as bad as yes."""
    told: Any = client.info()
    kept: Any = client.config_get("save")
    if told.get("aof_enabled") != 0:
        return "the server of SALTS_URL keeps an append-only file"
    if kept.get("save") != "":
        return "the server of SALTS_URL saves snapshots"
    if told.get("role") != "master" or told.get("connected_slaves") != 0:
        return "the server of SALTS_URL has a replica, which may keep what it is told"
    return ""


@cache
def _client() -> Redis | None:
    address = settings.get().salts_url
    return Redis.from_url(address, socket_connect_timeout=1, socket_timeout=1) if address else None
