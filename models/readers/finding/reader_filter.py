"""What a list of readers may be narrowed by, and what that is in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_

from ...issues.segments.segment import Segment
from ...store.clock import end_of_day, start_of_day
from .. import suppression
from ..subscriber import Subscriber, Subscription, SubscriptionState
from . import search_words

NO_AUDIENCE = 0
"""Stands for readers who have no audience."""


@dataclass(frozen=True, slots=True)
class ReaderFilter:
    """Which readers of a newsletter are looked for; what is None or empty excludes nobody."""

    words: str = ""
    """As they were typed."""
    within: bool = False
    """Whether words are looked for in the middle of addresses and names of a long list, too."""
    state: SubscriptionState | None = None
    audience: int | None = None
    """The id of an audience, or :data:`NO_AUDIENCE`."""
    topic: int | None = None
    """Who chose this topic by its id, or all topics."""
    first: date | None = None
    last: date | None = None
    """Days of joining in Asia/Tokyo, both included."""
    confirmed: bool | None = None
    suppressed: bool | None = None
    segment: Segment | None = None

    @property
    def by_day(self) -> bool:
        """Whether readers are walked through by the day on which they joined."""
        return self.first is not None or self.last is not None

    @property
    def terms(self) -> list[str]:
        """The words that are looked for."""
        return search_words.terms(self.words)

    def walked(self) -> list[ColumnElement[bool]]:
        """The conditions that the index answers along which readers are walked through."""
        if self.by_day:
            return [*self._days()]
        if self.state is not None:
            return [Subscription.state == self.state]
        return [self._audience()] if self.audience is not None else []

    def conditions(self) -> list[ColumnElement[bool]]:
        """All conditions but those of the words and of the segment. Readers whose data were erased are in no list."""
        found = [Subscriber.address.is_not(None), *self._days()]
        if self.state is not None:
            found.append(Subscription.state == self.state)
        if self.audience is not None:
            found.append(self._audience())
        if self.topic is not None:
            every = func.cardinality(Subscription.topic_ids) == 0
            found.append(or_(every, Subscription.topic_ids.contains([self.topic])))
        if self.confirmed is not None:
            found.append(Subscription.confirmed_at.is_not(None) == self.confirmed)
        if self.suppressed is not None:
            stopped = suppression.is_suppressed()
            found.append(stopped if self.suppressed else ~stopped)
        return found

    def _audience(self) -> ColumnElement[bool]:
        if self.audience == NO_AUDIENCE:
            return Subscription.audience_id.is_(None)
        return Subscription.audience_id == self.audience

    def _days(self) -> list[ColumnElement[bool]]:
        found = []
        if self.first is not None:
            found.append(Subscription.confirmed_at >= start_of_day(self.first))
        if self.last is not None:
            found.append(Subscription.confirmed_at < end_of_day(self.last))
        return found
