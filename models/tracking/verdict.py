"""Verdicts: pure functions over a hit and the other hits of the same reader's copy.

Each rule has a certainty that a hit was not a person's. The rules that fire are combined as independent evidence:
three quarters or more is a machine, less than two fifths a person, and in between ``unknown``. Nothing here depends on
the order in which hits come in: the same hits, shuffled, get the same verdicts. ``docs/verdicts.md`` gives the grounds
of each rule, and what cannot be known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from . import known
from .rules import EARLY_SECONDS, NEARBY_SECONDS, PURPOSES, RULES, HitKind, RuleScope, Verdict

_MACHINE_FROM, _UNKNOWN_FROM = 0.75, 0.4
_RESIDUAL_DOUBT = 0.1
"""The doubt that remains where no rule fires: a scanner with a browser's agent that is as slow as a person."""
_BURST = 1.0
"""Seconds in which no person follows two links."""
_CRAWL, _CRAWLED = 5, 60.0
"""At least so many links within so many seconds may be a crawl."""
_BROWSERS = ("chrome/", "firefox/", "safari/", "edg/", "edge/")


def marks(kind: HitKind, method: str, client: str, agent: str | None, headers: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the rules that the hit fires by itself.

    Arguments:
        client: the client's address; empty where unknown.
        agent: the user agent; empty where the request had none, None where it was not recorded.
        headers: those of :data:`models.tracking.rules.HEADERS` that were kept, by lower-case name; an empty value
            means that the request had none, a missing name that it was not recorded.
    """
    return _of_request(kind, method, agent, tuple(headers.items())) + marks_of_client(client)


@lru_cache(8192)
def marks_of_client(client: str) -> tuple[str, ...]:
    """The names of the rules that a client's address fires in any request."""
    rule = client and known.client(client)
    return (rule,) if rule else ()


@lru_cache(4096)
def _of_request(kind: HitKind, method: str, agent: str | None, items: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The rules that all but the client fires. Few programs send most requests, so the results are remembered."""
    headers = dict(items)
    found = [] if method == "GET" else ["head"]
    if any("prefetch" in headers.get(name, "").lower() for name in PURPOSES):
        found.append("prefetch-header")
    if agent is None:
        return tuple(found)
    if not agent:
        return (*found, "no-agent")
    if rule := known.agent(agent, kind.value):
        found.append(_named(rule, kind))
    elif kind is not HitKind.OPEN:
        found += _of_headers(agent.lower(), headers)
    return tuple(found)


def _named(rule: str, kind: HitKind) -> str:
    if rule == "bare-mozilla":
        return "apple-prefetch" if kind is HitKind.OPEN else "bare-agent"
    return rule if kind is HitKind.OPEN or rule != "image-proxy" else "tool-agent"


def _of_headers(agent: str, headers: Mapping[str, str]) -> list[str]:
    """Rules on what a browser sends when a person follows a link."""
    if not any(name in agent for name in _BROWSERS):
        return []
    found = []
    if headers.get("accept-language") == "":
        found.append("no-language")
    if headers.get("accept") in ("", "*/*"):
        found.append("odd-accept")
    hints, goal = headers.get("sec-ch-ua", ""), headers.get("sec-fetch-dest", "")
    if "headless" in hints.lower() or (hints and "chrome/" not in agent) or goal not in ("", "document", "iframe"):
        found.append("impossible-headers")
    return found


class Event(NamedTuple):
    """What comparing the hits of a copy needs of a hit."""

    at: float
    """Seconds since 1970."""
    kind: HitKind
    link: int
    """The link's number; 0 for an open or a view."""
    honeypot: bool
    head: bool
    """Whether it asked by HEAD, or by anything but GET."""
    device: str
    """Client address and agent together; empty where they are not kept."""
    marks: tuple[str, ...]
    """What :func:`marks` found."""


class Judgement(NamedTuple):
    """What a hit was, how sure that is, and why."""

    verdict: Verdict
    certainty: int
    """In percent."""
    rules: tuple[str, ...]
    """``NAME@VERSION`` of each rule that fired, the strongest first."""

    @property
    def reason(self) -> str:
        """The name of the rule that took the hit away from people; empty where it was a person's."""
        return "" if self.verdict is Verdict.HUMAN else self.rules[0].partition("@")[0]


@lru_cache(4096)
def lasting_marks(
    rules: tuple[str, ...], *, details_deleted: bool = False, pseudonymous: bool = False
) -> tuple[str, ...]:
    """Of the ``NAME@VERSION`` that a stored hit keeps, the names that are not looked for again when it is re-judged.

    Arguments:
        details_deleted: client and agent are deleted, so the rules that needed them stay as they were.
        pseudonymous: the reader is unknown, and so is the delivery.
    """
    kept = []
    for name in (mark.partition("@")[0] for mark in rules):
        scope = RULES[name].scope if name in RULES else RuleScope.HIT
        if (
            scope is RuleScope.HIT
            or (pseudonymous and scope is RuleScope.DELIVERY)
            or (details_deleted and name == "same-device")
        ):
            kept.append(name)
    return tuple(kept)


def delivery_marks(kind: HitKind, passed: float | None) -> tuple[str, ...]:
    """The names of the rules that a hit fires *passed* seconds after the relay accepted the copy; None is unknown.

    A hit shortly before the delivery was recorded counts as early; long before it, some clock is wrong.
    """
    if passed is None or passed < -NEARBY_SECONDS:
        return ()
    if kind is HitKind.OPEN:
        return ("early-open",) if passed <= 2 else ()
    return ("early-click",) if passed <= 5 else ("soon-click",) if passed <= EARLY_SECONDS else ()


def judge_alone(kind: HitKind, marks: tuple[str, ...], passed: float | None) -> Judgement:
    """The verdict on a hit that no other hit of its copy can change, as with one click or none, not on a honeypot.

    Arguments:
        marks: what :func:`marks` found.
        passed: seconds since the relay accepted the copy; None where unknown.
    """
    return _combine(marks + delivery_marks(kind, passed))


def judge(events: Sequence[Event], *, delivered: float | None, links: int) -> list[Judgement]:
    """The verdict on each hit of one reader's copy, in the order given.

    Arguments:
        events: all hits of the copy within :data:`NEIGHBOURHOOD` of each other.
        delivered: when the relay accepted the copy, in seconds since 1970; None where unknown.
        links: how many links the issue has.
    """
    found = [_alone(event, delivered) for event in events]
    if len(events) > 1 or (events and events[0].honeypot):
        _compare(events, links, found)
    return [_combine(names) for names in found]


def _alone(event: Event, delivered: float | None) -> tuple[str, ...]:
    return event.marks + delivery_marks(event.kind, None if delivered is None else event.at - delivered)


def _compare(events: Sequence[Event], links: int, found: list[tuple[str, ...]]) -> None:
    clicks = [place for place, event in enumerate(events) if event.kind is HitKind.CLICK]
    honeypots = [events[place].at for place in clicks if events[place].honeypot]
    if len(clicks) < 2 and not honeypots:
        return  # Most copies: an open and a click do not change each other's verdict.
    clicks.sort(key=lambda place: (events[place].at, not events[place].head))
    machines: set[int] = set()

    def fire(rule: str, places: set[int], *, direct: bool = False) -> None:
        for place in places:
            found[place] += (rule,)
        if direct:
            machines.update(places)

    if honeypots:
        fire("honeypot", {place for place in clicks if events[place].honeypot}, direct=True)
        near = {place for place, event in enumerate(events) if not event.honeypot and _near(event.at, honeypots, 10)}
        fire("near-honeypot", near)
    many, nearly_all = max(_CRAWL, -(-links // 2)), max(_CRAWL, -(-links * 4 // 5))
    crawled = _many_links(events, clicks, 10, many) | _many_links(events, clicks, _CRAWLED, nearly_all)
    fire("every-link", crawled, direct=True)
    fire("burst", _many_links(events, clicks, _BURST, 2), direct=True)
    fire("head-then-get", _after_head(events, clicks))
    fire("same-device", _of_same_device(events, machines))


def are_rapid(times: Sequence[float]) -> bool:
    """Whether clicks follow each other so rapidly that one may change the verdict on another.

    None does where this is False, no click is on the honeypot, and all used GET.

    Arguments:
        times: of all clicks of a copy, in seconds, sorted.
    """
    if any(later - at <= _BURST for at, later in pairwise(times)):
        return True
    return any(later - at <= _CRAWLED for at, later in zip(times, times[_CRAWL - 1 :], strict=False))


def _near(at: float, times: Sequence[float], seconds: float) -> bool:
    return any(abs(at - other) <= seconds for other in times)


def _many_links(events: Sequence[Event], clicks: Sequence[int], seconds: float, wanted: int) -> set[int]:
    """Places of clicks within some span of *seconds* that has *wanted* different links or more: a sliding window."""
    inside: set[int] = set()
    if len(clicks) < wanted:
        return inside
    chosen = [(events[place].at, events[place].link) for place in clicks]
    seen: dict[int, int] = {}
    first, marked = 0, 0
    for last, (at, link) in enumerate(chosen):
        seen[link] = seen.get(link, 0) + 1
        while at - chosen[first][0] > seconds:
            left = chosen[first][1]
            seen[left] -= 1
            if not seen[left]:
                del seen[left]
            first += 1
        if len(seen) >= wanted:
            inside.update(clicks[max(first, marked) : last + 1])
            marked = last + 1
    return inside


def _after_head(events: Sequence[Event], clicks: Sequence[int]) -> set[int]:
    """Places of clicks on a link that was requested by HEAD within the minute before."""
    requested: dict[int, float] = {}
    after = set()
    for place in clicks:
        event = events[place]
        if event.head:
            # A previewer fetches a link because a person is about to follow it.
            if "previewer" not in event.marks:
                requested[event.link] = event.at
        elif event.at - requested.get(event.link, float("-inf")) <= 60:
            after.add(place)
    return after


def _of_same_device(events: Sequence[Event], machines: set[int]) -> set[int]:
    """Places of hits from the same client and agent as a machine's hit on this copy."""
    if not machines:
        return set()
    times: dict[str, list[float]] = {}
    for place in machines:
        if events[place].device:
            times.setdefault(events[place].device, []).append(events[place].at)
    return {
        place
        for place, event in enumerate(events)
        if place not in machines and event.device in times and _near(event.at, times[event.device], NEARBY_SECONDS)
    }


def judge_flood(event: Event, delivered: float | None) -> Judgement:
    """The verdict on a hit of a copy with more than :data:`FLOOD` hits, without comparing them."""
    return _combine((*_alone(event, delivered), "flood"))


@lru_cache(4096)
def _combine(names: tuple[str, ...]) -> Judgement:
    rules = sorted((RULES[name] for name in set(names) if name in RULES), key=lambda rule: (-rule.certainty, rule.name))
    doubt = 1.0
    for rule in rules:
        doubt *= 1 - rule.certainty
    evidence, fired = 1 - doubt, tuple(rule.mark for rule in rules)
    if evidence >= _MACHINE_FROM - 1e-9:
        return Judgement(rules[0].verdict, round(100 * evidence), fired)
    if evidence >= _UNKNOWN_FROM:
        return Judgement(Verdict.UNKNOWN, 50, fired)
    return Judgement(Verdict.HUMAN, round(100 * (1 - _RESIDUAL_DOUBT) * (1 - evidence)), fired)
