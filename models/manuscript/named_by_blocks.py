"""What blocks name, for whoever shows or writes them: articles with their titles, and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from ..issues import search_index
from ..issues.article import Article
from ..issues.block import Block, Figure, with_news
from ..issues.image import Image
from ..issues.newsletter import Newsletter

MOST_FOUND = 20


def find_articles(session: Session, newsletter: Newsletter, words: str) -> Sequence[Article]:
    """The newest articles whose titles hold each of *words*, at most :data:`MOST_FOUND`; without words, of all."""
    query = select(Article).where(Article.newsletter_id == newsletter.id).options(selectinload(Article.topics))
    for term in search_index.terms(words):
        query = query.where(search_index.holds(func.search_plain(Article.title), term))
    query = query.order_by(Article.published_on.desc().nulls_last(), Article.id.desc()).limit(MOST_FOUND)
    return session.scalars(query).all()


def titles(session: Session, newsletter: Newsletter, blocks: Iterable[Block]) -> dict[str, str]:
    """The titles of the articles that *blocks* name, by their slugs."""
    slugs = {str(getattr(block, "article", "")) for block in blocks} - {""}
    query = select(Article.slug, Article.title).where(Article.newsletter_id == newsletter.id, Article.slug.in_(slugs))
    return dict(session.execute(query).all())


def pictures(session: Session, blocks: Iterable[Block]) -> Sequence[Image]:
    """The pictures that *blocks* show."""
    digests = {part.image for block in blocks for part in with_news(block) if isinstance(part, Figure)}
    return session.scalars(select(Image).where(Image.digest.in_(digests))).all()
