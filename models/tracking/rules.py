"""The rules by which hits are judged: their names, versions and weights.

A weight says how much more often a rule fires on machines than on people: ten points are ten times as often, twenty a
hundred times; below zero, it fires that much more often on people. Rules of one family look at the same thing, so of
each family only the strongest counts. ``docs/verdicts.md`` gives the source of each rule.
"""

from __future__ import annotations

import enum
from typing import NamedTuple


class HitKind(enum.Enum):
    """What was asked for."""

    OPEN = "open"
    CLICK = "click"
    VIEW = "view"

    __hash__ = object.__hash__  # The one of Enum is written in Python, and hits are looked up by kind all the time.


class Verdict(enum.Enum):
    """What a hit was."""

    HUMAN = "human"
    PROXY = "proxy"
    """A machine fetched it because a person opened the letter: counts as an open, without the place."""
    PREFETCH = "prefetch"
    """A machine fetched it ahead, for a person who may never come."""
    SCANNER = "scanner"
    UNKNOWN = "unknown"

    __hash__ = object.__hash__

    def is_person(self, kind: HitKind) -> bool:
        """Whether a hit of *kind* with this verdict counts as a person's."""
        return self is Verdict.HUMAN or (self is Verdict.PROXY and kind is HitKind.OPEN)


class RuleScope(enum.Enum):
    """What a rule looks at."""

    HIT = "hit"
    """The request by itself: headers, agent, address."""
    DELIVERY = "delivery"
    """The time since the delivery."""
    COPY = "copy"
    """The visitor who sent it, and the other visitors of the same copy."""
    ISSUE = "issue"
    """The hits of many readers' copies; see :mod:`models.tracking.across_copies`."""


class Family(enum.Enum):
    """What rules look at alike; of each family only the strongest rule that fires counts."""

    REQUEST = "request"
    AGENT = "agent"
    HEADERS = "headers"
    NETWORK = "network"
    TIME = "time"
    PACE = "pace"
    COMPANY = "company"
    BROWSER = "browser"
    ENGINE = "engine"
    LANGUAGE = "language"
    READING = "reading"
    KEPT = "kept"


class Rule(NamedTuple):
    """One reason to take a hit for a machine's, or for a person's."""

    name: str
    version: int
    verdict: Verdict
    points: int
    """How much it weighs: ten for ten times as often on machines; below zero it speaks for a person."""
    family: Family
    scope: RuleScope = RuleScope.HIT

    @property
    def mark(self) -> str:
        """How a hit keeps it: ``NAME@VERSION``."""
        return f"{self.name}@{self.version}"


