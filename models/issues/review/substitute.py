"""Substitutes (代理): who says yes in the place of a person whom a route names, and from which day to which.

A substitute answers with the own name: the decision keeps both. Whoever substitutes must be an approver of the
newsletter, and may no more approve the own work than anybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ...staff import audit
from ...staff.member import Member
from ...staff.permission import Permission
from ...store.base import Base
from ...store.clock import today
from ...store.errors import Invalid, NotFound
from ...store.phrase import phrase
from ..newsletter import Newsletter


class Substitute(Base):
    """One person in the place of another, for a newsletter and a time."""

    __tablename__ = "substitute"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    """In whose place."""
    substitute_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    """Days in Asia/Tokyo, both included."""

    member: Mapped[Member] = relationship(foreign_keys=[member_id])
    substitute: Mapped[Member] = relationship(foreign_keys=[substitute_id])

    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("member_id <> substitute_id", name="people"),
        Index("ix_substitute_newsletter_id", "newsletter_id"),
    )

    @property
    def in_force(self) -> bool:
        """Whether it is so today."""
        return self.first_day <= today() <= self.last_day


def list_all(session: Session, *newsletter_ids: int) -> Sequence[Substitute]:
    """Those of newsletters whose time is not over, the first to begin first."""
    query = select(Substitute).where(Substitute.newsletter_id.in_(newsletter_ids), Substitute.last_day >= today())
    return session.scalars(query.order_by(Substitute.first_day, Substitute.id)).all()


def list_in_force(session: Session, *newsletter_ids: int) -> list[Substitute]:
    """Those of newsletters today."""
    return [one for one in list_all(session, *newsletter_ids) if one.in_force]


def appoint(
    session: Session, newsletter: Newsletter, member: Member, substitute: Member, days: tuple[date, date],
    by: Member | str,
) -> Substitute:  # fmt: skip
    """Let *substitute* say yes in the place of *member*.

    Arguments:
        days: the first and the last one, in Asia/Tokyo.

    Raises:
        Invalid: they are one person, the substitute is no approver, or the days are over or the wrong way round.
    """
    if member.id == substitute.id:
        raise Invalid("nobody substitutes for themselves: choose somebody else", field="substitute")
    if not substitute.may(Permission.APPROVE, newsletter.id):
        said = phrase("{name} is no approver of this newsletter: give them that role first", name=substitute.name)
        raise Invalid(said, field="substitute")
    if days[1] < days[0]:
        raise Invalid("the last day is before the first: change one of them", field="last_day")
    if days[1] < today():
        raise Invalid("the last day is over: choose today or a later one", field="last_day")
    made = Substitute(newsletter_id=newsletter.id, member=member, substitute=substitute, first_day=days[0],
                      last_day=days[1])  # fmt: skip
    session.add(made)
    session.flush()
    _record(session, made, by, "appoint substitute")
    return made


def dismiss(session: Session, newsletter: Newsletter, substitute_id: int, by: Member | str) -> None:
    """End a substitution at once; decisions that were made in it stay.

    Raises:
        NotFound: the newsletter has none of that number.
    """
    found = session.get(Substitute, substitute_id)
    if found is None or found.newsletter_id != newsletter.id:
        raise NotFound("this substitution is not there any more")
    _record(session, found, by, "dismiss substitute")
    session.delete(found)


def _record(session: Session, one: Substitute, by: Member | str, action: str) -> None:
    audit.record(session, by, action, f"newsletter/{one.newsletter_id}", place_of=one.member.address,
                 substitute=one.substitute.address, first_day=one.first_day.isoformat(),
                 last_day=one.last_day.isoformat())  # fmt: skip
