"""The promises that the rules make, one by one; :mod:`.test_scenes` tests what they do together."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tracking import known
from models.tracking.judging import browser
from models.tracking.judging.odds import combine, percent
from models.tracking.rules import HUMAN_UNTIL, MACHINE_FROM, RETIRED, RULES, HitKind, Verdict
from models.tracking.verdict import Event, judge, judge_flood, lasting_marks, marks, network_of

from .scenes import (
    CHROME,
    ENGLISH,
    FIREFOX,
    GMAIL,
    GMAIL_AHEAD,
    HINTS,
    IE8,
    IPHONE,
    JAPANESE,
    LINE,
    NOTHING,
    OLD_CHROME,
    OUTLOOK,
    PICTURES,
)

BROWSER = ("browser", "reader-language")


def plain(at: float, link: int, **more: object) -> Event:
    """A click of a person's browser."""
    values = {
        "kind": HitKind.CLICK,
        "honeypot": False,
        "head": False,
        "device": "a",
        "network": "home",
        "marks": BROWSER,
        **more,
    }
    return Event(at=at, link=link, **values)  # type: ignore[arg-type]


def rules(*events: Event, links: int = 10, delivered: float | None = None) -> list[set[str]]:
    """The names of the rules that fire, without those of the browser."""
    found = judge(events, delivered=delivered, links=links)
    return [{mark.partition("@")[0] for mark in judgement.rules} - set(BROWSER) for judgement in found]


def test_a_double_click_is_a_persons() -> None:
    assert rules(plain(0, 1), plain(0.2, 1), plain(0.2, 1)) == [set()] * 3


def test_the_hidden_link_condemns_its_visitor_and_nobody_else() -> None:
    trap, before, later = plain(1000, 9, honeypot=True), plain(600, 1), plain(1800, 2)
    other, elsewhere = plain(1001, 1, device="b"), plain(1001, 1, network="office")
    found = rules(trap, before, later, other, elsewhere)
    assert found == [{"honeypot", "trap"}, {"trap"}, {"trap"}, set(), set()]


def test_a_visitor_who_comes_back_later_is_judged_anew_but_not_forgotten() -> None:
    assert rules(plain(0, 9, honeypot=True), plain(5000, 1)) == [{"honeypot", "trap"}, {"machine-before"}]


def test_a_hit_before_its_delivery_was_recorded_is_early() -> None:
    assert rules(plain(100, 1), delivered=103.0) == [{"early-click"}]
    assert rules(plain(100, 1), delivered=90.0) == [{"soon-click"}]
    assert rules(plain(100, 1), delivered=50.0) == [{"first-minute"}]
    assert rules(plain(100, 1), delivered=None) == [set()]
    assert rules(plain(0, 1), delivered=1e6) == [set()], "a clock that is wrong by days says nothing"


def test_nothing_known_is_not_the_same_as_nothing_sent() -> None:
    assert marks(HitKind.CLICK, "GET", "", CHROME, {}) == ("browser-agent",)
    assert marks(HitKind.CLICK, "GET", "", CHROME, NOTHING) == ("bare-headers",)
    assert marks(HitKind.CLICK, "GET", "", None, {}) == ("unrecorded",)
    assert marks(HitKind.CLICK, "GET", "", "", {}) == ("no-agent",)
    assert marks(HitKind.CLICK, "GET", "", CHROME, {**JAPANESE, **HINTS}) == ("reader-language", "browser")


