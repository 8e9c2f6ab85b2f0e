"""Brute force: every number of roll-ups and rankings, counted from all hits at once, to compare with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from models.store.clock import TOKYO
from models.tracking.hit import IncomingHit, format_headers
from models.tracking.rules import SURE, HitKind, Verdict
from models.tracking.verdict import Event, Judgement, device_of, judge, marks, network_of

from .sample_newsletter import SampleNewsletter

Judged = dict[str, tuple[IncomingHit, Judgement]]
"""By id: each different hit and its verdict."""


def day(of: IncomingHit) -> date:
    """The day in Asia/Tokyo."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=of.at)).astimezone(TOKYO).date()


def verdicts(sample: SampleNewsletter, entries: Iterable[IncomingHit]) -> Judged:
    """By id: each different hit and its verdict."""
    copies: dict[tuple[int, int], dict[str, IncomingHit]] = defaultdict(dict)
    for entry in entries:
        copies[entry.issue, entry.reader][entry.id] = entry
    found = {}
    for (issue, _), hits in copies.items():
        links = sample.links[issue]
        events = [
            Event(
                hit.at / 1e6, hit.kind, hit.link, hit.link == max(links), hit.method != "GET",
                device_of(hit.agent, format_headers(hit.headers)), network_of(hit.client),
                marks(hit.kind, hit.method, hit.client, hit.agent, hit.headers, hit.at),
            )
            for hit in hits.values()
        ]  # fmt: skip
        verdicts = judge(events, delivered=sample.delivered(issue).timestamp(), links=len(links))
        found.update({hit.id: (hit, verdict) for hit, verdict in zip(hits.values(), verdicts, strict=True)})
    return found


def daily_hits(sample: SampleNewsletter, hits: Iterable[tuple[IncomingHit, Judgement]]) -> Counter[tuple[object, ...]]:
    """Hits by everything that the table of daily hits tells apart."""
    return Counter(
        (
            hit.issue, hit.kind, hit.link, day(hit), sample.audience_of[hit.reader] or 0,
            verdict.verdict, verdict.reason, verdict.certainty >= SURE,
        )
        for hit, verdict in hits
    )  # fmt: skip


def unique_readers(
    sample: SampleNewsletter, hits: Iterable[tuple[IncomingHit, Judgement]]
) -> dict[tuple[object, ...], tuple[int, int]]:
    """Readers of an issue by kind, link (0: any) and audience: those counted, and also those with an unknown hit."""
    return _by_policy(
        ((hit.issue, hit.kind, link, sample.audience_of[hit.reader] or 0), hit, verdict.verdict)
        for hit, verdict in hits
        for link in {hit.link, 0}
    )


def daily_readers(hits: Iterable[tuple[IncomingHit, Judgement]]) -> dict[tuple[object, ...], tuple[int, int]]:
    """Readers of an issue by kind, link and day: those counted, and also those with an unknown hit."""
    return _by_policy(((hit.issue, hit.kind, hit.link, day(hit)), hit, verdict.verdict) for hit, verdict in hits)


def _by_policy(
    hits: Iterable[tuple[tuple[object, ...], IncomingHit, Verdict]],
) -> dict[tuple[object, ...], tuple[int, int]]:
    sets: dict[tuple[object, ...], tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for key, hit, verdict in hits:
        counted, wide = sets[key]
        if verdict.is_person(hit.kind):
            counted.add(hit.reader)
        if verdict.is_person(hit.kind) or verdict is Verdict.UNKNOWN:
            wide.add(hit.reader)
    return {key: (len(counted), len(wide)) for key, (counted, wide) in sets.items() if wide}


def readers(
    sample: SampleNewsletter,
    hits: Iterable[tuple[IncomingHit, Judgement]],
    start: date,
    end: date,
    audience: int = 0,
    verdicts: frozenset[Verdict] = frozenset({Verdict.HUMAN}),
) -> dict[int, int]:
    """Different readers by article."""
    found: dict[int, set[int]] = defaultdict(set)
    for hit, verdict in hits:
        article = sample.links[hit.issue].get(hit.link)
        if (
            article is not None
            and hit.kind is HitKind.CLICK
            and verdict.verdict in verdicts
            and start <= day(hit) < end
            and audience in (0, sample.audience_of[hit.reader])
        ):
            found[article].add(hit.reader)
    return {article: len(those) for article, those in found.items()}
