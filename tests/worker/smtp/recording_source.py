"""A source of letters for tests, which writes down everything that happens to them."""

from __future__ import annotations

import asyncio
import warnings
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import uvloop

from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind
from worker.smtp.envelope import Envelope, Outcome
from worker.smtp.pool import Pool
from worker.timeouts import Timeouts

from .server import Server

T = TypeVar("T")
SHORT = Timeouts(connect=5.0, reply=1.0, dot=1.0, retry=0.01, poll=0.01)


def run(work: Coroutine[None, None, T]) -> T:
    """Run *work* in an event loop of its own, the sender's kind."""
    with warnings.catch_warnings():
        # When a test has failed, connections are left open. uvloop warns before it closes one; where the warning is
        # an error it closes none, and waits for them forever.
        warnings.simplefilter("default", ResourceWarning)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(asyncio.wait_for(work, 300))


def make_letter(key: int, **fields: Any) -> Envelope:
    """A small letter whose recipient carries its key."""
    values: dict[str, Any] = {
        "sender": "bounce@news.example",
        "recipient": f"reader{key}@town.example",
        "data": f"Subject: {key}\r\n\r\nこんにちは {key}\r\n.dot\r\n".encode(),
        "eight_bit": True,
    }
    return Envelope(key, **(values | fields))


class RecordingSource:
    """Gives *envelopes* once each; with *again*, those that were returned once more. Stops when all have an outcome.

    Arguments:
        patience: failures with the relay after which it gives up.
    """

    def __init__(self, envelopes: list[Envelope], *, again: bool = False, patience: int = 1) -> None:
        self.queue = deque(envelopes)
        self.stop = asyncio.Event()
        self.outcomes: dict[int, list[Outcome]] = defaultdict(list)
        self.pulled: list[int] = []
        self.committed: list[list[int]] = []
        self.failures: list[Outcome] = []
        self._again = again
        self._patience = patience
        self._by_key = {envelope.key: envelope for envelope in envelopes}

    def next(self, relay: RelayAddress) -> Envelope | None:
        if not self.queue:
            return None
        envelope = self.queue.popleft()
        self.pulled.append(envelope.key)
        return envelope

    def before_wire(self, envelopes: list[Envelope]) -> Awaitable[list[Envelope]] | list[Envelope]:
        return self.note(envelopes)

    async def note(self, envelopes: list[Envelope]) -> list[Envelope]:
        """Let all through."""
        self.committed.append([envelope.key for envelope in envelopes])
        return envelopes

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        self.outcomes[envelope.key].append(outcome)
        if self._again and outcome.kind is OutcomeKind.RETURNED:
            self.queue.append(envelope)
        if not self.queue and sum(map(len, self.outcomes.values())) == len(self.pulled):
            self.stop.set()

    def relay_failed(self, relay: RelayAddress, outcome: Outcome) -> None:
        self.failures.append(outcome)
        if len(self.failures) >= self._patience:
            self.stop.set()

    def kinds(self) -> dict[int, OutcomeKind]:
        """Each letter's last outcome."""
        return {key: outcomes[-1].kind for key, outcomes in sorted(self.outcomes.items())}


async def wait_until(condition: Callable[[], object]) -> None:
    """Wait for *condition* to hold; it has failed where it still does not in two minutes."""
    loop = asyncio.get_running_loop()
    until = loop.time() + 120
    while not condition():
        assert loop.time() < until, "it did not come about"
        await asyncio.sleep(0.005)


def make_letters(count: int, begin: int = 0) -> list[Envelope]:
    """Small letters with successive keys."""
    return [make_letter(key) for key in range(begin, begin + count)]


async def send(
    server: Server, source: RecordingSource, *, relay: RelayAddress | None = None, **options: Any
) -> RecordingSource:
    """Run *source* over a pool of its own to *server*; the pool is closed afterwards."""
    settings: dict[str, Any] = {"max_connections": 1, "timeouts": SHORT}
    pool = Pool(relay or server.relay(), **(settings | options))
    await pool.run(source, source.stop)
    await pool.close()
    return source
