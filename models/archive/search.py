"""Answers of the public archive to a reader's search."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session, selectinload, undefer

from ..issues import search_index
from ..issues.article import Article
from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from . import published


class SearchResult(NamedTuple):
    """One answer of a search: an issue or an article, and the excerpt where the words are."""

    issue: Issue | None
    article: Article | None
    excerpt: list[tuple[str, bool]]


def find(session: Session, newsletter: Newsletter, typed: str, number: int = 1) -> published.ArchivePage[SearchResult]:
    """A page of the issues and articles that hold every word, the latest first; empty without a word.

    Arguments:
        typed: the query as a person typed it.
    """
    wanted = search_index.terms(typed)
    if not wanted:
        return published.ArchivePage([], 1, 0)
    hits = union_all(
        select(literal("issue").label("kind"), Issue.id, published.issue_date().label("day")).where(
            published.issue_is_public(newsletter), search_index.matches(Issue.words, Issue.grams, wanted)
        ),
        select(literal("article"), Article.id, func.coalesce(Article.published_on, date.min)).where(
            Article.newsletter_id == newsletter.id,
            published.article_is_public(),
            search_index.matches(Article.words, Article.grams, wanted),
        ),
    ).subquery()
    total = session.scalar(select(func.count()).select_from(hits)) or 0
    rows = session.execute(
        select(hits.c.kind, hits.c.id)
        .order_by(hits.c.day.desc(), hits.c.kind.desc(), hits.c.id.desc())
        .offset((number - 1) * published.PAGE_SIZE)
        .limit(published.PAGE_SIZE)
    ).all()
    return published.ArchivePage(_load(session, [(kind, key) for kind, key in rows], wanted), number, total)


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
            answers.append(SearchResult(one, None, search_index.excerpt(one.words, wanted)))
        else:
            piece = found_articles[key]
            answers.append(SearchResult(None, piece, search_index.excerpt(piece.words, wanted)))
    return answers
