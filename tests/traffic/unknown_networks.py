"""The same traffic with addresses that no list knows, for ``--traffic``."""

from __future__ import annotations

from ..simulator.records import Copy
from .address_space import Mask
from .traffic_letters import LETTERS, letters, masked


def traffic(seed: int, copies: int) -> list[Copy]:
    """About so many copies."""
    mask, readers = Mask(seed), max(20, copies // LETTERS)
    return [copy for letter in letters(seed, readers=readers) for copy in masked(letter, mask).copies]
