"""Letters about what waits: at once (within a minute, so that what happens together is one letter), or once a day.

A letter is put into the outbox in the transaction that marks its notifications, so that nobody gets a second one when a
worker dies in between. The outbox keeps their numbers only: words are made when the letter is sent, of what still
waits then (:mod:`templates.transactional.notification_values`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import settings

from ...outbox import transactional
from ...staff.member import Member, NotificationTiming
from ...store.clock import TOKYO, now
from . import inbox
from .notification import Notification

KIND = "staff_notifications"
_MOST_IN_A_LETTER = 5000
"""Notifications that one letter counts; the list on the page has all."""
_LOCK = 0x6E6F7469  # the first half of an advisory lock; the second is the person
_TO_MAIL = Notification.read_at.is_(None) & Notification.ended_at.is_(None) & Notification.mailed_at.is_(None)


def list_waiting(session: Session) -> Sequence[int]:
    """The ids of everybody of whose notifications some were neither read nor mailed."""
    return session.scalars(select(Notification.member_id).where(_TO_MAIL).distinct()).all()


def post(session: Session, member_id: int) -> bool:
    """Put a letter about what waits for somebody into the outbox, if one is due now. The caller commits.

    Two at once put one there: the second finds the first at it, or everything marked.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK, member_id))):
        return False
    member = session.get(Member, member_id, populate_existing=True)
    if member is None or not member.may_enter:
        return False
    if member.notification_timing is NotificationTiming.NEVER:
        _mark(session, member)
        return False
    ids = _due(session, member)
    if not ids:
        return False
    newsletters = select(func.min(Notification.newsletter_id)).where(Notification.id.in_(ids))
    transactional.post(
        session,
        KIND,
        member.address,
        language=member.letter_language,
        newsletter_id=session.scalar(newsletters),
        member=member.id,
        notifications=list(ids),
    )
    _mark(session, member, ids)
    return True


def last_digest_time(moment: datetime, at: time, zone: ZoneInfo = TOKYO) -> datetime:
    """When the letter of the day was due last, at *moment* or before; aware, in UTC.

    Arguments:
        at: the time of day, as the clocks of *zone* show it. Where they jump over it, it is as long after the jump.
    """
    day = moment.astimezone(zone).date()
    times = (datetime.combine(one, at, zone).astimezone(ZoneInfo("UTC")) for one in (day, day - timedelta(days=1)))
    return next(one for one in times if one <= moment)


def _due(session: Session, member: Member) -> Sequence[int]:
    """The ids of what a letter tells *member* of now, the newest first."""
    query = inbox.query(member).with_only_columns(Notification.id).where(_TO_MAIL)
    if member.notification_timing is NotificationTiming.DAILY:
        moment = now()
        since = last_digest_time(moment, settings.get().notification_digest_time)
        had = Notification.mailed_at.between(since, moment)
        if session.scalar(select(Notification.id).where(Notification.member_id == member.id, had).limit(1)):
            return ()
        # One whose time is still to come was written before the clock was put right, and is not to wait for it.
        query = query.where(~Notification.created_at.between(since, moment))
    return session.scalars(query.order_by(Notification.id.desc()).limit(_MOST_IN_A_LETTER)).all()


def _mark(session: Session, member: Member, ids: Sequence[int] | None = None) -> None:
    """Mark what is in a letter; without *ids* everything, as what no letter is wanted about."""
    marked = update(Notification).where(Notification.member_id == member.id, Notification.mailed_at.is_(None))
    if ids is not None:
        marked = marked.where(Notification.id.in_(ids))
    session.execute(marked.values(mailed_at=now()).execution_options(synchronize_session=False))
