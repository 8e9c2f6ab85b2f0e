"""Claims: a window of letters of a batch is marked as sending, and loaded, in one statement.

Each claim checks its readers again: whoever has left since the issue was prepared gets no letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from ..readers import address_change
from ..readers.address_change import HELD_SQL
from ..readers.suppression import APPLIES_SQL
from ..store.clock import now
from ..store.db import array_literal, rows_changed
from .delivery import Delivery, DeliveryState
from .lease import Lease

# Why a reader gets no letter, or NULL. The statement joins subscriber s, subscription x and suppression p.
EXCLUSION_REASON = """
    CASE WHEN s.address IS NULL THEN 'erased'
         WHEN x.state IS DISTINCT FROM 'active' THEN concat_ws(': ', 'ended', nullif(x.ended_reason, ''))
         WHEN p.reason IS NOT NULL THEN 'suppressed: ' || p.reason
    END
"""

_PENDING = text("""
    SELECT subscriber_id, state = 'deferred' FROM delivery d
    WHERE batch_id = :batch AND (state = 'queued' OR (state = 'deferred' AND due_at <= :now))
    ORDER BY CASE WHEN attempts = 0 THEN 0 ELSE (
        SELECT count(*) FROM attempt a
        WHERE a.issue_id = d.issue_id AND a.subscriber_id = d.subscriber_id AND a.kind = 'held'
    ) END, subscriber_id
""")

_CLAIM = text(f"""
    UPDATE delivery d
    SET state = CASE WHEN r.left_out IS NULL THEN 'sending' ELSE 'suppressed' END,
        attempts = d.attempts + (r.left_out IS NULL)::int,
        answer = r.left_out, code = NULL, enhanced = NULL, relay = NULL, due_at = NULL, at = :now
    FROM (
        SELECT s.id, s.address, s.name, s.kana, s.organisation, s.fields, {EXCLUSION_REASON} AS left_out,
               {HELD_SQL} AS held
        FROM subscriber s
        LEFT JOIN subscription x
            ON x.subscriber_id = s.id AND x.subscriber_id = ANY(CAST(:ids AS bigint[]))
            AND x.newsletter_id = :newsletter
        LEFT JOIN LATERAL (
            SELECT reason FROM suppression
            WHERE address_hash = s.address_hash AND {APPLIES_SQL}
            LIMIT 1
        ) p ON true
        WHERE s.id = ANY(CAST(:ids AS bigint[]))
    ) r
    WHERE d.issue_id = :issue AND d.subscriber_id = ANY(CAST(:ids AS bigint[])) AND d.subscriber_id = r.id
      AND d.batch_id = :batch AND (d.state = 'queued' OR (d.state = 'deferred' AND d.due_at <= :now))
    RETURNING d.subscriber_id, d.edition, d.attempts, r.address, r.name, r.kana, r.organisation, r.fields, r.left_out,
        r.held
""")  # noqa: S608  only constants are put in

_REQUEUE = text("""
    UPDATE delivery d SET state = 'queued', attempts = d.attempts - 1, at = :now
    FROM unnest(CAST(:ids AS bigint[]), CAST(:attempts AS smallint[])) AS v (id, attempt)
    WHERE d.issue_id = :issue AND d.subscriber_id = v.id AND d.state = 'sending' AND d.attempts = v.attempt
""")


_NO_NESTED_LOOPS = text("SET LOCAL enable_nestloop = off")


class ClaimedDelivery(NamedTuple):
    """One reader's copy, claimed: what stamping and sending need."""

    subscriber_id: int
    edition: int
    attempt: int
    """Counted from 1. Reader and attempt together identify this try, also in the journal."""
    address: str
    name: str
    fields: dict[str, Any]
    """``kana``, ``organisation`` and the newsletter's custom fields."""


class ClaimedWindow(NamedTuple):
    """What a claim has brought."""

    copies: list[ClaimedDelivery]
    left_out: int
    """Readers who have left since the issue was prepared."""


def pending(session: Session, lease: Lease) -> list[tuple[int, bool]]:
    """The readers of a batch whose letters are due; and whether the letter was deferred before.

    Letters that were held come last, so that one which is refused again and again holds nobody else up.
    """
    return [(number, again) for number, again in session.execute(_PENDING, {"batch": lease.batch_id, "now": now()})]


def claim(session: Session, lease: Lease, readers: Sequence[int]) -> ClaimedWindow:
    """Mark the letters of *readers* as sending, and load what stamping them needs, in the order of *readers*.

    Letters that are no longer queued or due are skipped. Commit before anything is sent. The caller holds the lease.
    """
    prefer_hash_joins(session)
    rows = session.execute(
        _CLAIM,
        {
            "issue": lease.issue_id,
            "batch": lease.batch_id,
            "newsletter": lease.newsletter_id,
            "ids": array_literal(readers),
            "now": now(),
            "undoable": address_change.undoable_since(),
        },
    ).all()
    copies = [
        # What tells who the reader is goes to nobody while the mailbox may be a stranger's.
        ClaimedDelivery(number, edition, attempt, address, "", {})
        if held
        else ClaimedDelivery(
            number, edition, attempt, address, name, {"kana": kana, "organisation": organisation, **fields}
        )
        for number, edition, attempt, address, name, kana, organisation, fields, left_out, held in rows
        if left_out is None
    ]
    place = {reader: place for place, reader in enumerate(readers)}
    copies.sort(key=lambda copy: place[copy.subscriber_id])  # The statement gives them in any order.
    return ClaimedWindow(copies, len(rows) - len(copies))


def prefer_hash_joins(session: Session) -> None:
    """Until the commit, let PostgreSQL join by hashing instead of by nested loops.

    An issue has just filled the table of deliveries, which has no statistics until autovacuum has seen it. The planner
    then expects one row where a window has hundreds, and a nested loop compares each row with every other one: a
    quarter of a second instead of milliseconds. ``enable_nestloop`` is a setting of the planner (PostgreSQL
    documentation, 19.7.1); ``SET LOCAL`` ends with the transaction.
    """
    session.execute(_NO_NESTED_LOOPS)


def requeue(session: Session, lease: Lease, copies: Sequence[tuple[int, int]]) -> None:
    """Queue letters again that were claimed, but that no relay has seen.

    Arguments:
        copies: reader and attempt of each.
    """
    if copies:
        readers, attempts = zip(*copies, strict=True)
        session.execute(
            _REQUEUE, {"issue": lease.issue_id, "ids": array_literal(readers), "attempts": list(attempts), "now": now()}
        )


def orphans(session: Session, lease: Lease) -> list[tuple[int, int]]:
    """Letters of a batch that were claimed but never recorded: reader and attempt. The caller holds the lease."""
    query = select(Delivery.subscriber_id, Delivery.attempts).where(
        Delivery.batch_id == lease.batch_id, Delivery.state == DeliveryState.SENDING
    )
    return [(reader, attempt) for reader, attempt in session.execute(query)]


def close_remaining(session: Session, lease: Lease) -> int:
    """Close the unsent letters of a cancelled issue's batch; returns how many. The caller holds the lease."""
    result = session.execute(
        update(Delivery)
        .where(
            Delivery.batch_id == lease.batch_id,
            Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.DEFERRED)),
        )
        .values(state=DeliveryState.SUPPRESSED, answer="cancelled", due_at=None, at=now())
    )
    return rows_changed(result)
