"""Lists of articles: a page for staff, and a few for whoever picks one while typing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, cast, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session, selectinload

from ...staff.permission import Scope
from .. import search_index
from ..article import Article, article_topic
from ..block import Block

PER_PAGE = 30
MOST_SUGGESTED = 20


class ArticlePage(NamedTuple):
    """One page of a list; ``more`` where another one follows."""

    articles: Sequence[Article]
    more: bool


def page(
    session: Session, scope: Scope, number: int = 1, *, typed: str = "", newsletter_id: int | None = None,
    topic_id: int | None = None,
) -> ArticlePage:  # fmt: skip
    """Page *number* (from 1): those that are not dated first, then the latest; what has the words in its title before.

    Arguments:
        scope: the newsletters whose articles are listed.
        typed: words that an article holds, in title, recap, text or slug; any kind of kana.
    """
    query = select(Article).where(scope.where(Article.newsletter_id))
    if newsletter_id is not None:
        query = query.where(Article.newsletter_id == newsletter_id)
    if topic_id is not None:
        query = query.where(
            exists().where(article_topic.c.article_id == Article.id, article_topic.c.topic_id == topic_id)
        )
    terms = search_index.terms(typed)
    if terms:
        query = query.where(_holds(typed, terms)).order_by(_in_title(terms).desc())
    query = query.order_by(Article.published_on.desc().nulls_first(), Article.id.desc())
    query = query.options(selectinload(Article.topics)).offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    found = session.scalars(query).all()
    return ArticlePage(found[:PER_PAGE], len(found) > PER_PAGE)


def suggest(session: Session, newsletter_id: int, typed: str) -> Sequence[Article]:
    """At most :data:`MOST_SUGGESTED` articles of a newsletter that hold the words; the latest where there are none."""
    query = select(Article).where(Article.newsletter_id == newsletter_id)
    if terms := search_index.terms(typed):
        query = query.where(_holds(typed, terms)).order_by(_in_title(terms).desc())
    query = query.order_by(Article.published_on.desc().nulls_last(), Article.id.desc())
    return session.scalars(query.options(selectinload(Article.topics)).limit(MOST_SUGGESTED)).all()


def titles(session: Session, newsletter_id: int, blocks: Iterable[Block]) -> dict[str, str]:
    """The titles of the articles that *blocks* name, by their slugs."""
    slugs = {str(getattr(block, "article", "")) for block in blocks} - {""}
    query = select(Article.slug, Article.title).where(Article.newsletter_id == newsletter_id, Article.slug.in_(slugs))
    return dict(session.execute(query).all())


def _holds(typed: str, terms: list[str]) -> ColumnElement[bool]:
    return or_(search_index.matches(Article.words, Article.grams, terms), Article.slug == typed.strip().lower())


def _in_title(terms: list[str]) -> ColumnElement[int]:
    """How many of the words stand in the title."""
    title = func.normalize(Article.title, literal_column("NFKC"))
    first, *others = (cast(search_index.holds(title, term), Integer) for term in terms)
    return sum(others, first)
