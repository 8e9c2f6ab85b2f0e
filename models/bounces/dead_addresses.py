"""Dead addresses: once an issue is out, addresses that do not exist are suppressed."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..deliveries.delivery import Attempt, Delivery, DeliveryState
from ..deliveries.reply_code import Stage, interpret
from ..readers.subscriber import END_SQL
from ..readers.suppression import SuppressionReason
from ..store.clock import now
from ..store.db import array_literal

MAX_SHARE = 0.1
"""With a larger share of unknown mailboxes in a lane, the relay is suspected, not the readers' addresses."""
MAX_COUNT = 20
"""Up to this many unknown mailboxes in a lane are believed whatever their share is."""


_SUPPRESS = text(f"""
    WITH final AS (
        SELECT subscriber_id, lane_id, state = 'bounced' AND subscriber_id = ANY(CAST(:gone AS bigint[])) AS gone
        FROM delivery WHERE issue_id = :issue AND state IN ('accepted', 'bounced')
    ), trusted AS (
        SELECT lane_id FROM final GROUP BY lane_id
        HAVING count(*) FILTER (WHERE gone) <= greatest(:max_count, :max_share * count(*))
    ), dead AS (
        SELECT s.id, s.address_hash FROM final d JOIN trusted USING (lane_id)
        JOIN subscriber s ON s.id = d.subscriber_id
        WHERE d.gone AND s.address_hash IS NOT NULL
    ), ended AS (
        UPDATE subscription SET {END_SQL}
        FROM dead WHERE subscriber_id = dead.id AND state = 'active'
    )
    INSERT INTO suppression (address_hash, reason, note, at)
    SELECT address_hash, :reason, :note, :now FROM dead
    ON CONFLICT DO NOTHING
""")  # noqa: S608  what is put in is a constant


def suppress_dead(session: Session, issue_id: int) -> int:
    """Suppress addresses that do not exist and end their subscriptions; returns how many addresses.

    Called at the issue's end: where more than a tenth of a lane's letters, and more than a few, come back, the
    fault is more likely the relay's, and nobody of that lane is suppressed.
    """
    gone = _gone(session, issue_id)
    if not gone:
        return 0
    values = {
        "gone": array_literal(gone),
        "issue": issue_id,
        "max_count": MAX_COUNT,
        "max_share": MAX_SHARE,
        "now": now(),
        "reason": SuppressionReason.BOUNCED.value,
        "note": f"issue/{issue_id}",
    }
    return int(session.execute(_SUPPRESS, values).rowcount)  # type: ignore[attr-defined]


def _gone(session: Session, issue_id: int) -> list[int]:
    """Readers of whose mailboxes the last answer says that nobody has them, by words where there is no code."""
    answered = (Attempt.subscriber_id == Delivery.subscriber_id) & (Attempt.number == Delivery.attempts)
    query = (
        select(Delivery.subscriber_id, Attempt.code, Attempt.enhanced, Attempt.answer, Attempt.stage)
        .join(Attempt, (Attempt.issue_id == Delivery.issue_id) & answered)
        .where(Delivery.issue_id == issue_id, Delivery.state == DeliveryState.BOUNCED, Attempt.kind == "bounced")
    )
    return [
        reader
        for reader, code, enhanced, answer, stage in session.execute(query)
        if code >= 400 and stage and interpret(code, enhanced, answer, Stage(stage)).gone
    ]
