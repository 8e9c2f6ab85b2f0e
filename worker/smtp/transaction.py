"""The letters of one session: the current one, and the one whose commands stand behind its final dot."""

from __future__ import annotations

from models.deliveries.reply_code import OutcomeKind, Stage
from models.store import clock
from worker.smtp.delegate import ConnectionDelegate
from worker.smtp.envelope import Envelope, Outcome
from worker.smtp.reply_parser import ENHANCED, Reply, printable


class Transaction:
    """Sees to it that each letter that was taken has exactly one outcome."""

    __slots__ = (
        "_keeper",
        "_relay",
        "answered",
        "current",
        "following",
        "on_wire",
        "recipient_taken",
        "refusal",
        "taken",
    )

    def __init__(self, keeper: ConnectionDelegate) -> None:
        self._keeper = keeper
        self._relay = keeper.relay.name
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
        limit = self._keeper.messages_per_connection
        return not limit or self.taken < limit

    def settle(self, outcome: Outcome) -> None:
        """The relay has decided about the current letter."""
        self.answered += 1
        if self.answered == 1:
            self._keeper.proved()
        self._tell(outcome)

    def lose(self, stage: Stage, why: str, reply: Reply | None = None) -> None:
        """The session has ended: what becomes of the letters that are on it."""
        while self.current is not None:
            kind = OutcomeKind.UNKNOWN if self.on_wire else OutcomeKind.RETURNED
            self._tell(self.refusal or self.outcome(kind, stage, why, reply))
            stage = Stage.MAIL

    def accept(self, line: bytes) -> None:
        """The relay has answered the current letter with one line that begins with 2: the usual case, made short."""
        text = line[4:].decode("utf-8", "replace")
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
        self._keeper.done(letter, outcome)
