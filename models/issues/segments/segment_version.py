"""The tables of saved segments; :mod:`.saved_segment` says what happens with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ...store.base import Base
from ...store.clock import now

LONGEST_NAME = 200


class SavedSegment(Base):
    """A name under which a newsletter keeps conditions."""

    __tablename__ = "saved_segment"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    hidden_at: Mapped[datetime | None]
    """When it was taken from the list; issues that use it go on."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    versions: Mapped[list[SegmentVersion]] = relationship(
        back_populates="saved", order_by="SegmentVersion.number", lazy="selectin"
    )

    __table_args__ = (
        Index(
            "uq_saved_segment_shown_name", "newsletter_id", "name", unique=True,
            postgresql_where=text("hidden_at IS NULL"),
        ),
    )  # fmt: skip

    @property
    def latest(self) -> SegmentVersion:
        """The version that is taken now."""
        return self.versions[-1]


class SegmentVersion(Base):
    """What the conditions were from one change to the next. Rows are only ever added."""

    __tablename__ = "segment_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    saved_segment_id: Mapped[int] = mapped_column(ForeignKey("saved_segment.id"))
    number: Mapped[int]
    """Counted from 1."""
    segment: Mapped[dict[str, Any]]
    """See :class:`~models.issues.segments.segment.Segment`."""
    by: Mapped[str] = mapped_column(String(320))
    """The address of the person, or the name of the command."""
    at: Mapped[datetime] = mapped_column(default=now)

    saved: Mapped[SavedSegment] = relationship(back_populates="versions", lazy="joined")

    __table_args__ = (UniqueConstraint("saved_segment_id", "number"),)
