"""Segments in SQL: which readers of a newsletter an issue goes to."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Select, any_, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from ..issues.newsletter import Audience, Topic
from ..issues.segment import Segment
from ..store.clock import TOKYO
from .subscriber import Subscriber, Subscription, SubscriptionState
from .suppression import is_suppressed


def conditions(newsletter_id: int, segment: Segment, audience: str = "") -> list[ColumnElement[bool]]:
    """What a row of Subscription joined with Subscriber must meet.

    Arguments:
        newsletter_id: whose audiences and topics the slugs name.
        segment: the conditions.
        audience: slug of the audience that alone gets the issue; empty for all.
    """
    found: list[ColumnElement[bool]] = []
    for wanted in filter(None, ((audience,) if audience else (), segment.audiences)):
        found.append(
            Subscription.audience_id.in_(
                select(Audience.id).where(Audience.newsletter_id == newsletter_id, Audience.slug.in_(wanted))
            )
        )
    if segment.topics:
        meant = func.coalesce(Topic.merged_into_id, Topic.id)
        topics = select(func.coalesce(func.array_agg(meant), array([], type_=Topic.id.type))).where(
            Topic.newsletter_id == newsletter_id, Topic.slug.in_(segment.topics)
        )
        found.append(
            or_(func.cardinality(Subscription.topic_ids) == 0, Subscription.topic_ids.overlap(topics.scalar_subquery()))
        )
    return found + _subscriber_conditions(segment)


def _subscriber_conditions(segment: Segment) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if segment.languages:
        found.append(Subscriber.language.in_(segment.languages))
    if segment.domains:
        below = array([f"%.{_escaped(end)}" for end in segment.domains])
        found.append(or_(Subscriber.domain.in_(segment.domains), Subscriber.domain.like(any_(below))))
    if segment.joined_from:
        found.append(Subscription.confirmed_at >= _midnight(segment.joined_from))
    if segment.joined_until:
        found.append(Subscription.confirmed_at < _midnight(date.fromordinal(segment.joined_until.toordinal() + 1)))
    if segment.fields:
        found.append(Subscriber.fields.contains(segment.fields))
    return found


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), TOKYO)


def subscriber_ids(newsletter_id: int, segment: Segment, audience: str = "") -> Select[int]:
    """The ids of the subscribers whom an issue would be mailed to."""
    return (
        select(Subscriber.id)
        .join(Subscription, Subscription.subscriber_id == Subscriber.id)
        .where(
            Subscription.newsletter_id == newsletter_id,
            Subscription.state == SubscriptionState.ACTIVE,
            Subscriber.address.is_not(None),
            ~is_suppressed(),
            *conditions(newsletter_id, segment, audience),
        )
    )


def count(session: Session, newsletter_id: int, segment: Segment, audience: str = "") -> int:
    """How many readers an issue would go to now."""
    return (
        session.scalar(select(func.count()).select_from(subscriber_ids(newsletter_id, segment, audience).subquery()))
        or 0
    )
