"""Clicks compared across the copies of many readers: which new and stored ones belong to a replay.

Stored clicks are looked up by time, the table's key, near the new ones alone. Where a replay is found, it may change
verdicts on clicks of other copies that are stored: these are named, and whoever stores hits judges them again. What a
replay is says :mod:`models.tracking.replay`; where client and agent are not kept (aggregate counting, hits whose
details are deleted), there is nothing to compare, and what was found before stays.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from ..store.db import array_literal
from .hit_table import HitRecord, driver_connection
from .replay import MIN_READERS, REACH, SPAN, DeviceClick, find_replays, has_many_readers
from .rules import RULES, HitKind, Verdict
from .verdict import Judgement

RULE = "across-copies"
Copies = dict[tuple[int, int], dict[str, bool]]
"""By issue and reader, the ids of clicks, and whether each is a replay from now on."""


Device = tuple[int, str, str | None]
"""Issue, client address and agent of the clicks that are compared with each other."""


_new = tuple.__new__
"""As ``DeviceClick(...)`` does, without a call in Python for every click."""


class _StoredClick(NamedTuple):
    click: DeviceClick
    is_replay: bool


def find(session: Session, new: Iterable[HitRecord]) -> Copies:
    """The new clicks that are replays, and the stored ones that become or cease to be one through the new ones.

    Arguments:
        new: hits of which none is stored yet.
    """
    came: dict[Device, list[HitRecord]] = defaultdict(list)
    for hit in new:
        if hit.kind is HitKind.CLICK and hit.client and hit.method == "GET":
            came[hit.issue, hit.client, hit.agent].append(hit)
    if not came:
        return {}
    chosen = _with_many_readers(session, came) | _near_known_replays(session, came)
    times = {device: [hit.at for hit in came[device]] for device in chosen}
    return _compare(session, times, {device: _clicks(came[device]) for device in chosen})


def _clicks(hits: Iterable[HitRecord]) -> list[DeviceClick]:
    return [_new(DeviceClick, (hit.at, hit.id, hit.reader, hit.link)) for hit in hits]


def find_again(session: Session, start: datetime, end: datetime) -> Copies:
    """The stored clicks from *start* to before *end* that become or cease to be replays by the present rules."""
    times: dict[Device, list[int]] = defaultdict(list)
    for issue, client, agent, *found in driver_connection(session).execute(_SLOTS, [start, end, start, end]):
        times[issue, client, agent] += found
    return _compare(session, times, {})


@lru_cache(4096)
def is_replay(rules: tuple[str, ...]) -> bool:
    """Whether a stored hit with these rules (``NAME@VERSION``) was found to be a replay."""
    return any(rule.partition("@")[0] == RULE for rule in rules)


@lru_cache(4096)
def judge_replay(judgement: Judgement) -> Judgement:
    """The verdict on a click that repeats another one through another copy: nobody knows whose it was.

    A machine's verdict stays, but the rule is noted, as the machine may turn out to be a person.
    """
    mark = RULES[RULE].mark
    if judgement.verdict in (Verdict.HUMAN, Verdict.UNKNOWN):
        return Judgement(Verdict.UNKNOWN, 50, (mark, *judgement.rules))
    return Judgement(judgement.verdict, judgement.certainty, (*judgement.rules, mark))


def _with_many_readers(session: Session, came: Mapping[Device, Sequence[HitRecord]]) -> set[Device]:
    """The devices of new clicks that, with the stored ones beside these, came through many copies at once."""
    spans = _spans([hit.at for hits in came.values() for hit in hits], SPAN)
    columns = [*_columns(spans), array_literal({client for _, client, _ in came})]
    stored: dict[Device, list[DeviceClick]] = defaultdict(list)
    for issue, client, agent, *click in driver_connection(session).execute(_BESIDE, columns).fetchall():
        stored[issue, client, agent].append(DeviceClick(*click))
    return {
        device
        for device, hits in came.items()
        if (len(hits) >= MIN_READERS or device in stored)
        and len({hit.reader for hit in hits}.union(click.reader for click in stored.get(device, ()))) >= MIN_READERS
        and has_many_readers(sorted([*_clicks(hits), *stored.get(device, ())]))
    }


def _near_known_replays(session: Session, came: Mapping[Device, Sequence[HitRecord]]) -> set[Device]:
    """The devices of new clicks beside a replay that was found before: it may no longer stand out."""
    every = [hit.at for hits in came.values() for hit in hits]
    found = driver_connection(session).execute(_REPLAYS, [min(every) - REACH, max(every) + REACH])
    return {
        (issue, client, agent)
        for issue, client, agent, at in found
        if any(abs(at - hit.at) <= REACH for hit in came.get((issue, client, agent), ()))
    }


def _compare(
    session: Session, times: Mapping[Device, Sequence[int]], came: Mapping[Device, Sequence[DeviceClick]]
) -> Copies:
    """What changes with devices' clicks within :data:`REACH` of some times."""
    changes: Copies = defaultdict(dict)
    for device, those in times.items():
        spans = _spans(those, 2 * REACH)
        issue = device[0]
        stored = list(_stored(session, device, spans))
        new = came.get(device, ())
        replays = find_replays(sorted([*new, *(one.click for one in stored)]))
        for click in new:
            if click.id in replays:
                changes[issue, click.reader][click.id] = True
        for click, was_replay in stored:
            # Further off, clicks that were not loaded may matter: those verdicts are not touched.
            if (click.id in replays) is not was_replay and _is_inside(click.at, spans, REACH):
                changes[issue, click.reader][click.id] = not was_replay
    return changes


