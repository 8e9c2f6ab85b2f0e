"""Pace: what the times at which a visitor followed links tell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from statistics import pstdev

_BURST = 1.0
"""Seconds in which a person follows two links only by opening them in tabs."""
_TABS = 6
"""So many links are opened in tabs at a time."""
_MANY = 6
"""So many links at least are followed by whoever goes through a letter."""
_CRAWL = 5.0
"""Average seconds between links of a crawl."""
_READING = 20.0
"""Average seconds between links of somebody who looks at what is behind them."""
_GLANCE = 10.0
"""Average seconds between links of somebody who only glances at what is behind them."""
_EXACT, _ALIKE, _FOREIGN = 0.1, 0.18, 0.35
"""How much gaps differ, as a share of the average: a timer's, and those of a program that waits for answers, and of
one that waits by chance, which is asked of browsers such as machines drive."""
_LOOP, _LONG_LOOP = 9, 20
"""So many requests of one link in a row, as evenly as a program that waits for answers, or as one that waits by chance:
people press a link twice, or come back to it, but not to a beat."""
_RUSH, _RUSH_GAP = 300.0, 15.0
"""Seconds after the delivery, and between links, in which nobody has found the letter, read it and followed three."""
_SAMPLE, _QUICK_SAMPLE = 900.0, 300.0
"""Seconds after the delivery in which machines take samples; the second for pictures alone, and for browsers from
elsewhere such as machines drive."""


def rules_of(
    clicks: Sequence[tuple[float, int]],
    visible: int,
    *,
    is_odd: bool,
    is_reader: bool,
    is_foreign: bool,
    has_opened: bool,
    delivered: float | None,
) -> set[str]:
    """The names of the rules that the pace of a visitor fires.

    Arguments:
        clicks: times in seconds and links, in order of time.
        visible: how many links of the letter a person sees.
        is_odd: whether something else speaks against the visitor.
        is_reader: whether it has a whole browser in the readers' language; then it takes more to be a machine.
        is_foreign: whether it has a browser such as machines drive, in another language; then it takes less.
        has_opened: whether the letter was opened before.
        delivered: when the relay accepted the copy, in seconds; None where unknown.
    """
    if len(clicks) >= _LOOP and _is_loop(clicks):
        return {"loop"}
    steps = _steps(clicks)
    links = len(steps)
    if links < 2:
        return set()
    gaps = [later - at for (at, _), (later, _) in pairwise(steps)]
    pace = fsum(gaps) / len(gaps)
    found = set()
    if links >= _MANY:
        if links >= round(0.6 * visible) and pace <= _CRAWL:
            found.add("crawl")
        if _is_regular(gaps, _EXACT if is_reader else _FOREIGN if is_foreign else _ALIKE):
            found.add("regular")
        if links >= round(0.8 * visible) and _in_order(steps):
            found.add("crawl" if is_odd and (pace <= _GLANCE or not is_reader) else "every-link")
        quick = pace < _GLANCE if is_reader else is_odd or is_foreign or pace < _READING
        if not has_opened and links >= max(8, round(0.9 * visible)) and quick:
            found.add("sweep")
    tabs = links > _TABS and sum(gap <= _BURST for gap in gaps) > links / 2
    if (is_odd or tabs) and min(gaps) <= _BURST:
        found.add("tabs" if is_reader and not tabs else "burst")
    soon = delivered is not None and steps[0][0] - delivered <= _RUSH
    if soon and not has_opened and not is_reader and links >= (2 if is_foreign else 3) and pace <= _RUSH_GAP:
        found.add("rush")
    return found


def _steps(clicks: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """The first click on each link: people follow a link twice, or press a button twice."""
    first: dict[int, float] = {}
    for at, link in clicks:
        first.setdefault(link, at)
    return [(at, link) for link, at in first.items()]


def _is_loop(clicks: Sequence[tuple[float, int]]) -> bool:
    """Whether one link was asked for again and again to a beat; what else the visitor followed does not matter."""
    times: dict[int, list[float]] = {}
    for at, link in clicks:
        times.setdefault(link, []).append(at)
    longest = max(times.values(), key=len)
    if len(longest) < _LOOP:
        return False
    gaps = [later - at for at, later in pairwise(longest)]
    return pstdev(gaps) <= fsum(gaps) / len(gaps) * (_FOREIGN if len(longest) >= _LONG_LOOP else _ALIKE)


def _is_regular(gaps: Sequence[float], alike: float) -> bool:
    """Whether the gaps are so alike as no person's are; of few gaps more is asked."""
    if len(gaps) < 5 or (pace := fsum(gaps) / len(gaps)) < _CRAWL:
        return False
    return pstdev(gaps) / pace <= (_EXACT if len(gaps) < 8 else alike)


def _in_order(steps: Sequence[tuple[float, int]]) -> bool:
    """Whether nearly all links were followed in the order of the letter."""
    up = sum(link < later for (_, link), (_, later) in pairwise(steps))
    return up >= 0.8 * (len(steps) - 1)


def is_sample(first: float, delivered: float | None, *, is_patient: bool) -> bool:
    """Whether a visitor came so soon after the delivery that it took a sample.

    Arguments:
        is_patient: whether it may have waited, as one from a network of machines that follows links.
    """
    seconds = _SAMPLE if is_patient else _QUICK_SAMPLE
    return delivered is not None and -seconds <= first - delivered <= seconds
