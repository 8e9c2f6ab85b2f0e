"""Judging stored hits again in several processes: each judges other copies, and writes what it found.

They share the lock on changing hits, so nobody adds to a copy between its judging and its writing. After each round
all of them have let go of it, so that hits which came in meanwhile are stored.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from typing import NamedTuple

from models.store.db import session_scope
from models.tracking import ingest, reclassify

ROUND = 8
"""Chunks of :data:`models.tracking.reclassify.CHUNK` copies that are judged before the lock is free for a moment."""
_BEGIN = (0, -(2**63))
Copies = list[tuple[int, int]]


class ReclassifyProgress(NamedTuple):
    """What was done until now."""

    copies: int
    changed: int
    """Verdicts."""


def run(since: datetime, processes: int | None = None) -> Iterator[ReclassifyProgress]:
    """Judge all copies with a hit since a time again, and tell after each round what was done.

    Arguments:
        processes: how many judge; by default as many as there are processors. Less than a round is judged here.
    """
    done = ReclassifyProgress(0, 0)
    first = _next(since, _BEGIN)
    if len(first) < ROUND:
        yield from _rounds(since, first, done, None)
        return
    # Started anew, not forked: a fork would share this process's connections.
    starting = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes or os.cpu_count(), starting, initializer=_end_with_leader) as pool:
        yield from _rounds(since, first, done, pool)


def _rounds(
    since: datetime, chunks: list[Copies], done: ReclassifyProgress, pool: ProcessPoolExecutor | None
) -> Iterator[ReclassifyProgress]:
    while chunks:
        with session_scope() as session:
            judge = partial(_judge, reclassify.lead(session))
            _wait_for_others()
            found = pool.map(judge, chunks) if pool else map(judge, chunks)
            # The next round is listed while the others judge this one.
            following = _next(since, chunks[-1][-1])
            changed = sum(found)
        done = ReclassifyProgress(done.copies + sum(map(len, chunks)), done.changed + changed)
        yield done
        chunks = following


def _next(since: datetime, after: tuple[int, int]) -> list[Copies]:
    """The copies of the next round, in chunks."""
    chunks: list[Copies] = []
    with session_scope() as session:
        while len(chunks) < ROUND and (some := reclassify.next_copies(session, since, after)):
            chunks.append(some)
            after = some[-1]
    return chunks


def _end_with_leader() -> None:
    """End this process when the one that started it ends, however that happens; the database undoes what it was at."""
    leader = multiprocessing.parent_process()

    def watch() -> None:
        if leader is not None:
            leader.join()
            os._exit(1)

    threading.Thread(target=watch, name="leader", daemon=True).start()


def _wait_for_others() -> None:
    """Wait until those are done whom a run that ended half-way has left behind."""
    with session_scope() as session:
        ingest.lock(session)


def _judge(leader: int, chosen: Copies) -> int:
    with session_scope() as session:
        return reclassify.reclassify_beside(session, chosen, leader)
