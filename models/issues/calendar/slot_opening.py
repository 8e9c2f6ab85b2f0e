"""Drafts that monthly slots open by themselves, some days ahead, one for each slot and month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...staff import audit
from ...store.base import Base
from ...store.clock import now, today
from .. import issue as issues
from ..issue import Issue
from ..newsletter import Newsletter
from . import monthly_slot
from .monthly_slot import SlotDate

ACTOR = "timetable"


class OpenedSlot(Base):
    """A slot in one month whose draft was opened. It stays whatever becomes of the draft: none is opened twice."""

    __tablename__ = "opened_slot"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    """The slot's name."""
    month: Mapped[date]
    at: Mapped[datetime]
    """When the issue is to go out, as the slot was when it was opened."""
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="SET NULL"), index=True)

    __table_args__ = (UniqueConstraint("newsletter_id", "name", "month"),)


def list_due(session: Session) -> Sequence[int]:
    """The newsletters that have slots, by their ids; whether a draft is due is seen when each is opened."""
    return session.scalars(select(Newsletter.id).where(Newsletter.slots != []).order_by(Newsletter.id)).all()


def open_due(session: Session, newsletter_id: int) -> list[Issue]:
    """Open the drafts of a newsletter whose time has come. Doing it twice, or by two workers at once, opens them once.

    A slot whose day has passed is left: nobody asks for a letter of last month.
    """
    newsletter = session.get_one(Newsletter, newsletter_id)
    listed = monthly_slot.read(newsletter.slots)
    ahead = today() + timedelta(days=max((one.opens for one in listed), default=0))
    due = [
        one
        for one in monthly_slot.between(listed, today(), ahead)
        if one.at > now() and one.at.date() - timedelta(days=one.slot.opens) <= today()
    ]
    return [opened for one in due if (opened := _open(session, newsletter, one)) is not None]


def _open(session: Session, newsletter: Newsletter, due: SlotDate) -> Issue | None:
    """The draft of a slot; None where it was opened before. Who comes second waits until the first has committed."""
    mark = insert(OpenedSlot).values(newsletter_id=newsletter.id, name=due.slot.name, month=due.month, at=due.at)
    number = session.scalar(mark.on_conflict_do_nothing().returning(OpenedSlot.id))
    if number is None:
        return None
    draft = issues.create(session, newsletter, subject=due.slot.subject_of(due.month, newsletter.name))
    session.get_one(OpenedSlot, number).issue_id = draft.id
    audit.record(session, ACTOR, "open draft", f"issue/{draft.id}", slot=due.slot.name, at=due.at.isoformat())
    return draft


def planned_at(session: Session, issue_id: int) -> datetime | None:
    """When the slot that opened an issue wants it to go out; None where somebody else made it."""
    return session.scalar(select(OpenedSlot.at).where(OpenedSlot.issue_id == issue_id))
