"""The evidence of a ranking: a signed sheet that shows for every place what it stands on, for anybody to count again.

For each article the sheet gives the number of clicks, how many each rule excluded, how many count, and how many
different readers made them; for places, a digest of the clicks, too. Two files go with it: the clicks
(:mod:`.ranking_clicks`), and what there was to rank and who received it (:mod:`.ranking_reach`). Nothing but these and
the newsletter's public key is needed to count again (:mod:`.evidence_check`, ``docs/verify/ranking-verify.py``).
"""

from __future__ import annotations

import base64
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..store.errors import Invalid, Unavailable
from ..tracking import retention
from ..tracking.readership import Policy
from ..tracking.rollup import DailyReaderCount
from . import ranking_clicks, ranking_key, ranking_reach
from .hit_export import HitRow
from .ranking import Measure, Place, Query, Ranking, compute, scope
from .ranking_clicks import Countable, Span
from .ranking_reach import ReachFile

KIND = "kairan ranking evidence 2"
VERDICTS = {Policy.HUMAN: ["human"], Policy.WIDE: ["human", "unknown"]}
UNSIGNED = ("digest", "computed_at", "key", "signature")
"""Parts of a sheet that its digest does not cover: the same ranking has the same one. The signature covers the time."""


QUICK = 20_000
"""Readers' days of clicks from which a sheet is drawn at once; more take a second for every 100,000 or so."""


class ArticleClicks(NamedTuple):
    """The clicks on one article, counted."""

    raw: int
    counted: int
    excluded: dict[str, int]
    """By the rule that decided."""


class Evidence(NamedTuple):
    """A ranking with what it stands on, all of one look at the database."""

    ranking: Ranking
    """As it was drawn, with the readers who received each article counted anew."""
    sheet: dict[str, Any]
    reach: dict[str, Any]
    """The reach file."""
    clicks: Countable


def is_quick(session: Session, query: Query) -> bool:
    """Whether a sheet is drawn while somebody waits for a page, judged by what is kept of the issues in its window.

    Raises:
        NotFound: there is no such newsletter, audience or topic.
    """
    first, end = _window(query)
    days = select(func.coalesce(func.sum(DailyReaderCount.wide), 0)).where(
        DailyReaderCount.issue_id == Issue.id, DailyReaderCount.link > 0,
        DailyReaderCount.day >= first, DailyReaderCount.day < end,
    )  # fmt: skip
    of_issues = select(func.sum(days.scalar_subquery())).where(
        Issue.newsletter_id == newsletter_of(session, query).id, Issue.prepared_at.is_not(None)
    )
    return (session.scalar(of_issues) or 0) <= QUICK


def draw(session: Session, query: Query, *, top: int) -> Evidence:
    """Draw a ranking and what it stands on. The session should look at one moment of the database.

    Raises:
        NotFound: there is no such newsletter, audience or topic.
        Invalid: the hits of that period are no longer kept.
    """
    return open_ranking(session, compute(session, query), top=top)


def sheet(session: Session, ranking: Ranking, *, top: int) -> dict[str, Any]:
    """The sheet alone, as values that JSON can hold; see :func:`open_ranking`."""
    return open_ranking(session, ranking, top=top).sheet


def open_ranking(session: Session, ranking: Ranking, *, top: int) -> Evidence:
    """What a ranking stands on.

    Arguments:
        top: how many places have a digest of their clicks; the other articles have their numbers.

    Raises:
        Invalid: the hits of that period are no longer kept.
        Unavailable: hits came in between the ranking and this.
    """
    query, found = ranking.query, scope(session, ranking.query)
    file = ranking_reach.catalogue(session, query, found, _window(query)[1])
    ranked = [place.slug for place in ranking.places]
    ranking_reach.add_copies(session, file, query, found.audience, ranked)
    reach = ReachFile(file)
    ranking = ranking.with_received(reach.received(ranked, query.period.end.isoformat()))
    clicks = _countable(session, query, reach)
    content = {
        "kind": KIND,
        "query": query.as_json(),
        "verdicts": VERDICTS[query.policy],
        "issues": reach.issues,
        "reach": ranking_reach.digest(file),
        **_counts(session, ranking, reach, clicks, top),
    }
    signed = _signed(session, found.newsletter, content, ranking.computed_at)
    return Evidence(ranking, signed, file, clicks)


def rows_for(session: Session, query: Query) -> Iterator[HitRow]:
    """The clicks that a sheet of *query* is verified with, as they are now."""
    found = scope(session, query)
    reach = ReachFile(ranking_reach.catalogue(session, query, found, _window(query)[1]))
    return ranking_clicks.rows(session, _countable(session, query, reach))


def reach_for(session: Session, query: Query) -> dict[str, Any]:
    """The reach file of *query* as it is now. Late bounces lower its numbers for two weeks after a letter went out."""
    found = scope(session, query)
    file = ranking_reach.catalogue(session, query, found, _window(query)[1])
    ranked = [place.slug for place in compute(session, query, compare=False).places]
    ranking_reach.add_copies(session, file, query, found.audience, ranked)
    return file


def newsletter_of(session: Session, query: Query) -> Newsletter:
    """Whose ranking it is.

    Raises:
        NotFound: there is no such newsletter, audience or topic.
    """
    return scope(session, query).newsletter


def _window(query: Query) -> Span:
    """From the first day to the last that can count for any article."""
    later = timedelta(days=query.first_days if query.measure is Measure.EARLY else 0)
    return query.period.start, query.period.end + later


