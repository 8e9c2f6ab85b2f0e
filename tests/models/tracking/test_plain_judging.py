"""Judging quickly and judging plainly give the same verdicts: on random copies, and on the simulator's traffic."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.tracking import known
from models.tracking.hit import format_headers
from models.tracking.judging.visitor import MACHINE_NETWORKS, RUN_GAP
from models.tracking.rules import HEADERS, RULES, HitKind, RuleScope
from models.tracking.verdict import Event, device_of, judge, marks, network_of
from tests.simulator.records import Copy, Request
from tests.simulator.simulate import traffic

from .plain_judging import judge_plainly, subnet_plainly

PERSON = ("reader-language", "browser")
ALONE = sorted(name for name, rule in RULES.items() if rule.scope is RuleScope.HIT)
MARKS = st.one_of(st.just(PERSON), st.lists(st.sampled_from(ALONE), max_size=4, unique=True).map(tuple))
PAUSES = st.sampled_from([0.0, 0.4, 1.0, 2.0, 5.0, 19.0, 60.0, 119.0, 400.0, RUN_GAP, RUN_GAP + 1, 4000.0])
DELIVERIES = st.sampled_from([None, 0.0, 3.0, 300.0, 1e5])


@st.composite
def copies(draw: st.DrawFn) -> list[Event]:
    """The hits of a copy by few visitors: mostly one or two hits, as most copies have."""
    events, at = [], 0.0
    visitors = st.tuples(st.sampled_from(["a", "b", ""]), st.sampled_from(["home", "cloud", ""]), MARKS)
    chosen = draw(st.lists(visitors, min_size=1, max_size=4))
    for _ in range(draw(st.integers(1, draw(st.sampled_from([2, 4, 40]))))):
        device, network, fired = draw(st.sampled_from(chosen))
        at += draw(PAUSES)
        kind = draw(st.sampled_from([HitKind.OPEN, HitKind.CLICK, HitKind.CLICK, HitKind.VIEW]))
        link = draw(st.integers(1, 9)) if kind is HitKind.CLICK else 0
        head = "head" in fired or draw(st.sampled_from([False] * 9 + [True]))
        events.append(Event(at, kind, link, link == 9, head, device, network, fired))
    return draw(st.permutations(events))


@given(copies(), DELIVERIES)
def test_random_copies_are_judged_alike(events: list[Event], delivered: float | None) -> None:
    assert judge(events, delivered=delivered, links=9) == judge_plainly(events, delivered=delivered, links=9)


def test_simulated_traffic_is_judged_alike() -> None:
    for copy in traffic(3, 600):
        events = [event(copy, request) for request in copy.requests]
        found = judge(events, delivered=copy.delivered, links=copy.links + 1)
        assert found == judge_plainly(events, delivered=copy.delivered, links=copy.links + 1), copy.name


NUMBERS = st.lists(st.integers(0, 300).map(str) | st.sampled_from(["", "00", "01", "1e1", "\0"]), max_size=5)
ADDRESSES = st.one_of(
    st.ip_addresses().map(str), st.ip_addresses(v=4).map("::ffff:{}".format), NUMBERS.map(".".join),
    st.text("0123456789abcdef:.%/ \n", max_size=20),
)  # fmt: skip


@given(ADDRESSES)
def test_networks_are_told_as_the_standard_library_reads_addresses(client: str) -> None:
    if known.network(client).rule not in MACHINE_NETWORKS:
        assert network_of(client) == subnet_plainly(client)


def event(copy: Copy, request: Request) -> Event:
    """What judging needs of a simulated request."""
    kind, at = HitKind(request.kind), copy.delivered + request.at
    headers = {name: value for name, value in request.headers.items() if name in HEADERS}
    fired = marks(kind, request.method, request.client, request.agent, headers, round(at * 1e6))
    link = copy.links + 1 if request.trap else request.link
    return Event(
        at, kind, link, request.trap, request.method != "GET",
        device_of(request.agent, format_headers(headers)), network_of(request.client), fired,
    )  # fmt: skip
