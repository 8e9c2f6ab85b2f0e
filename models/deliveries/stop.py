"""What stops where answers are not about the reader: a lane for a time, a lane until somebody looks, or an issue.

An answer that speaks of us (:attr:`OutcomeKind.HELD`) stops at once. Others were told for one reader, and one
reader stops nobody: they stop only where several different readers were refused alike, with few letters taken since.
Nor does one domain, an office's gateway, where readers of other domains have got their letters.

An answer that speaks of us can still be one reader's own: their server's filter uses the same words. It shows when
letters go again: others are taken, and this one is not. Then it counts as told for one reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..issues import issue as issues
from ..issues import workflow
from ..issues.issue_state import IssueState
from ..readers.subscriber import Subscriber
from ..store.clock import now
from ..store.mail_address import hidden_within
from . import lane
from .answer_table import AnswerSubject, Stop
from .delivery_result import DeliveryResult, format_answer
from .lane import Lane
from .lease import Lease
from .reply_code import AnswerMeaning, OutcomeKind, Stage, interpret

log = structlog.get_logger(__name__)


class _Threshold(NamedTuple):
    """So many readers refused alike, and fewer than so many letters taken since the first of them."""

    refused: int
    taken: int


_THRESHOLDS = {
    OutcomeKind.POLICY: (_Threshold(3, 30),),
    OutcomeKind.RATE: (_Threshold(3, 30),),
    # Letters that fail for unknown reasons are more common: nearly all of the last ten, or the first three.
    OutcomeKind.FAILED: (_Threshold(10, 10), _Threshold(3, 1)),
}
_LOOK_BACK = timedelta(days=1)

# Within one batch, so that it costs milliseconds in an issue to a million readers.
_SEVERAL = text("""
    WITH refused AS (
        SELECT a.at, s.domain FROM delivery d JOIN attempt a
            ON a.issue_id = d.issue_id AND a.subscriber_id = d.subscriber_id AND a.number = d.attempts
        JOIN subscriber s ON s.id = d.subscriber_id
        WHERE d.batch_id = :batch AND d.state IN ('deferred', 'failed') AND a.kind = :kind AND a.at > :since
        ORDER BY a.at DESC LIMIT :refused
    )
    SELECT count(*) = :refused AND :taken > (
        SELECT count(*) FROM delivery
        WHERE batch_id = :batch AND state = 'accepted' AND (at >= (SELECT min(at) FROM refused) OR :taken = 1)
    ) AND (count(DISTINCT domain) > 1 OR NOT EXISTS (
        SELECT FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id
        WHERE d.batch_id = :batch AND d.state = 'accepted' AND s.domain <> (SELECT min(domain) FROM refused)
    )) FROM refused
""")


_NAMED = frozenset({Stage.RCPT.value, Stage.DATA.value, Stage.DOT.value})
"""Stages at which the relay knows the reader."""
_MOST_HOLDS = 5
"""A letter that was held so often is judged as its reader's own, whatever became of others."""

_HELD_BEFORE = text("""
    WITH held AS (
        SELECT a.subscriber_id, a.at FROM delivery d JOIN attempt a
            ON a.issue_id = d.issue_id AND a.subscriber_id = d.subscriber_id
        WHERE d.batch_id = :batch AND a.kind = 'held' AND a.stage <> 'mail'
    )
    SELECT EXISTS (SELECT FROM held) AND (:taken_now OR EXISTS (
               SELECT FROM delivery
               WHERE batch_id = :batch AND state = 'accepted' AND at > (SELECT min(at) FROM held))),
           ARRAY(SELECT subscriber_id FROM held GROUP BY subscriber_id HAVING count(*) >= :most OR (
               EXISTS (SELECT FROM delivery WHERE batch_id = :batch AND state = 'accepted')
               AND NOT EXISTS (SELECT FROM delivery WHERE batch_id = :batch AND subscriber_id <> held.subscriber_id
                               AND state IN ('queued', 'sending', 'deferred'))
           ))
""")


