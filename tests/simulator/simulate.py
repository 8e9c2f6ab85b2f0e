"""Traffic of mail: copies of letters over months, with every request labelled by who made it.

Written from published behaviour alone, by somebody who had not seen the rules that judge; the rules must not be written
with this in sight either. **Rules are tuned on seeds 1 to 20 and reported on seeds 101 and up.** Change a kind
because a
published fact says so, never because a verdict came out wrong.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from . import click_checkers, crawlers, echoes, gateways, mixtures, people, previewers, proxies, scanners, shared_exits
from .browsers import DAY
from .kinds import GENERATORS, KINDS, WEIGHTS
from .letter import Issue, Letter, lognormal
from .records import HEADERS, Copy, Kind, Request

__all__ = ["KINDS", "Copy", "Kind", "Request", "traffic", "traffic_of"]
MODULES = (
    people, shared_exits, proxies, gateways, scanners, click_checkers, echoes, previewers, crawlers, mixtures,
)  # fmt: skip
FIRST_DAY, LAST_DAY = 1_746_057_600.0, 1_788_220_800.0  # May 2025 to September 2026: later clicks lie in the past, too.
COPIES_OF_AN_ISSUE = 60


def traffic(seed: int, copies: int, per_issue: int = COPIES_OF_AN_ISSUE) -> list[Copy]:
    """Copies of all kinds, by plausible weights, over months; the same for the same seed.

    Arguments:
        seed: 1 to 20 for tuning, 101 and up for reports.
        copies: how many letters to one reader each.
        per_issue: how many of them, on average, are of the same issue.
    """
    return _copies(f"all/{seed}", list(WEIGHTS), copies, per_issue)


def traffic_of(kind: str, seed: int, copies: int) -> list[Copy]:
    """Copies of one kind.

    Raises:
        KeyError: there is no such kind.
    """
    KINDS[kind]
    return _copies(f"{kind}/{seed}", [kind], copies, COPIES_OF_AN_ISSUE)


def _copies(seed: str, names: Sequence[str], copies: int, per_issue: int) -> list[Copy]:
    rng = random.Random(seed)
    issues = _issues(rng, seed, max(3, copies // per_issue))
    chosen = rng.choices(names, [WEIGHTS[name] for name in names], k=copies)
    # With enough copies every kind occurs, also those that are rare.
    for place, name in zip(rng.sample(range(copies), min(copies, len(names))), names, strict=False):
        if copies >= 10 * len(names):
            chosen[place] = name
    # Who lifts an article does so in one issue.
    return [
        _copy(f"{seed}/{n}", issues[0] if name == "ballot_stuffer" else rng.choice(issues), name)
        for n, name in enumerate(chosen)
    ]


def _issues(rng: random.Random, seed: str, count: int) -> list[Issue]:
    """Issues of a newsletter or several, weeks apart, on working days in the day."""
    found = []
    for number in range(count):
        day = rng.uniform(FIRST_DAY, LAST_DAY) // DAY * DAY
        sent = day + rng.choice([0.5, 1, 2, 6, 8]) * 3600  # 9:30 to 17:00 in Japan
        # Short letters are common, long ones exist.
        links = rng.randint(3, 12) if rng.random() < 0.5 else rng.randint(8, 60)
        found.append(
            Issue(
                number, sent, links, _recorded(rng), rng.gauss(0, 0.25) if rng.random() < 0.9 else rng.uniform(-3, 3),
                mapped=rng.random() < 0.04, trap=rng.choice([1.0, 1.0, 1.0, 0.95, rng.random()]), seed=seed,
            )
        )  # fmt: skip
    return found


def _recorded(rng: random.Random) -> frozenset[str]:
    """What the front end writes down: mostly everything, some only two headers, some none but the agent."""
    chosen = rng.random()
    if chosen < 0.86:
        return frozenset(HEADERS)
    return frozenset(("accept", "accept-language")) if chosen < 0.93 else frozenset()


def _copy(seed: str, issue: Issue, name: str) -> Copy:
    rng = random.Random(seed)
    letter = Letter(issue, issue.sent + lognormal(rng, 240, 1.1, 0, 4 * 3600), name, rng)
    GENERATORS[name](letter)
    requests = sorted(_noise(rng, issue, letter.requests), key=lambda request: request.at)
    return Copy(name, letter.delivered, issue.links, requests)


def _noise(rng: random.Random, issue: Issue, requests: Sequence[Request]) -> list[Request]:
    """What happens on the way: clocks apart, a request written down twice, one lost, one repeated by the client."""
    found = []
    for request in requests:
        if rng.random() < 0.003:
            continue
        at = request.at + issue.clock
        kept = replace(request, at=round(at, 3))
        found.append(kept)
        if rng.random() < 0.004:  # A front end that repeats after an error of the one behind it.
            found.append(replace(kept, at=round(at + rng.uniform(0.001, 0.03), 3)))
        elif rng.random() < 0.004:  # A client whose connection broke.
            found.append(replace(kept, at=round(at + rng.uniform(0.3, 4), 3)))
    return found
