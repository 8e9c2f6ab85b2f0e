"""Letters that failed for a reason that is not the reader's: counted by lane, and sent again when it is mended.

Each was refused for certain, so nobody gets a letter twice. The reader's present state is looked at again when the
letter is claimed, and where the issue has been repaired since, the repaired letter is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ...issues import issue as issues
from ...issues.issue import Issue
from ...issues.issue_state import IssueState
from ...issues.issue_words import wrong_state
from ...staff import audit
from ...staff.member import Member
from ...store import enqueue
from ...store.clock import now
from ...store.errors import Invalid
from ...store.phrase import phrase
from .. import kept_certificate
from ..answer_table import AnswerSubject
from ..delivery import Attempt, Batch, BatchState, Delivery, DeliveryState
from ..edition import current_number
from ..lane import Lane
from ..reply_code import OutcomeKind, Stage, interpret
from . import answer_examples
from .letter_report import RETURNED

_PORTION = 1000


class FailedLetters(NamedTuple):
    """How many letters of one lane may be sent again."""

    slug: str
    name: str
    letters: int
    answer: str
    """What was said about the last of them."""


class _Row(NamedTuple):
    subscriber_id: int
    batch_id: int | None
    lane_id: int
    edition: int
    attempts: int
    code: int | None
    answer: str | None
    enhanced: str
    stage: str
    kind: str


def count_by_lane(session: Session, issue: Issue) -> list[FailedLetters]:
    """Letters of *issue* that failed for a reason that is not the reader's, by lane."""
    groups = [row for row in _groups(session, issue) if not _is_readers(row)]
    counts: Counter[int] = Counter()
    for row in groups:
        counts[row.lane_id] += row.letters
    last = {row.lane_id: row for row in groups}
    said = answer_examples.of_readers(session, issue.id, [row.reader for row in last.values()])
    answers = {lane: f"{row.code or ''} {said.get(row.reader, '')}".strip() for lane, row in last.items()}
    lanes = session.scalars(select(Lane).where(Lane.id.in_(counts)).order_by(Lane.position, Lane.id))
    return [FailedLetters(lane.slug, lane.name, counts[lane.id], answers[lane.id]) for lane in lanes]


def retry(session: Session, issue: Issue, lane: Lane | None, *, by: Member | str, note: str = "") -> int:
    """Queue these letters again, of one lane or of all; returns how many. The caller commits.

    Raises:
        WrongState: the issue is cancelled.
        Invalid: there is no such letter.
    """
    if issue.state is IssueState.CANCELLED:
        raise wrong_state(issue, phrase("be sent again"))
    kept_certificate.forget(session, issue.id)
    # Workers lock a batch before they record; two who press at once wait here, and the second finds none left.
    batches = select(Batch).where(Batch.issue_id == issue.id).order_by(Batch.id).with_for_update(key_share=True)
    locked = {batch.id: batch for batch in session.scalars(batches.execution_options(populate_existing=True))}
    rows = _find(session, issue, lane)
    if not rows:
        raise Invalid("no letter has failed for a reason that is not the reader's")
    editions = {number: current_number(session, issue.id, number) for number in {row.edition for row in rows}}
    for begin in range(0, len(rows), _PORTION):
        _queue(session, issue.id, rows[begin : begin + _PORTION], editions)
    for batch_id in sorted({row.batch_id for row in rows if row.batch_id is not None}):
        batch = locked[batch_id]
        if batch.state is BatchState.DONE:
            batch.state, batch.due_at = BatchState.OPEN, now()
        elif batch.lease_until is None:
            batch.due_at = now()
        enqueue.enqueue(session, enqueue.DELIVER, batch_id)
    detail = {"lane": lane.slug} if lane else {}
    issues.touch(session, issue.id)
    audit.record(session, by, "retry failed letters", f"issue/{issue.id}", letters=len(rows), note=note, **detail)
    return len(rows)


