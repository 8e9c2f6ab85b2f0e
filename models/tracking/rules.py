"""The rules by which hits are judged: their names, versions, and how sure each one is alone.

A rule says how sure it is, alone, that a hit was not a person's. ``docs/verdicts.md`` says what each stands on.
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
    """A machine fetched it because a person opened the letter: counts as an open, says nothing of where."""
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
    NEIGHBOURS = "neighbours"


class Rule(NamedTuple):
    """One reason for not taking a hit for a person's."""

    name: str
    version: int
    verdict: Verdict
    certainty: float
    """From 0 to 1, where this rule alone fires."""
    scope: RuleScope = RuleScope.HIT

    @property
    def mark(self) -> str:
        """How a hit keeps it: ``NAME@VERSION``."""
        return f"{self.name}@{self.version}"


_SCANNER, _PREFETCH = Verdict.SCANNER, Verdict.PREFETCH
_DELIVERY, _NEIGHBOURS = RuleScope.DELIVERY, RuleScope.NEIGHBOURS
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
        Rule("honeypot", 1, _SCANNER, 1.0, _NEIGHBOURS),
        Rule("near-honeypot", 1, _SCANNER, 0.9, _NEIGHBOURS),
        Rule("every-link", 1, _SCANNER, 0.95, _NEIGHBOURS),
        Rule("burst", 1, _SCANNER, 0.9, _NEIGHBOURS),
        Rule("head-then-get", 1, _SCANNER, 0.9, _NEIGHBOURS),
        Rule("same-device", 1, _SCANNER, 0.9, _NEIGHBOURS),
        Rule("flood", 1, _SCANNER, 0.9, _NEIGHBOURS),
    )
}
PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")
"""The headers in which a browser says that it fetches something ahead."""
HEADERS = ("accept", "accept-language", "sec-fetch-dest", "sec-ch-ua", *PURPOSES)
"""The headers, beside the agent, that rules look at, and so the only ones that are kept."""
SURE = 80
"""A verdict whose certainty (in percent) is below this one is shown as a range."""
FLOOD = 2000
"""Hits of one copy after which neighbours are no longer looked at: nobody reads a letter so often."""
NEARBY_SECONDS = 1200.0
"""Seconds on either side of a hit in which others can tell something about it."""
INFLUENCE_SECONDS = NEARBY_SECONDS + 60
"""Seconds beyond which hits of a copy have no bearing on each other, not even through a third one between them."""
EARLY_SECONDS = 30
"""Seconds after the delivery in which a hit is judged by it."""
