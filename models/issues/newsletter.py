"""Newsletters, with their topics and audiences."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from ..staff.permission import EVERY_NEWSLETTER, Scope
from ..store.base import Base
from ..store.clock import now
from ..store.errors import NotFound
from ..store.language import Language, known
from ..store.phrase import phrase
from .issue_state import IssueKind
from .review.approval_route import of_kind, of_number, with_kind

DKIM_PARTS = ("domain", "selector", "key_file")
"""What names a key to sign with. The key itself lies in the file, for workers alone."""


class Tracking(enum.Enum):
    """What is kept of a reader's opens and clicks (design, section 6)."""

    INDIVIDUAL = "individual"
    AGGREGATE = "aggregate"
    OFF = "off"


class Newsletter(Base):
    """What people subscribe to: a name, a sender, a postal address and contact, a look."""

    __tablename__ = "newsletter"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(String(2), default="ja")
    tracking: Mapped[Tracking] = mapped_column(default=Tracking.INDIVIDUAL)
    individual_since: Mapped[datetime | None]
    """Since when readers' opens and clicks are recorded by name without a break; None: from the beginning."""
    open_to_signup: Mapped[bool] = mapped_column(default=True)
    public_archive: Mapped[bool] = mapped_column(default=True)

    # What 特定電子メール法, article 4, wants in every letter
    sender_name: Mapped[str] = mapped_column(String(200))
    sender_address: Mapped[str] = mapped_column(String(320))
    postal_address: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")

    reply_to: Mapped[str] = mapped_column(String(320), default="")
    bounce_address: Mapped[str] = mapped_column(String(320), default="")
    own_return_path: Mapped[bool] = mapped_column(default=True)
    """Whether each letter has a return path of its own, where ``RETURN_DOMAIN`` is set."""
    list_id: Mapped[str] = mapped_column(String(250), default="")
    consent_text: Mapped[str] = mapped_column(default="")
    """What a reader agrees to at sign-up; the consent keeps a copy."""

    look: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Values of :class:`templates.content.letter.Look` that differ from its defaults."""
    fields: Mapped[list[Any]] = mapped_column(default=list)
    """Custom fields of subscribers: ``{"name", "label", "required"}`` each."""
    embed_images: Mapped[bool] = mapped_column(default=False)
    dkim: Mapped[list[Any]] = mapped_column(default=list)
    """Keys to sign with: :data:`DKIM_PARTS` each."""
    ranking_lead: Mapped[str] = mapped_column(default="")
    ranking_closing: Mapped[str] = mapped_column(default="")
    """Markdown that opens and closes a drafted ranking issue; ``{year}``, ``{top}`` and ``{newsletter}`` are filled."""
    ranking_news_title: Mapped[str] = mapped_column(default="")
    """The headline of what is new in the places of a drafted ranking issue; empty: 最新動向."""
    related_products: Mapped[list[Any]] = mapped_column(default=list)
    """Products that a drafted ranking issue shows, as in :class:`~models.issues.block.Product`."""
    approval_routes: Mapped[dict[str, Any]] = mapped_column(
        default=lambda: with_kind({}, IssueKind.REGULAR, of_number(1))
    )
    """By kind of issue, the steps of its route (:mod:`.review.approval_route`); regular issues always have one."""
    quiet_from: Mapped[str] = mapped_column(String(5), default="21:00")
    quiet_until: Mapped[str] = mapped_column(String(5), default="07:00")
    """Times in Asia/Tokyo, such as 21:00, between which scheduling asks once more; empty: never."""
    slots: Mapped[list[Any]] = mapped_column(default=list)
    """When issues go out each month; see :mod:`models.issues.calendar.monthly_slot`."""
    test_groups: Mapped[list[Any]] = mapped_column(default=list)
    """Who gets test letters: ``{"name", "addresses"}`` each; see :mod:`models.issues.test_letters.test_group`."""
    corrections_need_approval: Mapped[bool] = mapped_column(default=True)
    """Whether the same holds for links of letters that are out, and for notes in the archive."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    topics: Mapped[list[Topic]] = relationship(
        primaryjoin="and_(Newsletter.id == Topic.newsletter_id, Topic.merged_into_id.is_(None))",
        order_by="Topic.position",
        back_populates="newsletter",
    )
    merged_topics: Mapped[list[Topic]] = relationship(
        primaryjoin="and_(Newsletter.id == Topic.newsletter_id, Topic.merged_into_id.is_not(None))",
        order_by="Topic.id",
        viewonly=True,
    )
    """Topics that are no longer chosen, as they were merged into others; see :attr:`known_topics`."""
    audiences: Mapped[list[Audience]] = relationship(order_by="Audience.position", back_populates="newsletter")

    __table_args__ = (
        CheckConstraint("language IN ('ja', 'en')", name="language"),
        CheckConstraint("jsonb_exists(approval_routes, 'regular')", name="approval_routes"),
    )

    @validates("tracking")
    def _note_individual(self, _name: str, value: Tracking) -> Tracking:
        """Of an issue that went out before, nobody can say who has read it."""
        if value is Tracking.INDIVIDUAL and self.tracking not in (None, value):
            self.individual_since = now()
        return value

    @property
    def approvals_needed(self) -> int:
        """How many people say yes to a regular issue before it may be scheduled."""
        return of_kind(self.approval_routes, IssueKind.REGULAR).yeses

    @approvals_needed.setter
    def approvals_needed(self, yeses: int) -> None:
        """Let regular issues take a route of one step that asks any approvers."""
        self.approval_routes = with_kind(self.approval_routes, IssueKind.REGULAR, of_number(yeses))

    @property
    def known_topics(self) -> dict[str, Topic]:
        """Every slug that texts, links and lists may name, with the topic that it means now."""
        merged = {one.slug: one.merged_into for one in self.merged_topics if one.merged_into}
        return merged | {one.slug: one for one in self.topics}

    @property
    def staff_language(self) -> Language:
        """The language in which its staff are told what happened while nobody looked."""
        return known(self.language) or "ja"


