"""What a letter about notifications says: of those that still wait for its person when it is sent, and of no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

import settings
from models.issues.notifications import inbox
from models.issues.notifications.notification import Notification
from models.staff.member import Member
from models.store.language import Language

from ..content import notification_words

MOST_LISTED = 30
"""Things that one letter lists; how many there are beside them is said, and the page lists all."""


def values(session: Session, kept: Mapping[str, Any], language: Language) -> dict[str, Any] | None:
    """The values of :class:`.staff_kinds.StaffNotifications`; None where nothing waits any more.

    Somebody may have read it, done it, or lost the role or the account since the letter was put into the outbox.

    Arguments:
        kept: what the outbox has: the id of the ``member``, and of the ``notifications``.
    """
    member = session.get(Member, kept["member"])
    told = inbox.list_unread(session, member, kept["notifications"]) if member else ()
    if member is None or not told:
        return None
    latest = told[0]
    about = {"title": notification_words.title(latest, language), "count": str(len(told)), "name": member.name}
    if len(told) == 1:
        return {
            **about,
            "link": _address(latest),
            "by": notification_words.by(latest, language),
            "reason": latest.reason,
            "advice": notification_words.advice(latest, language),
        }
    listed = [{"title": notification_words.title(one, language), "link": _address(one)} for one in told[:MOST_LISTED]]
    more = str(len(told) - MOST_LISTED) if len(told) > MOST_LISTED else ""
    return {**about, "link": f"{_staff()}/notifications", "things": listed, "more": more}


def _staff() -> str:
    return f"{settings.get().base_url.rstrip('/')}/staff"


def _address(told: Notification) -> str:
    return f"{_staff()}/lanes/{told.lane}" if told.issue_id is None else f"{_staff()}/issues/{told.issue_id}"
