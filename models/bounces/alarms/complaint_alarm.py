"""Complaints about an issue: over one share staff are warned, over another the issue pauses by itself.

The share is of the letters that relays have taken so far. Complaints come late, so it is rather too low while an issue
goes out. Fewer than ``COMPLAINT_LEAST`` complaints say nothing, whatever their share is.

Staff who resume an issue know of its complaints, also of those that came while it was paused. So it pauses again only
where further ones alone are over that share, again of all letters that were taken so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import ForeignKey, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

import settings

from ...deliveries.letters import letter_tally
from ...issues import workflow
from ...issues.issue import Issue
from ...issues.issue_state import IssueState
from ...issues.notifications import notification_events
from ...staff import audit
from ...store.base import Base
from ...store.clock import now
from ...store.db import NO_KEY_UPDATE
from ...store.phrase import phrase

log = structlog.get_logger(__name__)

_JUST = timedelta(hours=1)
_REASON = phrase("{complaints} of the readers of {letters} letters call this issue spam ({percent} %)")
_COUNT = text("""
    INSERT INTO complaint_alarm AS a (issue_id, complaints, known) VALUES (:issue, :number, 0)
    ON CONFLICT (issue_id) DO UPDATE SET complaints = a.complaints + excluded.complaints
    RETURNING complaints
""")


class ComplaintAlarm(Base):
    """How many readers have complained about an issue, and what that has led to."""

    __tablename__ = "complaint_alarm"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True)
    complaints: Mapped[int] = mapped_column(default=0)
    warned_at: Mapped[datetime | None]
    """When staff were warned; told once."""
    stopped_at: Mapped[datetime | None]
    """When the issue last paused by itself, or when staff were told that it would have, had it not been out."""
    known: Mapped[int] = mapped_column(default=0)
    """The complaints that were known when it went on after that: until it paused, or while it was paused."""


class ComplaintShare(NamedTuple):
    """Complaints about an issue, of the letters that relays have taken."""

    complaints: int
    letters: int

    def exceeds(self, percent: float) -> bool:
        """Whether there are more complaints than so many per cent."""
        return self.complaints * 100 > percent * self.letters

    @property
    def percent(self) -> float:
        """The share in per cent; 0 without letters."""
        return 100 * self.complaints / self.letters if self.letters else 0.0


def count(session: Session, issue: Issue, number: int = 1) -> None:
    """Count complaints, and tell staff of the first one.

    Its row stays locked until the commit, so that two at once are judged one after the other. To be called before
    anything is written to the audit log: whoever writes there holds that for all others.
    """
    if session.execute(_COUNT, {"issue": issue.id, "number": number}).scalar_one() == number:
        notification_events.complained(session, issue)


def judge(session: Session, issue_id: int) -> None:
    """Warn or pause where an issue's complaints are so many. Again changes nothing. The caller commits."""
    alarm = session.get(ComplaintAlarm, issue_id, with_for_update=NO_KEY_UPDATE, populate_existing=True)
    if alarm is None or alarm.complaints < settings.get().complaint_least:
        return
    share = ComplaintShare(alarm.complaints, letter_tally.accepted(session, issue_id))
    if not share.letters or not share.exceeds(settings.get().complaint_warning_percent):
        return
    # Nobody waits for whoever holds the issue, who may wait for the letter that this is about: the sweep comes by.
    free = select(Issue).where(Issue.id == issue_id).with_for_update(key_share=True, skip_locked=True)
    issue = session.scalars(free.execution_options(populate_existing=True)).one_or_none()
    if issue is None:
        log.info("an issue is busy; its complaints are judged at the next sweep", issue=issue_id)
        return
    if issue.state is IssueState.PAUSED and alarm.stopped_at is not None:
        alarm.known = alarm.complaints
    elif _is_over(issue, alarm, share):
        _stop(session, issue, alarm, share)
    elif alarm.warned_at is None:
        alarm.warned_at = now()
        _tell(session, issue, share)


def on_their_way(session: Session) -> Sequence[int]:
    """Issues with complaints that go out, or have just ended: the sweep judges each, as one may have been busy."""
    many = ComplaintAlarm.complaints >= settings.get().complaint_least
    query = select(ComplaintAlarm.issue_id).join(Issue, Issue.id == ComplaintAlarm.issue_id).where(many)
    return session.scalars(query.where((Issue.state == IssueState.SENDING) | (Issue.sent_at > now() - _JUST))).all()


def _is_over(issue: Issue, alarm: ComplaintAlarm, share: ComplaintShare) -> bool:
    """Whether it is to pause. Of an issue that cannot be paused any more staff are told once."""
    if alarm.stopped_at is not None and issue.state is not IssueState.SENDING:
        return False
    new = share._replace(complaints=share.complaints - alarm.known)
    return new.complaints >= settings.get().complaint_least and new.exceeds(settings.get().complaint_pause_percent)


def _stop(session: Session, issue: Issue, alarm: ComplaintAlarm, share: ComplaintShare) -> None:
    """Pause the issue; where it is out already, or paused for another reason, tell of it, once."""
    alarm.stopped_at = now()
    alarm.warned_at = alarm.warned_at or alarm.stopped_at
    alarm.known = alarm.complaints
    if issue.state is IssueState.SENDING:
        issue.trouble = _reason(issue, share)
        notification_events.complaints_end(session, issue)  # That it has stopped says more.
        workflow.pause(session, issue, workflow.SENDER)
        log.error("issue paused for complaints", issue=issue.id, **share._asdict())
    else:
        _tell(session, issue, share)


def _tell(session: Session, issue: Issue, share: ComplaintShare) -> None:
    numbers = {"complaints": share.complaints, "letters": share.letters, "percent": round(share.percent, 2)}
    entry = audit.record(session, workflow.SENDER, "warn of complaints", f"issue/{issue.id}", **numbers)
    notification_events.complaints_many(session, issue, entry, _reason(issue, share))
    log.warning("many complaints about an issue", issue=issue.id, **share._asdict())


def is_reason(trouble: str) -> bool:
    """Whether an issue is paused for its complaints."""
    return _REASON.is_said_in(trouble)


def _reason(issue: Issue, share: ComplaintShare) -> str:
    said = _REASON.filled(complaints=share.complaints, letters=f"{share.letters:,}", percent=f"{share.percent:.2f}")
    return said.say(issue.newsletter.staff_language)
