"""Kept connections to one relay, and the letters that go over them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from worker.smtp.envelope import Source
from worker.smtp.relay import Relay


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long each wait may last, in seconds (RFC 5321, 4.5.3.2, names minutes)."""

    connect: float = 30.0
    """TCP and TLS handshakes, each."""
    reply: float = 120.0
    """Greeting and every answer to a command."""
    dot: float = 300.0
    """The answer to the final dot, counted from the last progress in writing the message."""


class Pool:
    """Connections to *relay*, kept between runs. One event loop, one thread; build it inside the running loop or
    before it.

    Arguments:
        relay: where to.
        connections: how many at most; change :attr:`connections` at any time, also while running. They are opened slowly:
            one, then one more each time all open ones have had a letter answered.
        messages_per_connection: letters after which a connection is closed and replaced; 0 for no limit.
        timeouts: see :class:`Timeouts`.
        idle_seconds: an idle connection is closed after this time; one that was idle for more than a second or so is asked
            NOOP before it gets a letter.
        retry_seconds: the first pause after a connection failed without taking a letter; doubles up to 60 s.
        poll_seconds: how often an idle connection asks the source again.
    """

    def __init__(
        self,
        relay: Relay,
        *,
        connections: int = 4,
        messages_per_connection: int = 0,
        timeouts: Timeouts | None = None,
        idle_seconds: float = 30.0,
        retry_seconds: float = 1.0,
        poll_seconds: float = 0.05,
    ) -> None:
        self.relay = relay
        self.connections = connections

    @property
    def open_connections(self) -> int:
        """Connections that are greeted, encrypted and logged in."""
        raise NotImplementedError

    @property
    def on_the_wire(self) -> int:
        """Letters whose final dot was written and not yet answered: at most one per connection."""
        raise NotImplementedError

    async def run(self, source: Source, stop: asyncio.Event) -> None:
        """Send what *source* gives until *stop* is set, then finish the letters in flight and return.

        A letter whose final dot is not yet written when *stop* is set is still sent (it has been pulled); none is pulled after it.
        Connections stay open for the next run. One run at a time per pool.

        Raises:
            Fenced: the source said so; see :class:`worker.smtp.envelope.Source`.
        """
        raise NotImplementedError

    def wake(self) -> None:
        """Ask the source again now: it has letters that it did not have before. From the event loop's thread."""
        raise NotImplementedError

    async def close(self) -> None:
        """Say QUIT on every connection and close them. The pool may be run again afterwards."""
        raise NotImplementedError
