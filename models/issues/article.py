"""Articles: pieces with an identity that lasts across issues, languages and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Column, Computed, ForeignKey, Index, String, Table, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..store.base import Base
from ..store.clock import now
from ..store.errors import NotFound
from ..store.phrase import phrase
from . import search_index  # noqa: F401  its functions must be there before the column that calls them
from .newsletter import Topic
from .versions import content_version  # noqa: F401  it keeps what was saved

article_topic = Table(
    "article_topic",
    Base.metadata,
    Column("article_id", ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True),
)


_WORDS_SQL = " || ' ' || ".join(
    f"search_plain({column})" for column in ("title", "recap", "body", "figure_caption", "figure_alt")
)


class Article(Base):
    """One piece. It lives on the web (``address``) or is hosted by us (``body``, Markdown)."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    newsletter_id: Mapped[int] = mapped_column(ForeignKey("newsletter.id"), index=True)
    slug: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(2), default="ja")
    published_on: Mapped[date | None]
    recap: Mapped[str] = mapped_column(default="")
    """What the piece says, in a few sentences of Markdown."""
    address: Mapped[str] = mapped_column(String(2000), default="")
    body: Mapped[str] = mapped_column(default="")
    figure_image: Mapped[str] = mapped_column(String(64), default="")
    """Digest of its figure, or empty."""
    figure_alt: Mapped[str] = mapped_column(default="")
    figure_caption: Mapped[str] = mapped_column(default="")
    figure_source: Mapped[str] = mapped_column(default="")
    related: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """The slugs of other articles of the newsletter that its page leads to, in this order."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    revision: Mapped[int] = mapped_column(default=1)
    words: Mapped[str] = mapped_column(Computed(_WORDS_SQL, persisted=True), deferred=True)
    grams: Mapped[list[str]] = mapped_column(
        ARRAY(Text), Computed(f"search_grams({_WORDS_SQL})", persisted=True), deferred=True
    )
    """Both are worked out by the database: what :mod:`models.issues.search_index` looks into."""

    topics: Mapped[list[Topic]] = relationship(
        secondary=article_topic,
        secondaryjoin=(Topic.id == article_topic.c.topic_id) & Topic.merged_into_id.is_(None),
        order_by=Topic.position,
    )
    """Those that can be chosen. What it carried before topics were merged is kept beside them, for old rankings."""
    addresses: Mapped[list[ArticleAddress]] = relationship(back_populates="article", cascade="all, delete-orphan")

    # Two people who save at once: the second is told. What the database works out is not fetched at once.
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}  # noqa: RUF012
    __table_args__ = (
        UniqueConstraint("newsletter_id", "slug"),
        Index("ix_article_grams", "grams", postgresql_using="gin"),
    )


class ArticleAddress(Base):
    """Another address under which the same piece is known: moved, shortened, or in another language."""

    __tablename__ = "article_address"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(2000), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="")

    article: Mapped[Article] = relationship(back_populates="addresses")


def find(session: Session, newsletter_id: int, slug: str) -> Article:
    """The article of a newsletter that is called *slug*.

    Raises:
        NotFound: there is none.
    """
    article = session.scalar(select(Article).where(Article.newsletter_id == newsletter_id, Article.slug == slug))
    if article is None:
        raise NotFound(phrase("there is no article “{slug}”", slug=slug))
    return article


def by_slug(session: Session, newsletter_id: int, slugs: Sequence[str]) -> list[Article]:
    """Those of a newsletter's articles that *slugs* name, in their order."""
    query = select(Article).where(Article.newsletter_id == newsletter_id, Article.slug.in_(slugs))
    found = {one.slug: one for one in session.scalars(query)} if slugs else {}
    return [found[slug] for slug in slugs if slug in found]


def titles(session: Session, article_ids: Iterable[int]) -> dict[int, str]:
    """The titles of articles by their ids."""
    query = select(Article.id, Article.title).where(Article.id.in_(set(article_ids)))
    return dict(session.execute(query).all())
