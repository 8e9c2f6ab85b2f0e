"""Rankings: the articles of a period in the order of their human readers.

>>> query = Query("dx-letter", period.year(2021), audience="official")
>>> ranking = compute(session, query)
>>> [(place.number, place.slug, place.readers) for place in ranking.places[:5]]

Ties are broken by rate, then by earlier publication, then by slug, so that no two articles share a place. Each has a
range beside its number (:mod:`.reader_range`); places whose ranges overlap, or nearly, may be the other way round.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from ..issues import newsletter as newsletters
from ..issues.newsletter import Newsletter
from ..store.clock import now, start_of_day
from ..store.errors import Invalid, NotFound
from ..store.phrase import phrase
from ..tracking.readership import ALL_AUDIENCES, Policy
from . import period as periods
from . import reach, reader_range
from .period import Period
from .reach import Carrier
from .reader_range import ReaderCounts


class Measure(enum.Enum):
    """What articles are ranked by."""

    READERS = "readers"
    """Distinct human readers within the period."""
    RATE = "rate"
    """The same, divided by the readers who received the article."""
    EARLY = "early"
    """Distinct human readers within the first days of each article that first went out in the period."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for, by slugs; an empty audience or topic means all."""

    newsletter: str
    period: Period
    audience: str = ""
    topic: str = ""
    policy: Policy = Policy.HUMAN
    measure: Measure = Measure.READERS
    first_days: int = 30
    """With :attr:`Measure.EARLY`, how many days of each article count."""

    def counting_days(self, first_sent_on: date) -> tuple[date, date] | None:
        """The days on which clicks on an article count, the second one excluded; None where it has no place.

        Arguments:
            first_sent_on: the day on which it first went out.
        """
        if self.measure is not Measure.EARLY:
            return self.period.start, self.period.end
        if not self.period.start <= first_sent_on < self.period.end:
            return None
        return first_sent_on, first_sent_on + timedelta(days=self.first_days)

    def as_json(self) -> dict[str, Any]:
        """As values that JSON can hold."""
        return {
            "newsletter": self.newsletter,
            "period": self.period.key,
            "from": self.period.start.isoformat(),
            "until": self.period.end.isoformat(),
            "audience": self.audience,
            "topic": self.topic,
            "policy": self.policy.value,
            "measure": self.measure.value,
            "first_days": self.first_days,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Query:
        """What :meth:`as_json` wrote.

        Raises:
            Invalid: it did not write this.
        """
        try:
            return cls(
                newsletter=str(values["newsletter"]),
                period=periods.parse(values["period"]),
                audience=str(values["audience"]),
                topic=str(values["topic"]),
                policy=Policy(values["policy"]),
                measure=Measure(values["measure"]),
                first_days=int(values["first_days"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("this is no ranking query") from error


@dataclass(frozen=True, slots=True)
class Place:
    """One article and its place."""

    number: int
    article_id: int
    slug: str
    title: str
    readers: int
    received: int
    """Different readers whose copies, by the end of the period, linked to it."""
    published_on: date | None
    first_sent_on: date | None
    """The day in Asia/Tokyo on which the first issue with it began to go out."""
    issues: tuple[int, ...]
    """Ids of the issues that carried it until the end of the period, the first one first."""
    last_number: int | None = None
    """Its place in the period before."""
    counts: ReaderCounts = reader_range.NOBODY
    """Its readers by both policies, from which its range follows."""

    @property
    def rate(self) -> float | None:
        """Readers divided by those who received it; None where nobody did."""
        return self.readers / self.received if self.received else None

    @property
    def at_least(self) -> int:
        """How many readers it had at the least, as far as verdicts can tell."""
        return self.counts.at_least()

    @property
    def at_most(self) -> int:
        """How many readers it had at the most."""
        return self.counts.at_most()

    @property
    def is_sure(self) -> bool:
        """Whether there is no range."""
        return self.at_least == self.readers == self.at_most

    def is_surely_before(self, other: Place, measure: Measure = Measure.READERS) -> bool:
        """Whether its place is before *other*'s wherever the true numbers of readers may be.

        There are many pairs, so each must be surer than a single range is.
        """
        least = self.counts.at_least(reader_range.DEVIATIONS_OF_PAIRS)
        most = other.counts.at_most(reader_range.DEVIATIONS_OF_PAIRS)
        if measure is not Measure.RATE:
            return least > most
        return bool(self.received and other.received) and least * other.received > most * self.received


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every article with a reader in the period, the first place first."""

    query: Query
    places: tuple[Place, ...]
    computed_at: datetime

    def top(self, count: int) -> tuple[Place, ...]:
        """The first *count* places."""
        return self.places[:count]

    def with_received(self, received: Mapping[str, int]) -> Ranking:
        """The same with other numbers of those who received each article, in the order that follows from them."""
        changed = [replace(place, received=received[place.slug]) for place in self.places]
        return replace(self, places=_numbered(changed, self.query.measure))


@dataclass(frozen=True, slots=True)
class RankingScope:
    """A query's newsletter, audience and topic by id."""

    newsletter: Newsletter
    audience: int
    topic: int | None


def compute(session: Session, query: Query, *, compare: bool = True) -> Ranking:
    """Compute a ranking from the roll-ups.

    Arguments:
        compare: also compute the period before, for the places then.

    Raises:
        NotFound: there is no such newsletter, audience or topic.
    """
    found = scope(session, query)
    sent = _first_sent(session, found.newsletter.id)
    places = _places(session, query, found, sent)
    if compare:
        before = _places(session, replace(query, period=query.period.previous), found, sent)
        last = {place.article_id: place.number for place in before}
        places = [replace(place, last_number=last.get(place.article_id)) for place in places]
    return Ranking(query, tuple(places), now())


def scope(session: Session, query: Query) -> RankingScope:
    """A query's slugs as ids.

    Raises:
        NotFound: there is no such newsletter, audience or topic.
    """
    newsletter = newsletters.find(session, query.newsletter)
    audience, topic = ALL_AUDIENCES, None
    if query.audience:
        audience = _find_id(newsletter.audiences, query.audience, "audience")
    if query.topic:
        topic = _find_id((*newsletter.topics, *newsletter.merged_topics), query.topic, "topic")
    return RankingScope(newsletter, audience, topic)


def _find_id(things: Sequence[newsletters.Audience] | Sequence[newsletters.Topic], slug: str, what: str) -> int:
    for thing in things:
        if thing.slug == slug:
            return thing.id
    known = ", ".join(thing.slug for thing in things) or phrase("none")
    no = _NO_AUDIENCE if what == "audience" else _NO_TOPIC
    raise NotFound(no.filled(slug=slug, known=known))


_NO_AUDIENCE = phrase("there is no audience “{slug}”; there are: {known}")
_NO_TOPIC = phrase("there is no topic “{slug}”; there are: {known}")


_ARTICLES = """
    SELECT article.id, article.slug, article.title, article.published_on FROM article
    WHERE article.newsletter_id = :newsletter AND (CAST(:topic AS int) IS NULL OR EXISTS (
      SELECT FROM article_topic WHERE article_topic.article_id = article.id AND article_topic.topic_id = :topic))
"""
_COUNTS = f"""
    SELECT coalesce(sum(readers) FILTER (WHERE policy = :policy), 0) AS readers,
      coalesce(sum(readers) FILTER (WHERE policy = '{Policy.HUMAN.value}'), 0) AS human,
      coalesce(sum(readers) FILTER (WHERE policy = '{Policy.WIDE.value}'), 0) AS wide
    FROM readership
    WHERE article_id = chosen.id AND scope = :scope AND policy IN ('{Policy.HUMAN.value}', '{Policy.WIDE.value}')
"""  # noqa: S608  only constants are put in
_READERS = text(
    f"""
    SELECT chosen.*, counted.* FROM ({_ARTICLES}) AS chosen
    CROSS JOIN LATERAL (
      {_COUNTS} AND day >= :start AND day < :end AND before < :start) AS counted
    WHERE counted.readers > 0
    """  # noqa: S608  only constants of this file are put in
)
_EARLY = text(
    f"""
    SELECT chosen.*, counted.* FROM ({_ARTICLES}) AS chosen
    JOIN unnest(CAST(:articles AS int[]), CAST(:firsts AS date[])) AS sent (article_id, first)
      ON sent.article_id = chosen.id AND sent.first >= :start AND sent.first < :end
    CROSS JOIN LATERAL (
      {_COUNTS} AND day >= sent.first AND day < sent.first + :days AND before < sent.first) AS counted
    WHERE counted.readers > 0
    """  # noqa: S608
)


def _places(session: Session, query: Query, found: RankingScope, sent: dict[int, date]) -> list[Place]:
    values: dict[str, Any] = {
        "newsletter": found.newsletter.id, "topic": found.topic, "scope": found.audience,
        "policy": query.policy.value, "start": query.period.start, "end": query.period.end,
    }  # fmt: skip
    if query.measure is Measure.EARLY:
        values |= {"articles": list(sent), "firsts": list(sent.values()), "days": query.first_days}
    rows = session.execute(_EARLY if query.measure is Measure.EARLY else _READERS, values).all()
    ids = [row.id for row in rows]
    carried = reach.carriers_of_articles(session, ids, before=start_of_day(query.period.end))
    carried = {article: carried.get(article, []) for article in ids}
    received = reach.of_articles(session, carried, found.audience)
    places = [_place(row, received[row.id], sent.get(row.id), carried[row.id]) for row in rows]
    return list(_numbered(places, query.measure))


def _numbered(places: Iterable[Place], measure: Measure) -> tuple[Place, ...]:
    in_order = sorted(places, key=lambda place: sort_key(place, measure))
    return tuple(replace(place, number=number) for number, place in enumerate(in_order, 1))


def _place(row: Row[Any], received: int, first_sent_on: date | None, carriers: Sequence[Carrier]) -> Place:
    return Place(
        0, row.id, row.slug, row.title, int(row.readers), received, row.published_on, first_sent_on,
        tuple(one.issue for one in carriers), None, ReaderCounts(int(row.human), int(row.wide)),
    )  # fmt: skip


def sort_key(place: Place, measure: Measure) -> tuple[float, float, date, str]:
    """The key by which places are sorted, with the fixed rule for ties."""
    rate = -1.0 if place.rate is None else place.rate
    published = place.published_on or place.first_sent_on or date.max
    if measure is Measure.RATE:
        return (-rate, -place.readers, published, place.slug)
    return (-place.readers, -rate, published, place.slug)


def _first_sent(session: Session, newsletter_id: int) -> dict[int, date]:
    """By article, the day in Asia/Tokyo on which it first went out."""
    rows = session.execute(
        text(
            f"""
            SELECT link.article_id, min(issue.prepared_at) AT TIME ZONE 'Asia/Tokyo' FROM link
            JOIN issue ON issue.id = link.issue_id
            WHERE issue.newsletter_id = :newsletter AND link.article_id IS NOT NULL
              AND issue.prepared_at IS NOT NULL AND {reach.WENT_OUT}
            GROUP BY link.article_id
            """  # noqa: S608  only a constant is put in
        ),
        {"newsletter": newsletter_id},
    )
    return {article_id: first.date() for article_id, first in rows}
