"""The evidence of a ranking: a sheet that shows for every place the hits behind it, for anybody to count again.

For each place it gives the number of clicks, how many each rule excluded, how many count, how many different readers
made them, and a digest of the exported clicks. ``verify`` takes nothing but the sheet and the
exported hits; ``docs/ranking-verify.py`` does the same without this program.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..store.clock import start_of_day, tokyo_date
from ..store.errors import Invalid, Unavailable
from ..tracking import retention
from ..tracking.readership import Policy
from ..tracking.rules import RULES
from . import hit_export, reach
from .hit_export import HitRow
from .ranking import Measure, Place, Query, Ranking, compute, scope

KIND = "kairan ranking evidence 1"
VERDICTS = {Policy.HUMAN: ["human"], Policy.WIDE: ["human", "unknown"]}


Span = tuple[date, date]
"""From a day to another one, which is excluded."""


class HitCount(NamedTuple):
    """The clicks on one article, counted."""

    raw: int
    counted: int
    readers: int
    excluded: dict[str, int]
    """By the rule that decided."""
    digest: str


NO_HITS = HitCount(0, 0, 0, {}, sha256(b"").hexdigest())


def sheet(session: Session, ranking: Ranking, *, top: int) -> dict[str, Any]:
    """The sheet of a ranking's first places, as values that JSON can hold.

    Raises:
        Invalid: the hits of that period are no longer kept.
        Unavailable: hits came in between the ranking and this.
    """
    query, places = ranking.query, ranking.top(top)
    spans = {place.slug: counting_days(query, place.first_sent_on) for place in ranking.places}
    issues = _issues(session, query)
    counts = _count_places(session, query, issues, places)
    if any(counts[place.slug].readers != place.readers for place in places):
        if query.period.start < retention.first_month_kept():
            raise Invalid("hits of that period are no longer kept (HIT_RETENTION_MONTHS), so they cannot be shown")
        raise Unavailable("hits came in while they were counted: try again")
    found = {
        "kind": KIND,
        "query": query.as_json(),
        "verdicts": VERDICTS[query.policy],
        "computed_at": ranking.computed_at.isoformat(timespec="seconds"),
        "rules": {rule.name: rule.version for rule in RULES.values()},
        "issues": issues,
        "places": [{**_facts(place, spans[place.slug]), **counts[place.slug]._asdict()} for place in places],
        "others": [_facts(place, spans[place.slug]) for place in ranking.places[len(places) :]],
    }
    return {**found, "digest": digest(found)}


def rows_for(session: Session, query: Query) -> Iterator[HitRow]:
    """The exported clicks that a sheet of *query* is verified with, as they are now."""
    return hit_export.rows(session, _issues(session, query), hit_export.HitFilter(*_window(query)))


def _issues(session: Session, query: Query) -> list[int]:
    """Every issue that had gone out by the end of the days that count: those to export for counting again."""
    _, end = _window(query)
    newsletter = scope(session, query).newsletter
    chosen = select(Issue.id).where(Issue.newsletter_id == newsletter.id, Issue.prepared_at < start_of_day(end))
    return list(session.scalars(chosen.order_by(Issue.id)))


def _window(query: Query) -> Span:
    """From the first day to the last that can count for any article."""
    later = timedelta(days=query.first_days if query.measure is Measure.EARLY else 0)
    return query.period.start, query.period.end + later


def _count_places(
    session: Session, query: Query, issues: Sequence[int], places: Sequence[Place]
) -> dict[str, HitCount]:
    spans = {place.slug: counting_days(query, place.first_sent_on) for place in places}
    carried = reach.carriers_of_articles(session, [place.article_id for place in places])
    some = sorted({one.issue for those in carried.values() for one in those}.intersection(issues))
    only = hit_export.HitFilter(*_window(query), articles=[place.article_id for place in places])
    counts = count(hit_export.rows(session, some, only), spans.get, query.audience, VERDICTS[query.policy])
    return {slug: counts.get(slug, NO_HITS) for slug in spans}


def _facts(place: Place, days: Span) -> dict[str, Any]:
    published = place.published_on or place.first_sent_on
    return {
        "number": place.number,
        "article": place.slug,
        "readers": place.readers,
        "received": place.received,
        "published": published.isoformat() if published else "",
        "from": days[0].isoformat(),
        "until": days[1].isoformat(),
    }


def counting_days(query: Query, first_sent_on: date | None) -> Span:
    """The days on which clicks on an article count, the second one excluded."""
    if query.measure is Measure.EARLY and first_sent_on is not None:
        return first_sent_on, first_sent_on + timedelta(days=query.first_days)
    return query.period.start, query.period.end


def count(
    rows: Iterable[HitRow], span_of: Callable[[str], Span | None], audience: str, verdicts: Iterable[str]
) -> dict[str, HitCount]:
    """Count clicks as a ranking counts them, by article.

    Arguments:
        rows: exported hits, of any articles.
        span_of: from an article to the days that count; None where the article does not count.
        audience: slug, or empty for all.
        verdicts: those that count.
    """
    wanted, lines = set(verdicts), defaultdict(list)
    readers: dict[str, set[str]] = defaultdict(set)
    excluded: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.kind != "click" or not row.article or (audience and row.audience != audience):
            continue
        days = span_of(row.article)
        if days is None or not days[0] <= _day(row.time[:13]) < days[1]:
            continue
        lines[row.article].append(",".join(row))
        if row.verdict in wanted:
            readers[row.article].add(row.reader)
        else:
            excluded[row.article][row.rules.partition("@")[0]] += 1
    return {article: _count(lines[article], readers[article], excluded[article]) for article in lines}


@lru_cache(20_000)
def _day(hour: str) -> date:
    """The day in Asia/Tokyo of an hour in UTC, such as ``2021-05-01T15``."""
    return tokyo_date(datetime.fromisoformat(f"{hour}:00Z"))


def _count(lines: list[str], readers: set[str], excluded: Counter[str]) -> HitCount:
    raw = len(lines)
    # Sorted, so that the digest does not depend on the order of the export.
    digest_of_lines = sha256("\n".join(sorted(lines)).encode()).hexdigest()
    return HitCount(raw, raw - excluded.total(), len(readers), dict(sorted(excluded.items())), digest_of_lines)


def digest(found: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) of a sheet without the time when it was made: the same ranking has the same digest."""
    content = {name: value for name, value in found.items() if name not in ("digest", "computed_at")}
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def verify(found: Mapping[str, Any], rows: Iterable[HitRow]) -> list[str]:
    """What is wrong with a sheet, by the exported hits alone; an empty list where every number is right.

    Arguments:
        rows: the exported hits of all issues that the sheet names; those of others do not matter.

    Raises:
        Invalid: this is no sheet.
    """
    try:
        return list(_check(found, rows))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Invalid("this is no evidence sheet, or not a whole one") from error


