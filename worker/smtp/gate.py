"""The journal's gate: what is about to be written waits here, and goes through together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from worker.smtp.envelope import Envelope, Source


class Waiting(Protocol):
    """A connection that holds a letter at the gate."""

    @property
    def held(self) -> Envelope:
        """The letter."""

    def granted(self) -> None:
        """Write the letter now."""

    def withheld(self, why: str) -> None:
        """Do not write it; it is to be returned."""


class Gate:
    """Asks the source once per turn of the event loop, for all connections that became ready in it.

    Arguments:
        source: whose ``before_wire`` decides.
        failed: called with what ``before_wire`` raises.
    """

    def __init__(self, source: Source, failed: Callable[[Exception], None]) -> None:
        self._source = source
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Waiting] = []
        self._going: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._closed = ""

    def ask(self, connection: Waiting) -> None:
        """*connection* holds a letter; it is granted or withheld soon, exactly once."""
        if self._closed:
            connection.withheld(self._closed)
            return
        self._waiting.append(connection)
        if len(self._waiting) == 1 and not self._going:
            self._loop.call_soon(self._next)

    def leave(self, connection: Waiting) -> bool:
        """*connection* has ended. ``False`` if its letter is with the source now and must wait for the verdict."""
        if connection in self._waiting:
            self._waiting.remove(connection)
            return True
        return False

    async def close(self, why: str) -> None:
        """Withhold everything, now and from now on; a call of ``before_wire`` that has not returned is cancelled."""
        self.shut(why)
        if self._task is not None and not self._task.done():
            await asyncio.sleep(0)  # A task that is cancelled before it begins would never settle its letters.
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def shut(self, why: str) -> None:
        """Withhold everything from now on. What is with the source is withheld when it answers."""
        self._closed = self._closed or why
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.withheld(self._closed)

    def _next(self) -> None:
        if not self._waiting or self._going:
            return  # They have left, or the verdict over others is still to come and asks again.
        self._going, self._waiting = self._waiting, []
        try:
            verdict = self._source.before_wire([connection.held for connection in self._going])
            if isinstance(verdict, list):
                self._pass(verdict)
            else:
                self._task = self._loop.create_task(self._wait(verdict))
        except Exception as problem:  # The source is not ours: whatever it raises closes the gate, and is passed on.
            self._fail(problem)

    async def _wait(self, verdict: Awaitable[list[Envelope]]) -> None:
        try:
            allowed = await verdict
        except Exception as problem:  # As above.
            self._fail(problem)
        except BaseException:
            self._closed = self._closed or "the sending was broken off"
            self._pass([])
            raise
        else:
            self._pass(allowed)

    def _fail(self, problem: Exception) -> None:
        self._closed = self._closed or f"the sender stopped: {type(problem).__name__}"
        self._pass([])
        self._failed(problem)

    def _pass(self, letters: list[Envelope]) -> None:
        going, self._going = self._going, []
        if self._waiting:
            self._loop.call_soon(self._next)
        allowed = {id(letter) for letter in letters}
        for connection in going:
            if id(connection.held) in allowed and not self._closed:
                connection.granted()
            else:
                connection.withheld(self._closed or "the sender withheld it")
