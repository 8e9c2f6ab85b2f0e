"""What scanners have in common: the reader behind them, the links that they take, and how they go through these."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import office_readers
from .address_space import address
from .home_readers import reads
from .programs import Browser
from .reading_scene import Scene

Where = Callable[[], str]
Who = Callable[[], Browser]


def person(s: Scene, after: float = 0.0, share: float = 0.62, source: str = "reader behind") -> list[tuple[float, int]]:
    """The reader at the office for whom the letter is; two of three read at all."""
    if not s.chance(0.66):
        return []
    at, where, browser = max(office_readers.work_hours(s), after + 30), address(s.rng, "office"), office_readers.edge(s)
    s.open(at, where, office_readers.outlook_picture(s) if s.chance(0.7) else browser, source=source)
    return reads(s, at, browser, lambda: where, share, source)


def targets(s: Scene, part: float = 1.0, trap: float = 0.92) -> list[int]:
    """Links that a program takes out of the letter, 0 the trap, in its order."""
    found = [link for link in range(1, s.links + 1) if s.chance(part)] or [1]
    if s.chance(trap):
        found.insert(s.rng.randint(0, len(found)), 0)
    return found


def crawl(
    s: Scene,
    start: float,
    links: Sequence[int],
    where: Where,
    who: Who,
    gap: Callable[[], float],
    method: str = "GET",
    pixel: float = 0.0,
    source: str = "",
    told: bool = True,
) -> float:
    """Requests one after the other; ``method`` may be GET, HEAD or HEAD+GET. Gives the end."""
    at = start
    if s.chance(pixel):
        s.open(at, where(), who(), "machine", source, told)
        at += gap()
    for link in links:
        for one in method.split("+"):
            s.click(at, link, where(), who(), "machine", source, told, one)
            at += 0.05 + s.rng.random() * 0.2 if one == "HEAD" and method != "HEAD" else gap()
    return at
