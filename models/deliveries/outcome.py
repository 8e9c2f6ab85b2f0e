"""Outcomes: what became of letters, recorded for many at once.

Every outcome but acceptance also adds an :class:`~.delivery.Attempt` to the letter's history.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from ..store.clock import now
from ..store.db import array_literal, rows_changed
from . import stop
from .claim import prefer_hash_joins
from .delivery import Attempt, DeliveryState
from .delivery_result import DeliveryResult
from .lease import Lease
from .letters import letter_tally
from .reply_code import OutcomeKind

_STATES = {
    OutcomeKind.ACCEPTED: DeliveryState.ACCEPTED,
    OutcomeKind.DEFERRED: DeliveryState.DEFERRED,
    OutcomeKind.BOUNCED: DeliveryState.BOUNCED,
    OutcomeKind.FILTERED: DeliveryState.FAILED,
    OutcomeKind.FAILED: DeliveryState.FAILED,
    OutcomeKind.POLICY: DeliveryState.DEFERRED,
    OutcomeKind.RATE: DeliveryState.DEFERRED,
    OutcomeKind.HELD: DeliveryState.QUEUED,
    OutcomeKind.RETURNED: DeliveryState.QUEUED,
    OutcomeKind.UNKNOWN: DeliveryState.UNKNOWN,
}


_RECORD = text("""
    UPDATE delivery d
    SET state = :state, code = :code, enhanced = :enhanced, relay = :relay, at = :now, answer = v.answer, due_at = v.due
    FROM unnest(CAST(:ids AS bigint[]), CAST(:attempts AS smallint[]), CAST(:answers AS text[]),
                CAST(:dues AS timestamptz[])) AS v (id, attempt, answer, due)
    WHERE d.issue_id = :issue AND d.subscriber_id = ANY(CAST(:ids AS bigint[])) AND d.subscriber_id = v.id
      AND d.state = 'sending' AND d.attempts = v.attempt
""")

_GIVE_UP = text("""
    UPDATE delivery d SET state = 'failed', due_at = NULL
    FROM (
        SELECT subscriber_id, min(at) AS first, count(*) FILTER (WHERE kind = 'policy') AS refusals
        FROM attempt a WHERE issue_id = :issue AND subscriber_id = ANY(:ids)
            AND id > coalesce((SELECT max(id) FROM attempt r WHERE r.issue_id = a.issue_id
                               AND r.subscriber_id = a.subscriber_id AND r.kind = 'retried'), 0)
        GROUP BY subscriber_id
    ) a
    WHERE d.issue_id = :issue AND d.subscriber_id = a.subscriber_id AND d.state = 'deferred'
      AND (a.first <= :since OR a.refusals > 1)
    RETURNING d.subscriber_id
""")


def record(
    session: Session, lease: Lease, results: Sequence[DeliveryResult], give_up: timedelta
) -> Counter[DeliveryState]:
    """Record *results*; the caller holds the lease and commits.

    Only letters that are still being sent, in the same attempt, are changed, so that recording twice changes
    nothing.

    Arguments:
        give_up: how long after its first attempt a deferred letter fails.

    Returns:
        How many letters got each state.
    """
    if results:
        prefer_hash_joins(session)
    results = stop.judge_held(session, lease, results)
    moment = now()
    groups: dict[tuple[OutcomeKind, int, str, str], list[DeliveryResult]] = defaultdict(list)
    for result in results:
        groups[result.kind, result.code, result.enhanced, result.relay].append(result)
    counts: Counter[DeliveryState] = Counter()
    tally: Counter[str] = Counter()
    for (kind, code, enhanced, relay), group in groups.items():
        state = _STATES[kind]
        recorded = session.execute(_RECORD, _values(lease, group, state, code, enhanced, relay, moment))
        counts[state] += len(group)
        if kind in letter_tally.OF_ANSWER:
            tally[letter_tally.OF_ANSWER[kind]] += rows_changed(recorded)
    if others := [result for result in results if result.kind is not OutcomeKind.ACCEPTED]:
        _add_attempts(session, lease, others, moment)
        failed = _give_up(session, lease, others, give_up)
        counts[DeliveryState.FAILED] += len(failed)
        counts[DeliveryState.DEFERRED] -= len(failed)
        tally[letter_tally.GIVEN_UP] += len(failed)
        stop.stop(session, lease, others)
    letter_tally.add(session, lease, tally)
    return counts


def _values(
    lease: Lease,
    group: list[DeliveryResult],
    state: DeliveryState,
    code: int,
    enhanced: str,
    relay: str,
    moment: datetime,
) -> dict[str, object]:
    return {
        "issue": lease.issue_id,
        "state": state.value,
        "code": code or None,
        "enhanced": enhanced or None,
        "relay": relay or None,
        "now": moment,
        "ids": array_literal(result.subscriber_id for result in group),
        "attempts": array_literal(result.attempt for result in group),
        "answers": [result.answer or None for result in group],
        "dues": [result.due_at for result in group] if state is DeliveryState.DEFERRED else None,
    }


def _add_attempts(session: Session, lease: Lease, results: Sequence[DeliveryResult], moment: datetime) -> None:
    session.execute(
        insert(Attempt),
        [
            {
                "issue_id": lease.issue_id,
                "subscriber_id": result.subscriber_id,
                "number": result.attempt,
                "kind": result.kind.value,
                "stage": result.stage,
                "code": result.code,
                "enhanced": result.enhanced,
                "answer": result.answer,
                "relay": result.relay,
                "at": moment,
            }
            for result in results
        ],
    )


def _give_up(session: Session, lease: Lease, results: Sequence[DeliveryResult], give_up: timedelta) -> set[int]:
    """Fail deferred letters that were tried for long enough, or that a policy has refused twice; their readers."""
    deferred = [result.subscriber_id for result in results if _STATES[result.kind] is DeliveryState.DEFERRED]
    if not deferred:
        return set()
    values = {"issue": lease.issue_id, "ids": deferred, "since": now() - give_up}
    return set(session.scalars(_GIVE_UP, values))


def attempts(session: Session, issue_id: int, subscriber_id: int) -> list[Attempt]:
    """The attempts to send one letter, in order."""
    query = select(Attempt).where(Attempt.issue_id == issue_id, Attempt.subscriber_id == subscriber_id)
    return list(session.scalars(query.order_by(Attempt.id)))