class Topic(Base):
    """A theme that articles carry and readers may choose.

    One that was merged into another stays: manuscripts, letters that are out, old rankings and links to the archive go
    on naming it (:mod:`models.readers.topic_merge`).
    """

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"), index=True)
    slug: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    """The topic that stands for this one now, itself never merged; None where this one can be chosen."""

    newsletter: Mapped[Newsletter] = relationship(back_populates="topics")
    merged_into: Mapped[Topic | None] = relationship(remote_side=id)

    __table_args__ = (UniqueConstraint("newsletter_id", "slug"),)


class Audience(Base):
    """What kind of reader: citizen 住民, official 自治体職員, …"""

    __tablename__ = "audience"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"), index=True)
    slug: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)

    newsletter: Mapped[Newsletter] = relationship(back_populates="audiences")

    __table_args__ = (UniqueConstraint("newsletter_id", "slug"),)


def find(session: Session, slug: str) -> Newsletter:
    """The newsletter called *slug*.

    Raises:
        NotFound: there is none.
    """
    newsletter = session.scalar(select(Newsletter).where(Newsletter.slug == slug))
    if newsletter is None:
        raise NotFound(phrase("there is no newsletter “{slug}”", slug=slug))
    return newsletter


def known_id(session: Session, slug: str) -> int | None:
    """The id of the newsletter called *slug*; None where there is none."""
    return session.scalar(select(Newsletter.id).where(Newsletter.slug == slug))


def list_all(session: Session, scope: Scope = EVERY_NEWSLETTER) -> Sequence[Newsletter]:
    """The newsletters in *scope*, the oldest first."""
    return session.scalars(select(Newsletter).where(scope.where(Newsletter.id)).order_by(Newsletter.id)).all()


def single(session: Session) -> Newsletter:
    """The one newsletter of an installation that has only one.

    Raises:
        NotFound: there is none, or several, so that one must be named.
    """
    found = session.scalars(select(Newsletter).limit(2)).all()
    if len(found) != 1:
        raise NotFound(
            phrase("there is no newsletter yet: make one first with `kairan newsletter create FILE`")
            if not found
            else phrase("there is more than one newsletter: name the one that you mean")
        )
    return found[0]
