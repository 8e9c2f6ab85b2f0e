"""What a hit under a pseudonym may tell without telling of fewer than ten readers (k-anonymity).

Whoever has the database knows who got which edition of an issue, who belongs to which audience, and who refused. So a
pseudonym is looked for among those readers of the issue whose hits are nameless, and what its hits tell (an audience,
links that not every edition has) must leave ten of them at least. What is left out must not be a difference either:
where all that is not told belongs to fewer than ten, the next smallest group is not told, too. Nor must the time of a
hit, beside those at which copies were delivered.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from . import salt

MIN_READERS = 10
"""What fewer readers share is not told."""
SOON_SECONDS = 120.0
"""Seconds after a delivery in which verdicts look at how many have passed."""
REFRESH_SECONDS = 60.0
"""Seconds after which the readers of an issue are counted again, as some may have refused meanwhile."""
_MAX_ISSUES = 256

Group = tuple[int, int]
"""Readers of an issue with one audience (0 for none) and one edition."""
Links = frozenset[int] | None
"""Numbers of links; None for all."""


class Telling(NamedTuple):
    """What the hits of a group's readers tell."""

    audience: int | None
    links: Links
    """Clicks on others are not kept, as they would tell of the group."""


class CopyFacts(NamedTuple):
    """What is known of the copy of a reader who must not be identified."""

    salt: bytes | None = None
    """None where the reader must not be counted: the salt is gone, or the reader has been counted already."""
    telling: Telling | None = None
    """None where fewer than ten such readers had the issue by then: only that there was a hit, and on which day."""
    delivered: int | None = None
    """Microseconds since 1970; None also where a hit so soon after would tell whose copy it is."""
    alone: bool = False
    """Whether a hit at this time belongs to one of few copies that had just been delivered."""


def tellings(groups: Mapping[Group, int], links_of: Callable[[int], Links]) -> dict[Group, Telling]:
    """What each group's hits tell; nothing where there are fewer than ten readers in all.

    Arguments:
        groups: how many readers.
        links_of: the links of an edition.
    """
    if sum(groups.values()) < MIN_READERS:
        return {}
    hidden = _hidden_audiences(groups)
    found = {group: None if group[0] in hidden else group[0] for group in groups}
    return {
        group: Telling(audience, _links(group, audience, found, groups, links_of)) for group, audience in found.items()
    }


def _hidden_audiences(groups: Mapping[Group, int]) -> set[int]:
    """The audiences that are not told: those of few, and as many more as hide these."""
    sizes: Counter[int] = Counter()
    for (audience, _), readers in groups.items():
        sizes[audience] += readers
    shown = sorted((size, audience) for audience, size in sizes.items() if audience and size >= MIN_READERS)
    hidden = set(sizes) - {audience for _, audience in shown}
    while hidden and shown and sum(sizes[audience] for audience in hidden) < MIN_READERS:
        hidden.add(shown.pop(0)[1])
    return hidden


def _links(
    group: Group,
    audience: int | None,
    told: Mapping[Group, int | None],
    groups: Mapping[Group, int],
    links_of: Callable[[int], Links],
) -> Links:
    """Whoever follows several links is one who has them all: either of ten in this edition, or what everybody has."""
    same_edition = sum(
        groups[other] for other, name in told.items() if name == audience and other[1] == group[1]
    )  # fmt: skip
    if same_edition >= MIN_READERS:
        return links_of(group[1])
    every = [links_of(other[1]) for other, name in told.items() if name == audience]
    some = [links for links in every if links is not None]
    return frozenset.intersection(*some) if some else None


class _Counted(NamedTuple):
    tellings: dict[Group, Telling]
    until: float


_counted: dict[tuple[str, int, bool], _Counted] = {}


def find(connection: Connection, issue: int, reader: int, link: int, at: int, *, everybody: bool) -> CopyFacts:
    """What is known of a reader's copy.

    Arguments:
        link: the one that was followed; 0 for none.
        at: when the hit came (microseconds since 1970).
        everybody: whether the newsletter identifies nobody; else only those who refused are looked at.
    """
    row = connection.execute(_COPY, {"issue": issue, "reader": reader, "link": link}).first()
    if row is None:
        return CopyFacts()
    told, group = _tellings_of(connection, issue, everybody), (row.audience_id or 0, row.edition)
    if group not in told:
        return CopyFacts()
    delivered = at if row.is_sending else row.delivered and round(row.delivered * 1e6)
    out, alike = _count_alike(connection, issue, _alike(told, group), link, at, delivered, everybody=everybody)
    if out < MIN_READERS:
        return CopyFacts()
    known = None if row.was_identified else salt.find(connection.engine, issue)
    alone = alike < MIN_READERS
    return CopyFacts(known, told[group], None if alone else delivered, alone)


def forget() -> None:
    """Count again; for tests."""
    _counted.clear()


def _tellings_of(connection: Connection, issue: int, everybody: bool) -> dict[Group, Telling]:
    key = (str(connection.engine.url), issue, everybody)
    known = _counted.get(key)
    if known is None or known.until <= time.monotonic():
        rows = connection.execute(_EVERYBODY if everybody else _REFUSING, {"issue": issue})
        groups = {(audience, edition): readers for audience, edition, readers in rows}
        found = tellings(groups, _edition_links(connection, issue, {edition for _, edition in groups}))
        known = _counted[key] = _Counted(found, time.monotonic() + REFRESH_SECONDS)
        while len(_counted) > _MAX_ISSUES:
            del _counted[next(iter(_counted))]
    return known.tellings


