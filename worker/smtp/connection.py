"""One connection with a relay: its connection, its patience, its end."""

from __future__ import annotations

import asyncio
from typing import Protocol

from models.deliveries.reply_code import OutcomeKind

from ..timeouts import Timeouts
from .envelope import Outcome
from .features import Features
from .protocol import SmtpProtocol
from .reply_parser import Reply, ReplyReader
from .transaction import LetterExchange


class ConnectionOwner(LetterExchange, Protocol):
    """The pool that keeps a connection."""

    timeouts: Timeouts

    def ended(self, connection: Connection, fault: Outcome | None) -> None:
        """*connection* takes no more letters; *fault* if it did not end by its own wish."""

    def lost(self, connection: Connection) -> None:
        """The connection is closed."""


class Connection(asyncio.Protocol):
    """Made for a transport that :func:`worker.smtp.handshake.open_connection` has opened."""

    def __init__(self, owner: ConnectionOwner, transport: asyncio.Transport, features: Features) -> None:
        self._owner = owner
        self._transport = transport
        self._protocol = SmtpProtocol(owner, self, features)
        self._reader = ReplyReader()
        self._time = asyncio.get_running_loop().time
        self._since = self._time()
        self._unsent = 0
        self._over = False

    # What the pool asks

    def is_over(self) -> bool:
        """Whether no letter can go over this connection any more."""
        return self._over

    @property
    def idle(self) -> bool:
        """Whether the next letter could begin at once."""
        return not self._over and self._protocol.idle

    @property
    def on_wire(self) -> bool:
        """Whether a final dot was written and not answered."""
        return self._protocol.transaction.on_wire

    @property
    def answered(self) -> int:
        """Letters that the relay has decided about."""
        return self._protocol.transaction.answered

    @property
    def retiring(self) -> bool:
        """Whether it quits when its unanswered letters are finished."""
        return self._protocol.retiring

    def idle_for(self, now: float) -> float:
        """Seconds of idleness; 0 while busy."""
        return now - self._since if self.idle else 0.0

    def proceed(self) -> None:
        """Take the next letter, if there is one. The connection must be idle."""
        if not self._protocol.proceed(check=self._time() - self._since > self._owner.timeouts.check_after):
            self.quit()

    def retire(self) -> None:
        """Finish its unanswered letters, then quit."""
        self._protocol.retiring = True
        if self.idle:
            self.quit()

    def quit(self) -> None:
        """Say QUIT and close (RFC 5321, 4.1.1.10). The connection must be idle."""
        if not self._over:
            self._over = True
            self._transport.write(b"QUIT\r\n")
            asyncio.get_running_loop().call_later(self._owner.timeouts.quit, self._transport.abort)
            self._owner.ended(self, None)

    def expire(self, now: float) -> None:
        """End the connection if it has waited for too long."""
        if self._over or not self._protocol.waiting:
            return
        timeouts = self._owner.timeouts
        limit = timeouts.dot if self.on_wire else timeouts.reply
        if now - self._since < limit:
            return
        unsent = self._transport.get_write_buffer_size()
        if unsent < self._unsent:  # The message is on its way, slowly.
            self._unsent, self._since = unsent, now
            return
        self._protocol.silent()
        self.end(f"no answer for {limit:g} s")

    # What the protocol asks

    def write(self, *pieces: bytes) -> None:
        """Write, and begin to wait for the answer."""
        self._since = self._time()
        self._transport.writelines(pieces)
        self._unsent = self._transport.get_write_buffer_size()

    def end(self, why: str, reply: Reply | None = None) -> None:
        """Break the connection off, and settle the letters that are on it."""
        if self.is_over():
            return
        self._over = True
        self._transport.abort()
        protocol = self._protocol
        fault = protocol.transaction.outcome(OutcomeKind.RETURNED, protocol.stage, why, reply)
        protocol.lose(why, reply)
        self._owner.ended(self, fault)

    # What the connection says

    def data_received(self, data: bytes) -> None:
        """Bytes of answers."""
        if self.is_over():
            self._transport.close()
            return
        self._since = self._time()
        if not self._reader.pending and self._protocol.take_usual_answer(data):
            return
        for reply in self._reader.feed(data):
            self._protocol.answer(reply)
            if self.is_over():
                return
        if self._reader.problem:
            self.end(self._reader.problem)
        elif self._protocol.idle:
            self.proceed()

    def connection_lost(self, exc: Exception | None) -> None:
        """The relay, or the network, or we hung up."""
        self.end(str(exc) if exc else "the relay closed the connection")
        self._owner.lost(self)
