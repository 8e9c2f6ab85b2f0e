"""A generator that somebody wrote who had not seen the rules: what they say of its traffic is mostly right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from models.tracking.verdict import judge

from ..models.tracking.test_plain_judging import event
from ..simulator.import_traffic import JudgedCopy, Verdict
from ..simulator.records import HEADERS, Copy
from ..simulator.score import below, score
from . import unknown_networks
from .traffic_letters import KINDS, SHARES, traffic

SEED, COPIES = 31, 1_600
KNOWN = {
    ("tellable", "clicks", "precision"): 0.99, ("tellable", "clicks", "recall"): 0.985,
    ("tellable", "opens", "precision"): 0.99, ("tellable", "opens", "recall"): 0.99,
    ("tellable", "pairs", "precision"): 0.99, ("tellable", "pairs", "recall"): 0.985,
}  # fmt: skip
"""Lower than what eight seeds gave: one seed varies, as a copy with many requests is missed or not."""
UNKNOWN = {("tellable", "clicks", "precision"): 0.96, ("tellable", "clicks", "recall"): 0.985}


def judged(copies: list[Copy]) -> list[JudgedCopy]:
    """Each copy with the verdicts on its requests, without a database."""
    found = []
    for copy in copies:
        events = [event(copy, request) for request in copy.requests]
        verdicts = judge(events, delivered=copy.delivered, links=copy.links + 1)
        found.append(JudgedCopy(copy, [Verdict(one.verdict.value, one.certainty) for one in verdicts]))
    return found


@pytest.mark.parametrize(("made", "least"), [(traffic, KNOWN), (unknown_networks.traffic, UNKNOWN)])
def test_people_are_told_from_machines(
    made: Callable[[int, int], list[Copy]], least: dict[tuple[str, str, str], float]
) -> None:
    copies = made(SEED, COPIES)
    assert below(score(judged(copies)), least) == []


def test_every_kind_is_in_a_module_and_says_what_it_is() -> None:
    assert len(KINDS) == len(SHARES) > 100
    assert [name for name, kind in KINDS.items() if not kind.__doc__] == []


def test_requests_are_what_a_front_end_records() -> None:
    requests = [request for copy in traffic(SEED, 300) for request in copy.requests]
    assert {name for request in requests for name in request.headers} <= set(HEADERS)
    assert {request.by for request in requests} == {"person", "proxy", "machine"}
    assert all(request.at >= -1 and 0 <= request.link <= 60 for request in requests)
