"""Letters of an issue that have not simply gone out: page by page, with the last answer and of what kind it is."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ...issues.issue import Issue
from ...readers.subscriber import Subscriber
from ...store import mail_address
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

    def masked(self) -> ListedLetter:
        """The same for whoever may not read addresses."""
        answer = mail_address.masked_within(self.answer, of=self.address)
        return self._replace(address=self.address and mail_address.masked(self.address), answer=answer)


def of(session: Session, issue: Issue, kind: LetterKind, after: int = 0) -> Sequence[ListedLetter]:
    """At most :data:`PAGE_SIZE` and one more letters of one kind, in the order of readers' numbers.

    Arguments:
        after: the number of the last reader of the page before.
    """
    # Whatever was not simply accepted has an attempt; letters themselves have no index by state. OFFSET keeps the
    # planner from looking through all letters of the issue before those of the page are known.
    last = (
        select(Attempt.subscriber_id, Attempt.kind)
        .where(Attempt.issue_id == issue.id, Attempt.subscriber_id > after)
        .ext(distinct_on(Attempt.subscriber_id))
        .order_by(Attempt.subscriber_id, Attempt.id.desc())
        .offset(0)
        .subquery()
    )
    letter = (
        select(Delivery)
        .where(Delivery.issue_id == issue.id, Delivery.subscriber_id == last.c.subscriber_id)
        .offset(0)
        .lateral("letter")
    )
    query = (
        select(
            last.c.subscriber_id, Subscriber.address, Lane.name, letter.c.at, letter.c.code, letter.c.enhanced,
            letter.c.answer, letter.c.due_at,
        )
        .select_from(last)
        .join(letter, true())
        .join(Subscriber, Subscriber.id == last.c.subscriber_id)
        .join(Lane, Lane.id == letter.c.lane_id)
        .where(_is(kind, letter.c.state, last.c.kind))
        .order_by(last.c.subscriber_id)
        .limit(PAGE_SIZE + 1)
    )  # fmt: skip
    return [
        ListedLetter(number, address or "", lane, at, format_answer(code or 0, enhanced or "", said or ""), due_at)
        for number, address, lane, at, code, enhanced, said, due_at in session.execute(query)
    ]


def _is(kind: LetterKind, state: ColumnElement[DeliveryState], last: ColumnElement[str]) -> ColumnElement[bool]:
    by_rule = last.in_(_BY_RULE)
    match kind:
        case LetterKind.POLICY:
            return and_(by_rule, state.in_((DeliveryState.DEFERRED, DeliveryState.FAILED)))
        case LetterKind.FAILED:
            return and_(~by_rule, state == DeliveryState.FAILED)
        case LetterKind.DEFERRED:
            return and_(last == OutcomeKind.DEFERRED.value, state == DeliveryState.DEFERRED)
        case LetterKind.UNKNOWN:
            return and_(last == OutcomeKind.UNKNOWN.value, state == DeliveryState.UNKNOWN)
        case LetterKind.BOUNCED:
            return state == DeliveryState.BOUNCED
