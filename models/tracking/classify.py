"""All hits of one reader's copy: stored and new ones, judged together and counted.

The database writes the first hits while the next ones are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from ..issues.newsletter import Tracking
from . import across_copies, hit_table
from .hit import to_microseconds
from .hit_table import HitRecord
from .rollup import RollupChange
from .rules import EARLY_SECONDS, FLOOD, INFLUENCE_SECONDS, RULES, HitKind, RuleScope
from .verdict import Event, Judgement, are_rapid, judge, judge_alone, judge_flood, lasting_marks

_BEGINNING = to_microseconds(datetime(1999, 12, 31, tzinfo=UTC))
_INFLUENCE = round(INFLUENCE_SECONDS * 1e6)


@dataclass(slots=True)
class IssueFacts:
    """What judging needs of an issue."""

    tracking: Tracking
    links: dict[int, int | None] = field(default_factory=dict)
    """Articles by link number."""
    honeypots: set[int] = field(default_factory=set)
    """The link numbers of honeypots."""
    since: datetime | None = None
    """No hit of this issue is older."""


@dataclass(slots=True)
class CopyHits:
    """All hits of one reader's copy: stored ones and new ones; ``marks`` of new ones is set."""

    delivered: float | None = None
    stored: list[HitRecord] = field(default_factory=list)
    new: list[HitRecord] = field(default_factory=list)
    replays: dict[str, bool] = field(default_factory=dict)
    """By id, the clicks that are replays from now on, or no longer; see :mod:`.across_copies`."""

    def judgement_of(self, hit: HitRecord, in_copy: Judgement, rules: tuple[str, ...] = ()) -> Judgement:
        """The verdict on a hit, from that among the hits of its copy and, if it is stored, its rules until now."""
        replay = self.replays.get(hit.id, bool(rules) and across_copies.is_replay(rules))
        return across_copies.judge_replay(in_copy) if replay else in_copy


Groups = dict[tuple[int, int], CopyHits]


def load_stored(session: Session, groups: Groups, issues: dict[int, IssueFacts]) -> None:
    """Add the stored hits of every copy in *groups*."""
    since = {issue: to_microseconds(found.since) if found.since else _BEGINNING for issue, found in issues.items()}
    copies = []
    for (issue, reader), group in groups.items():
        early = group.new and min([hit.at for hit in group.new]) < since[issue]
        copies.append((issue, reader, _BEGINNING if early else since[issue]))
    for hit in hit_table.load(session, copies):
        groups[hit.issue, hit.reader].stored.append(hit)


def stored_marks(hit: HitRecord) -> tuple[str, ...]:
    """The rules that a stored hit fires by itself, as they were found when it came."""
    return lasting_marks(
        hit.rules, details_deleted=hit.client is None and hit.agent is None, pseudonymous=hit.reader < 0
    )


def judge_and_store(
    session: Session,
    groups: Groups,
    issues: dict[int, IssueFacts],
    *,
    marks_of: Callable[[HitRecord], tuple[str, ...]] = stored_marks,
) -> int:
    """Judge every group, store new hits, update changed verdicts and roll-ups; returns how many verdicts changed.

    Arguments:
        marks_of: from a stored hit to the names of the rules that it fires by itself.
    """
    change = RollupChange()
    changed: list[HitRecord] = []

    def judged() -> Iterator[HitRecord]:
        for (issue, _), group in groups.items():
            after = _judge(group, issues[issue], marks_of)
            change.add(group.stored, after, group.new)
            if after is not group.stored:
                changed.extend(hit for old, hit in zip(group.stored, after, strict=True) if old is not hit)
            yield from group.new

    # The generator is read while COPY writes, so that judging and writing overlap.
    hit_table.insert(session, judged())
    hit_table.update(session, changed)
    change.apply(session)
    return len(changed)


def _judge(group: CopyHits, issue: IssueFacts, marks_of: Callable[[HitRecord], tuple[str, ...]]) -> list[HitRecord]:
    """Judge the new hits; returns the stored ones as they are now, the same list or hits where nothing changes."""
    delivered, new = group.delivered, group.new
    if len(new) + len(group.stored) > FLOOD:
        for hit in new:
            hit.verdict, hit.certainty, hit.rules = judge_flood(_event(hit, issue), delivered)
        return group.stored
    independent = group.stored and new and not group.replays and _are_independent(group)
    stored = [] if independent else group.stored
    for hit in stored:
        hit.marks = marks_of(hit)
    hits = new + stored
    if _need_comparison([hit for hit in hits if hit.kind is HitKind.CLICK], issue):
        judged = judge([_event(hit, issue) for hit in hits], delivered=delivered, links=len(issue.links))
    else:
        judged = [
            judge_alone(hit.kind, hit.marks, None if delivered is None else hit.at / 1e6 - delivered) for hit in hits
        ]
    for hit, judgement in zip(new, judged, strict=False):
        hit.verdict, hit.certainty, hit.rules = group.judgement_of(hit, judgement)
    if not stored:
        return group.stored
    return [
        hit.judged(group.judgement_of(hit, judgement, hit.rules))
        for hit, judgement in zip(stored, judged[len(new) :], strict=True)
    ]


def _need_comparison(clicks: Sequence[HitRecord], issue: IssueFacts) -> bool:
    """Whether a copy's clicks may change the verdicts on each other or on its other hits; most copies' do not."""
    for hit in clicks:
        if hit.method != "GET" or hit.link in issue.honeypots:
            return True
    return len(clicks) > 1 and are_rapid(sorted([hit.at / 1e6 for hit in clicks]))


def _are_independent(group: CopyHits) -> bool:
    """Whether neither the new hits nor the delivery can change the verdicts on stored hits, and the reverse."""
    times = [hit.at for hit in group.new]
    first, last = min(times) - _INFLUENCE, max(times) + _INFLUENCE
    early = -1.0 if group.delivered is None else (group.delivered + EARLY_SECONDS) * 1e6
    return not any(first <= hit.at <= last or hit.at <= early or _is_by_delivery(hit.rules) for hit in group.stored)


@lru_cache(4096)
def _is_by_delivery(rules: tuple[str, ...]) -> bool:
    names = (mark.partition("@")[0] for mark in rules)
    return any(RULES[name].scope is RuleScope.DELIVERY for name in names if name in RULES)


def _event(hit: HitRecord, issue: IssueFacts) -> Event:
    device = f"{hit.client}\n{hit.agent}" if hit.client or hit.agent else ""
    return Event(hit.at / 1e6, hit.kind, hit.link, hit.link in issue.honeypots, hit.method != "GET", device, hit.marks)
