"""A run: one batch on its way. Windows are claimed ahead, letters are stamped as connections ask for them, answers
are written to the journal before the next letter and to the database by the hundred.

What is due at the database is done in one step, in one transaction that holds the lease once: answers are recorded,
the next window is claimed, and what staff have decided is seen.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import suppress
from itertools import islice
from typing import TypeVar

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError

import settings
from models.deliveries import progress
from models.deliveries.claim import ClaimedDelivery
from models.deliveries.delivery_result import DeliveryResult, format_answer
from models.deliveries.lease import BatchStatus, Fenced
from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind
from models.store import broker
from models.store.clock import monotonic
from models.store.errors import Unavailable
from worker.smtp.envelope import Envelope, Outcome
from worker.smtp.pool import Pool

from .. import timeouts
from . import batch_store, retry
from .answer_recorder import AnswerRecorder
from .batch_store import Assignment, Step
from .journal import Journal, wire_line
from .letter_maker import LetterMaker
from .rate_limit import BURST_SECONDS
from .relay_shares import RelayShares

log = structlog.get_logger(__name__)

RETURNED = OutcomeKind.RETURNED

T = TypeVar("T")


class BatchRun:
    """The sending of one batch, from its taking to its giving back. To its pools it is the source of letters.

    Arguments:
        assignment: the batch.
        pools: connections for it, one pool per relay.
        executor: where the database is spoken to.
    """

    def __init__(self, assignment: Assignment, pools: list[Pool], executor: Executor) -> None:
        self.lease, self.status = assignment.lease, assignment.status
        self.pools = pools
        self.waiting = False
        """Whether a limit, and not the connections, is what holds it up."""
        self._progressed = False
        self._started = time.monotonic()
        self._letter_maker = LetterMaker(assignment)
        self._journal = Journal(assignment.lease)
        self._recorder = AnswerRecorder(self._journal, executor, self.end)
        self._shares = RelayShares(assignment.relays)
        self._readers = deque(assignment.readers)
        self._low = settings.get().window_size // 4
        """Where so few claimed letters are left, the next window is claimed."""
        self._ready: deque[ClaimedDelivery] = deque()
        self._unanswered: dict[int, ClaimedDelivery] = {}
        self._returns: dict[int, int] = {}
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        """Set when the next step may be due earlier than it seemed."""
        self._claim_after = 0.0
        """A limit lets no letters out before this moment."""
        self._rest = 0.0 if self.status.may_send else timeouts.REST
        self._fault: Exception | None = None
        self._last_step = time.monotonic()

    @property
    def stuck(self) -> bool:
        """Whether no relay has answered any of its letters, though there was time and no limit held them up."""
        return not (self._progressed or self.waiting) and time.monotonic() - self._started > timeouts.STUCK

    # What the pools call

    def next(self, relay: RelayAddress) -> Envelope | None:
        """The next letter, stamped for its reader."""
        while self._may_send and self._ready and self._shares.allows(relay):
            delivery = self._ready.popleft()
            if self._may_claim:
                self._wake.set()
            envelope = self._letter_maker.envelope(delivery)
            if isinstance(envelope, Envelope):
                self._unanswered[delivery.subscriber_id] = delivery
                return envelope
            self._add_result(envelope)
        if self._may_claim:
            self._wake.set()
        return None

    def before_wire(self, envelopes: list[Envelope]) -> Awaitable[None]:
        """Write the journal; a write that is refused or fails keeps the letters off the wire and ends the run."""
        if monotonic() > self.status.held_until:
            raise Fenced("the lease may have run out: this process stood still")
        lines = self._recorder.take_lines()
        for envelope in envelopes:
            lines.append(wire_line(envelope.key, self._unanswered[envelope.key].attempt))
        return self._journal.write(lines)

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        """A letter has its answer, or came back without one."""
        delivery = self._unanswered.pop(envelope.key)
        returns = 0
        if outcome.kind is RETURNED:
            returns = self._returns[envelope.key] = self._returns.get(envelope.key, 0) + 1
        else:
            self._progressed = True
        if outcome.kind is OutcomeKind.HELD:
            self.end()  # It is about us, so the next letter would fare no better.
        self._add_result(retry.result(delivery.subscriber_id, delivery.attempt, outcome, returns))

    def relay_failed(self, relay: RelayAddress, outcome: Outcome) -> None:
        """A relay cannot be reached. Its pool tries again by itself; here the others take over."""
        self._shares.failed(relay)
        log.warning("relay failed", relay=relay.name, code=outcome.code, answer=outcome.text)
        progress.add_relay_error(
            broker.client(), relay.name, format_answer(outcome.code, outcome.enhanced, outcome.text)
        )
        if self._shares.all_down:
            self.end(timeouts.REST)

    # What the sender calls

    async def run(self) -> None:
        """Send until nothing is left, or :meth:`end` is called; then record everything and give the batch back.

        Raises:
            Unavailable: the database did not come back in time. The journal has what was not recorded.
        """
        try:
            if self.status.may_send:
                await self._journal.open()
                await self._send()
        except (Unavailable, RedisError, OperationalError, InterfaceError) as error:
            log.warning("the broker or the database does not answer; letters wait", error=str(error))
            self._rest = max(self._rest, timeouts.REST)
        except Fenced as error:
            # Answers that have come are still recorded, where the batch is ours: that is for the database to say.
            log.warning("broken off", batch=self.lease.batch_id, reason=str(error))
        await self._close()

    async def _close(self) -> None:
        """Record what is left to record, and give the batch back."""
        try:
            await self._write(lambda results: batch_store.give_back(self.lease, results, self._ready, self._rest))
        except Fenced:
            log.warning("batch was taken over by another worker", batch=self.lease.batch_id)
        finally:
            self._journal.close()

    def end(self, rest: float = 0.0) -> None:
        """Take no more letters; those on the wire get their answers.

        Arguments:
            rest: seconds for which the batch must not be taken again.
        """
        self._rest = max(self._rest, rest)
        self._stop.set()
        self._wake.set()

    def connections(self, number: int) -> None:
        """Keep to so many connections to each relay."""
        for pool in self.pools:
            pool.max_connections = number

    # How it goes

    async def _send(self) -> None:
        pools = [asyncio.create_task(self._guarded(pool.run(self, self._stop))) for pool in self.pools]
        steps = asyncio.create_task(self._guarded(self._take_steps()))
        await asyncio.wait(pools)
        self.end()
        await steps
        if self._fault is not None:
            raise self._fault

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Let one part that fails end the others in order, so that no answer on its way is lost."""
        try:
            await work
        except Exception as error:  # Whatever it is: it is raised again by the run, after the others have ended.
            self._fault = self._fault or error
            self.end()

    async def _take_steps(self) -> None:
        """Claim windows ahead of the connections, record answers and renew the lease, until the batch is at its end."""
        while self._unanswered or not self._stop.is_set():
            self._wake.clear()
            if self._at_end:
                self.end()
            elif (seconds := self._next_step() - time.monotonic()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), seconds)
            else:
                await self._step_or_stop(self._wanted())

    async def _step_or_stop(self, wanted: list[tuple[int, bool]]) -> None:
        """Take a step. Where claiming fails, claim no more, and go on to record what comes for letters on the wire."""
        try:
            await self._step(wanted)
        except (Fenced, Unavailable):
            raise
        except Exception as error:  # Whatever it is: it is raised again by the run, after the others have ended.
            if not wanted:
                raise
            self._fault = self._fault or error
            self.end()

    @property
    def _nothing_left(self) -> bool:
        return not (self._unanswered or self._ready or self._readers)

    @property
    def _at_end(self) -> bool:
        """Whether every letter is answered. What came back unsent is recorded, and then claimed again."""
        return self._nothing_left and all(result.kind is not RETURNED for result in self._recorder.results)

    @property
    def _may_send(self) -> bool:
        return not (self._stop.is_set() or self._recorder.must_record_first)

    @property
    def _may_claim(self) -> bool:
        return bool(self._readers) and len(self._ready) <= self._low and not self._stop.is_set()

    def _next_look(self) -> float:
        """When the lease must be renewed, or results recorded, at the latest."""
        soon = self._recorder.results or self.waiting
        return self._last_step + (timeouts.RECORD if soon else settings.get().lease_seconds / 4)

    def _next_step(self) -> float:
        """When the next step is due, by :func:`time.monotonic`."""
        if self._recorder.urgent or self._nothing_left:
            return 0.0
        return min(self._next_look(), self._claim_after) if self._may_claim else self._next_look()

    def _wanted(self) -> list[tuple[int, bool]]:
        """Readers whose letters are to be claimed now."""
        if not self._may_claim or time.monotonic() < self._claim_after:
            return []
        return list(islice(self._readers, settings.get().window_size))

    async def _step(self, wanted: list[tuple[int, bool]]) -> None:
        look = time.monotonic() >= self._next_look()
        step = await self._write(
            lambda results: self._step_in_thread(results, [] if self._stop.is_set() else wanted, look)
        )
        if step.status is not None:
            self._last_step = time.monotonic()
            self._apply_status(step.status)
        for _ in range(step.asked):
            self._readers.popleft()
        self._ready.extend(step.claimed)
        if wanted:
            self._heed_limit(step, len(wanted))

    def _step_in_thread(self, results: list[DeliveryResult], wanted: list[tuple[int, bool]], look: bool) -> Step:
        step = batch_store.step(self.lease, self.status, results, wanted, look=look)
        self._letter_maker.load({delivery.edition for delivery in step.claimed})
        return step

    def _heed_limit(self, step: Step, wanted: int) -> None:
        """Wake the connections for what was claimed; where a limit let out less than was wanted, wait for it."""
        for pool in self.pools:
            pool.wake()
        self.waiting = step.asked < wanted
        if step.wait > timeouts.MAX_WAIT:
            self.end(step.wait)
        elif self.waiting:
            self._claim_after = time.monotonic() + max(step.wait, BURST_SECONDS / 2)

    async def _write(self, act: Callable[[list[DeliveryResult]], T]) -> T:
        """Let *act* write down all results; letters that came back unsent are to be claimed again."""
        written, results = await self._recorder.write(act)
        self._readers.extend((result.subscriber_id, False) for result in results if result.kind is RETURNED)
        return written

    def _apply_status(self, status: BatchStatus) -> None:
        """Heed what staff have decided: pause, resume, cancel and speed take hold here."""
        self.status = status
        if not status.may_send:
            self.end()

    def _add_result(self, result: DeliveryResult) -> None:
        self._recorder.add(result)
        if self._recorder.urgent or len(self._recorder.results) == 1 or self._nothing_left:
            self._wake.set()
