"""Who gets the issue: names that there are not, and nobody at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from models.deliveries.recipients import Recipients
from models.issues.issue import Issue
from models.store.errors import Invalid

from .finding import LETTER, Finding, error, warning


def check(session: Session, issue: Issue, count: Callable[[Session, Issue], Recipients | None]) -> Iterator[Finding]:
    """Count the readers as preparing would.

    Arguments:
        count: tells who gets the issue; None where nobody has counted yet, which is no finding.
    """
    try:
        found = count(session, issue)
    except Invalid as problem:
        yield error("readers.unknown", LETTER, reason=problem)
    else:
        if found is not None and not found.mailed:
            yield warning("readers.nobody", LETTER)
