"""LMTP (RFC 2033) and SMTP for returned mail: a message is answered 250 once it is in the database, and never by mail.

What cannot be stored now is answered 451, so that whoever has it keeps it. What is too large is answered 552 and what
is for nobody 550, while the server that sends it is still there: nothing is bounced later, to nobody.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from functools import partial
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

import settings
from models.bounces import returned_mail
from models.store.db import session_scope

from .day_limit import DayLimit
from .intake_protocol import ByteBudget, ConnectionPlaces, IntakeLmtp, IntakeSmtp
from .judging import Judging
from .known_recipients import KnownRecipients

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 20
MOST_OF_PEER = 5
"""Connections by SMTP from one address. By LMTP it is our own mail server that connects."""
MOST_RECIPIENTS = 50
MOST_BYTES = 100_000_000
"""Of messages that all connections hold at once; two of RETURNS_MEGABYTES find room in any case."""
_TRY_AGAIN = "451 4.3.0 Cannot keep it now; try again"


class Intake:
    """Takes messages for a listener.

    Arguments:
        way: ``lmtp`` or ``smtp``.
        executor: where the database is spoken to.
        judging: is told when there is something to judge.
    """

    def __init__(self, way: str, executor: Executor, judging: Judging) -> None:
        self._way, self._executor, self._judging = way, executor, judging
        self._known, self._limit = KnownRecipients(), DayLimit()

    async def handle_RCPT(  # noqa: N802  as aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient that is ours."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            answer: str = await self._in_thread(self._admit, address)
        except SQLAlchemyError as error:
            return _try_again(error)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store a message."""
        assert isinstance(envelope.content, bytes)
        try:
            await self._in_thread(
                self._store, envelope.content, (envelope.mail_from or "").strip("<>"), list(envelope.rcpt_tos)
            )
        except SQLAlchemyError as error:
            return _try_again(error)
        return "250 2.0.0 Kept"

    async def handle_exception(self, error: Exception) -> str:
        """Whatever it is, nobody's mail is lost for it: aiosmtpd would answer 500, which ends a message for good."""
        log.exception("a command of a mail server went wrong", exc_info=error)
        return _TRY_AGAIN

    def _admit(self, address: str) -> str:
        if not self._known.knows(address):
            return "550 5.1.1 No such mailbox here"
        return "452 4.3.1 Too much has come today; try again" if self._limit.is_reached() else "250 2.1.5 OK"

    def _store(self, raw: bytes, sender: str, recipients: list[str]) -> None:
        with session_scope() as session:
            returned_mail.take_in(session, raw, way=self._way, sender=sender, recipients=recipients)
        self._limit.add(len(raw))
        self._judging.wake()

    def _in_thread(self, act: Any, *args: Any) -> Any:
        return asyncio.get_running_loop().run_in_executor(self._executor, partial(act, *args))


def _try_again(error: SQLAlchemyError) -> str:
    log.warning("returned mail has to wait: the database does not take it", error=type(error).__name__)
    return _TRY_AGAIN


def budget() -> ByteBudget:
    """What all listeners of a process may hold at once."""
    return ByteBudget(max(MOST_BYTES, 2 * settings.get().returns_megabytes * 1_000_000))


async def listen(way: str, address: str, executor: Executor, judging: Judging, held: ByteBudget) -> asyncio.Server:
    """Listen at *address* (``host:port``).

    Arguments:
        way: ``lmtp`` or ``smtp``.
        held: the :func:`budget` of the process.

    Raises:
        OSError: the port is taken, or may not be used.
    """
    host, _colon, port = address.rpartition(":")
    most = settings.get().returns_megabytes * 1_000_000
    protocol = partial(
        IntakeLmtp if way == "lmtp" else IntakeSmtp,
        Intake(way, executor, judging),
        hostname=settings.get().return_domain or "localhost",
        ident="Kairan",
        data_size_limit=most,
        enable_SMTPUTF8=True,
        loop=asyncio.get_running_loop(),
        budget=held,
        places=ConnectionPlaces(MOST_CONNECTIONS, MOST_CONNECTIONS if way == "lmtp" else MOST_OF_PEER),
    )
    return await asyncio.get_running_loop().create_server(protocol, host.strip("[]"), int(port))
