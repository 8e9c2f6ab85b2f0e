"""Relays: which servers take our letters, and in which shares. One that is down moves its share to the others."""

from __future__ import annotations

import time
from typing import NamedTuple

from sqlalchemy.orm import Session

import settings
from models.deliveries.relays import relay as relay_rows
from models.deliveries.relays import relay_address
from models.deliveries.relays.relay_address import RelayAddress

from ..timeouts import PROBATION

SLACK = 8.0
"""Letters by which a relay may run ahead of its share, so that none waits for another at every turn."""


class WeightedRelay(NamedTuple):
    """A relay and its share relative to the others'."""

    relay: RelayAddress
    weight: int


def relays_in_use(session: Session) -> list[WeightedRelay]:
    """The relays that are in use: those that staff have set up, or ``SMTP_URL``.

    Raises:
        Invalid: an address cannot be read.
    """
    rows = relay_rows.list_active(session)
    return [WeightedRelay(relay_address.of_url(row.url), row.weight) for row in rows] or [
        WeightedRelay(relay_address.of_url(settings.get().smtp_url), 1)
    ]


class RelayShares:
    """Keeps several relays to their shares within one run."""

    def __init__(self, relays: list[WeightedRelay]) -> None:
        self._weights = {weighted.relay: weighted.weight for weighted in relays}
        self._sent = dict.fromkeys(self._weights, 0.0)
        self._down: dict[RelayAddress, float] = {}

    def allows(self, relay: RelayAddress) -> bool:
        """Whether *relay* may have a letter now; takes it into account."""
        if len(self._weights) == 1:
            return True
        present = time.monotonic()
        for other, until in list(self._down.items()):
            if other == relay or until < present:
                # It asks for a letter, so it answers again. Everybody starts afresh, or it would make up for lost time.
                del self._down[other]
                self._sent = dict.fromkeys(self._weights, 0.0)
        least = min(sent for other, sent in self._sent.items() if other not in self._down)
        if self._sent[relay] > least + SLACK / self._weights[relay]:
            return False
        self._sent[relay] += 1 / self._weights[relay]
        return True

    def failed(self, relay: RelayAddress) -> None:
        """*relay* cannot be reached: its share goes to the others."""
        self._down[relay] = time.monotonic() + PROBATION

    @property
    def all_down(self) -> bool:
        """Whether no relay is left."""
        return len(self._down) == len(self._weights)
