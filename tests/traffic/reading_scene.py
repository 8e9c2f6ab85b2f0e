"""One copy of one letter while requests for it are gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log
from random import Random

from ..simulator.records import Request
from .programs import Browser

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass
class Scene:
    """A copy: its letter, and what came of it so far."""

    rng: Random
    name: str
    delivered: float
    links: int
    requests: list[Request] = field(default_factory=list)
    shared: dict[str, str] = field(default_factory=dict)
    """Addresses that the copies of one letter have in common (exits of halls, gateways)."""

    def open(
        self,
        at: float,
        client: str,
        browser: Browser,
        by: str = "person",
        source: str = "",
        told: bool = True,
        method: str = "GET",
    ) -> None:
        """A load of the pixel."""
        self._add(at, "open", 0, False, method, client, browser.agent, browser.image, by, source, told)

    def click(
        self,
        at: float,
        link: int,
        client: str,
        browser: Browser,
        by: str = "person",
        source: str = "",
        told: bool = True,
        method: str = "GET",
        **extra: str,
    ) -> None:
        """A request of a link; of link 0: of the trap."""
        sent = {**browser.page, **{name.replace("_", "-"): value for name, value in extra.items()}}
        self._add(at, "click", link, link == 0, method, client, browser.agent, sent, by, source, told)

    def view(
        self, at: float, client: str, browser: Browser, by: str = "person", source: str = "", told: bool = True
    ) -> None:
        """A request of the letter in the browser."""
        self._add(at, "view", 0, False, "GET", client, browser.agent, browser.page, by, source, told)

    def _add(
        self, at: float, kind: str, link: int, trap: bool, method: str, client: str, agent: str | None,
        sent: Mapping[str, str], by: str, source: str, told: bool,
    ) -> None:  # fmt: skip
        at = round(min(max(at, -1.0), 121 * DAY), 3)
        self.requests.append(
            Request(at, kind, link, trap, method, client, agent, dict(sent), by, source or self.name, told)
        )

    def spread(self, middle: float, factor: float) -> float:
        """A log-normal time: two of three lie within ``factor`` of the middle."""
        return exp(self.rng.gauss(log(middle), log(factor)))

    def chance(self, share: float) -> bool:
        """Whether it happens."""
        return self.rng.random() < share

    def link(self) -> int:
        """A link that a person likes: the upper ones more, as heat maps of newsletters show."""
        return (
            min(self.links, 1 + int(self.rng.paretovariate(0.9)) - 1)
            if self.chance(0.7)
            else self.rng.randint(1, self.links)
        )

    def wanted(self, most: int = 6) -> list[int]:
        """The links that a person follows, in the order of the letter mostly."""
        count = 1
        while count < most and self.chance(0.34):
            count += 1
        found = list(dict.fromkeys(self.link() for _ in range(count)))
        return sorted(found) if self.chance(0.8) else found

    def opening(self) -> float:
        """When a person first opens: minutes to days, seldom at once, never at night in Japan (UTC+9)."""
        at = self.spread(2.5 * HOUR, 5.0)
        if self.chance(0.06):
            at = self.spread(40, 2.0)
        hour = (self.delivered + at) / HOUR % 24 + 9
        if hour % 24 < 6 and self.chance(0.9):
            at += (7 - hour % 24 + self.rng.random() * 3) * HOUR
        return max(6.0, at)
