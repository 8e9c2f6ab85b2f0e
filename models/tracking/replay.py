"""Replays: one link of an issue, followed by one device through the copies of many readers within seconds.

Whoever has many readers' links (a forwarded archive, a journal of a gateway, a leak) can follow one of them fifty times
and would be fifty readers. Officials behind one exit (LGWAN's isolated browsers, a firm's NAT) share address and agent,
too, but they come at a rate that rises and falls over minutes. So five seconds are compared with the two minutes before
and after, over all links of the issue: if a visitor of these minutes were equally likely to come in any second, each of
them would fall into the five seconds with the same small probability, and how many do has a binomial distribution. A
replay is a number that would come by chance less often than :data:`CHANCE`, beside the busier one of the two sides.

Nothing here depends on verdicts or on the order in which clicks come in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

MIN_READERS = 10
"""With fewer readers' copies, clicks are never a replay."""
SPAN = 5_000_000
"""Microseconds from the first to the last click of what is looked at together."""
BESIDE = 120_000_000
"""Microseconds before, and after, with which it is compared."""
CHANCE = 1e-9
"""A year has some ten thousand busy minutes of shared exits, and none of them may take a person away."""
REACH = SPAN + BESIDE
"""Microseconds beyond which clicks cannot change whether a click belongs to a replay."""


class DeviceClick(NamedTuple):
    """A click on a link of one issue by one device: the same client address and agent."""

    at: int
    """Microseconds since 1970."""
    id: str
    reader: int
    link: int


class _Readers:
    """The number of different readers in a span that only moves forward."""

    def __init__(self, clicks: Sequence[DeviceClick]) -> None:
        self._clicks = clicks
        self._first = self._end = 0
        self._clicks_of: dict[int, int] = {}

    def within(self, start: int, end: int) -> int:
        """How many had a click from *start* to before *end*; neither is less than in the call before."""
        clicks, counts = self._clicks, self._clicks_of
        while self._end < len(clicks) and clicks[self._end].at < end:
            reader = clicks[self._end].reader
            counts[reader] = counts.get(reader, 0) + 1
            self._end += 1
        while self._first < self._end and clicks[self._first].at < start:
            reader = clicks[self._first].reader
            counts[reader] -= 1
            if not counts[reader]:
                del counts[reader]
            self._first += 1
        return len(counts)


def find_replays(clicks: Sequence[DeviceClick]) -> set[str]:
    """The ids of the clicks of one device on one issue that repeat another one: all of a replay but its first.

    Arguments:
        clicks: sorted by time and id.
    """
    if not has_many_readers(clicks):
        return set()
    of_link: dict[int, list[DeviceClick]] = {}
    for click in clicks:
        of_link.setdefault(click.link, []).append(click)
    readers = {link: _Readers(those) for link, those in of_link.items()}
    before, after = _Readers(clicks), _Readers(clicks)
    covered: dict[int, int] = {}
    found = set()
    for click in clicks:
        if click.at <= covered.get(click.link, -1):
            found.add(click.id)
        count = readers[click.link].within(click.at, click.at + SPAN + 1)
        if count < MIN_READERS:
            continue
        beside = max(
            before.within(click.at - BESIDE, click.at),
            after.within(click.at + SPAN + 1, click.at + REACH + 1),
        )
        if is_beyond_chance(count, beside):
            covered[click.link] = click.at + SPAN
    return found


def has_many_readers(clicks: Sequence[DeviceClick]) -> bool:
    """Whether one link has clicks of :data:`MIN_READERS` readers within :data:`SPAN`; cheap where there are few.

    Arguments:
        clicks: sorted by time.
    """
    if len(clicks) < MIN_READERS:
        return False
    of_link: dict[int, list[DeviceClick]] = {}
    for click in clicks:
        of_link.setdefault(click.link, []).append(click)
    for those in of_link.values():
        times = [click.at for click in those]
        # So many clicks in the span come first; whose they are is looked at only where there are.
        if any(map(_are_together, times, times[MIN_READERS - 1 :])):
            readers = _Readers(those)
            if any(readers.within(click.at, click.at + SPAN + 1) >= MIN_READERS for click in those):
                return True
    return False


def _are_together(first: int, last: int) -> bool:
    return last - first <= SPAN


@lru_cache(8192)
def is_beyond_chance(count: int, beside: int) -> bool:
    """Whether *count* readers in :data:`SPAN` are too many beside those who came in :data:`BESIDE`.

    The upper tail of the binomial distribution of ``count + beside`` readers, each of whom is in the span with the
    probability ``SPAN / REACH``: the exact conditional test for two Poisson rates (Przyborowski and Wilenski, 1940).
    """
    total, share = count + beside, SPAN / REACH
    if count <= total * share:
        return False
    chance, place = 0.0, count
    while place <= total:
        term = math.exp(
            math.lgamma(total + 1) - math.lgamma(place + 1) - math.lgamma(total - place + 1)
            + place * math.log(share) + (total - place) * math.log1p(-share)
        )  # fmt: skip
        chance += term
        if chance >= CHANCE or term < CHANCE * 1e-6:
            break
        place += 1
    return chance < CHANCE
