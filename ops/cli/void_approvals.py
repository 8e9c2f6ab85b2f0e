"""What an import changes in issues that are approved: they are drafts again, and the reason is said."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from templates.content import change_effects


def return_changed(session: Session, command: str) -> Iterator[str]:
    """Make every issue a draft again whose approval is void now; yields a line for each."""
    for issue in change_effects.return_changed(session, f"kairan {command}"):
        yield f"Issue {issue.id} is a draft again: {issue.trouble}"
