"""What waits for one person, as the bell counts it and the page lists it.

A row is shown while its issue is still where it was told of, and the person may still do what it asks for: looked up
each time, so that neither a role that was taken away nor a way past the workflow leaves anything behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from ...staff.member import Member
from ...staff.permission import Permission
from ...store.clock import now
from ...store.errors import NotFound
from ..issue import Issue
from ..issue_state import IssueState as S
from .notification import PERMISSION_FOR, Notification, NotificationKind

K = NotificationKind
PER_PAGE = 30
MOST_COUNTED = 99
"""The bell says “more than” beyond this, so that no page waits for a long count."""
KEEP = timedelta(days=90)
"""How long notifications are kept, read or not: a quarter, after which an office has closed what it was about. Who
decided what stays in the audit log."""
_FORGET_AT_ONCE = 10_000

_STATES = {
    K.WITHDRAWN: (S.DRAFT,),
    K.APPROVED: (S.APPROVED, S.SCHEDULED, S.PREPARING, S.SENDING, S.PAUSED),  # not once it is out: no news any more
    K.READY_TO_SEND: (S.APPROVED,),
    K.NOT_PREPARED: (S.DRAFT, S.APPROVED, S.PAUSED),
    K.ORPHANED: (S.SCHEDULED,),
    K.ISSUE_STOPPED: (S.PAUSED,),
    K.COMPLAINED: (S.SENDING, S.PAUSED, S.SENT, S.CANCELLED),
    K.COMPLAINTS_MANY: (S.SENDING, S.PAUSED, S.SENT, S.CANCELLED),
}
"""The states of an issue in which what was told is still so; for decisions see :func:`_still_so`."""


_NAMED = (joinedload(Notification.issue), joinedload(Notification.newsletter))
"""What a notification's words name."""


class Inbox(NamedTuple):
    """One page of a person's notifications; ``more`` where another one follows."""

    notifications: Sequence[Notification]
    more: bool


def waiting_for(member: Member) -> ColumnElement[bool]:
    """SQL: the notifications that *member* may see now, with :class:`Issue` joined where there is one."""
    by_permission: dict[Permission, list[NotificationKind]] = {}
    for kind, permission in PERMISSION_FOR.items():
        by_permission.setdefault(permission, []).append(kind)
    allowed = []
    for permission, kinds in by_permission.items():
        if scope := member.scope(permission):
            allowed.append(and_(Notification.kind.in_(kinds), scope.where(Notification.newsletter_id)))
    return and_(
        Notification.member_id == member.id,
        Notification.ended_at.is_(None),
        or_(*allowed) if allowed else false(),
        _still_so(member),
    )


def _still_so(member: Member) -> ColumnElement[bool]:
    in_repair = and_(Issue.state == S.PAUSED, Issue.in_repair)
    written_by = (Issue.author_id, Issue.editor_id, Issue.submitter_id)
    somebody_elses = and_(
        *(one.is_distinct_from(member.id) for one in written_by), ~Issue.former_author_ids.contains([member.id])
    )
    return or_(
        Notification.issue_id.is_(None),
        and_(Notification.kind == K.APPROVAL_ASKED, or_(Issue.state == S.IN_REVIEW, in_repair), somebody_elses),
        and_(Notification.kind == K.SENT_BACK, or_(Issue.state == S.DRAFT, in_repair)),
        and_(Notification.kind == K.APPROVAL_STUCK, or_(Issue.state == S.IN_REVIEW, in_repair)),
        *(and_(Notification.kind == kind, Issue.state.in_(states)) for kind, states in _STATES.items()),
    )


def count_unread(session: Session, member: Member) -> int:
    """How many notifications wait for *member* unread, up to one more than the bell shows; in one query."""
    unread = (
        query(member).with_only_columns(Notification.id).where(Notification.read_at.is_(None)).limit(MOST_COUNTED + 1)
    )
    return session.scalar(select(func.count()).select_from(unread.subquery())) or 0


def query(member: Member) -> Select[Notification]:
    """The notifications that wait for *member*."""
    return select(Notification).outerjoin(Issue, Issue.id == Notification.issue_id).where(waiting_for(member))


def page(session: Session, member: Member, number: int) -> Inbox:
    """Page *number* (from 1) of what waits for *member*, the newest first."""
    found = query(member).order_by(Notification.id.desc()).offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    rows = session.scalars(found.options(*_NAMED)).all()
    return Inbox(rows[:PER_PAGE], len(rows) > PER_PAGE)


def list_unread(session: Session, member: Member, ids: Iterable[int]) -> Sequence[Notification]:
    """Those of *ids* that still wait for *member* unread, the newest first."""
    found = query(member).where(Notification.id.in_(list(ids)), Notification.read_at.is_(None))
    return session.scalars(found.order_by(Notification.id.desc()).options(*_NAMED)).all()


def newest_id(session: Session, member: Member) -> int:
    """The id of *member*'s latest notification; 0 where there is none."""
    return session.scalar(select(func.max(Notification.id)).where(Notification.member_id == member.id)) or 0


def read(session: Session, member: Member, notification_id: int) -> Notification:
    """Mark one of *member*'s own notifications as read. Again changes nothing.

    Raises:
        NotFound: it is somebody else's, or is not there any more.
    """
    found = session.get(Notification, notification_id)
    if found is None or found.member_id != member.id:
        raise NotFound("this notification is not there any more")
    found.read_at = found.read_at or now()
    return found


def read_all(session: Session, member: Member, last: int) -> None:
    """Mark all of *member*'s notifications as read, up to the one with the id *last*: later ones nobody has seen."""
    own = update(Notification).where(Notification.member_id == member.id, Notification.id <= last)
    session.execute(own.where(Notification.read_at.is_(None)).values(read_at=now()))


def forget_old(session: Session) -> int:
    """Delete notifications that are older than :data:`KEEP`, some at a time; answers how many."""
    old = select(Notification.id).where(Notification.created_at < now() - KEEP).limit(_FORGET_AT_ONCE)
    gone = delete(Notification).where(Notification.id.in_(old)).returning(Notification.id)
    return len(session.scalars(gone).all())
