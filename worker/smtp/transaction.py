"""The letters of one connection: the current one, and the one whose commands stand behind its final dot."""

from __future__ import annotations

from typing import Protocol

from models.deliveries.relays.relay_address import RelayAddress
from models.deliveries.reply_code import OutcomeKind, Stage
from models.store import clock

from .commands import Commands
from .envelope import Envelope, Outcome
from .group_commit import GroupCommit
from .reply_parser import ENHANCED, Reply, printable
from .reply_text import decode


class LetterExchange(Protocol):
    """Where a connection gets its letters, and what it tells about them: the pool, as a connection sees it."""

    relay: RelayAddress
    messages_per_connection: int
    group_commit: GroupCommit
    pipelining: bool
    """Set to ``False`` by a connection whose relay lost pipelined commands."""
    parameters: bool
    """Set to ``False`` by a connection whose relay refused the parameters that it had offered."""

    def pull(self, commands: Commands) -> Envelope | None:
        """The next letter."""

    def done(self, envelope: Envelope, outcome: Outcome) -> None:
        """A letter's outcome."""

    def first_answer(self) -> None:
        """A connection has had its first letter answered."""


class Transaction:
    """Sees to it that each letter that was taken has exactly one outcome."""

    __slots__ = (
        "_delegate",
        "_relay",
        "answered",
        "current",
        "following",
        "on_wire",
        "recipient_taken",
        "refusal",
        "taken",
    )

    def __init__(self, delegate: LetterExchange) -> None:
        self._delegate = delegate
        self._relay = delegate.relay.name
        self.current: Envelope | None = None
        self.following: Envelope | None = None
        self.refusal: Outcome | None = None
        """Of the current letter, while the rest of its commands is still to be answered."""
        self.recipient_taken = False
        self.on_wire = False
        """Whether the current letter's final dot was written."""
        self.taken = 0
        self.answered = 0
        """Letters that the relay has decided about."""

    @property
    def may_take(self) -> bool:
        """Whether the limit of letters per connection leaves room for one more."""
        limit = self._delegate.messages_per_connection
        return not limit or self.taken < limit

    def settle(self, outcome: Outcome) -> None:
        """The relay has decided about the current letter."""
        self.answered += 1
        if self.answered == 1:
            self._delegate.first_answer()
        self._tell(outcome)

    def lose(self, stage: Stage, why: str, reply: Reply | None = None) -> None:
        """The connection has ended: what becomes of the letters that are on it."""
        while self.current is not None:
            kind = OutcomeKind.UNKNOWN if self.on_wire else OutcomeKind.RETURNED
            self._tell(self.refusal or self.outcome(kind, stage, why, reply))
            stage = Stage.MAIL

    def accept(self, line: bytes) -> None:
        """The relay has answered the current letter with one line that begins with 2: the usual case, made short."""
        text = decode(line[4:])
        enhanced = ENHANCED.match(text)
        self.settle(
            Outcome(
                OutcomeKind.ACCEPTED,
                Stage.DOT,
                int(line[:3]),
                enhanced[1] if enhanced else "",
                printable(text),
                self._relay,
                clock.now(),
            )
        )

    def outcome(self, kind: OutcomeKind, stage: Stage, why: str, reply: Reply | None) -> Outcome:
        """An outcome of now, in the words of *why* and of *reply*."""
        if reply is None:
            return Outcome(kind, stage, 0, "", printable(why), self._relay, clock.now())
        text = printable(f"{why}: {reply.text}") if why else reply.text
        return Outcome(kind, stage, reply.code, reply.enhanced, text, self._relay, clock.now())

    def _tell(self, outcome: Outcome) -> None:
        letter = self.current
        assert letter is not None
        self.current, self.following = self.following, None
        self.refusal, self.recipient_taken, self.on_wire = None, False, False
        self._delegate.done(letter, outcome)
