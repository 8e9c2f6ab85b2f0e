"""Letters that came back one issue after another, for reasons that may pass: when the mailbox is given up.

One letter says little: a mailbox is emptied, a server comes back. So distinct issues in a row count, over a span of
days, whatever newsletter they are of, and any letter that was taken and of which nothing came back begins anew; of a
letter that is younger than :data:`SETTLED` nobody can know that yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

import settings

from ..readers.subscriber import Subscriber
from ..store.clock import now
from ..store.db import array_literal
from .bounce_class import BounceClass

COUNTED = (BounceClass.MAILBOX_FULL, BounceClass.NETWORK, BounceClass.UNKNOWN_FAILURE)
"""Soft classes that may end a subscription. What is said of our sender or our letter, or by a reader's own filter,
never does."""
SETTLED = timedelta(days=6)
"""After what time nothing comes back any more: servers give up after four to five days (RFC 5321, 4.5.4.1)."""
_LOOK_BACK = timedelta(days=400)

# Deliveries have no index by reader, so issues are gone through by the primary key.
_PAST = text("""
    SELECT d.subscriber_id, d.state, coalesce(i.sent_at, i.prepared_at) AS sent,
           array_agg(r.kind) FILTER (WHERE r.kind IS NOT NULL AND NOT r.elsewhere) AS kinds
    FROM issue i
    JOIN delivery d ON d.issue_id = i.id AND d.subscriber_id = ANY(CAST(:readers AS bigint[]))
    LEFT JOIN letter_report r ON r.issue_id = i.id AND r.subscriber_id = d.subscriber_id
    WHERE i.prepared_at > :since AND d.state IN ('accepted', 'bounced', 'failed', 'sending', 'unknown')
    GROUP BY i.id, d.subscriber_id, d.state, sent ORDER BY i.prepared_at DESC, i.id DESC
""")
_SEVERAL = text("""
    SELECT r.subscriber_id FROM letter_report r
    JOIN subscription s ON s.subscriber_id = r.subscriber_id AND s.newsletter_id = :newsletter AND s.state = 'active'
    WHERE r.kind = ANY(:kinds) AND r.at > :since AND NOT r.elsewhere
    GROUP BY r.subscriber_id HAVING count(DISTINCT r.issue_id) >= :least
    ORDER BY max(r.at) DESC LIMIT :most
""")
_MOST_NEAR = 100


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
    return _of_readers(session, [subscriber_id]).get(subscriber_id, _NONE)


def over(session: Session, subscriber_ids: Sequence[int]) -> set[int]:
    """The readers whose mailboxes are given up."""
    return {reader for reader, found in _of_readers(session, subscriber_ids).items() if found.is_over}


def near(session: Session, newsletter_id: int) -> list[tuple[Subscriber, Streak]]:
    """Readers of a newsletter who are given up after one more issue or two, the longest streak first.

    At most a hundred: those of whom something came back last.
    """
    least = max(1, settings.get().soft_bounce_issues - 1)
    values = {"newsletter": newsletter_id, "kinds": [one.value for one in COUNTED], "since": now() - _LOOK_BACK,
              "least": least, "most": _MOST_NEAR}  # fmt: skip
    streaks = _of_readers(session, list(session.scalars(_SEVERAL, values)))
    long = {reader: one for reader, one in streaks.items() if one.issues >= least}
    readers = session.scalars(select(Subscriber).where(Subscriber.id.in_(long)))
    return sorted(((one, long[one.id]) for one in readers), key=lambda pair: -pair[1].issues)


def _of_readers(session: Session, readers: Sequence[int]) -> dict[int, Streak]:
    if not readers:
        return {}
    past: dict[int, list[_Past]] = defaultdict(list)
    for row in session.execute(_PAST, {"readers": array_literal(readers), "since": now() - _LOOK_BACK}):
        past[row.subscriber_id].append(_Past(row.state, row.sent, row.kinds or []))
    return {reader: _count(letters) for reader, letters in past.items()}


class _Past(NamedTuple):
    state: str
    sent: datetime
    kinds: list[str]


_NONE = Streak(0, 0, None, None)
_COUNTED_WORDS = frozenset(one.value for one in COUNTED)


def _count(past: Sequence[_Past]) -> Streak:
    """Count letters, the newest first, until one was taken that is settled."""
    settled = now() - SETTLED
    issues, full, moments = 0, 0, []
    for letter in past:
        counted = [kind for kind in letter.kinds if kind in _COUNTED_WORDS]
        if counted:
            issues += 1
            full += counted == [BounceClass.MAILBOX_FULL.value]
            moments.append(letter.sent)
        elif letter.state == "accepted" and letter.sent < settled:
            break  # A refusal by a filter, or one at the relay, neither counts nor begins anew.
    return Streak(issues, full, min(moments, default=None), max(moments, default=None))
