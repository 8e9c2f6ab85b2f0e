"""The rules by which hits are judged: their names, versions and certainties.

A rule's certainty is how sure it is by itself that a hit was not a person's. ``docs/verdicts.md`` gives its grounds.
"""

from __future__ import annotations

import enum
from typing import NamedTuple


class HitKind(enum.Enum):
    """What was asked for."""

    OPEN = "open"
    CLICK = "click"
    VIEW = "view"


class Verdict(enum.Enum):
    """What a hit was."""

    HUMAN = "human"
    PROXY = "proxy"
    """A machine fetched it because a person opened the letter: counts as an open, without the place."""
    PREFETCH = "prefetch"
    """A machine fetched it ahead, for a person who may never come."""
    SCANNER = "scanner"
    UNKNOWN = "unknown"

    def is_person(self, kind: HitKind) -> bool:
        """Whether a hit of *kind* with this verdict counts as a person's."""
        return self is Verdict.HUMAN or (self is Verdict.PROXY and kind is HitKind.OPEN)


class RuleScope(enum.Enum):
    """What a rule looks at."""

    HIT = "hit"
    DELIVERY = "delivery"
    COPY = "copy"
    ISSUE = "issue"
    """At the hits of many readers' copies; see :mod:`models.tracking.across_copies`."""


class Rule(NamedTuple):
    """One reason to take a hit for a machine's."""

    name: str
    version: int
    verdict: Verdict
    certainty: float
    """From 0 to 1, if only this rule fires."""
    scope: RuleScope = RuleScope.HIT

    @property
    def mark(self) -> str:
        """How a hit keeps it: ``NAME@VERSION``."""
        return f"{self.name}@{self.version}"


_SCANNER, _PREFETCH = Verdict.SCANNER, Verdict.PREFETCH
_DELIVERY, _COPY = RuleScope.DELIVERY, RuleScope.COPY
RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("head", 1, _SCANNER, 1.0),
        Rule("prefetch-header", 1, _PREFETCH, 0.99),
        Rule("no-agent", 1, _SCANNER, 0.9),
        Rule("tool-agent", 1, _SCANNER, 0.95),
        Rule("scanner-agent", 1, _SCANNER, 0.97),
        Rule("scanner-range", 1, _SCANNER, 0.85),
        Rule("shared-cloud", 1, _SCANNER, 0.6),
        Rule("previewer", 1, _PREFETCH, 0.96),
        Rule("gmail-prefetch", 1, _PREFETCH, 0.95),
        Rule("apple-prefetch", 1, _PREFETCH, 0.78),
        Rule("image-proxy", 1, Verdict.PROXY, 0.85),
        Rule("bare-agent", 1, _SCANNER, 0.9),
        Rule("no-language", 1, _SCANNER, 0.5),
        Rule("odd-accept", 1, _SCANNER, 0.5),
        Rule("impossible-headers", 1, _SCANNER, 0.8),
        Rule("early-open", 1, _PREFETCH, 0.9, _DELIVERY),
        Rule("early-click", 1, _SCANNER, 0.9, _DELIVERY),
        Rule("soon-click", 1, _SCANNER, 0.3, _DELIVERY),
        Rule("honeypot", 1, _SCANNER, 1.0, _COPY),
        Rule("near-honeypot", 1, _SCANNER, 0.9, _COPY),
        Rule("every-link", 1, _SCANNER, 0.95, _COPY),
        Rule("burst", 1, _SCANNER, 0.9, _COPY),
        Rule("head-then-get", 1, _SCANNER, 0.9, _COPY),
        Rule("same-device", 1, _SCANNER, 0.9, _COPY),
        Rule("flood", 1, _SCANNER, 0.9, _COPY),
        Rule("across-copies", 1, Verdict.UNKNOWN, 0.5, RuleScope.ISSUE),
    )
}
PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
"""The headers in which a browser says that it prefetches."""
HEADERS = ("accept", "accept-language", "sec-fetch-dest", "sec-ch-ua", *PURPOSES)
"""The headers besides the agent that rules use, and so the only ones that are kept."""
SURE = 80
"""Verdicts with a lower certainty (in percent) are shown as a range."""
FLOOD = 2000
"""With more hits, those of a copy are no longer compared: nobody reads a letter so often."""
NEARBY_SECONDS = 1200.0
"""Seconds before and after a hit in which other hits can change its verdict."""
INFLUENCE_SECONDS = NEARBY_SECONDS + 60
"""Seconds beyond which hits of a copy cannot change each other's verdicts, not even through a third one."""
EARLY_SECONDS = 30
"""Seconds after the delivery in which a hit is judged by how early it came."""
