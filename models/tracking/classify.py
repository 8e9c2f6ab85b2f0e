"""All hits of one reader's copy: stored and new ones, judged together and counted.

The database writes the first hits while the next ones are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import is_

from sqlalchemy import text
from sqlalchemy.orm import Session

from ..issues.newsletter import Tracking
from . import across_copies, hit_table, salt, seal
from .hit import to_microseconds
from .hit_table import HitRecord
from .rollup import RollupChange
from .rules import FLOOD
from .shared_copy import MIN_DEVICES
from .verdict import Event, Judgement, combine_kept, judge, judge_flood, judge_kept, lasting_marks

_BEGINNING = to_microseconds(datetime(1999, 12, 31, tzinfo=UTC))


@dataclass(slots=True)
class IssueFacts:
    """What judging needs of an issue."""

    tracking: Tracking
    links: dict[int, int | None] = field(default_factory=dict)
    """Articles by link number."""
    honeypots: set[int] = field(default_factory=set)
    """The link numbers of honeypots."""
    elsewhere: set[int] = field(default_factory=set)
    """The articles that went out in another issue first."""
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
    for (issue, reader), group in groups.items():
        if reader < 0:
            _open_seals(session, issue, [*group.stored, *group.new])


def _open_seals(session: Session, issue: int, hits: Sequence[HitRecord]) -> None:
    """Let nameless hits tell what they fire by themselves, where the salt lives that tells it."""
    for hit in hits:
        if hit.headers and (known := salt.find(session.connection().engine, issue)):
            opened = seal.open_seal(known, hit.headers)
            if opened is not None:
                hit.marks, hit.is_open = opened, True


def has_lost_details(hit: HitRecord) -> bool:
    """Whether a stored hit had details that are deleted by now: then it stays what it was found to be."""
    if hit.reader < 0:
        return not hit.is_open
    return hit.reader > 0 and hit.client is None and hit.agent is None and "unrecorded" not in hit.marks


def stored_marks(hit: HitRecord) -> tuple[str, ...]:
    """The rules that a stored hit fires by itself, as they were found when it came."""
    if hit.is_open:
        return hit.marks
    marks = lasting_marks(hit.rules, pseudonymous=hit.reader < 0)
    if hit.client is None and hit.agent is None and "unrecorded" not in marks:
        return lasting_marks(hit.rules, details_deleted=True, pseudonymous=hit.reader < 0)
    return marks


ChangedCopy = tuple[list[HitRecord], list[HitRecord]]
"""The stored hits of a copy, and as they are to be in the same order; an unchanged one is the same object."""


def judge_and_store(session: Session, groups: Groups, issues: dict[int, IssueFacts]) -> None:
    """Judge every group, store new hits, update changed verdicts and roll-ups."""
    change = RollupChange(_elsewhere(issues))
    changed: list[HitRecord] = []

    def judged() -> Iterator[HitRecord]:
        for (issue, _), group in groups.items():
            after = _judge(group, issues[issue], stored_marks)
            change.add(group.stored, after, group.new)
            changed.extend(_differing(group.stored, after))
            yield from group.new

    # The generator is read while COPY writes, so that judging and writing overlap.
    hit_table.insert(session, judged())
    hit_table.update(session, changed)
    change.apply(session)


def judge_stored(
    groups: Groups, issues: dict[int, IssueFacts], marks_of: Callable[[HitRecord], tuple[str, ...]]
) -> list[ChangedCopy]:
    """Judge groups without new hits; returns the copies that change, or that may be shared ones.

    Arguments:
        marks_of: from a stored hit to the names of the rules that it fires by itself.
    """
    found = []
    for (issue, _), group in groups.items():
        after = _judge(group, issues[issue], marks_of)
        if len(after) >= MIN_DEVICES or _differing(group.stored, after):
            found.append((group.stored, after))
    return found


def store_changes(session: Session, copies: Iterable[ChangedCopy], issues: dict[int, IssueFacts]) -> int:
    """Write what :func:`judge_stored` found, and change roll-ups; returns how many verdicts changed.

    Several processes may do so at once with different copies. They change the same roll-ups, one after the other.
    """
    change = RollupChange(_elsewhere(issues))
    changed: list[HitRecord] = []
    for before, after in copies:
        change.add(before, after, ())
        changed += _differing(before, after)
    hit_table.update(session, changed)
    session.execute(_LOCK_ROLLUPS)
    change.apply(session)
    return len(changed)


_LOCK_ROLLUPS = text("SELECT pg_advisory_xact_lock(x'6b726f6c'::int)")  # "krol" in ASCII


def _elsewhere(issues: dict[int, IssueFacts]) -> set[tuple[int, int | None]]:
    return {(number, article) for number, found in issues.items() for article in found.elsewhere}


def _differing(before: Sequence[HitRecord], after: Sequence[HitRecord]) -> list[HitRecord]:
    return [] if after is before else [hit for old, hit in zip(before, after, strict=True) if old is not hit]


def _judge(group: CopyHits, issue: IssueFacts, marks_of: Callable[[HitRecord], tuple[str, ...]]) -> list[HitRecord]:
    """Judge the new hits; returns the stored ones as they are now, the same list or hits where nothing changes."""
    delivered, new, stored = group.delivered, group.new, group.stored
    if len(new) + len(stored) > FLOOD:
        # As if they had come one by one: a letter that was published keeps its one reader.
        new, beyond = _split(new, max(FLOOD - len(stored), 0))
        for hit in beyond:
            hit.verdict, hit.certainty, hit.rules = _told(hit, judge_flood(_event(hit, issue), delivered))
        if not new:
            return stored
    honeypots = issue.honeypots
    events = [
        _new(Event, (
            hit.at / 1e6, hit.kind, link := hit.link, link in honeypots, hit.method != "GET", hit.device, hit.network,
            hit.marks,
        ))
        for hit in new
    ]  # fmt: skip
    for hit in stored:
        hit.marks = marks_of(hit)
        if not has_lost_details(hit):
            events.append(_event(hit, issue))
    judgements = judge(events, delivered=delivered, links=len(issue.links))
    if group.replays or (new and new[0].reader < 0):
        for hit, judgement in zip(new, judgements, strict=False):
            hit.verdict, hit.certainty, hit.rules = _told(hit, group.judgement_of(hit, judgement))
    else:
        for hit, judgement in zip(new, judgements, strict=False):
            hit.verdict, hit.certainty, hit.rules = judgement
    if not stored:
        return stored
    verdicts, after = iter(judgements[len(new) :]), []
    for hit in stored:
        judgement = judge_kept(hit.kind, hit.marks) if has_lost_details(hit) else next(verdicts)
        after.append(hit.judged(_told(hit, group.judgement_of(hit, judgement, hit.rules))))
    return stored if all(map(is_, after, stored)) else after


def _told(hit: HitRecord, judgement: Judgement) -> Judgement:
    """What is kept of a judgement."""
    return judgement if hit.reader >= 0 else combine_kept(hit.kind, judgement.verdict)


def _split(hits: Sequence[HitRecord], count: int) -> tuple[list[HitRecord], list[HitRecord]]:
    """The first *count* hits by time, and the others."""
    by_time = sorted(hits, key=lambda hit: (hit.at, hit.id))
    return by_time[:count], by_time[count:]


def _event(hit: HitRecord, issue: IssueFacts) -> Event:
    link = hit.link
    return _new(Event, (
        hit.at / 1e6, hit.kind, link, link in issue.honeypots, hit.method != "GET",
        hit.device, hit.network, hit.marks,
    ))  # fmt: skip


_new = tuple.__new__
"""As ``Event(...)`` does, without a call in Python for every hit."""
