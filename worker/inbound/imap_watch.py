"""Watching a mailbox by IMAP: a thread that takes its mail, waits for more, and comes back when it was thrown out."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from functools import partial

import structlog
from imapclient.exceptions import IMAPClientError, LoginError
from sqlalchemy.exc import SQLAlchemyError

import settings
from models.bounces import returned_mail
from models.store.db import session_scope
from models.store.errors import Invalid

from . import imap_mailbox
from .day_limit import DayLimit
from .imap_address import ImapAddress, parse
from .imap_mailbox import ImapMailbox
from .judging import Judging

log = structlog.get_logger(__name__)

WAY = "imap"
_STOP_SECONDS = 10.0


class ImapWatch:
    """The thread.

    Arguments:
        judging: is told when there is something to judge.

    Raises:
        Invalid: RETURNS_IMAP_URL cannot be used.
    """

    def __init__(self, judging: Judging) -> None:
        self._address, self._judging = parse(settings.get().returns_imap_url.get_secret_value()), judging
        if self._address.folder.lower() == settings.get().returns_imap_stored.lower():
            raise Invalid("RETURNS_IMAP_STORED is the folder that is looked into: name another one")
        self._stop, self._limit = threading.Event(), DayLimit()
        self._ended: Counter[tuple[int, int]] = Counter()
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name="imap", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present message; where the server hangs, without waiting for it."""
        self._stop.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._watch()
            except Exception as error:  # A watch that has ended takes nothing any more, and nobody sees it.
                self._failures += 1
                seconds = seconds_until_next_try(error, self._failures)
                tell(self._address, error, seconds)
                self._stop.wait(seconds)

    def _watch(self) -> None:
        chosen = settings.get()
        with imap_mailbox.opened(self._address) as client:
            most = chosen.returns_megabytes * 1_000_000
            mailbox = ImapMailbox(client, self._address.folder, chosen.returns_imap_stored, most, self._ended)
            while not self._stop.is_set():
                mailbox.collect(self._store, self._may_go_on)
                self._failures = 0
                mailbox.wait(self._stop)

    def _may_go_on(self) -> bool:
        return not (self._stop.is_set() or self._limit.is_reached())

    def _store(self, raw: bytes) -> None:
        with session_scope() as session:
            returned_mail.take_in(session, raw, way=WAY)
        self._limit.add(len(raw))
        self._judging.wake()


def seconds_until_next_try(error: Exception, failures: int) -> float:
    """How long a server is left in peace. Who comes again and again with a wrong password is locked out.

    Arguments:
        error: what went wrong.
        failures: how often in a row.
    """
    first, most = (60.0, 3600.0) if _is_refusal(error) else (5.0, 600.0)
    return min(most, first * 2.0 ** min(failures - 1, 10))


def _is_refusal(error: Exception) -> bool:
    """RFC 5530: UNAVAILABLE says nothing about the password."""
    return isinstance(error, LoginError) and "[UNAVAILABLE]" not in str(error).upper()


def tell(address: ImapAddress, error: Exception, seconds: float) -> None:
    """Say what is wrong with the mailbox, and what to do where it is ours to mend."""
    say = partial(log.warning, mailbox=str(address), error=repr(error)[:300], next_try_in_seconds=seconds)
    if _is_refusal(error):
        say("the mailbox refuses its user or password: correct RETURNS_IMAP_URL")
    elif isinstance(error, ssl.SSLCertVerificationError):
        say("the certificate of the mailbox's server does not verify: add ?cafile=FILE to RETURNS_IMAP_URL")
    elif isinstance(error, SQLAlchemyError):
        say("returned mail has to wait: the database does not take it")
    elif isinstance(error, OSError | IMAPClientError):
        say("the mailbox cannot be looked into now")
    else:
        log.exception("the mailbox cannot be looked into now", mailbox=str(address), exc_info=error)
