"""Who gets the issue: names that there are not, and nobody at all."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from models.deliveries import recipients
from models.issues.issue import Issue
from models.store.errors import Invalid

from .finding import LETTER, Finding, error, warning


def check(session: Session, issue: Issue) -> Iterator[Finding]:
    """Count the readers as preparing would."""
    try:
        found = recipients.count(session, issue)
    except Invalid as problem:
        yield error("readers.unknown", LETTER, reason=problem)
    else:
        if not found.mailed:
            yield warning("readers.nobody", LETTER)
