"""Nothing of the demo goes out that preflight would refuse."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.issues.issue import Issue
from models.store.errors import Invalid
from models.store.phrase import phrase
from templates import preflight
from templates.preflight.finding import Severity


def refuse_errors(session: Session, issue: Issue) -> None:
    """Refuse what preflight refuses.

    Raises:
        Invalid: with everything that preflight found.
    """
    errors = [one for one in preflight.check_issue(session, issue) if one.severity is Severity.ERROR]
    if errors:
        found = "\n".join(f"{one.where.name('en')}: {one.message('en')}" for one in errors)
        raise Invalid(phrase("issue {number} of the demo must not go out:\n{found}", number=issue.number, found=found))
