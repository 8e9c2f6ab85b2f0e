"""Delivering: a task's turn at sending. It begins with the batch that the task names; while a limit holds that up,
the process sends batches of other lanes beside it, so that a slow lane never keeps the fast ones waiting.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

import uvloop
from redis.exceptions import RedisError

import settings
from models.deliveries.relays.relay_address import RelayAddress
from worker.smtp.pool import Pool

from .. import shutdown, timeouts
from . import batch_store
from .batch_run import BatchRun
from .batch_store import Assignment

P = ParamSpec("P")
T = TypeVar("T")

SPREAD = 0.3
"""Turns differ by this share of their length, so that processes that began together do not pause together."""
MAX_RUNS = 8
"""Batches that one process sends at once."""


class BatchSender:
    """What a process keeps between tasks: its event loop, its connections, its threads for the database."""

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self._executor = ThreadPoolExecutor(2, "database")
        self._pools: dict[tuple[RelayAddress, int], Pool] = {}
        self._runs: dict[asyncio.Task[None], BatchRun] = {}
        self._full_lanes: dict[int, float] = {}
        self._shared_at = 0.0

    async def turn(self, batch_id: int) -> None:
        """Send *batch_id*, and others beside it while it has to wait."""
        until = time.monotonic() + timeouts.TURN * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311  no secret
        try:
            await self._start(batch_id)
            while self._runs and not shutdown.is_requested() and time.monotonic() < until:
                await asyncio.wait(self._runs, timeout=timeouts.TICK, return_when=asyncio.FIRST_COMPLETED)
                await self._collect_ended(go_on=True)
                if self._runs:
                    await self._share()
                    await self._add_lane()
        finally:
            # Whatever happened: letters on the wire get their answers, and batches are given back.
            for run in self._runs.values():
                run.end(timeouts.REST * 2 if run.stuck else 0.0)
            if self._runs:
                await asyncio.wait(self._runs)
                await self._collect_ended(go_on=False)
        if shutdown.is_requested():
            await self.close()

    async def close(self) -> None:
        """Say goodbye on every connection."""
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))
        self._executor.shutdown(wait=False)

    async def _start(self, batch_id: int) -> bool:
        """Take a batch and begin to send it, where it is free; whether it was."""
        wanted = max(1, settings.get().connections // (len(self._runs) + 1))
        assignment = await self._in_thread(batch_store.take, batch_id, wanted)
        if isinstance(assignment, batch_store.LaneFull):
            self._full_lanes[assignment.lane_id] = time.monotonic() + timeouts.LANE_FULL
        if not isinstance(assignment, Assignment):
            return False
        pools = [self._pool(weighted.relay, assignment) for weighted in assignment.relays]
        run = BatchRun(assignment, pools, self._executor)
        run.connections(assignment.connections)
        self._runs[self.loop.create_task(run.run())] = run
        self._shared_at = 0.0 if len(self._runs) > 1 else time.monotonic()
        return True

    def _pool(self, relay: RelayAddress, assignment: Assignment) -> Pool:
        """Connections of one lane to one relay. A lane that was paused begins with new ones, so it begins slowly."""
        lane = assignment.status.lane
        pool = self._pools.get((relay, lane.id))
        if pool is None:
            pool = self._pools[relay, lane.id] = Pool(relay, max_connections=1, timeouts=timeouts.smtp())
        pool.messages_per_connection = lane.letters_per_connection or 0
        return pool

    async def _share(self) -> None:
        """Share the process's connections among its runs, within what each lane may have over all workers."""
        if time.monotonic() < self._shared_at + settings.get().lease_seconds / 4:
            return
        self._shared_at = time.monotonic()
        each = max(1, settings.get().connections // len(self._runs))
        for run in self._runs.values():
            try:
                allowed = await self._in_thread(batch_store.hold_connections, run.status.lane, each)
            except RedisError:
                allowed = 0
            if allowed:
                run.connections(allowed)
            else:
                run.end(timeouts.REST)

    async def _add_lane(self) -> None:
        """While every run has to wait for a limit, take a batch of another lane beside them."""
        room = min(MAX_RUNS, settings.get().connections) - len(self._runs)
        if room <= 0 or not all(run.waiting for run in self._runs.values()):
            return
        present = time.monotonic()
        full = [lane_id for lane_id, until in self._full_lanes.items() if until > present]
        lanes = [run.lease.lane_id for run in self._runs.values()]
        batch_id = await self._in_thread(batch_store.next_due, None, lanes + full)
        if batch_id is not None:
            await self._start(batch_id)

    async def _collect_ended(self, *, go_on: bool) -> None:
        """Take leave of runs that have ended, and begin the next batch of their lanes where *go_on*.

        What a run raised is the task's failure.
        """
        ended = [task for task in self._runs if task.done()]
        for run in [self._runs.pop(task) for task in ended]:
            again = go_on and run.status.may_send
            following = await self._in_thread(batch_store.next_due, run.lease.lane_id) if again else None
            if following is None or not await self._start(following):
                await self._release_lane(run)
        for task in ended:
            task.result()

    async def _release_lane(self, run: BatchRun) -> None:
        """Hand a lane's connections to others, where they are few; after a pause, its next ones begin slowly."""
        lane = run.status.lane
        if lane.connections is not None or not run.status.may_send:
            closing = [self._pools.pop(key) for key in list(self._pools) if key[1] == lane.id]
            await asyncio.gather(*(pool.close() for pool in closing))
        if lane.connections is not None:
            with suppress(RedisError):  # They run out by themselves.
                await self._in_thread(batch_store.release_connections, lane)

    def _in_thread(self, act: Callable[P, T], *args: P.args, **_: P.kwargs) -> Awaitable[T]:
        return self.loop.run_in_executor(self._executor, act, *args)


_senders: dict[int, BatchSender] = {}


def _sender() -> BatchSender:
    """This process's sender: a forked process must not use the loop and the sockets of its parent."""
    if os.getpid() not in _senders:
        _senders.clear()
        _senders[os.getpid()] = BatchSender()
    return _senders[os.getpid()]


def deliver(batch_id: int) -> None:
    """Send a batch, or as much of it as a turn allows. Asking twice, or for a batch that is done, does no harm.

    Raises:
        redis.exceptions.RedisError, sqlalchemy.exc.OperationalError: a part does not answer; the sweep asks again.
    """
    if shutdown.is_requested():
        return
    sender = _sender()
    with shutdown.Busy():
        sender.loop.run_until_complete(sender.turn(batch_id))


def close_sender() -> None:
    """Close this process's connections and its loop: when the addresses of its parts have changed."""
    if sender := _senders.pop(os.getpid(), None):
        sender.loop.run_until_complete(sender.close())
        sender.loop.close()
