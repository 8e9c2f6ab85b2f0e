"""All hits of one reader's copy: what is stored beside what is new, judged together and counted.

The database writes the first ones while the next ones are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from ..issues.newsletter import Tracking
from . import hit_table
from .hit import microseconds
from .hit_table import Kept
from .rollup import Change
from .rules import BEARING, FLOOD, HURRY, RULES, HitKind, RuleScope
from .verdict import Event, are_hasty, judge, judge_alone, kept_marks, weigh_flood

_ALWAYS = microseconds(datetime(1999, 12, 31, tzinfo=UTC))
_BEARING = round(BEARING * 1e6)


@dataclass(slots=True)
class Facts:
    """What judging needs to know of an issue."""

    tracking: Tracking
    links: dict[int, int | None] = field(default_factory=dict)
    """By number: its article."""
    traps: set[int] = field(default_factory=set)
    """The numbers of honeypots."""
    since: datetime | None = None
    """No hit of this issue is older."""


@dataclass(slots=True)
class CopyHits:
    """All hits of one reader's copy: stored ones, and new ones, which know what they fire alone."""

    delivered: float | None = None
    stored: list[Kept] = field(default_factory=list)
    new: list[Kept] = field(default_factory=list)


Groups = dict[tuple[int, int], CopyHits]


def read_stored(session: Session, groups: Groups, issues: dict[int, Facts]) -> None:
    """Add the stored hits of every copy in *groups*."""
    since = {issue: microseconds(found.since) if found.since else _ALWAYS for issue, found in issues.items()}
    copies = []
    for (issue, reader), group in groups.items():
        early = group.new and min([hit.at for hit in group.new]) < since[issue]
        copies.append((issue, reader, _ALWAYS if early else since[issue]))
    for hit in hit_table.stored(session, copies):
        groups[hit.issue, hit.reader].stored.append(hit)


def kept(hit: Kept) -> tuple[str, ...]:
    """What a stored hit fires alone, as it was found when it came."""
    return kept_marks(hit.rules, cut=hit.client is None and hit.agent is None, nameless=hit.reader < 0)


def settle(
    session: Session, groups: Groups, issues: dict[int, Facts], *, fire: Callable[[Kept], tuple[str, ...]] = kept
) -> int:
    """Judge every group, store what is new, change what is judged otherwise now, count; answer how many changed.

    Arguments:
        fire: from a stored hit to the names of the rules that it fires alone.
    """
    change = Change()
    changed: list[Kept] = []

    def judged() -> Iterator[Kept]:
        for (issue, _), group in groups.items():
            after = _judge(group, issues[issue], fire)
            change.add(group.stored, after, group.new)
            if after is not group.stored:
                changed.extend(hit for old, hit in zip(group.stored, after, strict=True) if old is not hit)
            yield from group.new

    # While the database writes some, the next ones are judged.
    hit_table.insert(session, judged())
    hit_table.update(session, changed)
    change.apply(session)
    return len(changed)


def _judge(group: CopyHits, issue: Facts, fire: Callable[[Kept], tuple[str, ...]]) -> list[Kept]:
    """Judge the new hits; answer the stored ones as they are now, the very same where nothing changes."""
    delivered, new = group.delivered, group.new
    if len(new) + len(group.stored) > FLOOD:
        for hit in new:
            hit.verdict, hit.certainty, hit.rules = weigh_flood(_event(hit, issue), delivered)
        return group.stored
    stored = [] if group.stored and new and _are_apart(group) else group.stored
    for hit in stored:
        hit.marks = fire(hit)
    hits = new + stored
    if _are_telling([hit for hit in hits if hit.kind is HitKind.CLICK], issue):
        judged = judge([_event(hit, issue) for hit in hits], delivered=delivered, links=len(issue.links))
    else:
        judged = [
            judge_alone(hit.kind, hit.marks, None if delivered is None else hit.at / 1e6 - delivered) for hit in hits
        ]
    for hit, judgement in zip(new, judged, strict=False):
        hit.verdict, hit.certainty, hit.rules = judgement
    if not stored:
        return group.stored
    return [hit.judged(judgement) for hit, judgement in zip(stored, judged[len(new) :], strict=True)]


def _are_telling(clicks: Sequence[Kept], issue: Facts) -> bool:
    """Whether a copy's clicks may tell anything of each other or of its other hits; most people's do not."""
    for hit in clicks:
        if hit.method != "GET" or hit.link in issue.traps:
            return True
    return len(clicks) > 1 and are_hasty(sorted([hit.at / 1e6 for hit in clicks]))


def _are_apart(group: CopyHits) -> bool:
    """Whether new hits tell nothing of the stored ones, nor these of them, nor what is known of the delivery now."""
    times = [hit.at for hit in group.new]
    first, last = min(times) - _BEARING, max(times) + _BEARING
    hurry = -1.0 if group.delivered is None else (group.delivered + HURRY) * 1e6
    return not any(first <= hit.at <= last or hit.at <= hurry or _is_by_delivery(hit.rules) for hit in group.stored)


@lru_cache(4096)
def _is_by_delivery(rules: tuple[str, ...]) -> bool:
    names = (mark.partition("@")[0] for mark in rules)
    return any(RULES[name].scope is RuleScope.DELIVERY for name in names if name in RULES)


def _event(hit: Kept, issue: Facts) -> Event:
    device = f"{hit.client}\n{hit.agent}" if hit.client or hit.agent else ""
    return Event(hit.at / 1e6, hit.kind, hit.link, hit.link in issue.traps, hit.method != "GET", device, hit.marks)
