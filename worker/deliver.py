"""Delivering: a task's turn at sending. It begins with the batch that the task names; while a limit holds that up,
the process sends batches of other lanes beside it, so that a slow lane never keeps the fast ones waiting.
"""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog
import uvloop
from redis.exceptions import RedisError

import settings
from models.store import broker
from worker.smtp import Pool, Relay, Timeouts

from . import drain, ledger, process, throttle
from .ledger import Assignment
from .run import REST_SECONDS, Run

log = structlog.get_logger(__name__)

TURN_SECONDS = 15.0
"""After this time a task ends and names its batch again, so that other tasks of the process get their turn."""
TICK_SECONDS = 0.1
MAX_RUNS = 8
"""Batches that one process sends at once."""


class Crew:
    """What a process keeps between tasks: its event loop, its connections, its threads for the database."""

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self._executor = ThreadPoolExecutor(2, "ledger")
        self._pools: dict[tuple[Relay, int], Pool] = {}
        self._runs: dict[asyncio.Task[None], Run] = {}
        self._slots = 0.0

    async def turn(self, batch_id: int) -> None:
        """Send *batch_id*, and others beside it while it has to wait."""
        until = time.monotonic() + TURN_SECONDS
        try:
            await self._start(batch_id)
            while self._runs and not drain.asked() and time.monotonic() < until:
                await asyncio.wait(self._runs, timeout=TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                self._collect()
                if self._runs:
                    await self._share()
                    await self._join()
        finally:
            # Whatever happened: letters on the wire get their answers, and batches are given back.
            for run in self._runs.values():
                run.end(0.0 if run.progressed or run.waiting else REST_SECONDS * 2)
            if self._runs:
                await asyncio.wait(self._runs)
                self._collect()
        if drain.asked():
            await self.close()

    async def close(self) -> None:
        """Say goodbye on every connection."""
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))
        self._executor.shutdown(wait=False)

    async def _start(self, batch_id: int) -> None:
        """Take a batch and begin to send it, where it is free."""
        assignment = await self.loop.run_in_executor(self._executor, ledger.take, batch_id)
        if assignment is None:
            return
        pools = [self._pool(weighted.relay, assignment) for weighted in assignment.relays]
        run = Run(assignment, pools, self._executor)
        self._runs[self.loop.create_task(run.run())] = run
        self._slots = 0.0
        await self._share()

    def _pool(self, relay: Relay, assignment: Assignment) -> Pool:
        """Connections of one lane to one relay. A lane that was paused begins with new ones, so it begins slowly."""
        lane, chosen = assignment.standing.lane, settings.get()
        pool = self._pools.get((relay, lane.id))
        if pool is None:
            seconds = chosen.smtp_timeout_seconds
            timeouts = Timeouts(connect=min(30.0, seconds), reply=seconds, dot=seconds * 2.5)
            pool = self._pools[relay, lane.id] = Pool(relay, connections=1, timeouts=timeouts)
        pool.messages_per_connection = lane.letters_per_connection or 0
        return pool

    async def _share(self) -> None:
        """Share the process's connections among its runs, within what each lane may have over all workers."""
        if time.monotonic() < self._slots:
            return
        self._slots = time.monotonic() + settings.get().lease_seconds / 4
        each = max(1, settings.get().connections // len(self._runs))
        for run in self._runs.values():
            await self._allot(run, each)

    async def _allot(self, run: Run, wanted: int) -> None:
        lane, seconds = run.standing.lane, int(settings.get().lease_seconds) + 1
        try:
            allowed = await self.loop.run_in_executor(
                self._executor, throttle.connections, broker.client(), lane, process.name(), wanted, seconds
            )
        except RedisError:
            allowed = 0
        if allowed:
            run.connections(allowed)
        else:
            run.end(REST_SECONDS)

    async def _join(self) -> None:
        """While every run has to wait for a limit, take a batch of another lane beside them."""
        room = min(MAX_RUNS, settings.get().connections) - len(self._runs)
        if room <= 0 or not all(run.waiting for run in self._runs.values()):
            return
        lanes = [run.lease.lane_id for run in self._runs.values()]
        batch_id = await self.loop.run_in_executor(self._executor, ledger.next_due, lanes)
        if batch_id is not None:
            await self._start(batch_id)

    def _collect(self) -> None:
        """Take leave of runs that have ended; what one of them raised is the task's failure."""
        ended = [task for task in self._runs if task.done()]
        for task in ended:
            run = self._runs.pop(task)
            self._slots = 0.0
            self._give_up_slots(run)
            if not run.standing.going:
                self._forget(run.standing.lane.id)
        for task in ended:
            task.result()

    def _give_up_slots(self, run: Run) -> None:
        if run.standing.lane.connections is not None:
            with suppress(RedisError):  # They run out by themselves.
                throttle.connections(broker.client(), run.standing.lane, process.name(), 0, 1)

    def _forget(self, lane_id: int) -> None:
        for key in [key for key in self._pools if key[1] == lane_id]:
            self.loop.create_task(self._pools.pop(key).close())


_crews: dict[int, Crew] = {}


def _crew() -> Crew:
    """This process's crew: a forked process must not use the loop and the sockets of its parent."""
    if os.getpid() not in _crews:
        _crews.clear()
        _crews[os.getpid()] = Crew()
    return _crews[os.getpid()]


def deliver(batch_id: int) -> None:
    """Send a batch, or as much of it as a turn allows. Asking twice, or for a batch that is done, does no harm.

    Raises:
        redis.exceptions.RedisError, sqlalchemy.exc.OperationalError: a part does not answer; the sweep asks again.
    """
    if drain.asked():
        return
    crew = _crew()
    with drain.Busy():
        crew.loop.run_until_complete(crew.turn(batch_id))


def forget() -> None:
    """Close this process's connections and its loop: when the addresses of its parts have changed."""
    if crew := _crews.pop(os.getpid(), None):
        crew.loop.run_until_complete(crew.close())
        crew.loop.close()
