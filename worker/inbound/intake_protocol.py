"""SMTP and LMTP as mail from strangers needs them: what a connection may hold and how long, whatever is sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, syntax

IDLE_SECONDS = 120.0
"""Of silence after which a connection is closed."""
DATA_SECONDS = 3600.0
"""In which a message has to have come, however seldom a piece of it does."""
COMMANDS = {"NOOP": 50, "RSET": 500, "VRFY": 20, "HELP": 20, "EHLO": 20, "HELO": 20, "LHLO": 20, "*": 10_000}
"""How often a connection may give each: a place is for mail."""
_BLOCK = 2**16
_END = b"\r\n.\r\n"


class ByteBudget:
    """Bytes of messages that all connections together may hold.

    Arguments:
        most: bytes.
    """

    def __init__(self, most: int) -> None:
        self._most, self.held = most, 0

    def take(self, count: int) -> bool:
        """Hold *count* bytes more; False, and nothing, where that is too much."""
        if self.held + count > self._most:
            return False
        self.held += count
        return True

    def give_back(self, count: int) -> None:
        """Hold *count* bytes less."""
        self.held -= count


class ConnectionPlaces:
    """Places for connections.

    Arguments:
        most: connections.
        most_of_peer: the same from one address.
    """

    def __init__(self, most: int, most_of_peer: int) -> None:
        self._most, self._most_of_peer = most, most_of_peer
        self._taken: Counter[str] = Counter()

    def take(self, peer: str) -> bool:
        """Take a place for an address; False where none is free for it."""
        if self._taken.total() >= self._most or self._taken[peer] >= self._most_of_peer:
            return False
        self._taken[peer] += 1
        return True

    def give_back(self, peer: str) -> None:
        """A place is free again."""
        self._taken[peer] -= 1
        if not self._taken[peer]:
            del self._taken[peer]


class IncomingMessage:
    """A message that is coming in: held in one piece, or refused for its size and held no more.

    Arguments:
        most: bytes of the message that may be.
        budget: from which its bytes are taken.
    """

    def __init__(self, most: int, budget: ByteBudget) -> None:
        self._most, self._budget, self._taken = most, budget, 0
        self._bytes = bytearray()
        self.refusal = ""
        """The answer, where it is refused."""

    def add(self, block: bytes) -> None:
        """A piece of it, its end among them."""
        if self.refusal:
            return
        if self._taken + len(block) > self._most + len(_END):
            self._drop("552 5.3.4 Too large")
        elif not self._budget.take(len(block)):
            self._drop("452 4.3.1 Too much comes in at once; try again")
        else:
            self._taken += len(block)
            self._bytes += block

    def content(self) -> bytes:
        """The message, once it has ended, without what SMTP has added (RFC 5321, 4.5.2). It stands here no more."""
        whole, self._bytes = self._bytes, bytearray()
        del whole[-3:]
        whole = whole.replace(b"\r\n.", b"\r\n")
        del whole[:2]
        return bytes(whole)

    def release(self) -> None:
        """Give its bytes back to the budget."""
        self._budget.give_back(self._taken)
        self._taken, self._bytes = 0, bytearray()

    def _drop(self, answer: str) -> None:
        self.refusal = answer
        self.release()


class IntakeSmtp(SMTP):
    """SMTP that holds a message in one piece, refuses what is too much once it has ended, and counts connections.

    aiosmtpd itself keeps an object for each line, and everything of a line that never ends.

    Arguments:
        budget: of bytes; shared.
        places: of connections; shared.
    """

    line_length_limit = _BLOCK
    """Bytes that are read at once; lines of messages may have any length."""
    answers_each_recipient = False

    def __init__(self, *args: Any, budget: ByteBudget, places: ConnectionPlaces, **named: Any) -> None:
        super().__init__(*args, timeout=IDLE_SECONDS, command_call_limit=COMMANDS, **named)
        self._budget, self._places, self._peer = budget, places, ""
        self._data_until = float("-inf")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; or say that there is no place (RFC 5321, 3.8), and hang up."""
        peer = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._places.take(peer):
            assert isinstance(transport, asyncio.WriteTransport)
            transport.set_protocol(asyncio.Protocol())
            transport.write(b"421 4.3.2 Too many connections; try again\r\n")
            transport.close()
            return
        self._peer = peer
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """The place is free again."""
        self._places.give_back(self._peer)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        """A piece has come. Of a message, each begins the time of silence anew (RFC 5321, 4.5.3.2.5)."""
        if self.loop.time() < self._data_until:
            self._reset_timeout()
        super().data_received(data)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  as aiosmtpd calls it
        """Take a message and answer, by LMTP for each recipient whatever the answer is (RFC 2033, 4.2)."""
        assert self.envelope is not None
        if await self.check_helo_needed():
            return
        if not self.envelope.rcpt_tos or arg:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        answers = len(self.envelope.rcpt_tos) if self.answers_each_recipient else 1
        message = IncomingMessage(self.data_size_limit or 0, self._budget)
        try:
            await self._receive(message)
            answer = message.refusal or await self._kept(message.content())
        finally:
            message.release()
        self.envelope = self._create_envelope()
        await self.push("\r\n".join([answer] * answers))

    async def _receive(self, message: IncomingMessage) -> None:
        self._data_until = self.loop.time() + DATA_SECONDS
        # The end may come at once: its first line break is then the one of the command, which has been read.
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]
        try:
            while True:
                try:
                    message.add(await self._reader.readuntil(_END))
                    return
                except asyncio.LimitOverrunError as more:
                    message.add(await self._reader.read(more.consumed))
        finally:
            self._data_until = float("-inf")

    async def _kept(self, content: bytes) -> str:
        assert self.envelope is not None
        self.envelope.content = self.envelope.original_content = content
        try:
            return str(await self._call_handler_hook("DATA"))
        except Exception as error:
            return await self.handle_exception(error)


class IntakeLmtp(IntakeSmtp, LMTP):
    """The same for LMTP."""

    answers_each_recipient = True
