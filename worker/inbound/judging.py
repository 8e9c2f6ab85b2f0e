"""Judging in portions, in whatever process has time: the daemon while it listens, a command that imports.

Messages of a portion share a transaction, which a commit each would slow down; where one fails, the portion is judged
message by message, so that it keeps no other from its verdict.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from models.bounces import judge
from models.store.db import session_scope

log = structlog.get_logger(__name__)

PORTION = 20
_LOOK_SECONDS = 10.0
"""How often the daemon looks for messages that somebody else has stored or left."""


def judge_waiting(go_on: Callable[[], bool] = lambda: True) -> int:
    """Judge whatever waits, while *go_on*; how many messages."""
    judged = 0
    while go_on():
        with session_scope() as session:
            digests = judge.begin(session, PORTION)
        if not digests:
            break
        judged += _portion(digests)
    return judged


def _portion(digests: Sequence[str]) -> int:
    try:
        with session_scope() as session:
            return sum(judge.judge(session, digest) for digest in digests)
    except Exception as error:  # Whatever it is: it concerns one message, or shows again with each.
        log.warning("a portion of returned mail is judged one by one", error=repr(error)[:300])
    return sum(_alone(digest) for digest in digests)


def _alone(digest: str) -> bool:
    try:
        with session_scope() as session:
            return judge.judge(session, digest)
    except (InterfaceError, OperationalError):
        raise
    except Exception:  # A message that nobody can read is given up after some tries; its bytes stay.
        log.exception("a returned message could not be judged", digest=digest[:12])
        return False


def judge_again(told: Callable[[str, str], None]) -> int:
    """Judge again what older rules have judged; *told* gets the digest and former class of each that has changed.

    Returns how many were looked at.
    """
    with session_scope() as session:
        digests = judge.outdated(session)
    for digest in digests:
        with session_scope() as session:
            former = judge.judge_again(session, digest)
        if former is not None:
            told(digest, former)
    return len(digests)


class Judging:
    """A thread that judges what waits, whenever it is woken, and now and then."""

    def __init__(self) -> None:
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="judging", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to judge."""
        self._wake.set()

    def stop(self) -> None:
        """End after the present portion."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                judge_waiting(lambda: not self._stop.is_set())
            except SQLAlchemyError as error:
                log.warning("returned mail waits to be judged: the database does not answer", error=repr(error)[:200])
            self._wake.wait(_LOOK_SECONDS)
