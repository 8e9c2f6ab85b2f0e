"""Approving an issue and waiting until the worker has mailed it."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.orm import Session

from models.issues import issue as issues
from models.issues import workflow
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff.permission import Role
from models.store import clock, db
from models.store.errors import Invalid, Unavailable
from models.store.phrase import phrase
from templates import preflight
from templates.content import digest
from templates.preflight.finding import Severity

from .seed import staff

STALL_SECONDS = 90.0
"""Seconds without any change after which the worker is taken for dead."""


def approve(session: Session, issue: Issue) -> None:
    """Take a draft through the hands of author, approver and sender, due at once."""
    if issue.state is IssueState.DRAFT:
        refuse_errors(session, issue)
        workflow.submit(session, issue, staff(session, Role.AUTHOR))
    if issue.state is IssueState.IN_REVIEW:
        workflow.approve(session, issue, staff(session, Role.APPROVER), digest.of(session, issue))
    if issue.state is IssueState.APPROVED:
        workflow.schedule(session, issue, clock.now(), staff(session, Role.SENDER))


def refuse_errors(session: Session, issue: Issue) -> None:
    """Refuse what preflight refuses.

    Raises:
        Invalid: with everything that preflight found.
    """
    errors = [one for one in preflight.check_issue(session, issue) if one.severity is Severity.ERROR]
    if errors:
        found = "\n".join(f"{one.where.name('en')}: {one.message('en')}" for one in errors)
        raise Invalid(phrase("issue {number} of the demo must not go out:\n{found}", number=issue.number, found=found))


def wait_until_sent(issue_id: int, tick: Callable[[], None] = lambda: None) -> None:
    """Wait until an issue is sent.

    Raises:
        Unavailable: nothing has happened for so long.
        Invalid: it could not be prepared, or somebody cancelled it.
    """
    seen, since = None, time.monotonic()
    while True:
        with db.session_scope() as session:
            issue = issues.get(session, issue_id)
            state, trouble = issue.state, issue.trouble
        if state is IssueState.SENT:
            return
        if trouble or state is IssueState.CANCELLED:
            raise Invalid(
                phrase(
                    "issue {issue_id} of the demo was not sent: {what}",
                    issue_id=issue_id,
                    what=trouble or "somebody cancelled it",
                )
            )
        if state is not seen:
            seen, since = state, time.monotonic()
        if time.monotonic() - since > STALL_SECONDS:
            raise Unavailable(
                phrase(
                    "issue {issue_id} has been {value} for {stall_seconds} s: does the worker run?",
                    issue_id=issue_id,
                    value=state.value,
                    stall_seconds=f"{STALL_SECONDS:.0f}",
                )
            )
        tick()
        time.sleep(0.05)
