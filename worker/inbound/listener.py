"""LMTP (RFC 2033) and SMTP for returned mail: a message is answered 250 once it is in the database, and never by mail.

What cannot be stored now is answered 451, so that whoever has it keeps it. What is too large is answered 552 and what
is for nobody 550, while the server that sends it is still there: nothing is bounced later, to nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

import settings
from models.bounces import returned_mail
from models.store.db import session_scope

from .judging import Judging
from .known_recipients import KnownRecipients

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 20
"""Each may hold a message of RETURNS_MEGABYTES in memory."""
MOST_RECIPIENTS = 50
LONGEST_LINE = 1_000_000
"""Bytes. Returned letters keep no rule about lines, and refusing one would lose it."""
IDLE_SECONDS = 120.0


class Intake:
    """Takes messages for a listener.

    Arguments:
        way: ``lmtp`` or ``smtp``.
        executor: where the database is spoken to.
        judging: is told when there is something to judge.
    """

    def __init__(self, way: str, executor: Executor, judging: Judging) -> None:
        self._way, self._executor, self._judging = way, executor, judging
        self._known = KnownRecipients()

    async def handle_RCPT(  # noqa: N802  as aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that is ours."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            known = await self._in_thread(self._known.knows, address)
        except SQLAlchemyError as error:
            return self._try_again(error)
        if not known:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store a message, and answer for each recipient where the protocol wants that (RFC 2033, 4.2)."""
        assert isinstance(envelope.content, bytes)
        try:
            await self._in_thread(self._store, envelope.content, envelope.mail_from or "", list(envelope.rcpt_tos))
            answer = "250 2.0.0 Kept"
        except SQLAlchemyError as error:
            answer = self._try_again(error)
        return "\r\n".join([answer] * (len(envelope.rcpt_tos) if self._way == "lmtp" else 1))

    def _store(self, raw: bytes, sender: str, recipients: list[str]) -> None:
        with session_scope() as session:
            returned_mail.take_in(session, raw, way=self._way, sender=sender, recipients=recipients)
        self._judging.wake()

    def _try_again(self, error: SQLAlchemyError) -> str:
        log.warning("returned mail has to wait: the database does not take it", error=type(error).__name__)
        return "451 4.3.0 Cannot keep it now; try again"

    def _in_thread(self, act: Any, *args: Any) -> Any:
        return asyncio.get_running_loop().run_in_executor(self._executor, partial(act, *args))


class _ConnectionLimit:
    """Refuses connections beyond :data:`MOST_CONNECTIONS` of a listener, in words (RFC 5321, 3.8).

    Stands between the event loop and aiosmtpd's protocol, which knows of no limit.
    """

    def __init__(self, make: Callable[[], SMTP]) -> None:
        self._make, self._open = make, 0

    def __call__(self) -> asyncio.BaseProtocol:
        """The protocol of a new connection."""
        if self._open >= MOST_CONNECTIONS:
            return _Refusal()
        self._open += 1
        made = self._make()
        lost = made.connection_lost

        def connection_lost(error: Exception | None) -> None:
            self._open -= 1
            lost(error)

        made.connection_lost = connection_lost  # type: ignore[method-assign]
        return made


class _Refusal(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so, and hang up."""
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"421 4.3.2 Too many connections; try again\r\n")
        transport.close()


class _LongLineLmtp(LMTP):
    line_length_limit = LONGEST_LINE


class _LongLineSmtp(SMTP):
    line_length_limit = LONGEST_LINE


async def listen(way: str, address: str, executor: Executor, judging: Judging) -> asyncio.Server:
    """Listen at *address* (``host:port``).

    Arguments:
        way: ``lmtp`` or ``smtp``.

    Raises:
        OSError: the port is taken, or may not be used.
    """
    host, _colon, port = address.rpartition(":")
    protocol = partial(
        _LongLineLmtp if way == "lmtp" else _LongLineSmtp,
        Intake(way, executor, judging),
        hostname=settings.get().return_domain or "localhost",
        ident="Kairan",
        data_size_limit=settings.get().returns_megabytes * 1_000_000,
        enable_SMTPUTF8=True,
        timeout=IDLE_SECONDS,
        loop=asyncio.get_running_loop(),
    )
    return await asyncio.get_running_loop().create_server(_ConnectionLimit(protocol), host.strip("[]"), int(port))
