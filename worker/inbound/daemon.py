"""``kairan returns``: listens, looks into a Maildir and a mailbox, and judges what has come in, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

import settings
from models.store.errors import Invalid

from . import listener, maildir
from .imap_watch import ImapWatch
from .judging import Judging

log = structlog.get_logger(__name__)

_THREADS = 4
_M_MMAP_THRESHOLD = -3
_LARGE_PIECE = 1_000_000
"""Bytes."""


def is_wanted() -> bool:
    """Whether the settings name a way by which mail comes in."""
    chosen = settings.get()
    return bool(chosen.returns_lmtp or chosen.returns_smtp or chosen.returns_maildir or _has_mailbox())


def _has_mailbox() -> bool:
    return bool(settings.get().returns_imap_url.get_secret_value())


def run() -> None:
    """Take in and judge until SIGINT or SIGTERM.

    Raises:
        Invalid: the settings name no way by which mail comes in, or one that cannot be used.
        OSError: a port cannot be listened at.
    """
    if not is_wanted():
        raise Invalid("set RETURNS_LMTP, RETURNS_SMTP, RETURNS_MAILDIR or RETURNS_IMAP_URL: no mail comes in yet")
    _give_large_pieces_back()
    asyncio.run(_run())


def _give_large_pieces_back() -> None:
    """Have the C library give memory of large messages back to the system once they are judged.

    glibc keeps more of it the larger the pieces were that were freed (mallopt(3), M_MMAP_THRESHOLD); others do not.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_PIECE)


async def _run() -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    chosen, judging = settings.get(), Judging()
    mailbox = ImapWatch(judging) if _has_mailbox() else None
    with ThreadPoolExecutor(_THREADS, "database") as executor:
        ways = (("lmtp", chosen.returns_lmtp), ("smtp", chosen.returns_smtp))
        held = listener.budget()
        servers = [await listener.listen(way, address, executor, judging, held) for way, address in ways if address]
        judging.start()
        tasks = [asyncio.create_task(_watch(chosen.returns_maildir, judging))] if chosen.returns_maildir else []
        if mailbox:
            mailbox.start()
        log.info("returned mail is taken in", **{way: address for way, address in ways if address})
        await stop.wait()
        for server in servers:
            server.close()
        # A message that is not answered yet is sent again by whoever has it.
        tasks += [task for task in asyncio.all_tasks() if task is not asyncio.current_task() and task not in tasks]
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
        if mailbox:
            await asyncio.to_thread(mailbox.stop)
    judging.stop()


async def _watch(folder: Path, judging: Judging) -> None:
    """Look into a Maildir now and then. Where that fails, all else goes on."""
    while True:
        try:
            if await asyncio.to_thread(maildir.collect, folder):
                judging.wake()
        except (OSError, SQLAlchemyError) as error:
            log.warning("the Maildir cannot be looked into now", folder=str(folder), error=repr(error)[:200])
        except Exception:  # A watch that has ended takes nothing any more, and nobody sees it.
            log.exception("the Maildir cannot be looked into now", folder=str(folder))
        await asyncio.sleep(maildir.EVERY_SECONDS)
