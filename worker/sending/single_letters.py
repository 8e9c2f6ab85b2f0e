"""A few letters through one relay, each once: what the outbox and tests of relays have in common."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

import structlog

from models.deliveries.relays.relay_address import RelayAddress
from worker.smtp.envelope import Envelope, Outcome
from worker.smtp.pool import Pool

from .. import timeouts

log = structlog.get_logger(__name__)


class SingleLetters:
    """The source that a pool pulls from: a few envelopes, each given once; ``outcomes`` by their keys."""

    def __init__(self, envelopes: Iterable[Envelope]) -> None:
        self.outcomes: list[tuple[int, Outcome]] = []
        self.stop = asyncio.Event()
        self._envelopes = deque(envelopes)
        self._unanswered = len(self._envelopes)

    def next(self, _relay: RelayAddress) -> Envelope | None:
        """The next letter."""
        return self._envelopes.popleft() if self._envelopes else None

    def before_wire(self, envelopes: list[Envelope]) -> list[Envelope]:
        """The claim in the database is all the journal that these need."""
        return envelopes

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        """Remember what became of a letter."""
        self.outcomes.append((envelope.key, outcome))
        self._unanswered -= 1
        if not self._unanswered:
            self.stop.set()

    def relay_failed(self, relay: RelayAddress, outcome: Outcome) -> None:
        """The relay cannot be reached: all that is left waits for the next time."""
        log.warning("relay failed", relay=relay.name, code=outcome.code, answer=outcome.text)
        for envelope in self._envelopes:
            self.outcomes.append((envelope.key, outcome))
        self._envelopes.clear()
        self.stop.set()


def deliver(relay: RelayAddress, envelopes: Iterable[Envelope]) -> list[tuple[int, Outcome]]:
    """Hand *envelopes* to *relay*, and say by their keys what became of each."""
    letters = SingleLetters(envelopes)
    asyncio.run(_deliver(relay, letters))
    return letters.outcomes


async def _deliver(relay: RelayAddress, letters: SingleLetters) -> None:
    pool = Pool(relay, max_connections=1, timeouts=timeouts.smtp())
    try:
        await pool.run(letters, letters.stop)
    finally:
        await pool.close()
