"""Dead addresses: once an issue is out, addresses that do not exist are suppressed.

What an answer says of one mailbox is believed at once, unless the same is said of all of its lane or its domain: a
relay that is set up wrongly, which takes a domain for its own or knows nobody, says so of the living. Those, and
mailboxes of which it is only said that they take no mail, are suppressed when several issues over a month have not
reached them.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..deliveries.delivery import Attempt, Delivery, DeliveryState
from ..deliveries.reply_code import Stage, interpret
from ..readers.subscriber import END_SQL
from ..readers.suppression import SuppressionReason
from ..staff import audit
from ..store.clock import now
from ..store.db import array_literal, rows_changed

MAX_SHARE = 0.1
"""With a larger share of unknown mailboxes in a lane, the relay is suspected, not the readers' addresses."""
MAX_COUNT = 20
"""Up to this many unknown mailboxes in a lane are believed whatever their share is."""
MOST_ALONE = 2
"""Up to this many unknown mailboxes of a lane or a domain are believed where none of its letters was taken."""
MOST_ISSUES = 3
"""So many issues in a row, and for at least :data:`UNREACHED_FOR`, that came back: the mailbox takes no mail."""
UNREACHED_FOR = timedelta(days=30)
_LOOK_BACK = timedelta(days=400)

_ALL_UNKNOWN = text("""
    WITH suspect AS (
        SELECT domain FROM subscriber WHERE id = ANY(CAST(:gone AS bigint[])) GROUP BY domain HAVING count(*) > :most
    ), known AS (
        SELECT DISTINCT s.domain FROM suspect JOIN subscriber s USING (domain)
        JOIN delivery d ON d.subscriber_id = s.id AND d.issue_id = :issue AND d.state = 'accepted'
    )
    SELECT s.id FROM subscriber s JOIN suspect USING (domain)
    WHERE s.id = ANY(CAST(:gone AS bigint[])) AND s.domain NOT IN (SELECT domain FROM known)
""")

# Deliveries have no index by reader, so the newsletter's issues are gone through by the primary key.
_UNREACHED = text("""
    WITH past AS (
        SELECT d.subscriber_id, d.state, d.at FROM delivery now
        JOIN issue i ON i.newsletter_id = (SELECT newsletter_id FROM issue WHERE id = :issue)
            AND (i.sent_at > :since OR i.id = :issue)
        JOIN delivery d ON d.issue_id = i.id AND d.subscriber_id = now.subscriber_id
        WHERE now.issue_id = :issue AND now.state = 'bounced' AND d.state IN ('accepted', 'bounced')
    ), reached AS (
        SELECT subscriber_id, max(at) AS last FROM past WHERE state = 'accepted' GROUP BY subscriber_id
    )
    SELECT subscriber_id FROM past LEFT JOIN reached USING (subscriber_id)
    WHERE state = 'bounced' AND (last IS NULL OR at > last)
    GROUP BY subscriber_id HAVING count(*) >= :most AND min(at) <= :before
""")

_SUPPRESS = text(f"""
    WITH final AS (
        SELECT subscriber_id, lane_id, state = 'accepted' AS taken,
               state = 'bounced' AND subscriber_id = ANY(CAST(:gone AS bigint[])) AS gone,
               subscriber_id = ANY(CAST(:unreached AS bigint[])) AS unreached
        FROM delivery WHERE issue_id = :issue AND state IN ('accepted', 'bounced')
    ), trusted AS (
        SELECT lane_id, bool_or(taken) OR count(*) FILTER (WHERE gone) <= :most_alone AS at_once
        FROM final GROUP BY lane_id
        HAVING count(*) FILTER (WHERE gone) <= greatest(:max_count, :max_share * count(*))
    ), dead AS (
        SELECT s.id, s.address_hash FROM final d JOIN trusted USING (lane_id)
        JOIN subscriber s ON s.id = d.subscriber_id
        WHERE d.gone AND (at_once OR d.unreached) AND s.address_hash IS NOT NULL
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
    unreached = _unreached(session, issue_id)
    gone = {*_believed(session, issue_id, _gone(session, issue_id)), *unreached}
    if not gone:
        return 0
    values = {
        "gone": array_literal(gone),
        "unreached": array_literal(unreached),
        "most_alone": MOST_ALONE,
        "issue": issue_id,
        "max_count": MAX_COUNT,
        "max_share": MAX_SHARE,
        "now": now(),
        "reason": SuppressionReason.BOUNCED.value,
        "note": f"issue/{issue_id}",
    }
    count = rows_changed(session.execute(_SUPPRESS, values))
    if count:
        audit.record(session, "worker", "suppress dead addresses", f"issue/{issue_id}", addresses=count)
    return count


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


def _believed(session: Session, issue_id: int, gone: list[int]) -> set[int]:
    """Those of *gone* whose domain has taken a letter of the issue, or of which few are said to be gone."""
    if len(gone) <= MOST_ALONE:
        return set(gone)
    values = {"gone": array_literal(gone), "issue": issue_id, "most": MOST_ALONE}
    return set(gone) - set(session.scalars(_ALL_UNKNOWN, values))


def _unreached(session: Session, issue_id: int) -> list[int]:
    """Readers to whom the newsletter's last issues, this one among them, have come back for a month."""
    values = {
        "issue": issue_id,
        "since": now() - _LOOK_BACK,
        "before": now() - UNREACHED_FOR,
        "most": MOST_ISSUES,
    }
    return list(session.scalars(_UNREACHED, values))