@pytest.mark.parametrize(
    ("what", "agent", "rule"),
    [
        (HitKind.OPEN, GMAIL, "image-proxy"),
        (HitKind.OPEN, GMAIL_AHEAD, "gmail-prefetch"),
        (HitKind.OPEN, "Mozilla/5.0", "apple-prefetch"),
        (HitKind.CLICK, "Mozilla/5.0", "bare-agent"),
        (HitKind.OPEN, OUTLOOK, None),
        (HitKind.CLICK, OUTLOOK, "previewer"),
        (HitKind.CLICK, "Mozilla/5.0 (Linux; Android 11; CUBOT X30) Chrome/140 Safari/537.36", "browser-agent"),
        (HitKind.CLICK, "Mozilla/5.0 (compatible; SomeBot/1.0; +https://bot.example)", "tool-agent"),
        (HitKind.CLICK, "Mozilla/5.0 (X11) HeadlessChrome/130.0", "tool-agent"),
        (HitKind.CLICK, "Something/1.0", "odd-agent"),
        (HitKind.CLICK, "w3m/0.5.3+git20230121", "browser"),
        (HitKind.CLICK, LINE, "browser-agent"),
    ],
)
def test_agents(what: HitKind, agent: str, rule: str | None) -> None:
    assert marks(what, "GET", "", agent, {}) == ((rule,) if rule else ())


@pytest.mark.parametrize(
    ("agent", "headers"),
    [
        (FIREFOX, {"sec-ch-ua": '"Chromium";v="130"'}),
        (CHROME, {"sec-ch-ua": '"Chromium";v="130"'}),
        (CHROME, {"sec-ch-ua": '"HeadlessChrome";v="146"'}),
        (CHROME, {"sec-ch-ua-platform": '"Linux"'}),
        (CHROME, {"sec-ch-ua-mobile": "?1"}),
        (CHROME, {"sec-fetch-dest": "empty"}),
        (CHROME, {"sec-fetch-mode": "cors"}),
        (OLD_CHROME.replace("79", "75"), {"sec-fetch-dest": "document"}),
        (CHROME + " Edg/120.0.0.0", {}),
    ],
)
def test_impossible_headers(agent: str, headers: dict[str, str]) -> None:
    assert "impossible-headers" in marks(HitKind.CLICK, "GET", "", agent, {**JAPANESE, **headers})
    assert "impossible-headers" not in marks(HitKind.CLICK, "GET", "", CHROME, {**JAPANESE, **HINTS})


IN_FULL = CHROME.replace("146.0.0.0", "146.0.7680.80")
STRIPPED = {"sec-ch-ua": "", "sec-fetch-dest": ""}


@pytest.mark.parametrize(
    ("agent", "headers", "imitated"),
    [
        (CHROME, {**JAPANESE, **HINTS}, False),
        (CHROME, {**JAPANESE, **STRIPPED}, True),
        (CHROME, {**PICTURES, **STRIPPED}, False),
        (IN_FULL, {**PICTURES, **STRIPPED}, True),
        (IN_FULL, {**PICTURES, **HINTS}, False),
        (IN_FULL, {**JAPANESE, **HINTS}, True),
        (IN_FULL.replace("Chrome/", "Version/4.0 Chrome/"), {**JAPANESE, **HINTS}, False),
        (CHROME, {}, False),
        (FIREFOX, {**JAPANESE, **STRIPPED}, False),
        (IPHONE, {**JAPANESE, **STRIPPED}, False),
    ],
)
def test_programs_that_call_themselves_chromium(agent: str, headers: dict[str, str], imitated: bool) -> None:
    found = marks(HitKind.CLICK, "GET", "", agent, headers)
    assert ("imitated-browser" in found) is imitated
    assert not (imitated and "browser" in found), "it is no whole browser"


def test_languages_and_engines() -> None:
    assert marks(HitKind.CLICK, "GET", "", FIREFOX, ENGLISH) == ("foreign-language", "browser", "other-engine")
    assert marks(HitKind.CLICK, "GET", "", IPHONE, JAPANESE) == ("reader-language", "browser", "other-engine")
    assert "foreign-language" not in marks(HitKind.CLICK, "GET", "", CHROME, NOTHING)