def _check(found: Mapping[str, Any], rows: Iterable[HitRow]) -> Iterator[str]:
    query = Query.from_json(found["query"])
    if found["digest"] != digest(found):
        yield "the digest is not that of the sheet"
    if found["verdicts"] != VERDICTS[query.policy]:
        yield "the verdicts that count are not those of the query"
    entries = [*found["places"], *found["others"]]
    spans = {one["article"]: (date.fromisoformat(one["from"]), date.fromisoformat(one["until"])) for one in entries}
    # Where the query covers every article, none may be missing.
    covers_all = not query.topic and query.measure is not Measure.EARLY
    whole = (query.period.start, query.period.end)
    counts = count(
        rows, lambda article: spans.get(article, whole if covers_all else None), query.audience, found["verdicts"]
    )
    for number, entry in enumerate(entries, 1):
        counted = counts.get(entry["article"], NO_HITS)
        right: dict[str, Any] = {"number": number, "readers": counted.readers}
        if number <= len(found["places"]):
            right |= counted._asdict()
        for name, value in right.items():
            if entry[name] != value:
                yield f"{entry['article']}: {name} is {entry[name]}, should be {value}"
        if query.measure is not Measure.EARLY and spans[entry["article"]] != whole:
            yield f"{entry['article']}: its days are not those of the period"
    for slug, counted in counts.items():
        if slug not in spans and counted.readers:
            yield f"{slug}: has {counted.readers} readers and is missing"
    for first, second in pairwise(entries):
        if _sort_key(first, query.measure) > _sort_key(second, query.measure):
            yield f"{first['article']}: stands before {second['article']}"


def _sort_key(entry: Mapping[str, Any], measure: Measure) -> tuple[float, float, str, str]:
    rate = entry["readers"] / entry["received"] if entry["received"] else -1.0
    last = (entry["published"] or "9999-12-31", entry["article"])
    if measure is Measure.RATE:
        return (-rate, -entry["readers"], *last)
    return (-entry["readers"], -rate, *last)


def check_reach(session: Session, found: Mapping[str, Any]) -> list[str]:
    """Which numbers of readers who received an article differ from the deliveries as they are now.

    Late bounces lower these numbers for two weeks after a letter has gone out.
    """
    query = Query.from_json(found["query"])
    right = {place.slug: place.received for place in compute(session, query, compare=False).places}
    return [
        f"{entry['article']}: received is {entry['received']}, should be {right.get(entry['article'], 0)}"
        for entry in [*found["places"], *found["others"]]
        if entry["received"] != right.get(entry["article"], 0)
    ]
