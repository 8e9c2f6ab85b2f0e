"""Kept connections to one relay, and the letters that go over them."""

from __future__ import annotations

import asyncio

from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind, Stage, classify
from models.store import clock

from ..timeouts import Timeouts
from .backoff import ConnectionBackoff
from .commands import Commands
from .connection import Connection
from .envelope import Envelope, Outcome, Source
from .group_commit import GroupCommit
from .handshake import RelayUnreachable, open_connection


class Pool:
    """Connections to *relay*, kept between runs. For one event loop and its thread.

    Arguments:
        relay: where to.
        max_connections: how many at most; see :attr:`max_connections`.
        messages_per_connection: letters after which a connection is closed and replaced; 0 for no limit.
        timeouts: how long it waits, and how often it looks.
    """

    def __init__(
        self,
        relay: RelayAddress,
        *,
        max_connections: int = 4,
        messages_per_connection: int = 0,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.relay = relay
        self.timeouts = timeouts or Timeouts()
        self.messages_per_connection = messages_per_connection
        self.pipelining = True
        """Whether the relay has not been caught at losing pipelined commands."""
        self.parameters = True
        """Whether the relay has not been caught at refusing parameters that it offers."""
        self.max_connections = max_connections
        """How many connections at most; may be changed at any time.

        They are opened slowly: one, then one more each time all open ones have had a letter answered and are busy.
        Fewer: the surplus ones finish their unanswered letters and quit. With 0 nothing is sent.
        """
        self._inspection = 0.0
        self._backoff = ConnectionBackoff(self.timeouts.retry, self.timeouts.max_retry)
        self._connections: list[Connection] = []
        self._leaving: set[Connection] = set()
        self._opening: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._source: Source | None = None
        self._pulling = False
        self._unsettled = 0
        self._failure: Exception | None = None

    @property
    def open_connections(self) -> int:
        """Connections that are greeted, encrypted and logged in."""
        return len(self._connections)

    @property
    def on_the_wire(self) -> int:
        """Letters whose final dot was written and not yet answered: at most one per connection."""
        return sum(connection.on_wire for connection in self._connections)

    async def run(self, source: Source, stop: asyncio.Event) -> None:
        """Send what *source* gives until *stop* is set, then finish the unanswered letters and return.

        A letter that was pulled before *stop* is still sent. Connections stay open for the next run. One run at a
        time. Where the run is cancelled, connections are broken off and their letters settled as lost.

        Raises:
            Fenced: the source said so; as any other error of it, see :class:`worker.smtp.envelope.Source`.
        """
        if self._source is not None:
            raise RuntimeError("this pool is running already")
        if stop.is_set():
            return
        self._enter(asyncio.get_running_loop())
        self._source, self._failure = source, None
        self.group_commit = GroupCommit(source, self._fail, lambda: len(self._connections))
        self._pulling = True
        watch = self._loop.create_task(self._await(stop))
        try:
            self._tick()
            await self._finished
        finally:
            self._stop_pulling()
            for connection in list(self._connections) if self._unsettled else ():
                connection.end("the sending was broken off")
            watch.cancel()
            await self.group_commit.close("the sending was broken off")
            await asyncio.gather(*([self._opening] if self._opening else []), return_exceptions=True)
            self._source = None
        if self._failure is not None:
            raise self._failure

    def wake(self) -> None:
        """Ask the source again now: it has letters that it did not have before. From the event loop's thread."""
        if self._pulling:
            self._loop.call_soon(self._offer_letters)

    async def close(self) -> None:
        """Say QUIT on every connection and close them. The pool may be run again afterwards."""
        if self._opening is not None:
            self._opening.cancel()
        for connection in list(self._connections):
            connection.retire()
        for _ in range(int(self.timeouts.close / 0.01)):
            if not (self._connections or self._leaving):
                break
            await asyncio.sleep(0.01)
        for connection in list(self._connections):
            connection.end("closed")
        if self._timer is not None:
            self._timer.cancel()

    # What connections need

    def pull(self, commands: Commands) -> Envelope | None:
        """The next letter that can be offered to the relay; those that cannot get their outcome at once."""
        while self._pulling and self._source is not None:
            try:
                envelope = self._source.next(self.relay)
            except Exception as problem:  # The source is not ours: whatever it raises ends the run, and is raised on.
                self._fail(problem)
                return None
            if envelope is None:
                return None
            self._unsettled += 1
            refusal = commands.refusal(envelope)
            if refusal is None:
                return envelope
            self.done(
                envelope, self._outcome(refusal.kind, refusal.stage, refusal.code, refusal.enhanced, refusal.text)
            )
        return None

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        """Pass *outcome* on; the run may be over with it."""
        assert self._source is not None
        self._unsettled -= 1
        try:
            self._source.done(envelope, outcome)
        except Exception as problem:  # As above.
            self._fail(problem)
        if not self._unsettled:
            self._finish()

    def first_answer(self) -> None:
        """The relay works: another connection may follow."""
        self._backoff.succeeded()
        if self._pulling:
            self._loop.call_soon(self._grow)

    def ended(self, connection: Connection, fault: Outcome | None) -> None:
        """*connection* takes no more letters."""
        self._connections.remove(connection)
        self._leaving.add(connection)
        if fault is not None and not connection.answered:
            self._backoff.failed(self._loop.time())
            self._report_failure(fault)
        if self._pulling:
            self._loop.call_soon(self._grow)

    def lost(self, connection: Connection) -> None:
        """The connection of *connection* is closed."""
        self._leaving.discard(connection)

    # The run

    def _enter(self, loop: asyncio.AbstractEventLoop) -> None:
        """Connections belong to the event loop that they were opened in; in another one, start with none."""
        if getattr(self, "_loop", None) is not loop:
            self._connections, self._leaving, self._opening, self._timer = [], set(), None, None
        self._loop = loop
        self._finished: asyncio.Future[None] = loop.create_future()

    def _offer_letters(self) -> None:
        for connection in list(self._connections):
            if connection.idle and self._pulling:
                connection.proceed()

    def _tick(self) -> None:
        now = self._loop.time()
        if now >= self._inspection:
            self._inspect(now)
        self._shrink()
        self._offer_letters()
        self._grow()
        if self._timer is not None:
            self._timer.cancel()
        pause = self.timeouts.poll if self._source else 1.0
        self._timer = self._loop.call_later(pause, self._tick) if self._source or self._connections else None

    def _inspect(self, now: float) -> None:
        """Look for connections that have waited for too long: often enough for the shortest of these times."""
        limits = (self.timeouts.reply, self.timeouts.dot, self.timeouts.idle)
        self._inspection = now + min(1.0, *(limit / 8 for limit in limits))
        for connection in list(self._connections):
            connection.expire(now)
        self._close_idle(now)

    def _shrink(self) -> None:
        """Retire what is more than :attr:`max_connections`, idle ones first."""
        staying = [connection for connection in self._connections if not connection.retiring]
        surplus = max(0, len(staying) - self.max_connections)
        for connection in sorted(staying, key=lambda connection: not connection.idle)[:surplus]:
            connection.retire()

    def _close_idle(self, now: float) -> None:
        idle = [connection for connection in self._connections if connection.idle_for(now) > self.timeouts.idle]
        spare = len(self._connections) - 1 if self._source else len(self._connections)
        for connection in idle[:spare]:
            connection.quit()

    def _grow(self) -> None:
        """Open one more connection, if there is room, none is being opened, and all open ones are busy and proved."""
        if not self._pulling or self._opening is not None or len(self._connections) >= self.max_connections:
            return
        busy = all(connection.answered and not connection.idle for connection in self._connections)
        if busy and self._backoff.allows(self._loop.time()):
            self._opening = self._loop.create_task(self._open())
            self._opening.add_done_callback(self._opened)

    async def _open(self) -> None:
        try:
            transport, features = await open_connection(self.relay, self.timeouts)
        except RelayUnreachable as problem:
            self._backoff.failed(self._loop.time())
            kind = OutcomeKind.RETURNED
            if problem.code >= 400:
                kind = classify(problem.code, problem.enhanced, problem.text, Stage.CONNECT)
            self._report_failure(self._outcome(kind, Stage.CONNECT, problem.code, problem.enhanced, problem.text))
            return
        connection = Connection(self, transport, features)
        transport.set_protocol(connection)
        self._connections.append(connection)
        connection.proceed()

    def _opened(self, handshake: asyncio.Task[None]) -> None:
        self._opening = None
        if not handshake.cancelled() and (problem := handshake.exception()) is not None:
            self._fail(problem if isinstance(problem, Exception) else RuntimeError(repr(problem)))
        elif self._pulling:
            self._grow()

    async def _await(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._stop_pulling()

    def _report_failure(self, outcome: Outcome) -> None:
        """Where other connections work, the relay limits their number: that is no trouble."""
        if self._source is not None and not self._connections:
            try:
                self._source.relay_failed(self.relay, outcome)
            except Exception as problem:  # As above.
                self._fail(problem)

    def _fail(self, problem: Exception) -> None:
        self._failure = self._failure or problem
        self.group_commit.shut(f"the sender stopped: {type(problem).__name__}")
        self._stop_pulling()
        self._loop.call_soon(self._break_off)

    def _break_off(self) -> None:
        """After a failure: end what has not written its final dot. What has still gets its answer."""
        for connection in list(self._connections):
            if not connection.on_wire and not connection.idle:
                connection.end("the sending was broken off")

    def _stop_pulling(self) -> None:
        self._pulling = False
        if self._opening is not None:
            self._opening.cancel()
        if not self._unsettled:
            self._finish()

    def _finish(self) -> None:
        if not self._pulling and not self._finished.done():
            self._finished.set_result(None)

    def _outcome(self, kind: OutcomeKind, stage: Stage, code: int, enhanced: str, text: str) -> Outcome:
        return Outcome(kind, stage, code, enhanced, text, self.relay.name, clock.now())
