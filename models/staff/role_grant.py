"""A role that a person has: for one newsletter, or for all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..store.base import Base
from ..store.clock import now
from .permission import Role


class RoleGrant(Base):
    """One role of one person. Given and taken away by :mod:`.membership`, which writes it down."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    role: Mapped[Role]
    newsletter_id: Mapped[int | None] = mapped_column(ForeignKey("newsletter.id"))
    """None: for all newsletters, also those that are still to come."""
    by_group: Mapped[bool] = mapped_column(default=False)
    """Whether it came from a group at the identity provider (:mod:`.single_sign_on.group_role`), which is asked at each
    login there."""
    granted_at: Mapped[datetime] = mapped_column(default=now)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"))
    """Who gave it; None for a command."""

    __table_args__ = (
        UniqueConstraint("member_id", "role", "newsletter_id", "by_group", postgresql_nulls_not_distinct=True),
    )

    @property
    def given(self) -> str:
        """The role and for which newsletter: the same by hand and by group."""
        return f"{self.role.value} {self.newsletter_id}"
