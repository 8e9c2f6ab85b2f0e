"""Judging in whatever process has time: the daemon while it listens, a command that imports.

Messages are judged together, and one by one where that fails. What goes wrong with one keeps no other from its verdict,
and no reader stays locked while others are read.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from models.bounces import judge
from models.store.db import session_scope

log = structlog.get_logger(__name__)

PORTION = 50
"""Messages that are looked up at once."""
_ELSEWHERE = 1000
"""How many messages are remembered that somebody else judges just now."""
_LOOK_SECONDS = 10.0
"""How often the daemon looks for messages that somebody else has stored or left."""


def judge_waiting(go_on: Callable[[], bool] = lambda: True) -> int:
    """Judge whatever waits, while *go_on*; how many messages. What cannot be judged waits for the next time.

    Raises:
        SQLAlchemyError: the database does not answer. No message has spent a try on that.
    """
    judged, failed, elsewhere = 0, set[str](), deque[str](maxlen=_ELSEWHERE)
    while go_on():
        with session_scope() as session:
            waiting = judge.begin(session, PORTION, {*failed, *elsewhere})
        if not any(waiting):
            break
        together = _judge_together(waiting.together)
        judged += len(together)
        for digest in (one for one in (*waiting.together, *waiting.alone) if one not in together):
            if not go_on():
                break
            if not _begin_alone(digest):
                elsewhere.append(digest)
            elif _judge(digest):
                judged += 1
            else:
                failed.add(digest)
    return judged


def _judge_together(digests: Sequence[str]) -> set[str]:
    try:
        with session_scope(durable=False) as session:
            return judge.judge_together(session, digests) if digests else set()
    except Exception as error:  # It shows again with one of them, or it was that somebody else had a reader's row.
        log.info("returned mail is judged one by one", number=len(digests), error=repr(error)[:200])
        return set()


def _begin_alone(digest: str) -> bool:
    with session_scope(durable=False) as session:
        return judge.count_try(session, digest)


def _judge(digest: str) -> bool:
    try:
        with session_scope(durable=False) as session:
            return judge.judge(session, digest)
    except Exception:  # Whatever it is, it may concern this message alone; a database that is away shows with the next.
        log.exception("a returned message could not be judged now", digest=digest[:12])
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
            except Exception:  # A thread that has ended judges nothing any more.
                log.exception("returned mail waits to be judged")
            self._wake.wait(_LOOK_SECONDS)
