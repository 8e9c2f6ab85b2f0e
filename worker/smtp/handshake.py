"""From a relay's address to a connection that is greeted, encrypted and logged in."""

from __future__ import annotations

import asyncio
import base64
import functools
import hmac
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from models.deliveries.relays.relay_address import RelayAddress, Security

from ..timeouts import Timeouts
from .features import Features
from .reply_parser import Reply, ReplyReader, printable

SEND_BUFFER = 256 * 1024
"""Bytes that the kernel takes from us at once; a whole letter fits, so that one write is one system call."""


class RelayUnreachable(Exception):
    """No connection that letters could go over.

    Arguments:
        text: what went wrong, for people.
        reply: what the relay said, where it said something.
    """

    def __init__(self, text: str, reply: Reply | None = None) -> None:
        super().__init__(text)
        self.code = reply.code if reply else 0
        self.enhanced = reply.enhanced if reply else ""
        self.text = printable(f"{text}: {reply.text}" if reply else text)


class Dialogue(asyncio.Protocol):
    """One question, one answer: enough until the first letter."""

    def __init__(self) -> None:
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._problem = ""

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        self._replies.extend(self._reader.feed(data))
        self._problem = self._problem or self._reader.problem
        if self._replies or self._problem:
            self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The relay hung up."""
        self._problem = self._problem or (printable(str(exc)) if exc else "") or "the relay closed the connection"
        self._wake()

    async def answer(self, seconds: float) -> Reply:
        """The next reply.

        Raises:
            Unreachable: none came in time, the relay hung up, or what it said is no SMTP.
        """
        if not (self._replies or self._problem):
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self._waiter
            except TimeoutError:
                raise RelayUnreachable(f"no answer for {seconds:g} s") from None
        if self._replies:
            return self._replies.popleft()
        raise RelayUnreachable(self._problem)

    def expect_silence(self) -> None:
        """Nothing may have come that was not asked for.

        Before TLS it could have been slipped in by somebody between us and the relay (RFC 3207, 6).

        Raises:
            Unreachable: something has come, or the relay hung up.
        """
        if self._replies or self._reader.pending or self._reader.problem:
            raise RelayUnreachable("the relay sent more than it was asked for")
        if self._problem:
            raise RelayUnreachable(self._problem)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


@dataclass(slots=True)
class _Handshake:
    relay: RelayAddress
    timeouts: Timeouts
    transport: asyncio.Transport
    dialogue: Dialogue
    encrypted: bool

    async def ask(self, command: str) -> Reply:
        self.dialogue.expect_silence()
        self.transport.write(command.encode() + b"\r\n")
        return await self.dialogue.answer(self.timeouts.reply)

    async def greet(self) -> Features:
        """EHLO, or HELO where the relay knows nothing else."""
        name = self.relay.helo or _own_name(self.transport)
        reply = await self.ask(f"EHLO {name}")
        if reply.code // 100 == 2:
            return Features.of(reply)
        if reply.code // 100 == 5 and reply.code != 521:
            reply = await self.ask(f"HELO {name}")
            if reply.code // 100 == 2:
                return Features()
        raise RelayUnreachable("the relay refused our greeting", reply)

    async def encrypt(self) -> None:
        """RFC 3207. Whatever was learnt before is to be asked again after it."""
        reply = await self.ask("STARTTLS")
        if reply.code != 220:
            raise RelayUnreachable("the relay offers STARTTLS and refuses it", reply)
        self.dialogue.expect_silence()
        self.dialogue = Dialogue()
        transport = await asyncio.get_running_loop().start_tls(
            self.transport,
            self.dialogue,
            tls_context(self.relay.verify, self.relay.cafile),
            server_hostname=self.relay.host,
            ssl_handshake_timeout=self.timeouts.connect,
        )
        self.transport = cast(asyncio.Transport, transport)
        self.encrypted = True

    async def login(self, offered: frozenset[str]) -> None:
        """RFC 4954, with the mechanism that shows least of the password."""
        exchanges = {"PLAIN": self._plain, "LOGIN": self._login, "CRAM-MD5": self._cram}
        order = ("PLAIN", "LOGIN", "CRAM-MD5") if self.encrypted else ("CRAM-MD5", "PLAIN", "LOGIN")
        mechanism = next((name for name in order if name in offered), "")
        if not mechanism:
            raise RelayUnreachable(
                f"the relay offers no login that we know, only: {' '.join(sorted(offered)) or 'none'}"
            )
        reply = await exchanges[mechanism]()
        if reply.code != 235:
            raise RelayUnreachable("the relay refused our login", reply)

    async def _plain(self) -> Reply:
        return await self.ask("AUTH PLAIN " + _base64(f"\0{self.relay.user}\0{self.relay.password}"))

    async def _login(self) -> Reply:
        reply = await self.ask("AUTH LOGIN")
        for secret in (self.relay.user, self.relay.password):
            if reply.code != 334:
                return reply
            reply = await self.ask(_base64(secret))
        return reply

    async def _cram(self) -> Reply:
        reply = await self.ask("AUTH CRAM-MD5")
        if reply.code != 334:
            return reply
        try:
            challenge = base64.b64decode(reply.lines[0], validate=True)
        except ValueError:
            raise RelayUnreachable("the relay's login challenge cannot be read", reply) from None
        digest = hmac.new(self.relay.password.encode(), challenge, "md5").hexdigest()
        return await self.ask(_base64(f"{self.relay.user} {digest}"))


async def open_connection(relay: RelayAddress, timeouts: Timeouts) -> tuple[asyncio.Transport, Features]:
    """Connect, wait for the greeting, say EHLO, encrypt, log in.

    Returns:
        the transport, whose protocol is to be replaced, and what the relay offers.

    Raises:
        Unreachable: any of it failed; the connection is closed.
    """
    handshake = await _connect(relay, timeouts)
    try:
        greeting = await handshake.dialogue.answer(timeouts.reply)
        if greeting.code != 220:
            raise RelayUnreachable("the relay refused the connection", greeting)
        offered = await handshake.greet()
        if relay.security is Security.STARTTLS:
            if not offered.starttls:
                raise RelayUnreachable("the relay does not offer STARTTLS; write smtp:// or smtps:// if that is right")
            await handshake.encrypt()
            offered = await handshake.greet()
        if relay.user:
            await handshake.login(offered.logins)
        handshake.dialogue.expect_silence()
    except BaseException as problem:
        handshake.transport.abort()
        if isinstance(problem, OSError):  # TLS errors are OSErrors, too.
            raise RelayUnreachable(_describe(problem)) from problem
        raise
    return handshake.transport, offered


async def _connect(relay: RelayAddress, timeouts: Timeouts) -> _Handshake:
    loop = asyncio.get_running_loop()
    implicit = relay.security is Security.TLS
    try:
        async with asyncio.timeout(timeouts.connect):
            transport, dialogue = await loop.create_connection(
                Dialogue,
                relay.host,
                relay.port,
                ssl=tls_context(relay.verify, relay.cafile) if implicit else None,
                server_hostname=relay.host if implicit else None,
            )
    except TimeoutError:
        raise RelayUnreachable(f"no connection within {timeouts.connect:g} s") from None
    except (OSError, UnicodeError) as problem:  # UnicodeError: a host name that IDNA cannot encode.
        raise RelayUnreachable(_describe(problem)) from problem
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    return _Handshake(relay, timeouts, transport, dialogue, encrypted=implicit)


@functools.cache
def tls_context(verify: bool, cafile: Path | None) -> ssl.SSLContext:
    """The TLS settings for relays: certificate and host name verified, unless switched off."""
    context = ssl.create_default_context(cafile=cafile)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _own_name(transport: asyncio.Transport) -> str:
    """Our host name if it is a full one, else our address in brackets (RFC 5321, 4.1.3)."""
    name = socket.gethostname()
    if "." in name and name.isascii() and name.replace(".", "").replace("-", "").isalnum():
        return name
    address = transport.get_extra_info("sockname")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _describe(problem: Exception) -> str:
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"the relay's certificate is not valid: {problem.verify_message}"
    return printable(str(problem)) or type(problem).__name__
