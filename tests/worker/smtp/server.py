"""An SMTP server of our own that does wrong what it is told to, on a real socket.

What goes wrong is a script: one :class:`Faults` per letter, in the order in which letters begin, and one per
connection.
``accepted`` holds the letters that the server has taken responsibility for, whether the client heard of it or not.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from models.deliveries.relays.relay_address import RelayAddress, Security

from . import server_login
from .faults import CLOSE, NONE, SILENCE, Faults

OFFERED = ("PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES")

_PATH = re.compile(rb"(?:MAIL FROM|RCPT TO):<([^>]*)>(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """A message that the server took."""

    sender: str
    recipient: str
    data: bytes
    """Without dot-stuffing."""
    mail: bytes
    """The whole MAIL command."""
    rcpt: bytes


class Drop(Exception):
    """Close the connection."""


@dataclass
class Server:
    """Listens from :func:`serving` on. Change the fields before a connection is made."""

    offered: tuple[str, ...] = OFFERED
    offered_after_tls: tuple[str, ...] | None = None
    letter_faults: Iterator[Faults] = field(default_factory=lambda: iter(()))
    connection_faults: Iterator[Faults] = field(default_factory=lambda: iter(()))
    recipient_answers: Callable[[str], bytes] = lambda recipient: b"250 2.1.5 Ok\r\n"
    in_pieces: bool = False
    """Every reply in pieces of a byte or two."""
    loses_pipelined: bool = False
    """Offers PIPELINING and forgets what came behind a command."""
    sends_354_to_nobody: bool = True
    """Answers DATA with 354 though no recipient was taken, as RFC 2920 allows."""
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    logins: dict[str, str] = field(default_factory=dict)
    max_connections: int = 1000
    max_letters: int = 10**9
    """Letters of one connection before 421."""

    accepted: list[Letter] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    """What a client may not do."""
    connections: int = 0
    open_connections: int = 0
    most_connections: int = 0
    port: int = 0

    def relay(self, security: Security = Security.PLAIN, **more: Any) -> RelayAddress:
        """Its address."""
        return RelayAddress("localhost" if self.tls else "127.0.0.1", self.port, security, **more)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        self.most_connections = max(self.most_connections, self.open_connections)
        try:
            await _Connection(self, reader, writer, next(self.connection_faults, NONE)).run()
        except (Drop, ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass  # Cancelled: the test is over.
        finally:
            self.open_connections -= 1
            writer.transport.abort() if writer.transport.is_closing() else writer.close()
            with suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()


@dataclass
class _Connection:
    server: Server
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    faults: Faults
    buffer: bytes = b""
    mail: bytes = b""
    rcpt: bytes = b""
    letter: Faults = NONE
    letters: int = 0
    encrypted: bool = False

    async def run(self) -> None:
        if self.server.open_connections > self.server.max_connections:
            await self.say(b"421 4.7.0 too many connections\r\n")
            raise Drop
        await self.step(self.faults, "connect", b"220 test.example ESMTP\r\n")
        while True:
            line = await self.line()
            self.server.commands.append(line)
            verb = line[:4].upper().decode("ascii", "replace")
            handler = getattr(self, f"on_{verb.strip().lower()}", None)
            if handler is None:
                await self.say(b"502 5.5.2 unknown command\r\n")
            else:
                await handler(line)
            if self.server.loses_pipelined:
                self.buffer = b""

    async def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            await self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    async def more(self) -> None:
        data = await self.reader.read(65536)
        if not data:
            raise Drop
        self.buffer += data

    async def say(self, reply: bytes) -> None:
        if reply == CLOSE:
            raise Drop
        if reply == SILENCE:
            while True:
                self.buffer = b""
                await self.more()
        if not self.server.in_pieces:
            self.writer.write(reply)
            await self.writer.drain()
            return
        for begin in range(0, len(reply), 2):
            self.writer.write(reply[begin : begin + 2])
            await self.writer.drain()
            await asyncio.sleep(0)

    async def step(self, faults: Faults, name: str, right: bytes) -> bool:
        """Say what is right, or what the script says; whether it was a 2xx."""
        said = faults.at(name)
        await self.say(right if said is None else said)
        reply = right if said is None else said
        if reply.startswith(b"421"):
            raise Drop
        return reply[:1] == b"2"

    async def on_ehlo(self, line: bytes) -> None:
        offered = self.server.offered
        if self.encrypted and self.server.offered_after_tls is not None:
            offered = self.server.offered_after_tls
        lines = ["test.example", *offered]
        if self.server.tls and not self.encrypted and not self.server.implicit_tls:
            lines.append("STARTTLS")
        right = "".join(f"250{' ' if i == len(lines) - 1 else '-'}{text}\r\n" for i, text in enumerate(lines))
        await self.step(self.faults, "ehlo", right.encode())

    async def on_helo(self, line: bytes) -> None:
        await self.step(self.faults, "helo", b"250 test.example\r\n")

    async def on_star(self, line: bytes) -> None:
        if not await self.step(self.faults, "starttls", b"220 go ahead\r\n"):
            return
        assert self.server.tls is not None
        self.buffer = b""
        await self.writer.start_tls(self.server.tls)
        self.encrypted = True

    async def on_auth(self, line: bytes) -> None:
        if (said := self.faults.at("auth")) is not None:
            await self.say(said)
            return
        mechanism, _, initial = line[5:].decode().partition(" ")
        good = await server_login.login_is_right(mechanism, initial, self.server.logins, self.secret)
        await self.say(b"235 2.7.0 welcome\r\n" if good else b"535 5.7.8 wrong user or password\r\n")

    async def secret(self, prompt: bytes) -> str:
        await self.say(b"334 " + base64.b64encode(prompt) + b"\r\n")
        return base64.b64decode(await self.line()).decode()

    async def on_mail(self, line: bytes) -> None:
        self.letters += 1
        if self.letters > self.server.max_letters:
            await self.say(b"421 4.7.0 too many letters\r\n")
            raise Drop
        if self.mail:
            self.server.violations.append("MAIL inside a transaction")
            await self.say(b"503 5.5.1 nested MAIL\r\n")
            return
        if self.server.logins and not any(command.startswith(b"AUTH") for command in self.server.commands):
            await self.say(b"530 5.7.0 log in first\r\n")
            return
        if not (path := _PATH.fullmatch(line)):
            await self.say(b"501 5.5.4 what\r\n")
            return
        allowed = {offer.split()[0] for offer in self.server.offered}
        for parameter in path[2].decode().split():
            keyword = {"BODY": "8BITMIME", "RET": "DSN", "ENVID": "DSN"}.get(
                parameter.split("=")[0], parameter.split("=")[0]
            )
            if keyword not in allowed:
                self.server.violations.append(f"{parameter} was not offered")
        self.letter = next(self.server.letter_faults, NONE)
        if await self.step(self.letter, "mail", b"250 2.1.0 Ok\r\n"):
            self.mail = line

    async def on_rcpt(self, line: bytes) -> None:
        if not self.mail:
            await self.say(b"503 5.5.1 need MAIL\r\n")
            return
        path = _PATH.fullmatch(line)
        assert path
        if await self.step(self.letter, "rcpt", self.server.recipient_answers(path[1].decode())):
            if self.rcpt:
                self.server.violations.append("two recipients in one envelope")
            self.rcpt = line

    async def on_data(self, line: bytes) -> None:
        if not self.rcpt and not (self.mail and self.server.sends_354_to_nobody):
            await self.say(b"503 5.5.1 need RCPT\r\n")
            return
        if self.buffer:
            self.server.violations.append("bytes behind DATA before 354")
        said = self.letter.at("data")
        await self.say(said or b"354 go ahead\r\n")
        if said and said.startswith(b"421"):
            raise Drop
        if said is None or said.startswith(b"354"):
            await self.message()

    async def message(self) -> None:
        if (said := self.letter.at("body")) is not None:
            await self.more()
            await self.say(said)
            raise Drop
        while not (self.buffer.startswith(b".\r\n") or b"\r\n.\r\n" in self.buffer):
            await self.more()
        if self.buffer.startswith(b".\r\n"):
            data, self.buffer = b"", self.buffer[3:]
        else:
            data, _, self.buffer = self.buffer.partition(b"\r\n.\r\n")
            data += b"\r\n"
        if not self.rcpt:
            self.reset()
            await self.say(b"554 5.5.1 no valid recipients\r\n")
            return
        answer = self.letter.at("dot")
        taken = self.letter.accept
        if taken if taken is not None else answer is None or answer.startswith(b"2"):
            self.server.accepted.append(self.as_letter(data))
        self.reset()
        await self.step(self.letter, "dot", b"250 2.0.0 Ok: queued as 4fX2\r\n")

    def as_letter(self, data: bytes) -> Letter:
        paths = [_PATH.fullmatch(line) for line in (self.mail, self.rcpt)]
        sender, recipient = (path[1].decode() if path else "" for path in paths)
        unstuffed = re.sub(rb"(\A|\r\n)\.", rb"\1", data)
        return Letter(sender, recipient, unstuffed, self.mail, self.rcpt)

    def reset(self) -> None:
        self.mail = self.rcpt = b""

    async def on_rset(self, line: bytes) -> None:
        self.reset()
        await self.step(self.letter, "rset", b"250 2.0.0 Ok\r\n")

    async def on_noop(self, line: bytes) -> None:
        await self.step(self.faults, "noop", b"250 2.0.0 Ok\r\n")

    async def on_quit(self, line: bytes) -> None:
        await self.say(b"221 2.0.0 Bye\r\n")
        raise Drop


@asynccontextmanager
async def serving(
    letters: Iterable[Faults] = (), connections: Iterable[Faults] = (), **fields: Any
) -> AsyncIterator[Server]:
    """A server with these faults, for the length of the context, in the running event loop."""
    server = Server(letter_faults=iter(letters), connection_faults=iter(connections), **fields)
    context = server.tls if server.implicit_tls else None
    listening = await asyncio.start_server(server.serve, "127.0.0.1", server.port, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await asyncio.sleep(0)
