"""Verdicts: pure functions over all hits of one reader's copy.

Visitors are judged, not requests: the hits are grouped by device and network and into runs of time
(:mod:`.judging.visitor`), each run is looked at as a whole (:mod:`.judging.pace`, :mod:`.judging.neighbour`), and what
is found goes to each of its hits. The rules that fire add up (:mod:`.judging.odds`). Nothing here depends on the
order in which hits come in: the same hits, shuffled, get the same verdicts. ``docs/verdicts.md`` gives the grounds of
each rule, and what cannot be known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from .judging import neighbour, pace
from .judging.odds import Judgement, combine, combine_kept, combine_parts
from .judging.request_marks import marks, marks_of_client
from .judging.visitor import Event, Run, device_of, network_of, runs_of
from .rules import RETIRED, RULES, HitKind, RuleScope, Verdict

__all__ = [
    "Event", "Judgement", "combine_kept", "delivery_marks", "device_of", "judge", "judge_flood", "judge_kept",
    "lasting_marks", "marks", "marks_of_client", "network_of",
]  # fmt: skip

_CLOCKS = 1200.0
"""Seconds before the recorded delivery by which a hit may come too early; long before it, some clock is wrong."""
_FOLLOWED = 60.0
"""Seconds within which somebody who has opened the letter follows a link."""
_EARLY_OPEN, _PROXY_AHEAD = 3.0, 9.0
_EARLY_CLICK, _SOON_CLICK, _FIRST_MINUTES = 6.0, 15.0, 120.0


@lru_cache(4096)
def lasting_marks(
    rules: tuple[str, ...], *, details_deleted: bool = False, pseudonymous: bool = False
) -> tuple[str, ...]:
    """Of the ``NAME@VERSION`` that a stored hit keeps, the names that are not looked for again when it is re-judged.

    Arguments:
        details_deleted: client and agent are deleted, so all that was found stays as it is.
        pseudonymous: the reader is unknown, and so is the delivery.
    """
    names = [mark.partition("@")[0] for mark in rules]
    if details_deleted and not pseudonymous:
        return tuple(name for name in names if _scope(name) is not RuleScope.ISSUE)
    wanted = {RuleScope.HIT, RuleScope.DELIVERY} if pseudonymous else {RuleScope.HIT}
    return tuple(name for name in names if _scope(name) in wanted)


def _scope(name: str) -> RuleScope:
    rule = RULES.get(name) or RETIRED.get(name)
    return rule.scope if rule else RuleScope.HIT


def delivery_marks(kind: HitKind, passed: float | None, marks: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of the rules that a hit fires *passed* seconds after the relay accepted the copy; None is unknown.

    Arguments:
        marks: what the hit fires by itself: mail services fetch pictures some seconds later than others.
    """
    if passed is None or passed < -_CLOCKS or passed > _FIRST_MINUTES:
        return ()
    if kind is HitKind.OPEN:
        if "image-proxy" in marks and passed <= _PROXY_AHEAD:
            return ("proxy-ahead",)
        return ("early-open",) if passed <= _EARLY_OPEN else ()
    return (
        ("early-click",) if passed <= _EARLY_CLICK else ("soon-click",) if passed <= _SOON_CLICK else ("first-minute",)
    )


def judge_kept(kind: HitKind, marks: tuple[str, ...]) -> Judgement:
    """The verdict on a hit of which only what was found before is kept."""
    return combine(kind, marks)


def judge_flood(event: Event, delivered: float | None) -> Judgement:
    """The verdict on a hit of a copy with more than :data:`.rules.FLOOD` hits, without comparing them."""
    return combine(event.kind, (*_alone(event, delivered), "flood"))


