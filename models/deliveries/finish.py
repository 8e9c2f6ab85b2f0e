"""The end of an issue: it is sent once no batch is open, and addresses that do not exist are retired."""

from __future__ import annotations

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ..issues import issue as issues
from ..issues.issue import Issue, IssueState
from ..staff import audit
from ..store.clock import now
from . import progress
from .delivery import Batch, BatchState

log = structlog.get_logger(__name__)

MAX_SHARE = 0.1
"""With more unknown mailboxes than this among a lane's letters, the relay is suspected and not the readers."""
FEW = 20
"""So many unknown mailboxes in a lane prove nothing against a relay."""

# RFC 3463: no such mailbox (1), no such domain (2), bad syntax (3), mailbox has moved (6), null MX (10, RFC 7505).
_RETIRE = text("""
    WITH settled AS (
        SELECT subscriber_id, lane_id, state = 'bounced' AND enhanced IN ('5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10')
            AS gone
        FROM delivery WHERE issue_id = :issue AND state IN ('accepted', 'bounced')
    ), trusted AS (
        SELECT lane_id FROM settled GROUP BY lane_id
        HAVING count(*) FILTER (WHERE gone) <= greatest(:few, :share * count(*))
    ), dead AS (
        SELECT s.id, s.address_hash FROM settled d JOIN trusted USING (lane_id)
        JOIN subscriber s ON s.id = d.subscriber_id
        WHERE d.gone AND s.address_hash IS NOT NULL
    ), ended AS (
        UPDATE subscription SET state = 'ended', ended_at = :now, ended_reason = 'bounced'
        FROM dead WHERE subscriber_id = dead.id AND state = 'active'
    )
    INSERT INTO suppression (address_hash, reason, note, at)
    SELECT address_hash, 'bounced', :note, :now FROM dead
    ON CONFLICT DO NOTHING
""")


def finish(session: Session, issue_id: int) -> bool:
    """Call the issue sent where no letter of it is queued, put off or on the wire any more; whether that was so now.

    The caller commits. Asking often or twice does no harm.
    """
    issue = issues.get(session, issue_id, lock=True)
    if issue.state is not IssueState.SENDING or _open(session, issue_id):
        return False
    counts = progress.count(session, issue_id)
    issue.finish()
    retire(session, issue)
    audit.record(
        session, "sender", "finish issue", f"issue/{issue.id}", **{state.value: n for state, n in counts.items()}
    )
    log.info("issue sent", issue=issue.id, **{state.value: number for state, number in counts.items()})
    return True


def retire(session: Session, issue: Issue) -> int:
    """End the subscriptions of addresses that do not exist, and never mail them again; returns how many addresses.

    This waits for the issue's end: where a tenth of a lane's letters and more than a few come back, the fault is
    more likely a relay's than the readers', and nobody is taken off the list.
    """
    values = {
        "issue": issue.id,
        "few": FEW,
        "share": MAX_SHARE,
        "now": now(),
        "note": f"issue/{issue.id}",
    }
    return int(session.execute(_RETIRE, values).rowcount)  # type: ignore[attr-defined]


def _open(session: Session, issue_id: int) -> bool:
    found = session.scalar(select(Batch.id).where(Batch.issue_id == issue_id, Batch.state == BatchState.OPEN).limit(1))
    return found is not None
