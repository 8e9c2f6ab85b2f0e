"""Addresses for which mail is taken in. All others are refused while the server that sends is there to hear it."""

from __future__ import annotations

import time
from threading import Lock

from sqlalchemy import select

import settings
from models.deliveries.letters import return_path
from models.issues.newsletter import Newsletter
from models.store.db import session_scope

FRESH_SECONDS = 30.0
"""How long the newsletters' addresses are believed to be what they were."""
_LOCAL_PARTS = (return_path.LOCAL, return_path.LEAVE_LOCAL, "postmaster", "abuse")
"""What RETURN_DOMAIN has beside return paths: RFC 2142 wants the last two."""


class KnownRecipients:
    """Which addresses are ours; newsletters' are asked of the database now and then. Its methods may block."""

    def __init__(self) -> None:
        self._addresses: frozenset[str] = frozenset()
        self._read_at = float("-inf")
        self._lock = Lock()

    def knows(self, address: str) -> bool:
        """Whether mail to *address* is for us."""
        chosen, address = settings.get(), address.strip().lower()
        others = chosen.returns_addresses.lower().split()
        if "*" in others or address in others or return_path.read(address) is not None:
            return True
        local, _at, domain = address.rpartition("@")
        if domain == chosen.return_domain and domain:
            # An extension that is no token is a letter's whose token got lost, or a guess: refused as any other.
            return local in _LOCAL_PARTS
        return address in self._of_newsletters()

    def _of_newsletters(self) -> frozenset[str]:
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_SECONDS:
                with session_scope() as session:
                    rows = session.execute(
                        select(Newsletter.bounce_address, Newsletter.sender_address, Newsletter.reply_to)
                    )
                    self._addresses = frozenset(one.lower() for row in rows for one in row if one)
                self._read_at = time.monotonic()
            return self._addresses