def _countable(session: Session, query: Query, reach: ReachFile) -> Countable:
    found = scope(session, query)
    days = reach.days(query)
    ids = ranking_clicks.article_ids(session, found.newsletter.id, days)
    return Countable(
        query, reach.issues, found.audience, {ids[slug]: slug for slug in ids}, {ids[slug]: days[slug] for slug in ids}
    )


def _counts(session: Session, ranking: Ranking, reach: ReachFile, clicks: Countable, top: int) -> dict[str, Any]:
    """Every number of the sheet."""
    query, places = ranking.query, ranking.top(top)
    days, wanted = reach.days(query), set(VERDICTS[query.policy])
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    marks: Counter[str] = Counter()
    issues: dict[int, set[int]] = defaultdict(set)
    for one in ranking_clicks.counts(session, clicks):
        reason = "" if one.verdict in wanted else one.rules[0].partition("@")[0] if one.rules else one.verdict
        sums[clicks.slugs[one.article]][reason] += one.clicks
        marks.update(dict.fromkeys(one.rules, one.clicks))
        issues[one.article].add(one.issue)
    entries = [_entry(place, days[place.slug], sums[place.slug]) for place in ranking.places]
    # Only the few issues in which places were clicked are read again, by their index.
    digests, readers = _digests(session, clicks, places, set().union(*(issues[one.article_id] for one in places)))
    if any(readers[place.slug] != place.readers for place in places):
        if query.period.start < retention.first_month_kept():
            raise Invalid("hits of that period are no longer kept (HIT_RETENTION_MONTHS), so they cannot be shown")
        raise Unavailable("hits came in while they were counted: try again")
    ranked = {place.slug for place in ranking.places}
    return {
        "rules": dict(sorted(marks.items())),
        "places": [{**entry, **digests[entry["article"]]} for entry in entries[: len(places)]],
        "others": entries[len(places) :],
        "unread": [
            {"article": slug, **_days(days[slug]), **article_clicks(sums[slug])._asdict()}
            for slug in sorted(sums.keys() - ranked)
        ],
    }


def _digests(
    session: Session, clicks: Countable, places: Iterable[Place], issues: Iterable[int]
) -> tuple[dict[str, dict[str, str]], dict[str, int]]:
    """Of places: the digests of their clicks, without and with readers' codes, and their readers."""
    lines: dict[str, dict[str, list[str]]] = {place.slug: defaultdict(list) for place in places}
    people: dict[str, set[str]] = defaultdict(set)
    wanted = set(VERDICTS[clicks.query.policy])
    for row in ranking_clicks.rows(session, clicks, [place.article_id for place in places], issues):
        lines[row.article][row.reader].append(line(row))
        if row.verdict in wanted and row.reader.strip("-"):
            people[row.article].add(row.reader)
    return (
        {
            slug: {"digest": digest_of_clicks(found.values()), "codes": digest_of_codes(found)}
            for slug, found in lines.items()
        },
        {slug: len(people[slug]) for slug in lines},
    )


def article_clicks(by_reason: Mapping[str, int]) -> ArticleClicks:
    """Clicks by the rule that excluded them, those that count under the empty name."""
    excluded = {reason: number for reason, number in sorted(by_reason.items()) if reason}
    counted = by_reason.get("", 0)
    return ArticleClicks(counted + sum(excluded.values()), counted, excluded)


def line(row: HitRow) -> str:
    """A click as its digest takes it: to the minute, and without the code of its reader."""
    return ",".join((row.time[:16], *row[1:6], *row[7:]))


def digest_of_clicks(by_reader: Iterable[Iterable[str]]) -> str:
    """SHA-256 (64 hex digits) of an article's clicks.

    It depends on which lines are of one reader, but on no reader's code, and not on the order of an export.
    """
    readers = sorted(sha256("\n".join(sorted(lines)).encode()).hexdigest() for lines in by_reader)
    return sha256("\n".join(readers).encode()).hexdigest()


def digest_of_codes(by_reader: Mapping[str, Iterable[str]]) -> str:
    """SHA-256 (64 hex digits) of an article's clicks with the codes of their readers, in no order."""
    lines = sorted(f"{code},{one}" for code, lines in by_reader.items() for one in lines)
    return sha256("\n".join(lines).encode()).hexdigest()


def _entry(place: Place, days: Span, by_reason: Mapping[str, int]) -> dict[str, Any]:
    published = place.published_on or place.first_sent_on
    return {
        "number": place.number,
        "article": place.slug,
        "readers": place.readers,
        "received": place.received,
        "published": published.isoformat() if published else "",
        **_days(days),
        **article_clicks(by_reason)._asdict(),
    }


def _days(span: Span) -> dict[str, str]:
    return {"from": span[0].isoformat(), "until": span[1].isoformat()}


def digest(found: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) of a sheet, without what :data:`UNSIGNED` names."""
    content = {name: value for name, value in found.items() if name not in UNSIGNED}
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def signed_message(found: Mapping[str, Any]) -> bytes:
    """What the signature of a sheet is over: its kind, digest and time, and the name of the key, a line each."""
    return "\n".join(str(found[name]) for name in ("kind", "digest", "computed_at", "key")).encode()


def _signed(session: Session, newsletter: Newsletter, content: dict[str, Any], computed_at: datetime) -> dict[str, Any]:
    key = ranking_key.current(session, newsletter)
    # The first evidence makes the key after the ranking was computed: no key signs a time before its own.
    signed_at = max(computed_at, key.made_at).astimezone(UTC).isoformat(timespec="seconds")
    found = {**content, "computed_at": signed_at, "digest": digest(content), "key": key.id}
    return {**found, "signature": base64.b64encode(key.sign(signed_message(found))).decode()}
