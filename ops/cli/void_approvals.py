"""What an import changes in issues that are approved: they are drafts again, and the reason is said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from templates.content import digest


def return_changed(session: Session, command: str) -> Iterator[str]:
    """Make every issue a draft again whose approval is void now; yields a line for each."""
    session.flush()
    session.expire_all()  # What was loaded before the import may be stale.
    waiting = select(Issue).where(Issue.state.in_((IssueState.APPROVED, IssueState.SCHEDULED))).order_by(Issue.id)
    for issue in session.scalars(waiting.with_for_update(key_share=True)).all():
        if digest.return_if_changed(session, issue, f"kairan {command}"):
            yield f"Issue {issue.id} is a draft again: {issue.trouble}"
