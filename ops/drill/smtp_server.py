"""An SMTP server that counts reader by reader what it takes, and misbehaves at random."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from random import Random
from typing import cast

import uvloop

from .faults import IN_DOUBT, SLOW_SECONDS, Fault, choose

_GREETING = b"220 drill.example ESMTP\r\n"
_EHLO_REPLY = b"250-drill.example\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
_OK = b"250 2.0.0 Ok\r\n"
_RECIPIENT_REPLIES = {
    Fault.RECIPIENT_DEFERRED: b"450 4.2.0 try again later\r\n",
    Fault.RECIPIENT_REFUSED: b"550 5.1.1 no such mailbox\r\n",
}
_MESSAGE_REPLIES = {
    Fault.MESSAGE_DEFERRED: b"451 4.3.0 try again later\r\n",
    Fault.MESSAGE_REFUSED: b"554 5.6.0 this message is not taken\r\n",
}
_END = b"\r\n.\r\n"


class ReaderCount:
    """What the server knows, reader by reader. Written by its thread only."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        """Messages taken, whether the sender learned of it or not."""
        self.in_doubt: Counter[str] = Counter()
        """Connections broken off between the dot and the answer."""
        self.refused: set[str] = set()
        """Readers who got a 5xx."""
        self.faults: Counter[Fault] = Counter()
        self.misaddressed = 0
        """Letters whose To is not their envelope's recipient."""
        self.letters = 0


class CountingServer:
    """Listens on a loopback port, in a thread of its own.

    Arguments:
        seed: of its random faults.
    """

    def __init__(self, seed: int) -> None:
        self.count = ReaderCount()
        self.random = Random(seed)  # noqa: S311  a sequence that can be repeated
        self.port = 0
        self.loop = uvloop.new_event_loop()
        self._ready = threading.Event()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="drill-server", daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        """Close every connection."""
        self.loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def _run(self) -> None:
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        server = await self.loop.create_server(lambda: _Connection(self), sock=listening)
        self._ready.set()
        await self._ended.wait()
        server.close()


class _Connection(asyncio.Protocol):
    """One client. Commands are answered in order, also those that came together (RFC 2920)."""

    def __init__(self, server: CountingServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._recipient = ""
        self._fault = Fault.NONE
        self._in_message = False
        self._answer_delayed = False
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """What asyncio calls."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(_GREETING)

    def data_received(self, data: bytes) -> None:
        """What asyncio calls."""
        self._buffer += data
        if not self._answer_delayed:
            self._process()

    def _process(self) -> None:
        """Take everything that is whole."""
        answers: list[bytes] = []
        while not (self._transport.is_closing() or self._answer_delayed or self._closing):
            answer = self._read_message() if self._in_message else self._read_command()
            if answer is None:
                break
            answers.append(answer)
        if answers and not self._transport.is_closing():
            self._transport.write(b"".join(answers))
            if self._closing:
                # Closing with bytes unread would let the kernel throw our last answers away: the client closes.
                self._transport.write_eof()

    def _read_command(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        match line[:4].upper():
            case b"EHLO":
                return _EHLO_REPLY
            case b"MAIL":
                return self._mail_from()
            case b"RCPT":
                return self._rcpt_to(line)
            case b"DATA":
                # Without a recipient, as RFC 2920 allows: the client ends the message at once.
                self._in_message = True
                return b"354 go ahead\r\n"
            case b"QUIT":
                self._closing = True
                return b"221 2.0.0 Bye\r\n"
            case _:
                self._recipient = ""
                return _OK

    def _mail_from(self) -> bytes:
        self._recipient = ""
        self._fault = choose(self._server.random)
        self._server.count.faults[self._fault] += 1
        return _OK

    def _rcpt_to(self, line: bytes) -> bytes:
        recipient = line.partition(b"<")[2].partition(b">")[0].decode()
        if self._fault is Fault.SERVICE_CLOSING:
            self._closing = True
            return b"421 4.3.2 come back later\r\n"
        if self._fault is Fault.RECIPIENT_REFUSED:
            self._server.count.refused.add(recipient)
        if refusal := _RECIPIENT_REPLIES.get(self._fault):
            return refusal
        self._recipient = recipient
        return _OK

    def _read_message(self) -> bytes | None:
        if self._fault is Fault.DROPS_IN_MESSAGE and self._recipient and self._buffer:
            # A part of it has come, and perhaps the dot is on its way: it is not taken, but who could know?
            self._drop()
            return None
        if self._buffer.startswith(b".\r\n"):
            end, size = 0, 3
        else:
            end, size = self._buffer.find(_END), len(_END)
            if end < 0:
                return None
        head = bytes(self._buffer[: self._buffer.find(b"\r\n\r\n") + 2])
        del self._buffer[: end + size]
        self._in_message = False
        return self._answer_message(head) if self._recipient else b"554 5.5.1 no recipient\r\n"

    def _answer_message(self, head: bytes) -> bytes | None:
        """Take the message, or not; None where the connection is broken off or the answer comes later."""
        fault, count = self._fault, self._server.count
        if refusal := _MESSAGE_REPLIES.get(fault):
            if fault is Fault.MESSAGE_REFUSED:
                count.refused.add(self._recipient)
            return refusal
        if fault is not Fault.DROPS_WITHOUT_TAKING:
            count.taken[self._recipient] += 1
            count.letters += 1
            count.misaddressed += b"\nTo: %b\r\n" % self._recipient.encode() not in head
        if fault in IN_DOUBT:
            self._drop()
            return None
        if fault is Fault.SLOW:
            self._answer_delayed = True
            self._server.loop.call_later(self._server.random.uniform(*SLOW_SECONDS), self._answer_late)
            return b""
        return _OK

    def _drop(self) -> None:
        self._server.count.in_doubt[self._recipient] += 1
        self._transport.abort()

    def _answer_late(self) -> None:
        self._answer_delayed = False
        if not self._transport.is_closing():
            self._transport.write(_OK)
            self._process()
