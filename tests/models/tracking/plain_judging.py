"""Judging as it would be written if time did not matter, to compare the quick one with.

Nothing is remembered, and each hit is looked for in all runs. What the rules say of visitors is the same code, so a new
rule needs no change here, but a new field of a run does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from ipaddress import ip_address

from models.tracking.judging.odds import combine
from models.tracking.judging.visitor import MACHINE_NETWORKS, PAUSE, RUN_GAP, Event, Run, facts_of
from models.tracking.rules import RULES, Family, HitKind, RuleScope
from models.tracking.verdict import Judgement, delivery_marks, judge_visitors, see_followed


def judge_plainly(events: Sequence[Event], *, delivered: float | None, links: int) -> list[Judgement]:
    """The verdicts of :func:`models.tracking.verdict.judge`."""
    runs = runs_plainly(events)
    judge_visitors(runs, events, delivered, links)
    found = [_judgement(event, place, runs, delivered) for place, event in enumerate(events)]
    see_followed(events, found)
    return found


def _judgement(event: Event, place: int, runs: Sequence[Run], delivered: float | None) -> Judgement:
    [run] = [run for run in runs if place in run.places]
    names = {*run.facts.passed_on, *run.rules, *event.marks}
    if delivered is not None:
        names |= {*delivery_marks(event.kind, event.at - delivered, event.marks)}
        if run.clicks:
            names |= {*delivery_marks(HitKind.CLICK, run.clicks[0][0] - delivered)}
    if event.honeypot:
        names.add("honeypot")
    return combine(event.kind, names, also=HitKind.CLICK if run.clicks else None)


def subnet_plainly(client: str) -> str:
    """What :func:`models.tracking.verdict.network_of` says of an address outside the networks of machines."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    keep = 24 if address.version == 4 else 48
    return f"{address.version}/{int(address) >> (address.max_prefixlen - keep):x}"


def runs_plainly(events: Sequence[Event]) -> list[Run]:
    """The runs of :func:`models.tracking.judging.visitor.runs_of`, in any order."""
    visitors: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, event in enumerate(events):
        visitors[_visitor(event)].append(place)
    found = []
    for (device, network), mine in visitors.items():
        mine.sort(key=lambda place: (events[place].at, events[place].link, not events[place].head))
        parts: list[list[int]] = []
        for place in mine:
            if not parts or _is_apart(events, events[parts[-1][-1]], events[place]):
                parts.append([])
            parts[-1].append(place)
        found += [_run(events, device, network, places) for places in parts]
    return found


def _is_apart(events: Sequence[Event], one: Event, other: Event) -> bool:
    if other.at - one.at <= PAUSE:
        return False
    opened = any(
        event.kind is HitKind.OPEN and one.at < event.at <= other.at and MACHINE_NETWORKS.isdisjoint(event.marks)
        for event in events
        if event.network and event.network == one.network and event.device != one.device
    )
    return opened or other.at - one.at > RUN_GAP


def _visitor(event: Event) -> tuple[str, str]:
    if event.device or event.network:
        return event.device, event.network
    rules = [RULES[name] for name in event.marks if name in RULES]
    kept = [rule.name for rule in rules if rule.scope is RuleScope.HIT and rule.family is not Family.REQUEST]
    return "", ",".join(sorted(kept))


def _run(events: Sequence[Event], device: str, network: str, places: list[int]) -> Run:
    mine = [events[place] for place in places]
    facts = facts_of.__wrapped__(frozenset(event.marks for event in mine))
    run = Run(device, network, places, facts, began=mine[0].at)
    run.clicks = [
        (event.at, event.link)
        for event in mine
        if event.kind is HitKind.CLICK and not event.head and "prefetch-header" not in event.marks
    ]
    run.rules |= {"trap"} if any(event.honeypot for event in mine) else set()
    if run.clicks and any(event.head for event in mine) and "previewer" not in facts.marks:
        run.rules.add("asks-twice")
    return run
