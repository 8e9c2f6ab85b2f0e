"""One letter on its way through readers and machines: who asks, and what they ask for, in seconds after delivery."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp

from .browsers import Browser
from .networks import Address
from .records import HEADERS, Request


def lognormal(rng: random.Random, median: float, sigma: float, low: float = 0.0, high: float = 1e8) -> float:
    """A delay in seconds with that *median*, drawn again until it lies between *low* and *high*."""
    for _ in range(100):
        value = median * exp(rng.gauss(0, sigma))
        if low <= value <= high:
            return value
    return min(max(median, low), high)


@dataclass(frozen=True)
class Visitor:
    """Somebody or something that asks, with the same program, from one place or from several."""

    browser: Browser
    address: Address
    by: str = "machine"
    tellable: bool = True
    source: str = ""
    """The kind, where it is another than the copy's."""


@dataclass(frozen=True)
class Issue:
    """What the copies of one issue share."""

    number: int
    sent: float
    """When the first copy was accepted, in seconds since 1970."""
    links: int
    recorded: frozenset[str]
    """The headers that the front end wrote down."""
    clock: float
    """Seconds by which the front end's clock is ahead of the relay's."""
    mapped: bool = False
    """Whether IPv4 addresses are written as IPv6 ones (RFC 4291, section 2.5.5.2)."""
    trap: float = 1.0
    """Where the trap stands in the letter: 0 before the first link, 1 after the last."""
    seed: str = ""

    def shared(self, name: str) -> random.Random:
        """Random numbers that are the same for all copies of this issue: a shared exit, an attacker's machine."""
        return random.Random(f"{self.seed}/{self.number}/{name}")


@dataclass
class Letter:
    """A copy under construction."""

    issue: Issue
    delivered: float
    source: str
    rng: random.Random
    requests: list[Request] = field(default_factory=list)

    @property
    def links(self) -> int:
        """The number of ordinary links."""
        return self.issue.links

    def records(self, name: str) -> bool:
        """Whether the front end wrote this header down: without it, some machines have no telling sign left."""
        return name in self.issue.recorded

    def open(self, at: float, visitor: Visitor, method: str = "GET", **headers: str) -> None:
        """A request for the pixel, *at* seconds after delivery."""
        self._add(at, "open", visitor, method, visitor.browser.image, headers)

    def view(self, at: float, visitor: Visitor, method: str = "GET", **headers: str) -> None:
        """A request for the web view of the letter."""
        self._add(at, "view", visitor, method, visitor.browser.page, headers)

    def click(self, at: float, visitor: Visitor, link: int, method: str = "GET", **headers: str) -> None:
        """A request for link number *link*; 0 is the trap."""
        self._add(at, "click", visitor, method, visitor.browser.page, headers, link)

    def in_order(self) -> list[int]:
        """All links as they stand in the letter, 0 for the trap."""
        found = list(range(1, self.links + 1))
        found.insert(round(self.issue.trap * self.links), 0)
        return found

    def crawl(
        self, start: float, visitor: Visitor, links: Sequence[int], gap: float, sigma: float = 0.6, method: str = "GET"
    ) -> float:
        """Ask for *links* one after the other, log-normal gaps with a median of *gap* seconds; returns when it
        ended."""
        at = start
        for link in links:
            self.click(at, visitor, link, method)
            at += lognormal(self.rng, gap, sigma)
        return at

    def _add(
        self,
        at: float,
        kind: str,
        visitor: Visitor,
        method: str,
        sent: dict[str, str],
        more: dict[str, str],
        link: int = 0,
    ) -> None:
        if visitor.by != "machine":
            at = max(at, 0.3)  # Nobody reads what has not come.
        known = {**sent, **{name.replace("_", "-"): value for name, value in more.items()}}
        headers = {name: known.get(name, "") for name in HEADERS if name in self.issue.recorded}
        client = visitor.address()
        if self.issue.mapped and ":" not in client:
            client = f"::ffff:{client}"
        self.requests.append(
            Request(
                at=round(at, 3), kind=kind, link=link, trap=kind == "click" and not link, method=method, client=client,
                agent=visitor.browser.agent, headers=headers, by=visitor.by, source=visitor.source or self.source,
                tellable=visitor.tellable,
            )
        )  # fmt: skip


def named(visitor: Visitor, source: str) -> Visitor:
    """*visitor* under another kind's name, in a mixture."""
    return replace(visitor, source=source)
