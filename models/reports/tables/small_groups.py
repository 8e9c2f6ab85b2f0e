"""Groups of few readers are not told of: what two of three officials did is what a person did.

The same ten as for readers who may not be identified (:mod:`models.tracking.anonymity`), and the same care that what is
left out is no difference: groups of few are put together, and the next smallest with them while they are still few.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ...tracking.alike_copies import MIN_READERS as MIN_READERS

OTHERS = "small-groups"
"""The word for groups that were put together."""


class Sized(Protocol):
    """A group of readers."""

    @property
    def received(self) -> int: ...


Group = TypeVar("Group", bound=Sized)


def split(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """Those that may be told of, in their order, and those that only may together; empty groups are neither.

    Where all of them together are still few, the second list may not be told of beyond the total, which stands above.
    """
    shown = sorted((group for group in groups if group.received >= MIN_READERS), key=lambda group: group.received)
    few = [group for group in groups if 0 < group.received < MIN_READERS]
    while few and shown and sum(group.received for group in few) < MIN_READERS:
        few.append(shown.pop(0))
    kept = {id(group) for group in shown}
    return [group for group in groups if id(group) in kept], few
