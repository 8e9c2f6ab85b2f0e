"""Visitors: the hits of one reader's copy, by who sent them and in runs of time.

A visitor is one device in one network. The device is known by agent, language and client hints; the network is the
address's /24 (/48 in IPv6), the maker of a mail gateway, or, as crawlers change addresses there, a cloud as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import lt
from typing import Any, NamedTuple

from .. import known
from ..hit import parse_headers
from ..rules import RULES, Family, HitKind, RuleScope

RUN_GAP = 900.0
"""Seconds without a hit after which a visitor's next hits are judged anew. Slow crawlers wait minutes, not quarters."""
PAUSE = 300.0
"""Seconds without a hit after which they are, where somebody opened the letter in the same network meanwhile: an
appliance there may look at the links with the browser of the office."""
MACHINE_NETWORKS = frozenset({"scanner-range", "cloud"})
"""Marks of networks in which people are rare."""


class Event(NamedTuple):
    """What judging needs of a hit."""

    at: float
    """Seconds since 1970."""
    kind: HitKind
    link: int
    """The link's number; 0 for an open or a view."""
    honeypot: bool
    head: bool
    """Whether it asked by HEAD, or by anything but GET."""
    device: str
    """What tells one device from another; empty where it is not kept."""
    network: str
    """What tells one network from another; empty where it is not kept."""
    marks: tuple[str, ...]
    """What :func:`.request_marks.marks` found."""


_CLICK, _OPEN = HitKind.CLICK, HitKind.OPEN
_DEVICE, _NETWORK, _MARKS = map(Event._fields.index, ("device", "network", "marks"))


@lru_cache(32_768)
def network_of(client: str) -> str:
    """The network of a client's address; the text itself where it is no address."""
    rule, owner, subnet = known.network(client)
    if rule and rule in MACHINE_NETWORKS:
        return rule if rule == "cloud" else owner
    return subnet or client


@lru_cache(8192)
def device_of(agent: str | None, headers: str | None) -> str:
    """What tells a device from others, of its agent and of its headers (JSON as a hit keeps them)."""
    if agent is None and headers is None:
        return ""
    found = parse_headers(headers)
    language = found.get("accept-language", "").replace(";", ",").partition(",")[0].lower()
    return "\n".join((agent or "", language, found.get("sec-ch-ua", ""), found.get("sec-ch-ua-platform", "")))


class MarkFacts(NamedTuple):
    """What the marks of a run's hits tell of its visitor."""

    marks: frozenset[str]
    """All that its hits fire by themselves."""
    passed_on: frozenset[str]
    """Of these, what one request tells of the others."""
    oddness: int
    """Points that speak against it by its requests alone: agent, headers and network."""
    strangeness: int
    """As oddness, without what people in clouds and from abroad have in common with machines: to compare visitors."""
    is_reader: bool
    """Whether it is a whole browser in the readers' language, wherever it runs: offices have desktops in clouds."""
    is_foreign: bool
    """Whether it is such as machines drive: in another language or in none, no telephone, and no translation."""
    is_of_machines: bool
    """Whether it comes from a network of machines, and is neither a whole browser in the readers' language nor a
    translation, which asks from there for a person."""
    is_driven_seldom: bool
    """Whether its browser is such as machines seldom drive: no Chromium, or a telephone's."""
    is_rented: bool
    """Whether it comes from a network of machines, whoever it is."""


@dataclass(slots=True)
class Run:
    """The hits of one visitor without a long pause."""

    device: str
    network: str
    places: list[int]
    """Where its hits are in the copy's, in order of time."""
    facts: MarkFacts
    clicks: list[tuple[float, int]] = field(default_factory=list)
    """Time and link of the links that it followed, in order of time."""
    rules: set[str] = field(default_factory=set)
    """What was found out about the visitor, besides what its requests pass on."""
    began: float = 0.0
    """When its first hit came, in seconds since 1970."""


_READER = frozenset({"browser", "reader-language"})
_OF_PEOPLE = frozenset({"other-engine", "telephone"})
"""Browsers that machines seldom drive; https://pptr.dev/supported-browsers/ (2026)."""
_EXPLAINED = 4
"""Points of what is odd in most visitors, but not in this one."""
_PASSED_ON = frozenset({Family.HEADERS, Family.BROWSER, Family.LANGUAGE})
"""What one request of a run tells of the others."""