_HUMAN, _SCANNER, _PREFETCH = Verdict.HUMAN, Verdict.SCANNER, Verdict.PREFETCH
_DELIVERY, _COPY = RuleScope.DELIVERY, RuleScope.COPY
CERTAIN = 60
"""Points of what no person ever does."""
RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("head", 2, _SCANNER, CERTAIN, Family.REQUEST),
        Rule("honeypot", 2, _SCANNER, CERTAIN, Family.REQUEST, _COPY),
        Rule("prefetch-header", 2, _PREFETCH, CERTAIN, Family.REQUEST),
        Rule("flood", 1, _SCANNER, CERTAIN, Family.REQUEST, _COPY),
        Rule("scanner-agent", 2, _SCANNER, 25, Family.AGENT),
        Rule("tool-agent", 2, _SCANNER, 25, Family.AGENT),
        Rule("previewer", 2, _PREFETCH, 25, Family.AGENT),
        Rule("gmail-prefetch", 2, _PREFETCH, 25, Family.AGENT),
        Rule("apple-prefetch", 2, _PREFETCH, 12, Family.AGENT),
        Rule("translator", 1, _HUMAN, -20, Family.AGENT),
        Rule("image-proxy", 2, Verdict.PROXY, 0, Family.AGENT),
        Rule("no-agent", 2, _SCANNER, 18, Family.AGENT),
        Rule("bare-agent", 2, _SCANNER, 18, Family.AGENT),
        Rule("ancient-browser", 1, _SCANNER, 14, Family.AGENT),
        Rule("dated-browser", 1, _SCANNER, 9, Family.AGENT),
        Rule("odd-agent", 1, _SCANNER, 7, Family.AGENT),
        Rule("desktop-linux", 1, _SCANNER, 3, Family.AGENT),
        Rule("unrecorded", 1, _SCANNER, 0, Family.AGENT),
        Rule("bare-headers", 1, _SCANNER, 14, Family.HEADERS),
        Rule("impossible-headers", 2, _SCANNER, 12, Family.HEADERS),
        Rule("odd-accept", 2, _SCANNER, 8, Family.HEADERS),
        Rule("imitated-browser", 1, _SCANNER, 7, Family.HEADERS),
        Rule("no-language", 3, _SCANNER, 4, Family.LANGUAGE),
        Rule("foreign-language", 1, _SCANNER, 4, Family.LANGUAGE),
        Rule("scanner-range", 2, _SCANNER, 14, Family.NETWORK),
        Rule("cloud", 1, _SCANNER, 8, Family.NETWORK),
        Rule("web-gateway", 1, _SCANNER, 2, Family.NETWORK),
        Rule("early-open", 2, _PREFETCH, 20, Family.TIME, _DELIVERY),
        Rule("proxy-ahead", 1, _PREFETCH, 20, Family.TIME, _DELIVERY),
        Rule("early-click", 2, _SCANNER, 20, Family.TIME, _DELIVERY),
        Rule("soon-click", 2, _SCANNER, 8, Family.TIME, _DELIVERY),
        Rule("first-minute", 1, _SCANNER, 2, Family.TIME, _DELIVERY),
        Rule("trap", 1, _SCANNER, 40, Family.COMPANY, _COPY),
        Rule("asks-twice", 1, _SCANNER, 18, Family.COMPANY, _COPY),
        Rule("rotating", 4, _SCANNER, 18, Family.COMPANY, _COPY),
        Rule("echo", 2, _SCANNER, 12, Family.COMPANY, _COPY),
        Rule("machine-before", 1, _SCANNER, 8, Family.COMPANY, _COPY),
        Rule("crawl", 2, _SCANNER, 20, Family.PACE, _COPY),
        Rule("regular", 2, _SCANNER, 18, Family.PACE, _COPY),
        Rule("loop", 1, _SCANNER, 30, Family.PACE, _COPY),
        Rule("burst", 4, _SCANNER, 13, Family.PACE, _COPY),
        Rule("tabs", 1, _SCANNER, 5, Family.PACE, _COPY),
        Rule("every-link", 3, _SCANNER, 3, Family.PACE, _COPY),
        Rule("sweep", 2, _SCANNER, 10, Family.PACE, _COPY),
        Rule("rush", 2, _SCANNER, 14, Family.PACE, _COPY),
        Rule("rescan", 2, _SCANNER, 8, Family.COMPANY, _COPY),
        Rule("sampler", 4, _SCANNER, 8, Family.PACE, _COPY),
        Rule("across-copies", 1, Verdict.UNKNOWN, 0, Family.COMPANY, RuleScope.ISSUE),
        Rule("kept-machine", 1, _SCANNER, 30, Family.KEPT),
        Rule("kept-unsure", 1, Verdict.UNKNOWN, 8, Family.KEPT),
        Rule("kept-human", 1, _HUMAN, -8, Family.KEPT),
        Rule("browser", 2, _HUMAN, -8, Family.BROWSER),
        Rule("page-accept", 2, _HUMAN, -4, Family.BROWSER),
        Rule("browser-agent", 2, _HUMAN, -3, Family.BROWSER),
        Rule("reader-language", 1, _HUMAN, -3, Family.LANGUAGE),
        Rule("other-engine", 1, _HUMAN, -5, Family.ENGINE),
        Rule("telephone", 1, _HUMAN, -5, Family.ENGINE),
        Rule("opened", 1, _HUMAN, -5, Family.READING, _COPY),
        Rule("followed", 2, Verdict.PROXY, 0, Family.READING, _COPY),
    )
}
KEPT = {
    Verdict.HUMAN: "kept-human", Verdict.PROXY: "kept-human", Verdict.UNKNOWN: "kept-unsure",
    Verdict.SCANNER: "kept-machine", Verdict.PREFETCH: "kept-machine",
}  # fmt: skip
"""By verdict the one rule that is kept of a hit whose reader must not be identified."""
RETIRED: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("shared-cloud", 1, _SCANNER, 8, Family.NETWORK),
        Rule("near-honeypot", 1, _SCANNER, 15, Family.COMPANY, _COPY),
        Rule("head-then-get", 1, _SCANNER, 15, Family.COMPANY, _COPY),
        Rule("same-device", 1, _SCANNER, 15, Family.COMPANY, _COPY),
    )
}
"""Rules that no longer fire, but that hits kept whose details are deleted."""
PRIOR = {HitKind.CLICK: -4, HitKind.VIEW: -4, HitKind.OPEN: -11}
"""Points of a hit of which nothing is known."""
MACHINE_FROM, HUMAN_UNTIL = 5, -4
"""The sums of points from which a hit is a machine's, and up to which a person's; ``unknown`` between."""
PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
"""The headers in which a browser says that it prefetches."""
HEADERS = (
    "accept", "accept-language", "sec-fetch-dest", "sec-fetch-mode", "sec-ch-ua", "sec-ch-ua-mobile",
    "sec-ch-ua-platform", *PURPOSES,
)  # fmt: skip
"""The headers besides the agent that rules use, and so the only ones that are kept."""
SURE = 98
"""Verdicts of at least this certainty (in percent) are counted apart from others among daily hits."""
FLOOD = 2000
"""Hits of a copy that are compared; later ones count for nobody, as nobody reads a letter so often."""
