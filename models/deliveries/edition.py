"""Editions: an issue rendered for one variant of reader and frozen; and the links that its letters carry."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..readers.subscriber import Subscriber
from ..store.base import Base
from ..store.clock import now
from .delivery import Delivery


class Edition(Base):
    """One variant of an issue: bytes, slots, links, a digest. Nothing of these changes once it is written."""

    __tablename__ = "edition"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1 within the issue; deliveries name their edition by it."""
    variant: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What kind of reader it is for: audience, and the conditional blocks that it has."""
    link_numbers: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    """The numbers of the issue's links that its letters carry. None where nobody knows: then it counts as all."""
    frozen: Mapped[bytes] = mapped_column(deferred=True)
    """What :meth:`templates.message.freeze.Frozen.pack` wrote."""
    html: Mapped[str] = mapped_column(deferred=True)
    text: Mapped[str] = mapped_column(deferred=True)
    """Both parts with slots filled by neutral values, for the archive and the web view."""
    size: Mapped[int]
    """Bytes of a letter on the wire, without personal values."""
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    superseded_at: Mapped[datetime | None]
    """When a repair replaced it: letters that were out by then carry what was wrong."""


class Link(Base):
    """A tracked link of an issue. Letters carry its number; a redirect resolves only such a number."""

    __tablename__ = "link"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000))
    kind: Mapped[str] = mapped_column(String(20))
    """A value of :class:`LinkKind`; people see every kind but ``honeypot``."""
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    corrected_url: Mapped[str] = mapped_column(String(2000), default="")
    """Where the link leads instead, once a wrong one has been put right."""


def find_for_reader(session: Session, issue_id: int, subscriber_id: int) -> Edition | None:
    """The edition of a reader's letter; None where there is no such letter, or the reader's data were erased."""
    return session.scalar(
        select(Edition)
        .join(Delivery, (Delivery.issue_id == Edition.issue_id) & (Delivery.edition == Edition.number))
        .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(Delivery.issue_id == issue_id, Delivery.subscriber_id == subscriber_id, Subscriber.address.is_not(None))
    )


def targets(session: Session, issue_id: int) -> dict[int, str]:
    """Where each link of an issue that people see leads now, by its number."""
    query = select(Link.number, Link.url, Link.corrected_url).where(Link.issue_id == issue_id)
    rows = session.execute(query.where(Link.kind != LinkKind.HONEYPOT.value))
    return {number: corrected or url for number, url, corrected in rows}


def variants(session: Session, issue_id: int) -> dict[int, dict[str, Any]]:
    """What kind of reader each edition of an issue is for, by its number."""
    rows = session.execute(select(Edition.number, Edition.variant).where(Edition.issue_id == issue_id))
    return {number: variant for number, variant in rows.all()}  # noqa: C416  rows are no pairs to mypy


def current_number(session: Session, issue_id: int, number: int) -> int:
    """The number of the edition used for edition *number* now: itself, or the one that replaced it in a repair."""
    columns = select(Edition.number, Edition.variant, Edition.superseded_at)
    rows = session.execute(columns.where(Edition.issue_id == issue_id)).all()
    variants = {found: variant for found, variant, _ in rows}
    in_use = [found for found, variant, replaced in rows if replaced is None and variant == variants.get(number)]
    return number if number in in_use or not in_use else in_use[0]


class LinkKind(enum.Enum):
    """What a link is, for reports and for the verdict on a hit."""

    ARTICLE = "article"
    PRODUCT = "product"
    TOPIC = "topic"
    BUTTON = "button"
    PROSE = "prose"
    SOURCE = "source"
    SIGNUP = "signup"
    SEARCH = "search"
    ARCHIVE = "archive"
    HONEYPOT = "honeypot"
    """No person sees it, so whoever follows it is a machine."""