class _Group(NamedTuple):
    """Letters of which the same was said."""

    lane_id: int
    kind: str
    stage: str
    enhanced: str
    code: int | None
    answer: str | None
    letters: int
    reader: int
    """The last of them."""


def _groups(session: Session, issue: Issue) -> list[_Group]:
    """The same letters as of :func:`_find`, counted by the database; the last answer comes last."""
    last = (Attempt.subscriber_id == Delivery.subscriber_id) & (Attempt.number == Delivery.attempts)
    rows = (
        select(Delivery.subscriber_id, Delivery.lane_id, Delivery.code, Delivery.answer, Attempt.kind, Attempt.stage,
               Attempt.enhanced)
        .join(Attempt, (Attempt.issue_id == Delivery.issue_id) & last)
        .where(Delivery.issue_id == issue.id, Delivery.state == DeliveryState.FAILED, Attempt.kind != "retried")
        .ext(distinct_on(Delivery.subscriber_id))
        .order_by(Delivery.subscriber_id, Attempt.id.desc())
        .subquery()
    )  # fmt: skip
    said = (rows.c.lane_id, rows.c.kind, rows.c.stage, rows.c.enhanced, rows.c.code, rows.c.answer)
    reader = func.max(rows.c.subscriber_id)
    query = select(*said, func.count(), reader).group_by(*said).order_by(reader)
    return list(map(_Group._make, session.execute(query)))


def _find(session: Session, issue: Issue, lane: Lane | None = None) -> Sequence[_Row]:
    last = (Attempt.subscriber_id == Delivery.subscriber_id) & (Attempt.number == Delivery.attempts)
    query = (
        select(
            Delivery.subscriber_id, Delivery.batch_id, Delivery.lane_id, Delivery.edition, Delivery.attempts,
            Delivery.code, Delivery.answer, Attempt.enhanced, Attempt.stage, Attempt.kind,
        )
        .join(Attempt, (Attempt.issue_id == Delivery.issue_id) & last)
        .where(Delivery.issue_id == issue.id, Delivery.state == DeliveryState.FAILED, Attempt.kind != "retried")
        .order_by(Delivery.subscriber_id, Attempt.id)
    )  # fmt: skip
    if lane is not None:
        query = query.where(Delivery.lane_id == lane.id)
    # Of several rows for one try, the last.
    found = {row.subscriber_id: row for row in map(_Row._make, session.execute(query))}
    return [row for row in found.values() if not _is_readers(row)]


def _is_readers(row: _Row | _Group) -> bool:
    """Whether the last answer speaks of the reader: a filter, a full mailbox. What came back has been with them."""
    if row.kind in (OutcomeKind.FILTERED.value, OutcomeKind.BOUNCED.value, RETURNED):
        return True
    if not row.code or row.code < 400 or not row.stage:
        return False
    if row.enhanced.startswith("4.2.") or (row.code == 452 and not row.enhanced):
        return True  # RFC 3463, 3.3: the mailbox's state.
    meaning = interpret(row.code, row.enhanced, row.answer or "", Stage(row.stage))
    return meaning.subject is AnswerSubject.RECIPIENT


def _queue(session: Session, issue_id: int, rows: Sequence[_Row], editions: dict[int, int]) -> None:
    """Queue letters again; their former tries no longer count for giving up."""
    for old in {row.edition for row in rows}:
        readers = [row.subscriber_id for row in rows if row.edition == old]
        session.execute(
            update(Delivery)
            .where(Delivery.issue_id == issue_id, Delivery.subscriber_id.in_(readers))
            .where(Delivery.state == DeliveryState.FAILED)
            .values(
                state=DeliveryState.QUEUED, edition=editions[old], due_at=None, at=now(),
                code=None, enhanced=None, answer=None, relay=None,
            )
        )  # fmt: skip
    session.execute(
        insert(Attempt),
        [
            {"issue_id": issue_id, "subscriber_id": row.subscriber_id, "number": row.attempts, "kind": "retried"}
            for row in rows
        ],
    )
