"""Pace: what the times at which a visitor followed links tell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, pstdev

_BURST = 1.0
"""Seconds in which a person follows two links only by opening them in tabs."""
_TABS = 6
"""So many links are opened in tabs at a time."""
_CRAWL = 5.0
"""Average seconds between links of a crawl."""
_READING = 20.0
"""Average seconds between links of somebody who looks at what is behind them."""
_RUSH, _RUSH_GAP = 300.0, 15.0
"""Seconds after the delivery, and between links, in which nobody has found the letter, read it and followed three."""
_SAMPLE, _PICTURE_SAMPLE = 900.0, 300.0
"""Seconds after the delivery in which machines take samples: of links, and of pictures alone."""


def rules_of(
    clicks: Sequence[tuple[float, int]], visible: int, *, is_odd: bool, has_opened: bool, delivered: float | None
) -> set[str]:
    """The names of the rules that the pace of a visitor fires.

    Arguments:
        clicks: times in seconds and links, in order of time.
        visible: how many links of the letter a person sees.
        is_odd: whether something else speaks against the visitor.
        has_opened: whether the letter was opened before.
        delivered: when the relay accepted the copy, in seconds; None where unknown.
    """
    steps = _steps(clicks)
    links = len({link for _, link in steps})
    if links < 2:
        return set()
    gaps = [later - at for (at, _), (later, _) in pairwise(steps)]
    found = set()
    if links >= max(6, round(0.6 * visible)) and _rapid(steps, links):
        found.add("crawl")
    if _is_regular(gaps):
        found.add("regular")
    if min(gaps) <= _BURST and (is_odd or (links > _TABS and sum(gap <= _BURST for gap in gaps) > links / 2)):
        found.add("burst")
    if links >= max(6, round(0.8 * visible)) and _in_order(steps):
        found.add("crawl" if is_odd else "every-link")
    if not has_opened:
        if links >= max(8, round(0.9 * visible)) and (is_odd or fmean(gaps) < _READING):
            found.add("sweep")
        if links >= 3 and delivered is not None and steps[0][0] - delivered <= _RUSH and fmean(gaps) <= _RUSH_GAP:
            found.add("rush")
    return found


def _steps(clicks: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
    """The first click on each link: people follow a link twice, or press a button twice."""
    first: dict[int, float] = {}
    for at, link in clicks:
        first.setdefault(link, at)
    return [(at, link) for link, at in first.items()]


def _rapid(steps: Sequence[tuple[float, int]], links: int) -> bool:
    return (steps[-1][0] - steps[0][0]) / (links - 1) <= _CRAWL


def _is_regular(gaps: Sequence[float]) -> bool:
    """Whether the gaps are so alike as no person's are."""
    if len(gaps) < 5 or fmean(gaps) < _CRAWL:
        return False
    spread = pstdev(gaps) / fmean(gaps)
    return spread <= (0.1 if len(gaps) < 8 else 0.18)


def _in_order(steps: Sequence[tuple[float, int]]) -> bool:
    """Whether nearly all links were followed in the order of the letter."""
    up = sum(link < later for (_, link), (_, later) in pairwise(steps))
    return up >= 0.8 * (len(steps) - 1)


def is_sample(first: float, delivered: float | None, *, has_clicks: bool) -> bool:
    """Whether a visitor from a network of machines came so soon after the delivery that it took a sample."""
    seconds = _SAMPLE if has_clicks else _PICTURE_SAMPLE
    return delivered is not None and -seconds <= first - delivered <= seconds
