"""Letters that came back one issue after another, for reasons that may pass: when the mailbox is given up.

One letter says little: a mailbox is emptied, a server comes back. So distinct issues in a row count, over a span of
days, whatever newsletter they are of, and any letter that was taken and of which nothing came back begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

import settings

from ..store.clock import now
from .bounce_class import BounceClass

COUNTED = (BounceClass.MAILBOX_FULL, BounceClass.NETWORK, BounceClass.UNKNOWN_FAILURE)
"""Soft classes that may end a subscription. What is said of our sender or our letter, or by a reader's own filter,
never does."""
_LOOK_BACK = timedelta(days=400)

# Deliveries have no index by reader, so issues are gone through by the primary key.
_PAST = text("""
    SELECT i.id, d.state, coalesce(i.sent_at, i.prepared_at) AS sent,
           array_agg(r.kind) FILTER (WHERE r.kind IS NOT NULL) AS kinds
    FROM issue i
    JOIN delivery d ON d.issue_id = i.id AND d.subscriber_id = :reader
    LEFT JOIN letter_report r ON r.issue_id = i.id AND r.subscriber_id = :reader
    WHERE i.prepared_at > :since AND d.state IN ('accepted', 'bounced', 'failed', 'sending', 'unknown')
    GROUP BY i.id, d.state, sent ORDER BY i.prepared_at DESC, i.id DESC
""")


class Streak(NamedTuple):
    """Issues in a row whose letters to one reader came back."""

    issues: int
    full: int
    """Of these: only because the mailbox was full."""
    first_at: datetime | None
    last_at: datetime | None
    """When the first and the last of these issues went out."""

    @property
    def days(self) -> int:
        """Over how many days."""
        return (self.last_at - self.first_at).days if self.first_at and self.last_at else 0

    @property
    def is_over(self) -> bool:
        """Whether the mailbox is given up: by thresholds in the settings."""
        chosen = settings.get()
        enough = self.issues - self.full >= chosen.soft_bounce_issues or self.issues >= chosen.full_mailbox_issues
        return enough and self.days >= chosen.soft_bounce_days


def of(session: Session, subscriber_id: int) -> Streak:
    """The present streak of one reader."""
    rows = session.execute(_PAST, {"reader": subscriber_id, "since": now() - _LOOK_BACK})
    return _count([(row.state, row.sent, row.kinds or []) for row in rows])


def is_over(session: Session, subscriber_id: int) -> bool:
    """Whether a reader's mailbox is given up."""
    return of(session, subscriber_id).is_over


def _count(past: Sequence[tuple[str, datetime, list[str]]]) -> Streak:
    """Count letters, the newest first, until one was taken."""
    issues, full, moments = 0, 0, []
    for state, sent, kinds in past:
        counted = [kind for kind in kinds if kind in {one.value for one in COUNTED}]
        if counted:
            issues += 1
            full += counted == [BounceClass.MAILBOX_FULL.value]
            moments.append(sent)
        elif state == "accepted":
            break  # A refusal by a filter, or one at the relay, neither counts nor begins anew.
    return Streak(issues, full, min(moments, default=None), max(moments, default=None))
