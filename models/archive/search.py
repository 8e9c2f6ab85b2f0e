"""Answers of the public archive to a reader's search."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, selectinload, undefer

from ..issues import search_index
from ..issues.article import Article, article_topic
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter, Topic
from . import published


class SearchResult(NamedTuple):
    """One answer of a search: an issue or an article, an excerpt around the words, and the topics that hold them."""

    issue: Issue | None
    article: Article | None
    excerpt: list[tuple[str, bool]]
    topics: list[Topic]


def find(session: Session, newsletter: Newsletter, typed: str, number: int = 1) -> published.ArchivePage[SearchResult]:
    """A page of the issues and articles that hold every word; empty without a word.

    An article holds the names of its topics, too. First come those that have the most words in their title, then those
    that have them in their topics, then the latest.

    Arguments:
        typed: the query as a person typed it.
    """
    wanted = search_index.terms(typed)
    if not wanted:
        return published.ArchivePage([], 1, 0)
    of_topics = {term: _with_topic(newsletter, term) for term in wanted}
    subject = func.search_plain(func.without_templates(Issue.subject))
    hits = union_all(
        select(
            literal("issue").label("kind"),
            Issue.id,
            published.issue_date().label("day"),
            _count(search_index.holds(subject, term) for term in wanted).label("in_title"),
            literal(0).label("in_topics"),
        ).where(published.issue_is_public(newsletter), search_index.matches(Issue.words, Issue.grams, wanted)),
        select(
            literal("article"),
            Article.id,
            func.coalesce(Article.published_on, date.min),
            _count(search_index.holds(func.search_plain(Article.title), term) for term in wanted),
            _count(topic for topic in of_topics.values() if topic is not None),
        ).where(
            Article.newsletter_id == newsletter.id,
            published.article_is_public(),
            *(_in_article(term, topic) for term, topic in of_topics.items()),
        ),
    ).subquery()
    total = session.scalar(select(func.count()).select_from(hits)) or 0
    order = (hits.c.in_title, hits.c.in_topics, hits.c.day, hits.c.kind, hits.c.id)
    rows = session.execute(
        select(hits.c.kind, hits.c.id)
        .order_by(*(column.desc() for column in order))
        .offset((number - 1) * published.PAGE_SIZE)
        .limit(published.PAGE_SIZE)
    ).all()
    return published.ArchivePage(_load(session, [(kind, key) for kind, key in rows], wanted), number, total)


def _count(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[int]:
    """How many of *conditions* hold."""
    return sum((cast(condition, Integer) for condition in conditions), literal(0))


def _in_topic(topic: Topic, term: str) -> bool:
    """Whether the name of a topic holds a term."""
    return term in search_index.fold(unicodedata.normalize("NFKC", topic.name))


def _with_topic(newsletter: Newsletter, term: str) -> ColumnElement[bool] | None:
    """SQL: whether an article carries a topic whose name holds *term*; None where no topic's does."""
    ids = [topic.id for topic in newsletter.topics if _in_topic(topic, term)]
    if not ids:
        return None
    return exists().where(article_topic.c.article_id == Article.id, article_topic.c.topic_id.in_(ids))


def _in_article(term: str, topic: ColumnElement[bool] | None) -> ColumnElement[bool]:
    found = search_index.matches(Article.words, Article.grams, [term])
    return found if topic is None else or_(found, topic)


def _load(session: Session, rows: list[tuple[str, int]], wanted: list[str]) -> list[SearchResult]:
    of_kind = {kind: [key for one, key in rows if one == kind] for kind in ("issue", "article")}
    found_issues = {
        one.id: one
        for one in session.scalars(select(Issue).where(Issue.id.in_(of_kind["issue"])).options(undefer(Issue.words)))
    }
    found_articles = {
        one.id: one
        for one in session.scalars(
            select(Article)
            .where(Article.id.in_(of_kind["article"]))
            .options(undefer(Article.words), selectinload(Article.topics))
        )
    }
    answers: list[SearchResult] = []
    for kind, key in rows:
        if kind == "issue":
            one = found_issues[key]
            answers.append(SearchResult(one, None, search_index.excerpt(one.words, wanted), []))
        else:
            piece = found_articles[key]
            topics = [topic for topic in piece.topics if any(_in_topic(topic, term) for term in wanted)]
            answers.append(SearchResult(None, piece, search_index.excerpt(piece.words, wanted), topics))
    return answers