@pytest.mark.parametrize(
    ("agent", "year", "age"),
    [
        (CHROME, 2026, ""),
        (OLD_CHROME, 2026, "ancient"),
        (OLD_CHROME, 2023, "dated"),
        (OLD_CHROME, 2020, ""),
        (IE8, 2026, "ancient"),
        (IE8, 2012, ""),
        (OLD_CHROME.replace("NT 10.0", "NT 6.1").replace("79", "109"), 2026, ""),
        (
            "Mozilla/5.0 (Linux; Android 7.0; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36",
            2026,
            "",
        ),
    ],
)
def test_ages_of_browsers(agent: str, year: int, age: str) -> None:
    named = browser.parse(agent)
    assert named is not None
    assert browser.age(named, browser.month(year, 6)) == age


def test_garbage_is_judged_too() -> None:
    for client in ("", "nonsense", "999.1.1.1", "2001:db8::1", "::ffff:148.163.135.9"):
        marks(HitKind.CLICK, "GET", client, "\x00\udcff\n" * 200, {"accept": "\x00"})
        network_of(client)
    assert known.network("::ffff:148.163.135.9").owner == "Proofpoint"
    assert marks(HitKind.CLICK, "GET", "", CHROME, {}, at=-(2**60)) == ("browser-agent",)


def test_the_smaller_network_is_meant() -> None:
    assert known.network("40.95.0.9").rule == "scanner-range"
    assert known.network("40.96.0.9").rule == "cloud"
    assert known.network("198.51.100.7").rule == ""


def test_a_flood_needs_no_comparison() -> None:
    assert judge_flood(plain(0, 1), None).verdict is Verdict.SCANNER


def test_every_rule_that_a_list_names_exists() -> None:
    named = {agent.rule for agent in known._agents()}
    named |= {network.rule for _, kept in known._ranges().values() for _, network in kept}
    assert named - {"bare-mozilla"} <= set(RULES)


def test_what_was_kept_of_a_hit_lasts() -> None:
    kept = ("trap@1", "cloud@1", "same-device@1", "early-click@2", "across-copies@1")
    assert lasting_marks(kept) == ("cloud",)
    assert lasting_marks(kept, pseudonymous=True) == ("cloud", "early-click")
    assert lasting_marks(kept, details_deleted=True) == ("trap", "cloud", "same-device", "early-click")
    assert not set(RULES) & set(RETIRED)


@pytest.mark.parametrize(("points", "certainty"), [(0, 50), (8, 91), (15, 99), (60, 99), (-8, 9)])
def test_points_are_odds(points: int, certainty: int) -> None:
    assert percent(points) == certainty


@given(st.sampled_from(HitKind), st.sets(st.sampled_from(sorted(RULES | RETIRED))))
def test_every_verdict_but_a_persons_has_a_reason_and_no_rule_is_lost(kind: HitKind, names: set[str]) -> None:
    judgement = combine(kind, names)
    assert {mark.partition("@")[0] for mark in judgement.rules} == names
    assert 50 <= judgement.certainty <= 100
    if judgement.verdict is not Verdict.HUMAN:
        assert judgement.reason
    assert HUMAN_UNTIL < MACHINE_FROM


EVENTS = st.lists(
    st.builds(
        plain,
        st.integers(0, 80_000).map(lambda number: number / 100),
        st.integers(1, 8),
        kind=st.sampled_from(HitKind),
        honeypot=st.sampled_from([False, False, False, True]),
        head=st.sampled_from([False, False, True]),
        device=st.sampled_from(["a", "b", ""]),
        network=st.sampled_from(["home", "cloud", ""]),
        marks=st.sampled_from([(), BROWSER, ("cloud",), ("bare-headers",), ("image-proxy",), ("prefetch-header",)]),
    ),
    max_size=30,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_in_which_hits_come_does_not_matter(events: list[Event], random: Random) -> None:
    in_order = sorted(map(repr, zip(events, judge(events, delivered=5, links=8), strict=True)))
    random.shuffle(events)
    assert sorted(map(repr, zip(events, judge(events, delivered=5, links=8), strict=True))) == in_order
