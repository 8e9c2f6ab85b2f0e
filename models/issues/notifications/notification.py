"""Notifications: one row for a person and a thing that waits for them, or that they want to know.

A row is written in the transaction of the event that it tells of, so that none is lost and none tells of what was taken
back. What no longer waits is ended, and is neither shown nor mailed any more (:mod:`.inbox`).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, or_, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ...staff.member import Member
from ...staff.permission import Permission
from ...store.base import Base
from ...store.clock import now
from ...store.log_redaction import redact
from ..issue import Issue
from ..newsletter import Newsletter

LONGEST_REASON = 2000
"""Characters of a reason that are kept: as many as a note of an approver may have."""
_WAITS = text("read_at IS NULL AND ended_at IS NULL")


class NotificationKind(enum.Enum):
    """What a notification tells of."""

    APPROVAL_ASKED = "approval_asked"
    """決裁依頼: the issue, or its repair, waits for this person's decision."""
    SENT_BACK = "sent_back"
    """差戻し: the issue is with its author again, with a reason."""
    WITHDRAWN = "withdrawn"
    """引戻し: the issue does not wait for this person's decision any more, as its author took it back."""
    APPROVAL_STUCK = "approval_stuck"
    """Too few people are left who may say yes at a step of the issue's route."""
    APPROVED = "approved"
    READY_TO_SEND = "ready_to_send"
    """The issue is approved, and nobody has scheduled it."""
    NOT_PREPARED = "not_prepared"
    """The issue, or its repair, could not be prepared, or its time was missed; with the reason."""
    ORPHANED = "orphaned"
    """Whoever scheduled the issue may not send it any more: it waits for somebody who takes it over."""
    ISSUE_STOPPED = "issue_stopped"
    """The sender paused the issue by itself, with the reason."""
    LANE_STOPPED = "lane_stopped"
    """The sender paused a lane by itself, and it does not go on before somebody looks."""
    COMPLAINED = "complained"
    """A reader has told their provider that a letter of the issue is spam; told once for an issue."""
    COMPLAINTS_MANY = "complaints_many"
    """So many readers have complained about the issue that providers may refuse it; told once for an issue."""


K, P = NotificationKind, Permission
PERMISSION_FOR = {
    K.APPROVAL_ASKED: P.APPROVE,
    K.SENT_BACK: P.WRITE,
    K.WITHDRAWN: P.APPROVE,
    K.APPROVAL_STUCK: P.EDIT_NEWSLETTER,
    K.APPROVED: P.READ_ISSUES,
    K.READY_TO_SEND: P.SEND,
    K.NOT_PREPARED: P.READ_ISSUES,
    K.ORPHANED: P.SEND,
    K.ISSUE_STOPPED: P.SEND,
    K.LANE_STOPPED: P.EDIT_DELIVERY,
    K.COMPLAINED: P.SEND,
    K.COMPLAINTS_MANY: P.SEND,
}
"""What a person must be allowed to do with the newsletter, whenever a notification is shown or mailed."""


class Notification(Base):
    """One thing for one person. Its words are made of these values when it is shown or mailed."""

    __tablename__ = "notification"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    kind: Mapped[NotificationKind]
    event: Mapped[str] = mapped_column(String(100))
    """The event by a name that it has alone: a task that runs twice tells nobody twice."""
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))
    """None where it is about what all newsletters share."""
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    lane: Mapped[str] = mapped_column(String(40), default="")
    """The slug of the lane that it is about; else empty."""
    lane_name: Mapped[str] = mapped_column(String(100), default="")
    """What staff called the lane then."""
    by: Mapped[str] = mapped_column(String(200), default="")
    """The name of the person who did it; empty where none did."""
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """When it went into a letter, or was left out because the person wants none."""
    ended_at: Mapped[datetime | None]
    """Since when it waits no longer, because somebody has done what it asked for."""

    issue: Mapped[Issue | None] = relationship()
    newsletter: Mapped[Newsletter | None] = relationship()

    __table_args__ = (
        UniqueConstraint("member_id", "kind", "event"),
        Index("ix_notification_member_id_id", "member_id", "id"),
        # What the bell counts on every page, and what letters are made of.
        Index("ix_notification_waiting", "member_id", postgresql_where=_WAITS),
        Index("ix_notification_issue_id", "issue_id"),
        Index("ix_notification_created_at", "created_at"),
    )


def tell(
    session: Session,
    kind: NotificationKind,
    event: str,
    people: Iterable[Member],
    *,
    issue: Issue | None = None,
    lane: tuple[str, str] = ("", ""),
    by: Member | str | None = None,
    reason: str = "",
) -> None:
    """Write down for each of *people* that something waits, or has happened. The caller commits.

    An event of which somebody was told is told again only where it had ended: a person came back, and left again.

    Arguments:
        event: its name, which no other event has: the number of its entry in the audit log, say.
        issue: what it is about, or else
        lane: the lane's slug and name.
        by: who did it; whoever that is knows already. The name of a program is not shown.
        reason: in words for staff. Where no person gave it, mail addresses in it are hidden: a relay's answer may name
            a reader's.
    """
    doer = by if isinstance(by, Member) else None
    values = {
        "kind": kind,
        "event": event,
        "newsletter_id": issue.newsletter_id if issue else None,
        "issue_id": issue.id if issue else None,
        "lane": lane[0],
        "lane_name": lane[1],
        "by": doer.name if doer else "",
        "reason": (reason if doer else redact(reason))[:LONGEST_REASON],
        "created_at": now(),
    }
    found = {one.id for one in people if one.may_enter and one is not doer}
    if found:
        rows = insert(Notification).values([{"member_id": member_id, **values} for member_id in sorted(found)])
        again = {"ended_at": None, "read_at": None, "mailed_at": None, "created_at": values["created_at"]}
        session.execute(
            rows.on_conflict_do_update(
                index_elements=["member_id", "kind", "event"], set_=again, where=Notification.ended_at.is_not(None)
            )
        )


def end(
    session: Session,
    *kinds: NotificationKind,
    issue: Issue | None = None,
    lane: str = "",
    member: Member | None = None,
) -> None:
    """What was told about an issue, or else about a lane, waits no longer.

    Arguments:
        kinds: of which notifications; without any, of all.
        member: for whom alone; None: for everybody.
    """
    assert issue or lane
    about = Notification.issue_id == issue.id if issue else Notification.lane == lane
    ended = update(Notification).where(about, Notification.ended_at.is_(None))
    if kinds:
        ended = ended.where(or_(*(Notification.kind == kind for kind in kinds)))
    if member:
        ended = ended.where(Notification.member_id == member.id)
    session.execute(ended.values(ended_at=now()).execution_options(synchronize_session=False))
