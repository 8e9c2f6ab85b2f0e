"""Whoever may take over an issue whose sender has gone is told so.

A sender goes in many ways: a role is taken away, somebody is shut out, a term ends at midnight with nobody at it. So
this looks at what is so, and is asked every minute, instead of at each way.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.notifications import notification as notifications
from ..issues.notifications.notification import Notification, NotificationKind
from ..staff import member as members
from ..staff.permission import Permission
from . import handover

ORPHANED = NotificationKind.ORPHANED


def update(session: Session) -> None:
    """Tell everybody who may send it of each issue that waits without a sender, once; end what was told of others."""
    orphaned = handover.list_orphaned(session)
    for issue in orphaned:
        event = f"orphaned/{issue.id}/{issue.scheduler_id}/{issue.scheduled_at}"
        people = members.list_with(session, Permission.SEND, issue.newsletter_id)
        notifications.tell(session, ORPHANED, event, people, issue=issue)
    told = select(Issue).join(Notification, Notification.issue_id == Issue.id)
    told = told.where(Notification.kind == ORPHANED, Notification.ended_at.is_(None)).distinct()
    for issue in set(session.scalars(told)) - set(orphaned):
        notifications.end(session, ORPHANED, issue=issue)