def _edition_links(connection: Connection, issue: int, editions: Iterable[int]) -> Callable[[int], Links]:
    """The links of each edition and of those that replaced it; all where there is one edition only."""
    if len(set(editions)) < 2:
        return lambda _edition: None
    found: dict[str, set[int] | None] = {}
    names: dict[int, str] = {}
    for number, variant, links in connection.execute(_EDITIONS, {"issue": issue}):
        names[number] = variant
        before = found.get(variant, set())
        found[variant] = None if before is None or links is None else before | set(links)

    def of_edition(edition: int) -> Links:
        links = found.get(names.get(edition, ""))
        return None if links is None else frozenset(links)

    return of_edition


def _alike(told: Mapping[Group, Telling], group: Group) -> list[Group]:
    """The groups whose readers may tell all that this one's do: whoever has the database looks for a reader there."""
    mine = told[group]
    return [
        other
        for other, theirs in told.items()
        if theirs.audience == mine.audience
        and (theirs.links is None or (mine.links is not None and mine.links <= theirs.links))
    ]


def _count_alike(
    connection: Connection,
    issue: int,
    groups: Sequence[Group],
    link: int,
    at: int,
    delivered: int | None,
    *,
    everybody: bool,
) -> tuple[int, int]:
    """How many copies of groups may have had a hit at a time, ten at most: of those that were out, and of those since
    whose delivery as much time had passed.

    A hit cannot come before its copy, and the rules that look at the time since a delivery tell how long it was.
    """
    passed = None if delivered is None else (at - delivered) / 1e6
    bands = _CLICK_BANDS if link else _OTHER_BANDS
    above, below = _FOREVER, -_FOREVER
    if passed is not None:
        above = next(edge for edge in bands if passed <= edge)
        below = max((edge for edge in bands if passed > edge), default=-_FOREVER)
    values = {
        "issue": issue, "at": at / 1e6, "few": MIN_READERS, "above": above, "below": below,
        "audiences": [audience for audience, _ in groups], "editions": [edition for _, edition in groups],
    }  # fmt: skip
    out, alike = connection.execute(_OUT_OF_ALL if everybody else _OUT_OF_REFUSING, values).one()
    return out, out if passed is None else alike


_FOREVER = 1e10
"""Seconds: longer than any letter is read."""
_CLICK_BANDS = (6.0, 15.0, SOON_SECONDS, _FOREVER)
_OTHER_BANDS = (3.0, 6.0, 9.0, 15.0, SOON_SECONDS, _FOREVER)
"""Seconds after a delivery at which other rules begin (:func:`.verdict.delivery_marks`)."""
_EDITIONS = text("SELECT number, variant::text, link_numbers FROM edition WHERE issue_id = :issue")
# Copies are frozen before the first letter goes out; one that is not settled was taken a moment ago at the latest.
_COPY = text(
    """
    SELECT delivery.audience_id, delivery.edition,
      extract(epoch FROM CASE WHEN delivery.state IN ('accepted', 'unknown') THEN delivery.at END)::float8 AS delivered,
      delivery.state IN ('queued', 'sending', 'deferred') AS is_sending,
      EXISTS (
        SELECT FROM hit WHERE hit.issue_id = :issue AND hit.reader = :reader
          AND hit.at >= issue.prepared_at - interval '1 day')
      OR EXISTS (
        SELECT FROM link JOIN reading ON reading.article_id = link.article_id AND reading.reader = :reader
        WHERE link.issue_id = :issue AND link.number = :link) AS was_identified
    FROM delivery JOIN issue ON issue.id = delivery.issue_id
    WHERE delivery.issue_id = :issue AND delivery.subscriber_id = :reader
    """
)
_EVERYBODY = text(
    """
    SELECT coalesce(audience_id, 0), edition, count(*) FROM delivery
    WHERE issue_id = :issue AND state <> 'suppressed' GROUP BY 1, 2
    """
)
_REFUSING = text(
    """
    SELECT coalesce(delivery.audience_id, 0), delivery.edition, count(*) FROM subscriber
    JOIN delivery ON delivery.issue_id = :issue AND delivery.subscriber_id = subscriber.id
    WHERE (subscriber.tracking_refused OR subscriber.erased_at IS NOT NULL) AND delivery.state <> 'suppressed'
    GROUP BY 1, 2
    """
)
# Those that are on the wire now will have been delivered at this time, too.
_OUT = """
    SELECT
      (SELECT count(*) FROM (SELECT FROM {copies} AND seconds >= 0 LIMIT :few) AS possible),
      (SELECT count(*) FROM (SELECT FROM {copies} AND seconds > :below AND seconds <= :above LIMIT :few) AS possible)
"""
_COPIES = """
    delivery JOIN unnest(CAST(:audiences AS int[]), CAST(:editions AS int[])) AS alike (audience, edition)
      ON alike.audience = coalesce(delivery.audience_id, 0) AND alike.edition = delivery.edition
    CROSS JOIN LATERAL (SELECT CASE WHEN state = 'sending' THEN 0 ELSE :at - extract(epoch FROM at) END::float8)
      AS since (seconds)
    WHERE delivery.issue_id = :issue AND state IN ('sending', 'accepted', 'unknown')
"""
_OUT_OF_ALL = text(_OUT.format(copies=_COPIES))
_OUT_OF_REFUSING = text(
    _OUT.format(
        copies=_COPIES
        + """
    AND EXISTS (SELECT FROM subscriber WHERE subscriber.id = delivery.subscriber_id
      AND (subscriber.tracking_refused OR subscriber.erased_at IS NOT NULL))
"""
    )
)