def judge_held(session: Session, lease: Lease, results: Sequence[DeliveryResult]) -> Sequence[DeliveryResult]:
    """*results*, in which answers that speak of us count as told for one reader where earlier ones have shown it.

    Others of the batch were taken after letters had been held; or all others were taken before, and this one is left
    and held again; or it was held again and again.
    """
    if not any(map(_may_be_readers, results)):
        return results
    taken_now = any(result.kind is OutcomeKind.ACCEPTED for result in results)
    values = {"batch": lease.batch_id, "most": _MOST_HOLDS, "taken_now": taken_now}
    taken_since, held_often = session.execute(_HELD_BEFORE, values).one()
    return [
        result._replace(kind=_told_for_one(result))
        if _may_be_readers(result) and (taken_since or result.subscriber_id in held_often)
        else result
        for result in results
    ]


def _may_be_readers(result: DeliveryResult) -> bool:
    return result.kind is OutcomeKind.HELD and result.stage in _NAMED and result.code >= 400


def _told_for_one(result: DeliveryResult) -> OutcomeKind:
    meaning = interpret(result.code, result.enhanced, result.answer, Stage(result.stage))
    return OutcomeKind.RATE if meaning.subject is AnswerSubject.RATE else OutcomeKind.POLICY


def stop(session: Session, lease: Lease, results: Sequence[DeliveryResult]) -> None:
    """Stop what *results* say must stop. They are recorded already; the caller holds the lease and commits."""
    read = [(result, meaning) for result in results if (meaning := _meaning(result)) is not None]
    for result, meaning in read:
        if result.kind is OutcomeKind.HELD:
            _stop(session, lease, meaning, result)
            return
    for kind, thresholds in _THRESHOLDS.items():
        alike = [(result, meaning) for result, meaning in read if result.kind is kind]
        if alike and _several(session, lease, kind, thresholds):
            result, meaning = alike[-1]
            _stop(session, lease, meaning, result)
            return


def _meaning(result: DeliveryResult) -> AnswerMeaning | None:
    if result.code < 400 or not result.stage:
        return None
    meaning = interpret(result.code, result.enhanced, result.answer, Stage(result.stage))
    # The sender may have decided otherwise, as where its own parameters were refused.
    expected = {meaning.kind, _told_for_one(result)} if meaning.kind is OutcomeKind.HELD else {meaning.kind}
    return meaning if result.kind in expected else None


def _several(session: Session, lease: Lease, kind: OutcomeKind, thresholds: Iterable[_Threshold]) -> bool:
    since = max(session.get_one(Lane, lease.lane_id).resumed_at or now() - _LOOK_BACK, now() - _LOOK_BACK)
    values = {"batch": lease.batch_id, "kind": kind.value, "since": since}
    return any(session.scalar(_SEVERAL, {**values, **one._asdict()}) for one in thresholds)


def _stop(session: Session, lease: Lease, meaning: AnswerMeaning, result: DeliveryResult) -> None:
    reason = _reason(session, meaning, result)
    if meaning.stop is Stop.ISSUE and _stop_issue(session, lease.issue_id, reason):
        return
    if meaning.stop is Stop.LANE:
        lane.pause(session, lease.lane_id, reason, by=result.relay)
    else:
        lane.rest(session, lease.lane_id, reason, by=result.relay)


def _reason(session: Session, meaning: AnswerMeaning, result: DeliveryResult) -> str:
    """The answer, without the reader: pages, letters and files show it to people who may not read addresses.

    Addresses of ours stay where it speaks of the sender, or nobody had been named yet: they are what is to be mended.
    """
    address = session.scalar(select(Subscriber.address).where(Subscriber.id == result.subscriber_id))
    of_ours = result.stage not in _NAMED or meaning.subject in (AnswerSubject.SENDER, AnswerSubject.LOGIN)
    answer = hidden_within(result.answer, of=[address] if address else (), others=not of_ours)
    return format_answer(result.code, result.enhanced, answer)


def _stop_issue(session: Session, issue_id: int, reason: str) -> bool:
    """Pause the issue, with the reason for staff; whether it is paused. One that was sent before cannot be."""
    issue = issues.get(session, issue_id, lock=True)
    if issue.state is IssueState.SENDING:
        issue.trouble = reason[:2000]
        workflow.pause(session, issue, workflow.SENDER)
        log.error("issue stopped: mend the reason, then resume it", issue=issue.id, reason=reason)
    return issue.state is IssueState.PAUSED
