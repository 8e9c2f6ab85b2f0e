"""A folder of an IMAP mailbox (RFC 3501, 9051): what is in it is stored, and only then moved away or deleted.

Killed on the way, a message is fetched again and is the same one, by its digest. No UID is kept from one selection of
the folder to the next, so that it does not matter whether the server has given them anew (UIDVALIDITY). What is asked
for at once is bounded whatever the folder holds: messages are listed by their numbers, some hundred at a time, and
fetched in pieces.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event
from typing import NamedTuple

import structlog
from imapclient import DELETED, FLAGGED, SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from .imap_address import ImapAddress

log = structlog.get_logger(__name__)

LISTED = 200
"""Messages that are listed at once."""
MARKED = 20
"""Messages that are stored before they are marked: as many are fetched again after a sudden end."""
PIECE = 1_000_000
"""Bytes of a message that are asked for at once."""
POLL_SECONDS = 60.0
"""How often a server is asked that cannot tell by itself (IDLE)."""
IDLE_SECONDS = 15 * 60.0
"""How long one IDLE lasts; RFC 2177 bids to renew it within 29 minutes, and gateways forget connections sooner."""
DELETE = "-"
"""Instead of a folder to which messages move: they are deleted."""
_TIMEOUT = SocketTimeout(connect=30.0, read=60.0)
_LOOKS_AT_STOP = 1.0
_MOST_TRIES = 3
"""How often a message is fetched with which the connection ends each time."""


class _Listed(NamedTuple):
    uid: int
    size: int
    flags: frozenset[bytes]


class ImapMailbox:
    """A connection that is logged in.

    Arguments:
        client: the connection.
        folder: what is looked into.
        stored_folder: where messages go once they are stored; :data:`DELETE` for nowhere.
        most: bytes of the largest message that is wanted.
        ended: how often the connection has ended with a message; kept by the caller from one connection to the next.
    """

    def __init__(
        self, client: IMAPClient, folder: str, stored_folder: str, most: int, ended: Counter[tuple[int, int]]
    ) -> None:
        self._client, self._folder, self._stored_folder, self._most = client, folder, stored_folder, most
        self._ended, self._validity = ended, 0
        if stored_folder != DELETE and not client.folder_exists(stored_folder):
            client.create_folder(stored_folder)

    def collect(self, store: Callable[[bytes], None], go_on: Callable[[], bool]) -> int:
        """Store what is in the folder, while *go_on*; returns how many messages.

        What is too large is marked for people (\\Flagged) and moves away, too; it is never deleted.

        Raises:
            OSError, IMAPClientError: the server ends or refuses it. What was stored until then is.
        """
        stored, first = 0, 1
        while go_on() and (listed := self._list(first)) is not None:
            moved = 0
            for at in range(0, len(listed), MARKED):
                taken, large = self._take(listed[at : at + MARKED], store, go_on)
                stored += len(taken)
                moved += self._mark(taken, large)
            # Who stays is passed by. Where all have gone meanwhile, others may have taken their numbers.
            first += len(listed) - moved if listed else 1
        return stored

    def wait(self, stop: Event) -> None:
        """Wait until something may have come; by IDLE where the server has it."""
        if not self._client.has_capability("IDLE"):
            stop.wait(POLL_SECONDS)
            return
        self._client.idle()
        until = time.monotonic() + IDLE_SECONDS
        while not stop.is_set() and time.monotonic() < until:
            begun = time.monotonic()
            said = self._client.idle_check(_LOOKS_AT_STOP)
            if any(b"EXISTS" in one or b"BYE" in one for one in said):
                break
            if not said and time.monotonic() - begun < _LOOKS_AT_STOP / 2:
                break  # The connection has ended, which the next command tells.
        self._client.idle_done()

    def _list(self, first: int) -> list[_Listed] | None:
        """Messages from the one with the number *first* on; None where there are no more."""
        selected = self._client.select_folder(self._folder)
        self._validity, exist = selected.get(b"UIDVALIDITY", 0), selected[b"EXISTS"]
        if first > exist:
            return None
        numbers = list(range(first, min(first + LISTED, exist + 1)))
        self._client.use_uid = False
        try:
            found = self._client.fetch(numbers, ["UID", "RFC822.SIZE", "FLAGS"])
        finally:
            self._client.use_uid = True
        rows = (row for row in found.values() if b"UID" in row)
        return [_Listed(row[b"UID"], row.get(b"RFC822.SIZE", 0), frozenset(row.get(b"FLAGS", ()))) for row in rows]

    def _take(
        self, listed: Sequence[_Listed], store: Callable[[bytes], None], go_on: Callable[[], bool]
    ) -> tuple[list[int], list[int]]:
        """Store messages; the UIDs of those that are stored, and of those that are too large."""
        taken, large = list[int](), list[int]()
        for one in listed:
            key = self._validity, one.uid
            if one.flags & {DELETED, FLAGGED} or self._ended[key] >= _MOST_TRIES:
                continue
            if not go_on():
                break
            self._ended[key] += 1
            try:
                raw = self._fetch(one.uid) if one.size <= self._most else b""
            except IMAPClientAbortError:
                if self._ended[key] == _MOST_TRIES:
                    log.error(
                        "a returned message ends the connection each time, and is left in its folder", uid=one.uid
                    )
                raise
            except IMAPClientError as error:
                log.warning("a returned message cannot be fetched now", uid=one.uid, error=str(error)[:200])
                raw = None
            del self._ended[key]
            if raw is None:
                continue
            if one.size > self._most or len(raw) > self._most:
                log.warning("a returned message is too large and is set aside", uid=one.uid, size=one.size or len(raw))
                large.append(one.uid)
                continue
            store(raw)
            taken.append(one.uid)
        return taken, large

    def _fetch(self, uid: int) -> bytes | None:
        """A message; its first bytes where it is larger than wanted, whatever its size was said to be."""
        whole = bytearray()
        while len(whole) <= self._most:
            answer = self._client.fetch([uid], [f"BODY.PEEK[]<{len(whole)}.{PIECE}>"]).get(uid, {})
            pieces = [value for name, value in answer.items() if name.startswith(b"BODY[]")]
            if not pieces:
                return None  # Somebody else has deleted it.
            whole += pieces[0] or b""
            if len(pieces[0] or b"") < PIECE:
                break
        return bytes(whole)

    def _mark(self, taken: list[int], large: list[int]) -> int:
        """Mark messages as dealt with; how many have left the folder."""
        if large:
            self._client.add_flags(large, [SEEN, FLAGGED], silent=True)
        if self._stored_folder == DELETE:
            self._delete(taken)
            return len(taken)
        if taken:
            self._client.add_flags(taken, [SEEN], silent=True)
        if both := taken + large:
            if self._client.has_capability("MOVE"):
                self._client.move(both, self._stored_folder)
            else:
                self._client.copy(both, self._stored_folder)
                self._delete(both)
        return len(both)

    def _delete(self, uids: list[int]) -> None:
        if not uids:
            return
        self._client.delete_messages(uids, silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)
        else:
            self._client.expunge()


@contextmanager
def opened(address: ImapAddress) -> Iterator[IMAPClient]:
    """A connection that is logged in.

    Raises:
        LoginError: the server does not take user and password.
        OSError, IMAPClientError: it cannot be reached, or its certificate does not verify.
    """
    encryption, wrapped = address.encryption(), address.scheme == "imaps"
    client = IMAPClient(address.host, address.port, ssl=wrapped, ssl_context=encryption, timeout=_TIMEOUT)
    try:
        if address.scheme == "imap+starttls":
            client.starttls(encryption)
        client.login(address.user, address.password)
        yield client
        with suppress(OSError, IMAPClientError):
            client.logout()
    finally:
        with suppress(OSError, IMAPClientError):
            client.shutdown()
