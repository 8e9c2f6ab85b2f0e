"""Group commit: letters that are about to be written wait here until the journal has them, and go on together.

A write to the journal costs the same for one letter as for ten, and no letter may be written before its line stands
there. So connections do not write their lines themselves: those that become ready within a moment, or while the write
before is still on its way, are written by one call of ``before_wire``. With one connection nothing is waited for; with
many, each waits at most 3 ms for others, and the writes per letter fall with their number. It is what databases do with
their log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from .envelope import Envelope, Source


class WaitingLetter(Protocol):
    """A connection that holds a letter at the group commit."""

    @property
    def envelope(self) -> Envelope:
        """The letter."""

    def granted(self) -> None:
        """Write the letter now."""

    def withheld(self, why: str) -> None:
        """Do not write it; it is to be returned."""


GATHER_SECONDS = 0.003
"""How long the first letter waits for others, while fewer than half of those that might come are there.

A write to the journal and a turn of the event loop cost as much for one letter as for ten.
"""


class GroupCommit:
    """Asks the source for all connections together that became ready within a moment.

    Arguments:
        source: whose ``before_wire`` decides.
        failed: called with what ``before_wire`` raises.
        connections: how many might come: half of them are not kept waiting for the others.
    """

    def __init__(
        self, source: Source, failed: Callable[[Exception], None], connections: Callable[[], int] = lambda: 1
    ) -> None:
        self._source = source
        self._failed = failed
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._waiting: list[WaitingLetter] = []
        self._going: list[WaitingLetter] = []
        self._opening: asyncio.Handle | None = None
        """The next call of the source. It is due at once, or a :class:`asyncio.TimerHandle`."""
        self._gathering = False
        self._decision: asyncio.Future[list[Envelope] | None] | None = None
        self._closed = ""

    def ask(self, connection: WaitingLetter) -> None:
        """*connection* holds a letter; it is granted or withheld soon, exactly once."""
        if self._closed:
            connection.withheld(self._closed)
            return
        self._waiting.append(connection)
        if not self._going:
            self._gather()

    def leave(self, connection: WaitingLetter) -> bool:
        """*connection* has ended. ``False`` if its letter is with the source now and must wait for the decision."""
        if connection in self._waiting:
            self._waiting.remove(connection)
            return True
        return False

    async def close(self, why: str) -> None:
        """Withhold everything, now and from now on; a call of ``before_wire`` that has not returned is cancelled."""
        self.shut(why)
        if self._decision is not None and not self._decision.done():
            self._decision.cancel()
            await asyncio.gather(self._decision, return_exceptions=True)

    def shut(self, why: str) -> None:
        """Withhold everything from now on. What is with the source is withheld when it answers."""
        self._closed = self._closed or why
        waiting, self._waiting = self._waiting, []
        for connection in waiting:
            connection.withheld(self._closed)

    def _gather(self) -> None:
        """Call the source in this turn of the loop where enough have come, else after a moment."""
        if 2 * len(self._waiting) < self._connections():
            if self._opening is None:
                self._opening, self._gathering = self._loop.call_later(GATHER_SECONDS, self._next), True
        elif self._opening is None or self._gathering:
            if self._opening is not None:
                self._opening.cancel()
            self._opening, self._gathering = self._loop.call_soon(self._next), False

    def _next(self) -> None:
        self._opening = None
        if not self._waiting:
            return  # They have left.
        self._going, self._waiting = self._waiting, []
        try:
            decision = self._source.before_wire([connection.envelope for connection in self._going])
            if decision is None or isinstance(decision, list):
                self._apply(decision)
            else:
                self._decision = asyncio.ensure_future(decision)
                self._decision.add_done_callback(self._answered)
        except (
            Exception
        ) as problem:  # The source is not ours: whatever it raises closes the group commit, and is passed on.
            self._fail(problem)

    def _answered(self, decision: asyncio.Future[list[Envelope] | None]) -> None:
        problem = None if decision.cancelled() else decision.exception()
        if isinstance(problem, Exception):
            self._fail(problem)
        elif decision.cancelled() or problem is not None:
            self._closed = self._closed or "the sending was broken off"
            self._apply([])
        else:
            self._apply(decision.result())

    def _fail(self, problem: Exception) -> None:
        self._closed = self._closed or f"the sender stopped: {type(problem).__name__}"
        self._apply([])
        self._failed(problem)

    def _apply(self, letters: list[Envelope] | None) -> None:
        going, self._going = self._going, []
        if self._waiting:
            self._gather()
        allowed = None if letters is None else {id(letter) for letter in letters}
        for connection in going:
            if (allowed is None or id(connection.envelope) in allowed) and not self._closed:
                connection.granted()
            else:
                connection.withheld(self._closed or "the sender withheld it")
