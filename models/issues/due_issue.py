"""Issues whose time has come: named for the worker that prepares them, and marked while it does."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..staff import audit
from ..store import enqueue
from ..store.clock import now
from .issue import Issue
from .issue_state import IssueState as S


def begin_preparing(session: Session, issue_id: int) -> None:
    """Mark an issue whose time has come as being prepared, so that everybody sees it while that lasts."""
    due = (Issue.id == issue_id) & (Issue.state == S.SCHEDULED) & (Issue.scheduled_at <= now())
    begin = update(Issue).where(due).values(state=S.PREPARING, trouble="", revision=Issue.revision + 1)
    if session.scalars(begin.returning(Issue.id)).first() is not None:
        audit.record(session, "timetable", "begin preparing", f"issue/{issue_id}")


def enqueue_due(session: Session) -> list[int]:
    """Name the preparing of every issue whose time has come; returns their ids. Naming twice does no harm."""
    ids = session.scalars(
        select(Issue.id).where(Issue.state == S.SCHEDULED, Issue.scheduled_at <= now()).order_by(Issue.scheduled_at)
    ).all()
    for issue_id in ids:
        enqueue.enqueue(session, enqueue.PREPARE, issue_id)
    return list(ids)
