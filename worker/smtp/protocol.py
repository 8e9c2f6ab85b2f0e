"""What is said to a relay about letters, and what its answers mean for them. No sockets and no timers here.

With PIPELINING (RFC 2920) one write carries a letter's message, its final dot, and MAIL, RCPT and DATA of the letter
after it; their answers come back together. Answers are matched to a queue of what was asked. A message is written only
when the answer to the one before has come, so at most one letter per connection is on the wire.
"""

from __future__ import annotations

import enum
import re
from collections import deque
from collections.abc import Callable
from typing import Protocol

from models.deliveries.reply_code import OutcomeKind, Stage, classify

from .commands import DOT, Commands, stuffed
from .envelope import Envelope, Outcome
from .features import Features
from .reply_parser import Reply
from .transaction import LetterExchange, Transaction


class _Step(enum.IntEnum):
    """What a reply answers."""

    MAIL = 0
    RCPT = 1
    DATA = 2
    DOT = 3
    RSET = 4
    LONE_DOT = 5
    """The end of a message that has no recipient."""
    NOOP = 6


_GROUP = (_Step.MAIL, _Step.RCPT, _Step.DATA)
_STAGES = {_Step.MAIL: Stage.MAIL, _Step.RCPT: Stage.RCPT, _Step.DATA: Stage.DATA, _Step.DOT: Stage.DOT}
_USUAL_ANSWER = re.compile(rb"(2\d\d [^\r\n]*)\r\n2\d\d [^\r\n]*\r\n2\d\d [^\r\n]*\r\n354 [^\r\n]*\r\n")
"""The answers to a final dot and to the commands behind it when there is nothing to say."""


class Channel(Protocol):
    """The connection that a protocol goes over."""

    def is_over(self) -> bool:
        """Whether nothing can be written any more."""

    def write(self, *pieces: bytes) -> None:
        """Write, and begin to wait for the answer."""

    def end(self, why: str, reply: Reply | None = None) -> None:
        """Break off; calls :meth:`Exchange.lose`."""


