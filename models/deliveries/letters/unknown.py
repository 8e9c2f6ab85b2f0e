"""Letters whose outcome nobody knows: listed for staff, who look into the relay's log and decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...issues import issue as issues
from ...issues.issue import Issue
from ...issues.issue_state import IssueState
from ...issues.issue_words import called, wrong_state
from ...readers.subscriber import Subscriber
from ...staff import audit
from ...staff.member import Member
from ...store import enqueue
from ...store.clock import now
from ...store.db import NO_KEY_UPDATE
from ...store.errors import NotFound, WrongState
from ...store.phrase import Phrase, phrase
from .. import kept_certificate
from ..delivery import STATE_WORDS, Batch, BatchState, Delivery, DeliveryState, message_id_maker
from ..edition import current_number


@dataclass(frozen=True, slots=True)
class UnknownDelivery:
    """A letter that may or may not have arrived, with what it is found by in a relay's log."""

    subscriber_id: int
    address: str
    message_id: str
    relay: str
    at: datetime | None
    answer: str


def list_unknown(session: Session, issue: Issue) -> Iterator[UnknownDelivery]:
    """The letters of *issue* whose outcome nobody knows, in the order of readers."""
    message_id = message_id_maker(issue)
    query = (
        select(Delivery, Subscriber.address)
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue.id, Delivery.state == DeliveryState.UNKNOWN)
        .order_by(Delivery.subscriber_id)
    )
    for row, address in session.execute(query):
        number = row.subscriber_id
        yield UnknownDelivery(number, address or "", message_id(number), row.relay or "", row.at, row.answer or "")


def mark_accepted(session: Session, issue: Issue, subscriber_id: int, *, by: Member | str, note: str = "") -> None:
    """Record that an unknown letter went out, as somebody has seen in the relay's log.

    Raises:
        NotFound: the reader has no letter of this issue.
        WrongState: its outcome is known.
    """
    delivery = _unknown(session, issue, subscriber_id, phrase("be marked as accepted"))
    delivery.state = DeliveryState.ACCEPTED
    delivery.at = now()
    delivery.answer = note[:500] or "settled by staff"
    issues.touch(session, issue.id)
    audit.record(session, by, "accept letter", f"issue/{issue.id}", reader=subscriber_id, note=note)


def resend(session: Session, issue: Issue, subscriber_id: int, *, by: Member | str, note: str = "") -> None:
    """Send an unknown letter again, as somebody has seen in the relay's log that it did not go out.

    Where the issue has been repaired since, the repaired letter is sent.

    Raises:
        NotFound: the reader has no letter of this issue.
        WrongState: its outcome is known, or the issue is cancelled.
    """
    if issue.state is IssueState.CANCELLED:
        raise wrong_state(issue, phrase("be sent again"))
    delivery = _unknown(session, issue, subscriber_id, phrase("be sent again"))
    batch = session.get_one(Batch, delivery.batch_id, with_for_update=NO_KEY_UPDATE)
    delivery.state = DeliveryState.QUEUED
    delivery.edition = current_number(session, issue.id, delivery.edition)
    delivery.answer = None
    if batch.state is BatchState.DONE:
        batch.state, batch.due_at = BatchState.OPEN, now()
    issues.touch(session, issue.id)
    audit.record(session, by, "send letter again", f"issue/{issue.id}", reader=subscriber_id, note=note)
    enqueue.enqueue(session, enqueue.DELIVER, batch.id)


def _unknown(session: Session, issue: Issue, subscriber_id: int, wanted: Phrase) -> Delivery:
    kept_certificate.forget(session, issue.id)
    delivery = session.get(Delivery, (issue.id, subscriber_id), with_for_update=NO_KEY_UPDATE, populate_existing=True)
    if delivery is None:
        raise NotFound(
            phrase(
                "reader {subscriber_id} has no letter of {issue}",
                subscriber_id=subscriber_id,
                issue=called(issue),
            )
        )
    if delivery.state is not DeliveryState.UNKNOWN:
        letter = phrase("the letter to reader {subscriber_id}", subscriber_id=subscriber_id)
        first = phrase("Only letters whose outcome nobody knows are settled by hand")
        raise WrongState(letter, STATE_WORDS[delivery.state], wanted, first)
    return delivery