def judge(events: Sequence[Event], *, delivered: float | None, links: int) -> list[Judgement]:
    """The verdict on each hit of one reader's copy, in the order given.

    Arguments:
        events: all hits of the copy whose details are known.
        delivered: when the relay accepted the copy, in seconds since 1970; None where unknown.
        links: how many links the issue has, the honeypot among them.
    """
    runs = runs_of(events)
    judge_visitors(runs, events, delivered, links)
    found: list[Judgement] = [_NOTHING] * len(events)
    soon = _NEVER if delivered is None else delivered + _FIRST_MINUTES
    prefetched = False
    for run in runs:
        shared = rules_of_run(run, delivered)
        also = HitKind.CLICK if run.clicks else None
        last_kind, last_marks, last_early, judgement = None, None, None, _NOTHING
        for place in run.places:
            at, kind, _, honeypot, _, _, _, marks = events[place]
            early = delivery_marks(kind, at - delivered, marks) if at <= soon and delivered is not None else ()
            # A visitor's hits are much alike, and what they fire by themselves is then the same object.
            if marks is not last_marks or early is not last_early or kind is not last_kind or honeypot:
                alone = (*marks, *early, "honeypot") if honeypot else marks + early
                judgement = combine_parts(kind, shared, alone, also)
                last_kind, last_early, last_marks = kind, early, None if honeypot else marks
                if judgement.verdict is _PREFETCH:
                    prefetched = True
            found[place] = judgement
    if prefetched:
        see_followed(events, found)
    return found


def rules_of_run(run: Run, delivered: float | None) -> frozenset[str]:
    """The rules that every hit of a run fires: what its requests and others tell, and how early it followed a link."""
    first: tuple[str, ...] = ()
    if run.clicks and delivered is not None:
        first = delivery_marks(HitKind.CLICK, run.clicks[0][0] - delivered)
    return run.facts.passed_on.union(run.rules, first) if run.rules or first else run.facts.passed_on


def judge_visitors(runs: Sequence[Run], events: Sequence[Event], delivered: float | None, links: int) -> None:
    """Add to every run what it and the others tell; the arguments are those of :func:`judge`."""
    visible = max(links - 1, 1)
    openings: dict[str, list[float]] | None = None
    for run in runs:
        facts, clicks = run.facts, run.clicks
        if not clicks:
            # Who fetches pictures alone sends no page's headers, and so is told by the language.
            may_sample = facts.is_of_machines and "reader-language" not in facts.marks
            if may_sample and pace.is_sample(run.began, delivered, is_patient=False):
                run.rules.add("sampler")
            continue
        if openings is None:
            openings = neighbour.openings(events, delivered)
        opened = neighbour.has_opened(run, openings)
        if len(clicks) > 1:
            run.rules |= pace.rules_of(
                clicks, visible, is_odd=facts.oddness >= neighbour.ODD, is_reader=facts.is_reader,
                is_foreign=facts.is_foreign, has_opened=opened, delivered=delivered,
            )  # fmt: skip
        if opened:
            run.rules.add("opened")
        may_sample = facts.is_of_machines or (facts.is_foreign and not opened)
        is_patient = facts.is_of_machines and not facts.is_driven_seldom
        if may_sample and pace.is_sample(clicks[0][0], delivered, is_patient=is_patient):
            run.rules.add("sampler")
    neighbour.compare(runs, visible)


def see_followed(events: Sequence[Event], found: list[Judgement]) -> None:
    """Take pictures that a mail service seems to have fetched ahead for opens where a person soon followed a link.

    Where the service fetched the picture once more in between, that was when the letter was opened.
    """
    ahead = [
        place
        for place, judgement in enumerate(found)
        if judgement.verdict is Verdict.PREFETCH and "image-proxy" in events[place].marks
    ]
    if not ahead:
        return
    clicks = [
        event.at
        for event, judgement in zip(events, found, strict=True)
        if judgement.verdict is Verdict.HUMAN and event.kind is HitKind.CLICK
    ]
    opens = [
        event.at
        for event, judgement in zip(events, found, strict=True)
        if judgement.verdict is Verdict.PROXY and "image-proxy" in event.marks
    ]
    for place in ahead:
        fetched = events[place].at
        if any(fetched < at <= fetched + _FOLLOWED and not any(fetched < o <= at for o in opens) for at in clicks):
            names = (mark.partition("@")[0] for mark in found[place].rules)
            found[place] = combine(HitKind.OPEN, (*names, "followed"))


_NOTHING = Judgement(Verdict.UNKNOWN, 0, ())
_PREFETCH = Verdict.PREFETCH
_NEVER = float("-inf")


def _alone(event: Event, delivered: float | None) -> tuple[str, ...]:
    if delivered is None or event.at - delivered > _FIRST_MINUTES:
        return event.marks
    return event.marks + delivery_marks(event.kind, event.at - delivered, event.marks)
