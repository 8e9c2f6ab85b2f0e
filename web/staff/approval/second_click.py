"""Steps that a person asks for twice: whoever clicks twice has done the step, and did nothing wrong."""

from __future__ import annotations

from models.issues import approval
from models.issues.approval import Decision
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.review import submission

from ...request import session
from ..login_session import member


def has_submitted(one: Issue, note: str) -> bool:
    """Whether the issue is where this person has just handed it, with the same reason."""
    last = submission.last(session(), one) if one.state in (IssueState.IN_REVIEW, IssueState.APPROVED) else None
    return last is not None and (last.member_id, last.note) == (member().id, note)


def has_withdrawn(one: Issue) -> bool:
    """Whether this person has just taken it back."""
    last = submission.last(session(), one) if one.state is IssueState.DRAFT else None
    return last is not None and last.withdrawn_by_id == member().id


def has_decided(one: Issue, decision: Decision, seen: str) -> bool:
    """Whether the last decision on the issue, which moved it on, is this very one."""
    moved_to = {Decision.APPROVED: IssueState.APPROVED, Decision.RETURNED: IssueState.DRAFT}[decision]
    last = next(reversed(approval.history(session(), one)), None) if one.state is moved_to else None
    return last is not None and (last.member_id, last.decision, last.digest) == (member().id, decision, seen)
