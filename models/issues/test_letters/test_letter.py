"""Test letters that were asked for: who asked, for which kind of reader, and how many more may follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from ...staff.member import Member
from ...store.base import Base
from ...store.clock import TOKYO, now
from ...store.errors import Invalid
from ...store.phrase import phrase

PER_HOUR = 12
"""Tests of one newsletter that one person may ask for within an hour."""
HOUR = timedelta(hours=1)


class TestLetter(Base):
    """One test of an issue, to one or several addresses."""

    __test__ = False  # pytest takes classes of such a name for tests
    __tablename__ = "test_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id", ondelete="CASCADE"))
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    """Who asked; None where a command did, for nobody."""
    group_name: Mapped[str] = mapped_column(String(100), default="")
    """The test group; empty where it went to whoever asked."""
    audience: Mapped[str] = mapped_column(String(100), default="")
    topics: Mapped[list[Any]] = mapped_column(default=list)
    letter_ids: Mapped[list[Any]] = mapped_column(default=list)
    """Its letters in the outbox (:class:`models.outbox.transactional.TransactionalLetter`)."""
    at: Mapped[datetime] = mapped_column(default=now)

    member: Mapped[Member | None] = relationship()

    __table_args__ = (Index("ix_test_letter_newsletter_id_member_id_at", "newsletter_id", "member_id", "at"),)


def check_limit(session: Session, newsletter_id: int, member: Member | None) -> None:
    """Let nobody flood colleagues. Whoever asks twice at once is counted one after the other.

    Raises:
        Invalid: *member* has asked for :data:`PER_HOUR` tests within the hour; it says when the next may go.
    """
    if member is not None:
        session.execute(select(Member.id).where(Member.id == member.id).with_for_update(key_share=True))
    asked = select(TestLetter.at).where(
        TestLetter.newsletter_id == newsletter_id,
        TestLetter.member_id == (member.id if member else None),
        TestLetter.at > now() - HOUR,
    )
    times = session.scalars(asked.order_by(TestLetter.at.desc()).limit(PER_HOUR)).all()
    if len(times) == PER_HOUR:
        raise Invalid(
            phrase(
                "you have sent {most} test letters of this newsletter within an hour: the next may go at {time}",
                most=PER_HOUR,
                time=(times[-1] + HOUR + timedelta(minutes=1)).astimezone(TOKYO).strftime("%H:%M"),
            )
        )


def latest(session: Session, issue_id: int, most: int = 10) -> Sequence[TestLetter]:
    """The last tests of an issue, the newest first."""
    query = select(TestLetter).where(TestLetter.issue_id == issue_id).options(joinedload(TestLetter.member))
    return session.scalars(query.order_by(TestLetter.id.desc()).limit(most)).all()
