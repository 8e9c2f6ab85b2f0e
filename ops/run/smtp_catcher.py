"""The catching SMTP server of development: takes every letter, mails none, keeps all in a mailbox."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session

from models.mailbox import Mailbox

SIZE_LIMIT = 50_000_000


class _Catcher:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one letter; aiosmtpd calls it by this name."""
        assert isinstance(envelope.content, bytes)
        try:
            number = self._mailbox.add(
                envelope.content, sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos)
            )
        except OSError as error:  # a full disk, most likely: the sender should try again
            return f"452 4.3.1 Cannot keep the letter: {error.strerror}"
        return f"250 2.0.0 Kept as letter {number}"


async def _serve(listener: socket.socket, mailbox: Mailbox) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    protocol = partial(
        SMTP,
        _Catcher(mailbox),
        hostname="mailbox.example",
        ident="Kairan's mailbox",
        data_size_limit=SIZE_LIMIT,
        enable_SMTPUTF8=True,
        loop=loop,
    )
    server = await loop.create_server(protocol, sock=listener)
    await stop.wait()
    server.close()
    sessions = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in sessions:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*sessions, return_exceptions=True)


def serve(listener: socket.socket, mailbox: Mailbox) -> None:
    """Catch letters on *listener* into *mailbox* until SIGINT or SIGTERM."""
    asyncio.run(_serve(listener, mailbox))
