"""How many readers an issue of a newsletter usually has: a number far above it is typed before the issue goes out."""

from __future__ import annotations

from statistics import median_low

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...issues.issue import Issue
from ...issues.issue_state import IssueKind
from ..preparation import Preparation

LOOKED_AT = 12
"""The newsletter's last issues: a year of monthly ones."""
FEWEST = 3
"""Issues before which nobody knows what is usual."""
TIMES = 2
MORE_BY = 100
"""Readers: a list that grows from 3 to 8 alarms nobody."""


def usual(session: Session, newsletter_id: int) -> int | None:
    """The median number of letters of the newsletter's last issues, corrections left out; None while it has few."""
    query = (
        select(Preparation.targeted - Preparation.left_out)
        .join(Issue, Issue.id == Preparation.issue_id)
        .where(Issue.newsletter_id == newsletter_id, Issue.kind != IssueKind.CORRECTION)
        .order_by(Preparation.at.desc())
        .limit(LOOKED_AT)
    )
    found = session.scalars(query).all()
    return median_low(found) if len(found) >= FEWEST else None


def is_unusual(count: int, before: int | None) -> bool:
    """Whether *count* readers are more than :data:`TIMES` times the usual number *before*, and :data:`MORE_BY` more."""
    return before is not None and count > TIMES * before and count >= before + MORE_BY
