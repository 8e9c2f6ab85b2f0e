"""Sums of the demo's past, counted when it is whole.

The worker of the present counts while the year is still being filled. It takes issues and months that are long over for
final, and would keep what it saw of them then: issues that nobody has opened yet, months without those who left.
"""

from __future__ import annotations

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from models.issues.issue import Issue
from models.reports.kept import issue_sums, reader_months
from models.reports.kept.reader_months import LeavingCount, ReaderMonth


def recount(session: Session) -> None:
    """Count all issues and months anew, while the worker waits."""
    session.execute(text("LOCK TABLE letter_count, reader_month IN EXCLUSIVE MODE"))
    issue_sums.refresh(session, session.scalars(select(Issue.id).where(Issue.prepared_at.is_not(None))).all())
    for table in (ReaderMonth, LeavingCount):
        session.execute(delete(table))
    reader_months.refresh(session)
