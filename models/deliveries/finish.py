"""The end of an issue: it is sent once no batch is open."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues import issue as issues
from ..issues.issue_state import IssueState
from ..staff import audit
from . import progress
from .delivery import Batch, BatchState

log = structlog.get_logger(__name__)


def finish(session: Session, issue_id: int) -> bool:
    """Set the issue to sent if none of its letters is queued, deferred or being sent; returns whether that happened.

    The caller commits. Calling it again changes nothing.
    """
    issue = issues.get(session, issue_id, lock=True)
    if _open(session, issue_id):
        return False
    if issue.state in (IssueState.SENT, IssueState.CANCELLED):  # what was on the wire, or sent again, is recorded now
        issues.touch(session, issue_id)
    if issue.state is not IssueState.SENDING:
        return False
    counts = progress.count(session, issue_id)
    issue.finish()
    audit.record(
        session, "sender", "finish issue", f"issue/{issue.id}", **{state.value: n for state, n in counts.items()}
    )
    log.info("issue sent", issue=issue.id, **{state.value: number for state, number in counts.items()})
    return True


def _open(session: Session, issue_id: int) -> bool:
    found = session.scalar(select(Batch.id).where(Batch.issue_id == issue_id, Batch.state == BatchState.OPEN).limit(1))
    return found is not None
