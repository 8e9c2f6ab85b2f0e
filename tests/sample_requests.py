"""Requests for tests: single ones by hand, and those of every kind of reader and machine that the simulator knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from models.tracking.rules import HitKind
from tests.simulator.simulate import KINDS, Request, traffic_of

__all__ = ["KINDS", "SampleRequest", "traffic"]

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.6 Mobile/15E148 Safari/604.1"
)
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSER = {"accept": PAGE, "accept-language": "ja,en-US;q=0.7", "sec-fetch-dest": "document"}


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """One request for a letter's pixel, link or web view."""

    kind: HitKind
    link: int
    """The number of the link; 0 for pixel and web view."""
    at: float
    """Seconds after the relay took the letter; before it where negative."""
    client: str
    agent: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)


def traffic(kind: str, copies: int, seed: int = 1, links: int = 16) -> Iterator[list[SampleRequest]]:
    """The requests of *copies* readers of one kind, each list in the order of time.

    Arguments:
        links: how many links the issue has; the last one is the trap, and longer letters are folded into the others.

    Raises:
        KeyError: there is no such kind.
    """
    for copy in traffic_of(kind, seed, copies):
        yield [_request(one, links) for one in copy.requests]


def _request(one: Request, links: int) -> SampleRequest:
    link = (links if one.trap else (one.link - 1) % (links - 1) + 1) if one.kind == "click" else 0
    return SampleRequest(HitKind(one.kind), link, one.at, one.client, one.agent or "", one.method, one.headers)
