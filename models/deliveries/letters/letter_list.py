"""Letters of an issue that have not simply gone out: page by page, with the last answer and of what kind it is."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ...issues.issue import Issue
from ...readers.subscriber import Subscriber
from ..delivery import Attempt, Delivery, DeliveryState
from ..delivery_result import format_answer
from ..lane import Lane
from ..reply_code import OutcomeKind

PAGE_SIZE = 100
_BY_RULE = (OutcomeKind.POLICY.value, OutcomeKind.RATE.value, OutcomeKind.HELD.value)


class LetterKind(enum.Enum):
    """What has become of a letter, as far as somebody may have to do something about it."""

    UNKNOWN = "unknown"
    POLICY = "policy"
    """A relay or receiver refused it by a rule, a limit or a block list, which is not about the reader."""
    FAILED = "failed"
    """It was refused for certain, or given up."""
    BOUNCED = "bounced"
    """There is no such mailbox."""
    DEFERRED = "deferred"
    """It is tried again by itself."""


class ListedLetter(NamedTuple):
    """One letter, and what was said about it last."""

    subscriber_id: int
    address: str
    """Empty where the reader is erased."""
    lane: str
    at: datetime | None
    answer: str
    due_at: datetime | None
    """When it is tried again by itself."""


def of(session: Session, issue: Issue, kind: LetterKind, after: int = 0) -> Sequence[ListedLetter]:
    """At most :data:`PAGE_SIZE` and one more letters of one kind, in the order of readers' numbers.

    Arguments:
        after: the number of the last reader of the page before.
    """
    last = (
        select(Attempt)
        .where(Attempt.issue_id == issue.id, Attempt.subscriber_id > after)
        .ext(distinct_on(Attempt.subscriber_id))
        .order_by(Attempt.subscriber_id, Attempt.id.desc())
        .subquery()
    )
    joined = and_(last.c.subscriber_id == Delivery.subscriber_id, Delivery.issue_id == issue.id)
    query = (
        select(
            Delivery.subscriber_id, Subscriber.address, Lane.name, Delivery.at, Delivery.code, Delivery.enhanced,
            Delivery.answer, Delivery.due_at,
        )
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .join(Lane, Lane.id == Delivery.lane_id)
        .where(Delivery.issue_id == issue.id, Delivery.subscriber_id > after)
        .order_by(Delivery.subscriber_id)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    if kind is LetterKind.UNKNOWN:  # a worker that was killed leaves letters without any answer
        query = query.where(Delivery.state == DeliveryState.UNKNOWN)
    else:
        query = query.join(last, joined).where(_is(kind, last.c.kind))
    return [
        ListedLetter(number, address or "", lane, at, format_answer(code or 0, enhanced or "", said or ""), due_at)
        for number, address, lane, at, code, enhanced, said, due_at in session.execute(query)
    ]


def _is(kind: LetterKind, last_kind: ColumnElement[str]) -> ColumnElement[bool]:
    by_rule = last_kind.in_(_BY_RULE)
    match kind:
        case LetterKind.POLICY:
            return and_(by_rule, Delivery.state.in_((DeliveryState.DEFERRED, DeliveryState.FAILED)))
        case LetterKind.FAILED:
            return and_(~by_rule, Delivery.state == DeliveryState.FAILED)
        case LetterKind.DEFERRED:
            return and_(~by_rule, Delivery.state == DeliveryState.DEFERRED)
        case _:
            return Delivery.state == DeliveryState.BOUNCED