def runs_of(events: Sequence[Event]) -> list[Run]:
    """The runs of all visitors of a copy."""
    visitors: dict[Any, list[int]] = {}
    for place, event in enumerate(events):
        key = event[_DEVICE:_MARKS] if event[_NETWORK] else _key(event)
        if (mine := visitors.get(key)) is None:
            visitors[key] = [place]
        else:
            mine.append(place)
    found = []
    for (device, network), places in visitors.items():
        begin = 0
        if len(places) > 1:
            times = _sorted_times(events, places)
            for end in range(1, len(places)) if times[-1] - times[0] > PAUSE else ():
                gap = times[end] - times[end - 1]
                if gap > RUN_GAP or (gap > PAUSE and _was_opened(events, places[end - 1], times[end])):
                    found.append(_run(events, device, network, places[begin:end]))
                    begin = end
        found.append(_run(events, device, network, places[begin:] if begin else places))
    return found


def _was_opened(events: Sequence[Event], before: int, until: float) -> bool:
    """Whether another device in a visitor's network opened the letter between two of its hits: a person may come then.

    Arguments:
        before: the place of the first one.
        until: the time of the second one, in seconds since 1970.
    """
    last = events[before]
    return bool(last.network) and any(
        event.kind is _OPEN
        and event.network == last.network
        and event.device != last.device
        and last.at < event.at <= until
        and MACHINE_NETWORKS.isdisjoint(event.marks)
        for event in events
    )


def _sorted_times(events: Sequence[Event], places: list[int]) -> list[float]:
    """Sort places by the time of their hits, as most are already, and return these times."""
    times = [events[place][0] for place in places]
    if not all(map(lt, times, times[1:])):
        places.sort(key=lambda place: (events[place].at, events[place].link, not events[place].head))
        times.sort()
    return times


def _key(event: Event) -> tuple[str, str]:
    if event.device or event.network:
        return event.device, event.network
    # Of readers who are not identified only these marks are kept, which tell at least one kind of program from others.
    return "", ",".join(sorted(name for name in event.marks if _is_of_program(name)))


@lru_cache(256)
def _is_of_program(name: str) -> bool:
    rule = RULES.get(name)
    return bool(rule and rule.scope is RuleScope.HIT and rule.family is not Family.REQUEST)


_ODD = frozenset({Family.AGENT, Family.HEADERS, Family.NETWORK, Family.LANGUAGE})


@lru_cache(8192)
def _facts_of_alike(marks: tuple[str, ...]) -> MarkFacts:
    return facts_of(frozenset((marks,)))


@lru_cache(8192)
def facts_of(fired: frozenset[tuple[str, ...]]) -> MarkFacts:
    """What the marks of a run's hits tell. They come in few combinations, so that it is remembered."""
    marks = frozenset(name for one in fired for name in one)
    strongest: dict[Family, int] = {}
    for rule in (RULES[name] for name in marks if name in RULES):
        if rule.family in _ODD:
            strongest[rule.family] = max(strongest.get(rule.family, 0), rule.points)
    passed_on = frozenset(name for name in marks if name in RULES and RULES[name].family in _PASSED_ON)
    oddness, is_reader = sum(strongest.values()), marks >= _READER
    explained = "cloud" in marks if is_reader else "foreign-language" in marks and not marks.isdisjoint(_OF_PEOPLE)
    strangeness = oddness - _EXPLAINED if explained else oddness
    may_be_driven, is_rented = not is_reader and "translator" not in marks, not marks.isdisjoint(MACHINE_NETWORKS)
    return MarkFacts(
        marks, passed_on, oddness, strangeness, is_reader, may_be_driven and strangeness >= _EXPLAINED,
        may_be_driven and is_rented, not marks.isdisjoint(_OF_PEOPLE), is_rented,
    )  # fmt: skip


def _run(events: Sequence[Event], device: str, network: str, places: list[int]) -> Run:
    clicks, rules, head = [], set(), False
    began, _, _, _, _, _, _, first = events[places[0]]
    fired = {first}
    for place in places:
        at, kind, link, honeypot, by_head, _, _, marks = events[place]
        if marks is not first:
            fired.add(marks)
        if honeypot:
            rules.add("trap")
        if by_head:
            head = True
        elif kind is _CLICK and "prefetch-header" not in marks:
            clicks.append((at, link))
    facts = _facts_of_alike(first) if len(fired) == 1 else facts_of(frozenset(fired))
    if head and clicks and "previewer" not in facts.marks:
        rules.add("asks-twice")
    return Run(device, network, places, facts, clicks, rules, began)
