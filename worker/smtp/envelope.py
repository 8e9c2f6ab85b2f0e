"""What goes in and what comes out of the SMTP side: an envelope in, exactly one outcome out.

The caller is a :class:`Source`. It is *pulled*: a connection that is ready asks for its next letter, so that
nothing is taken that cannot go out at once.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import NamedTuple, Protocol

from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind, Stage


class Envelope(NamedTuple):
    """One letter for one recipient."""

    key: int
    """The caller's own number for it; never sent."""
    sender: str
    """Envelope sender (return path), without angle brackets; empty for ``<>``."""
    recipient: str
    data: bytes
    """The whole message: headers, blank line, body, lines ended by CRLF; not dot-stuffed, without the final dot."""
    needs_stuffing: bool = True
    """Whether a line might begin with a dot or end in a bare CR or LF.

    ``False`` is the caller's promise that none does (base64 bodies and headers of our own), and saves the search.
    """
    eight_bit: bool = False
    """Whether *data* has bytes above 127. Sent only where 8BITMIME is offered."""
    smtputf8: bool = False
    """Whether an address or a header needs SMTPUTF8 (RFC 6531). Sent only where it is offered."""
    envid: str = ""
    """Envelope identifier for delivery status notifications (RFC 3461), where the relay offers DSN."""


class Outcome(NamedTuple):
    """What became of one letter, or of one attempt to reach a relay."""

    kind: OutcomeKind
    """
    - ACCEPTED: 2xx after the final dot: the relay has it.
    - DEFERRED: 4xx, or a full mailbox: try again later.
    - BOUNCED: 5xx about the recipient: no such mailbox or domain, mailbox disabled.
    - FILTERED: 5xx by the recipient's own filter; the mailbox exists.
    - FAILED: 5xx about the message, or for a reason that nobody knows; says nothing about the recipient.
    - POLICY: 5.7.x: a rule of the other side, told for one recipient. Never condemn the person.
    - RATE: too many letters, told for one recipient: try again later.
    - HELD: about us (sender, account, quota, size) and not about this letter: queue it again, and stop.
    - RETURNED: nothing happened: no final dot was written. Queue it again. A connection was lost or refused, the relay
      said 421, or :meth:`Source.before_wire` withheld the letter. Count these per letter all the same: a letter might
      be what makes a relay hang up.
    - UNKNOWN: the final dot was written, and the connection ended, fell silent or talked nonsense before the answer.
    """
    stage: Stage
    code: int
    """The three-digit reply code; 0 where there was no reply."""
    enhanced: str
    """The enhanced status code (RFC 3463) such as ``5.1.1``; empty where there was none."""
    text: str
    """What the relay said, or what went wrong: printable, on one line, at most 500 characters."""
    relay: str
    """``host:port`` of the relay."""
    at: datetime


Permitted = list[Envelope] | None
"""Which letters may be written; None for all that were asked about."""


class Source(Protocol):
    """Where a pool gets its letters and tells what became of them.

    ``next``, ``done`` and ``trouble`` are plain calls in the event loop's thread and must not block.
    Whatever the source raises stops the run: nothing more is written, letters on the wire get their answers
    (or time out), all others are RETURNED, and :meth:`worker.smtp.pool.Pool.run` raises it.
    """

    def next(self, relay: RelayAddress) -> Envelope | None:
        """The next letter for *relay*, or ``None`` if there is none now.

        It is asked again when a letter is answered, after :meth:`Pool.wake`, and every ``timeouts.poll``.
        Each envelope that is returned here gets exactly one :meth:`done`.
        A connection with PIPELINING pulls one letter ahead: its MAIL, RCPT and DATA go out behind the final
        dot of the letter before it.
        """

    def before_wire(self, envelopes: list[Envelope]) -> Permitted | Awaitable[Permitted]:
        """The journal's group commit: these are about to be written, final dot included.

        An ``async def``, or a plain function that returns a future, or the list at once.
        Called (and awaited) with all letters that became ready within a moment on any connection of the pool;
        one call at a time. Only those returned (the same objects; None: all) are written. The others are
        RETURNED, and their connections closed, for the relay already waits for a message. :meth:`done` of a letter
        is never called while this call with that letter is being awaited.

        Raises:
            Fenced: stop everything; this process has lost its lease.
        """

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        """*envelope* has had its one outcome."""

    def relay_failed(self, relay: RelayAddress, outcome: Outcome) -> None:
        """*relay* could not be reached, refused us, or ended a connection before it took one letter, and none is open.

        No letter was consumed by this (one that was on that connection has had its own :meth:`done`). The pool tries
        again by itself after a pause that grows; set ``stop`` to move to another relay. A relay that refuses one more
        connection while others work only limits their number; that is not told.
        """
