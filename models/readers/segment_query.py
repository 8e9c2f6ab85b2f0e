"""Segments in SQL: which subscriptions of a newsletter meet the conditions of one.

A reader can meet a condition, fail it, or neither: of whoever refused to be recorded, nobody knows what was read. So
negations are moved down to the conditions, and each gives either those who surely meet it or those who surely fail it;
what is built above them has only *and* and *or*.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, and_, any_, cast, false, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from ..issues.newsletter import Newsletter
from ..issues.segments import reading
from ..issues.segments.condition import READING, Condition, Group, How, Match, Tree, What
from ..issues.segments.segment import Segment
from ..store.clock import end_of_day, start_of_day, today
from .reading_query import ReaderSets
from .subscriber import Subscriber, Subscription

Meets = ColumnElement[bool]
_BLANKS = " \t\u3000"


def subscriptions(
    session: Session, newsletter: Newsletter, segment: Segment, among: Sequence[int] | None = None
) -> Select[int]:
    """The ids of the subscriptions in a segment that was checked, in whatever state they are.

    Arguments:
        newsletter: whose audiences, topics, fields and issues the segment names.
        among: ids of the readers that are asked about; None: all.
    """
    query = _Query(session, newsletter, among)
    meets = query.tree(segment.tree) if segment.tree else None
    found = select(Subscription.id).join(Subscriber, Subscriber.id == Subscription.subscriber_id)
    found = query.sets.join(found).where(Subscription.newsletter_id == newsletter.id)
    if among is not None:
        found = found.where(Subscription.subscriber_id == any_(cast(list(among), ARRAY(BigInteger))))
    return found if meets is None else found.where(meets)


class _Query:
    """What is known while one segment becomes SQL."""

    def __init__(self, session: Session, newsletter: Newsletter, among: Sequence[int] | None) -> None:
        self.session, self.newsletter = session, newsletter
        self.sets = ReaderSets(among)

    def tree(self, tree: Tree) -> Meets:
        return _join(
            tree.match is Match.ALL,
            [self.group(part) if isinstance(part, Group) else self.condition(part) for part in tree.of],
        )

    def group(self, group: Group) -> Meets:
        # not (a and b) is (not a) or (not b), and the other way round
        every = (group.match is Match.ALL) is not group.negated
        return _join(every, [self.condition(one, group.negated) for one in group.of])

    def condition(self, condition: Condition, turned: bool = False) -> Meets:
        """Who surely meets a condition; *turned*: who surely meets its opposite."""
        fails = condition.negated is not turned
        if condition.what in READING:
            return self.fails_reading(condition) if fails else self.meets_reading(condition)
        meets: Meets = func.coalesce(self.of_reader(condition), false())
        return ~meets if fails else meets

    def of_reader(self, condition: Condition) -> Meets:
        """What a reader's own row says; NULL is no."""
        values = condition.values
        match condition.what:
            case What.AUDIENCE:
                audiences = {one.slug: one.id for one in self.newsletter.audiences}
                return Subscription.audience_id.in_([audiences[slug] for slug in values if slug in audiences])
            case What.TOPIC:
                none = func.cardinality(Subscription.topic_ids) == 0
                return or_(none, Subscription.topic_ids.overlap(self.topic_ids(values)))
            case What.LANGUAGE:
                return Subscriber.language.in_(values)
            case What.DOMAIN:
                below = array([f"%.{_escaped(end)}" for end in values])
                return or_(Subscriber.domain.in_(values), Subscriber.domain.like(any_(below)))
            case What.JOINED:
                return _joined(condition.how, values[0])
            case _:
                return _field(condition)

    def topic_ids(self, slugs: tuple[str, ...]) -> list[int]:
        known = self.newsletter.known_topics
        return sorted({known[slug].id for slug in slugs if slug in known})

    def meets_reading(self, condition: Condition) -> Meets:
        """Who has read it and may be known to have."""
        return and_(~Subscriber.tracking_refused, self.read(condition))

    def fails_reading(self, condition: Condition) -> Meets:
        """Who could have been seen to read it, and was not."""
        seen = [~Subscriber.tracking_refused, ~self.read(condition)]
        if condition.what is not What.READ_TOPIC:
            seen.append(self.sets.got(tuple(self.issue_ids(condition))))
        return and_(*seen)

    def read(self, condition: Condition) -> Meets:
        if condition.what is What.READ_TOPIC:
            return self.sets.read_topics(tuple(self.topic_ids(condition.values)))
        return self.sets.read_issues(tuple(self.issue_ids(condition)))

    def issue_ids(self, condition: Condition) -> list[int]:
        return sorted(reading.issue_ids(self.session, self.newsletter, condition))


def _join(every: bool, parts: list[Meets]) -> Meets:
    return and_(*parts) if every else or_(*parts)


def _joined(how: How, value: str) -> Meets:
    if how is How.WITHIN:
        return Subscription.confirmed_at >= start_of_day(today() - timedelta(days=int(value)))
    day = date.fromisoformat(value)
    if how is How.FROM:
        return Subscription.confirmed_at >= start_of_day(day)
    return Subscription.confirmed_at < end_of_day(day)


def _field(condition: Condition) -> Meets:
    answer: ColumnElement[str] = Subscriber.fields[condition.name].astext
    match condition.how:
        case How.EMPTY:
            return answer.is_(None) | (func.btrim(answer, _BLANKS) == "")
        case How.CONTAINS:
            return or_(*(func.strpos(answer, value) > 0 for value in condition.values))
        case How.BEGINS:
            return or_(*(func.starts_with(answer, value) for value in condition.values))
        case _:
            return answer.in_(condition.values)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