class SmtpProtocol:
    """The state of one connection between its greeting and its end."""

    def __init__(self, delegate: LetterExchange, channel: Channel, features: Features) -> None:
        self._delegate = delegate
        self._channel = channel
        self._features = features
        self._commands = Commands(delegate.relay, features, parameters=delegate.parameters)
        self._pipelining = features.pipelining and delegate.relay.pipelining and delegate.pipelining
        self._expected: deque[_Step] = deque()
        self._answers: tuple[Callable[[Reply], None], ...] = (
            *(self._on_mail, self._on_rcpt, self._on_data, self._on_dot),
            *(self._on_rset, self._on_lone_dot, self._on_noop),
        )
        self._awaiting_commit = False
        self.transaction = Transaction(delegate)
        self.retiring = False
        """Set: no further letter is taken."""

    @property
    def idle(self) -> bool:
        """Whether the next letter could begin at once."""
        return self.transaction.current is None and not self._expected

    @property
    def waiting(self) -> bool:
        """Whether the relay owes an answer."""
        return bool(self._expected)

    @property
    def stage(self) -> Stage:
        """How far the current letter has come."""
        if self._awaiting_commit:
            return Stage.DATA
        return _STAGES.get(self._expected[0], Stage.MAIL) if self._expected else Stage.MAIL

    def proceed(self, *, check: bool = False) -> bool:
        """Take the next letter, if there is one.

        Arguments:
            check: the relay might have hung up: ask NOOP first.

        Returns:
            ``False`` if this connection may not take another letter.
        """
        if self.retiring or not self.transaction.may_take:
            return False
        envelope = self._delegate.pull(self._commands)
        if envelope is not None:
            self.transaction.taken += 1
            self.transaction.current = envelope
            if check:
                self._ask(b"NOOP\r\n", _Step.NOOP)
            else:
                self._begin(envelope)
        return True

    def silent(self) -> None:
        """The relay owes an answer for too long. It may have dropped what came behind another command."""
        if self._pipelining and self._expected[0] in _GROUP:
            self._delegate.pipelining = False

    def lose(self, why: str, reply: Reply | None) -> None:
        """The connection has ended. A letter that is with the source is settled when the source has answered."""
        if not self._awaiting_commit or self._delegate.group_commit.leave(self):
            self.transaction.lose(self.stage, why, reply)

    # What the group commit says

    @property
    def envelope(self) -> Envelope:
        """The current letter."""
        assert self.transaction.current is not None
        return self.transaction.current

    def granted(self) -> None:
        """Write the message, and behind it the next letter's commands."""
        self._awaiting_commit = False
        transaction = self.transaction
        if self._channel.is_over():
            transaction.lose(Stage.DATA, "the connection was lost")
            return
        envelope = self.envelope
        data = stuffed(envelope.data) if envelope.needs_stuffing else envelope.data
        tail = DOT if data.endswith(b"\r\n") else b"\r\n" + DOT
        self._expected.append(_Step.DOT)
        transaction.on_wire = True
        if self._pipelining and not self.retiring and transaction.may_take:
            following = transaction.following = self._delegate.pull(self._commands)
            if following is not None:
                transaction.taken += 1
                self._expected.extend(_GROUP)
                tail += self._commands.group(following)
        self._channel.write(data, tail)

    def withheld(self, why: str) -> None:
        """Return the letter. The relay waits for a message that never comes, so the connection must go."""
        self._awaiting_commit = False
        if self._channel.is_over():
            self.transaction.lose(Stage.DATA, "the connection was lost")
        else:
            self._channel.end(why)

    # What the relay says

    def take_usual_answer(self, data: bytes) -> bool:
        """Take *data* if it is nothing but the positive answers to a letter and to the commands of the next.

        A short cut through :meth:`answer` for what almost every packet is.
        """
        if (
            self.transaction.following is None
            or len(self._expected) != 4
            or (found := _USUAL_ANSWER.fullmatch(data)) is None
        ):
            return False
        self._expected.clear()
        self.transaction.accept(found[1])
        self.transaction.recipient_taken = True
        if not self._channel.is_over():
            self._request_commit()
        return True

    def answer(self, reply: Reply) -> None:
        """One reply."""
        if self._expected and reply.code != 421:
            self._answers[self._expected.popleft()](reply)
        elif reply.code == 421:
            if self._expected and self._expected[0] is _Step.DOT:
                self.transaction.settle(self._judge(reply, Stage.DOT))
            self._channel.end("", reply)
        else:
            self._channel.end("the relay sent more than it was asked for", reply)

    def _on_mail(self, reply: Reply) -> None:
        if reply.code // 100 != 2:
            self._refuse(reply, Stage.MAIL)
        elif not self._pipelining:
            self._ask(self._commands.rcpt(self.envelope), _Step.RCPT)

    def _on_rcpt(self, reply: Reply) -> None:
        if reply.code // 100 != 2:
            self._refuse(reply, Stage.RCPT)
            return
        self.transaction.recipient_taken = True
        if not self._pipelining:
            self._ask(b"DATA\r\n", _Step.DATA)

    def _on_data(self, reply: Reply) -> None:
        transaction = self.transaction
        if transaction.refusal is None:
            if reply.code == 354:
                self._request_commit()
            else:
                self._refuse(reply, Stage.DATA)
        elif reply.code != 354:
            self._drop(transaction.refusal, b"RSET\r\n", _Step.RSET)
        elif transaction.recipient_taken:
            self._channel.end("the relay takes a recipient without a sender")  # A dot would deliver an empty letter.
        else:
            self._drop(transaction.refusal, DOT, _Step.LONE_DOT)

    def _on_dot(self, reply: Reply) -> None:
        if reply.code // 100 == 3:
            self._expected.appendleft(_Step.DOT)
            self._channel.end("the relay's answer to the message makes no sense", reply)
            return
        self.transaction.settle(self._judge(reply, Stage.DOT))

    def _on_rset(self, reply: Reply) -> None:
        if reply.code // 100 != 2:
            self._channel.end("the relay does not take RSET", reply)

    def _on_lone_dot(self, _: Reply) -> None:
        """Whatever it says: the transaction is over (RFC 5321, 4.1.1.4)."""

    def _on_noop(self, reply: Reply) -> None:
        if reply.code // 100 == 2:
            self._begin(self.envelope)
        else:
            self._channel.end("the relay does not answer NOOP with yes", reply)

    # What is done about it

    def _ask(self, command: bytes, *steps: _Step) -> None:
        self._expected.extend(steps)
        self._channel.write(command)

    def _begin(self, envelope: Envelope) -> None:
        if self._pipelining:
            self._ask(self._commands.group(envelope), *_GROUP)
        else:
            self._ask(self._commands.mail(envelope), _Step.MAIL)

    def _request_commit(self) -> None:
        self._awaiting_commit = True
        self._delegate.group_commit.ask(self)

    def _refuse(self, reply: Reply, stage: Stage) -> None:
        """Remember the first refusal of a letter; it is settled when the rest of its group is answered."""
        transaction = self.transaction
        if transaction.refusal is None:
            if reply.code < 400:
                self._channel.end(f"the relay's answer to {stage.name} makes no sense", reply)
                return
            if self._pipelining and reply.code == 503:  # We disagree about where we are: it has lost a command.
                self._delegate.pipelining = False
                self._channel.end("the relay lost a command", reply)
                return
            transaction.refusal = self._judge(reply, stage)
        if not self._expected:
            self._drop(transaction.refusal, b"RSET\r\n", _Step.RSET)

    def _drop(self, refusal: Outcome, command: bytes, step: _Step) -> None:
        """Give the refused letter up, and bring the relay back to where a letter can begin."""
        self.transaction.settle(refusal)
        if not self._channel.is_over():
            self._ask(command, step)

    def _judge(self, reply: Reply, stage: Stage) -> Outcome:
        """What *reply* means for the letter."""
        kind = classify(reply.code, reply.enhanced, reply.text, stage)
        if stage in (Stage.MAIL, Stage.RCPT) and self._delegate.parameters and _refuses_parameters(reply):
            self._delegate.parameters = False
            self._commands = Commands(self._delegate.relay, self._features, parameters=False)
            kind = OutcomeKind.RETURNED
        return self.transaction.outcome(kind, stage, "", reply)


def _refuses_parameters(reply: Reply) -> bool:
    """Whether MAIL or RCPT was refused for its parameters (RFC 5321, 4.1.1.11; RFC 5248, X.5.4)."""
    return reply.code == 555 or (reply.code // 100 == 5 and reply.enhanced == "5.5.4")
