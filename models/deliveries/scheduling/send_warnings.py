"""Everything that speaks against a time for an issue, in one look: pages and commands say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ...issues import send_time
from ...issues.issue import Issue
from ...issues.send_time import UnusualTime
from . import same_day

TOLD_ONLY = frozenset({UnusualTime.FULL_HOUR})
"""What is said and not asked about: nobody is disturbed by it, the letters only wait longer."""


@dataclass(frozen=True, slots=True)
class SendWarnings:
    """What is unusual about a time."""

    why: Sequence[UnusualTime]
    same_day: Sequence[Issue]
    """Other issues of the day to the same readers."""

    @property
    def asks(self) -> bool:
        """Whether somebody must say once more that this is the time."""
        return not TOLD_ONLY.issuperset(self.why)


def of(session: Session, issue: Issue, at: datetime) -> SendWarnings:
    """What is unusual about sending *issue* *at* (aware)."""
    newsletter = issue.newsletter
    why = send_time.unusual(at, (newsletter.quiet_from, newsletter.quiet_until))
    others = same_day.others(session, issue, at)
    if others:
        why.append(UnusualTime.SAME_DAY)
    if send_time.is_full_hour(at):
        why.append(UnusualTime.FULL_HOUR)
    return SendWarnings(why, others)