def _stored(session: Session, device: Device, spans: Sequence[tuple[int, int]]) -> Iterator[_StoredClick]:
    columns = [*_columns(spans), *device]
    for at, code, reader, link, rules in driver_connection(session).execute(_OF_DEVICE, columns):
        yield _StoredClick(DeviceClick(at, code, reader, link), is_replay(tuple(rules)))


def _spans(times: Iterable[int], beside: int) -> list[tuple[int, int]]:
    """What lies within *beside* of any of some times: first and last microsecond of each span, sorted, apart."""
    spans: list[tuple[int, int]] = []
    by_time = sorted(times)
    first = last = by_time[0] if by_time else 0
    for at in by_time:
        if at - last > 2 * beside:
            spans.append((first - beside, last + beside))
            first = at
        last = at
    if by_time:
        spans.append((first - beside, last + beside))
    return spans


def _is_inside(at: int, spans: Sequence[tuple[int, int]], margin: int) -> bool:
    """Whether a time lies in a span, at least *margin* from both of its ends."""
    place = bisect_left(spans, at, key=lambda span: span[1])
    return place < len(spans) and spans[place][0] + margin <= at <= spans[place][1] - margin


def _columns(spans: Sequence[tuple[int, int]]) -> list[str]:
    return [array_literal(column) for column in zip(*spans, strict=True)] or ["{}", "{}"]


_TIME = "timestamptz 'epoch' + {} * interval '1 microsecond'"
_SPAN = f"""
unnest(%s::bigint[], %s::bigint[]) AS span (first, last)
CROSS JOIN LATERAL (
  SELECT * FROM hit WHERE hit.at >= {_TIME.format("first")} AND hit.at <= {_TIME.format("last")}
    AND kind = 'click' AND method = 'GET' AND client IS NOT NULL OFFSET 0) AS hit
"""  # noqa: S608  only constants of this file are put in
# OFFSET 0 keeps PostgreSQL from reading whole partitions for a join: each span is looked up by the key.
_MICROSECONDS = "(extract(epoch FROM hit.at) * 1000000)::bigint"
_BESIDE = f"""
SELECT hit.issue_id, hit.client, hit.agent, {_MICROSECONDS}, '', hit.reader, hit.link
FROM {_SPAN} JOIN unnest(%s::text[]) AS came (client) ON came.client = hit.client
"""  # noqa: S608  only constants of this file are put in
_OF_DEVICE = f"""
SELECT {_MICROSECONDS}, replace(hit.id::text, '-', ''), hit.reader, hit.link, hit.rules
FROM {_SPAN} WHERE hit.issue_id = %s AND hit.client = %s AND hit.agent IS NOT DISTINCT FROM %s
"""  # noqa: S608  only constants of this file are put in
_REPLAYS = f"""
SELECT issue_id, client, agent, {_MICROSECONDS} FROM hit
WHERE 'across-copies@1' = ANY (rules) AND client IS NOT NULL
  AND at >= {_TIME.format("%s")} AND at <= {_TIME.format("%s")}
"""  # noqa: S608  only constants of this file are put in
# A replay's five seconds lie in at most two slots of five seconds, one of which has half of its readers.
_SLOTS = f"""
SELECT issue_id, client, agent, min({_MICROSECONDS}), max({_MICROSECONDS}) FROM hit
WHERE at >= %s AND at < %s AND kind = 'click' AND method = 'GET' AND client IS NOT NULL
GROUP BY issue_id, client, agent, link, floor(extract(epoch FROM at) / 5) HAVING count(*) >= 5
UNION ALL
SELECT issue_id, client, agent, {_MICROSECONDS}, {_MICROSECONDS} FROM hit
WHERE 'across-copies@1' = ANY (rules) AND client IS NOT NULL AND at >= %s AND at < %s
"""  # noqa: S608  only constants of this file are put in
