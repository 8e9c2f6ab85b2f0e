"""Verdicts on labelled traffic, and the promises that the rules make."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tracking import known
from models.tracking.rules import RULES, HitKind, Verdict
from models.tracking.verdict import Event, Judgement, judge, judge_flood, marks
from tests import traffic_simulator
from tests.traffic_simulator import GMAIL, GMAIL_PREFETCH, KINDS, UNDETECTABLE, LabelledRequest, traffic

DELIVERED = 1_700_000_000.0
LINKS = 16


def event(request: LabelledRequest, links: int = LINKS) -> Event:
    """A request as an event."""
    fired = marks(request.kind, request.method, request.client, request.agent, request.headers)
    device = f"{request.client}\n{request.agent}"
    at = DELIVERED + request.at
    return Event(at, request.kind, request.link, request.link == links, request.method != "GET", device, fired)


def judged(requests: list[LabelledRequest]) -> list[tuple[LabelledRequest, Judgement]]:
    """Requests of one copy with what they were taken for."""
    events = [event(request) for request in requests]
    return list(zip(requests, judge(events, delivered=DELIVERED, links=LINKS), strict=True))


def clicks(name: str, copies: int = 400) -> Counter[tuple[bool, bool]]:
    """Clicks of a kind, counted by (a person's, taken for a person's)."""
    return Counter(
        (request.human, judgement.verdict is Verdict.HUMAN)
        for requests in traffic(name, copies)
        for request, judgement in judged(requests)
        if request.kind is HitKind.CLICK
    )


@pytest.mark.parametrize("name", sorted(set(KINDS) - UNDETECTABLE))
def test_clicks_are_told(name: str) -> None:
    found = clicks(name)
    human, taken = found[True, True] + found[True, False], found[True, True] + found[False, True]
    assert sum(found.values()) >= 400
    assert found[True, True] >= 0.99 * human, f"recall of {name}: {found}"
    assert found[True, True] >= 0.99 * taken, f"precision of {name}: {found}"


def test_there_are_enough_kinds() -> None:
    assert len(set(KINDS) - UNDETECTABLE) >= 10


@pytest.mark.parametrize("name", sorted(UNDETECTABLE))
def test_what_cannot_be_told_is_wrong_as_documented(name: str) -> None:
    """The docs name the error of these kinds: every one of their clicks. A rule that tells them changes the docs."""
    found = clicks(name)
    right = found[True, True] + found[False, False]
    assert right <= 0.01 * sum(found.values())


def opens(name: str) -> Counter[tuple[bool, bool]]:
    """Opens of a kind, counted by (a person's, taken for a person's)."""
    return Counter(
        (request.human, judgement.verdict.is_person(HitKind.OPEN))
        for requests in traffic(name, 300)
        for request, judgement in judged(requests)
        if request.kind is HitKind.OPEN
    )


def test_opens_through_gmail_count_and_its_prefetch_does_not() -> None:
    found = opens("Gmail prefetch")
    assert found == {(True, True): 300, (False, False): 300}


def test_apple_prefetch_does_not_count_but_is_not_sure() -> None:
    (_, judgement), *_ = judged([traffic_simulator.apple(traffic_simulator.ReaderCopy(Random(1)))[0]])
    assert judgement.verdict is Verdict.PREFETCH
    assert judgement.certainty < 80


def test_safe_links_never_count() -> None:
    found = clicks("Safe Links")
    assert found[False, False] > 400
    assert found[False, True] == 0


def test_a_shared_address_alone_condemns_nobody() -> None:
    found = clicks("officials behind one address")
    assert found.keys() == {(True, True)}


def plain(at: float, link: int, **more: object) -> Event:
    """A click with nothing against it."""
    values = {"kind": HitKind.CLICK, "honeypot": False, "head": False, "device": "a", "marks": (), **more}
    return Event(at=at, link=link, **values)  # type: ignore[arg-type]


def rules(*events: Event, links: int = 10, delivered: float | None = None) -> list[set[str]]:
    """The names of the rules that fire."""
    found = judge(events, delivered=delivered, links=links)
    return [{mark.partition("@")[0] for mark in judgement.rules} for judgement in found]


def test_a_double_click_is_a_persons() -> None:
    assert rules(plain(0, 1), plain(0.2, 1), plain(0.2, 1)) == [set(), set(), set()]


def test_two_links_within_a_second_are_a_machines() -> None:
    assert rules(plain(0, 1), plain(0.9, 2), plain(3, 3, device="b")) == [{"burst"}, {"burst"}, set()]


def test_every_link_within_seconds() -> None:
    found = rules(*(plain(2 * link, link) for link in range(1, 6)))
    assert all("every-link" in names for names in found)
    assert rules(*(plain(11 * link, link) for link in range(1, 6))) == [set()] * 5


def test_the_hidden_link_condemns_its_device_for_minutes() -> None:
    trap = plain(100, 9, honeypot=True)
    late, other, over = plain(600, 1), plain(600, 1, device="b"), plain(1301, 2)
    assert rules(trap, late, other, over) == [{"honeypot"}, {"same-device"}, set(), set()]


def test_a_hit_before_its_delivery_was_recorded_is_early() -> None:
    assert rules(plain(100, 1), delivered=103.0) == [{"early-click"}]
    assert rules(plain(100, 1), delivered=90.0) == [{"soon-click"}]
    assert rules(plain(100, 1), delivered=None) == [set()]
    assert rules(plain(0, 1), delivered=1e6) == [set()], "a clock that is wrong by days says nothing"


def test_nothing_known_is_not_the_same_as_nothing_sent() -> None:
    kept = {"accept": "", "accept-language": ""}
    assert marks(HitKind.CLICK, "GET", "", traffic_simulator.CHROME, {}) == ()
    assert marks(HitKind.CLICK, "GET", "", traffic_simulator.CHROME, kept) == ("no-language", "odd-accept")
    assert marks(HitKind.CLICK, "GET", "", None, {}) == ()
    assert marks(HitKind.CLICK, "GET", "", "", {}) == ("no-agent",)


@pytest.mark.parametrize(
    ("what", "agent", "rule"),
    [
        (HitKind.OPEN, GMAIL, "image-proxy"),
        (HitKind.OPEN, GMAIL_PREFETCH, "gmail-prefetch"),
        (HitKind.OPEN, "Mozilla/5.0", "apple-prefetch"),
        (HitKind.CLICK, "Mozilla/5.0", "bare-agent"),
        (HitKind.OPEN, traffic_simulator.OUTLOOK, None),
        (HitKind.CLICK, traffic_simulator.OUTLOOK, "previewer"),
        (HitKind.CLICK, "Mozilla/5.0 (Linux; Android 11; CUBOT X30) Chrome/99 Safari/537.36", None),
        (HitKind.CLICK, "Mozilla/5.0 (compatible; SomeBot/1.0; +https://bot.example)", "tool-agent"),
        (HitKind.CLICK, "Mozilla/5.0 (X11) HeadlessChrome/130.0", "tool-agent"),
    ],
)
def test_agents(what: HitKind, agent: str, rule: str | None) -> None:
    assert marks(what, "GET", "", agent, {}) == ((rule,) if rule else ())


def test_impossible_headers() -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; rv:131.0) Gecko/20100101 Firefox/131.0"
    hints = {**traffic_simulator.BROWSER, "sec-ch-ua": '"Chromium";v="130"'}
    assert marks(HitKind.CLICK, "GET", "", firefox, hints) == ("impossible-headers",)
    assert marks(HitKind.CLICK, "GET", "", traffic_simulator.CHROME, hints) == ()


def test_garbage_is_judged_too() -> None:
    for client in ("", "nonsense", "999.1.1.1", "2001:db8::1", "::ffff:148.163.135.9"):
        marks(HitKind.CLICK, "GET", client, "\x00\udcff\n" * 200, {"accept": "\x00"})
    assert known.client("::ffff:148.163.135.9") == "scanner-range"


def test_a_flood_needs_no_comparison() -> None:
    assert judge_flood(plain(0, 1), None).verdict is Verdict.SCANNER


def test_every_rule_that_a_list_names_exists() -> None:
    named = {agent.rule for agent in known._agents()} | {
        rule for _, kept in known._ranges().values() for _, rule in kept
    }
    assert named - {"bare-mozilla"} <= set(RULES)


EVENTS = st.lists(
    st.builds(
        plain,
        st.integers(0, 80_000).map(lambda number: number / 100),
        st.integers(1, 8),
        kind=st.sampled_from(HitKind),
        honeypot=st.sampled_from([False, False, False, True]),
        head=st.sampled_from([False, False, True]),
        device=st.sampled_from(["a", "b", ""]),
        marks=st.sampled_from([(), (), ("shared-cloud",), ("no-language",)]),
    ),
    max_size=30,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_hits_come_does_not_matter(events: list[Event], random: Random) -> None:
    in_order = sorted(map(repr, zip(events, judge(events, delivered=5, links=8), strict=True)))
    random.shuffle(events)
    assert sorted(map(repr, zip(events, judge(events, delivered=5, links=8), strict=True))) == in_order
