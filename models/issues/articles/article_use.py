"""Where an article is used: issues that show it or link to it, for whatever reader, and articles that link to it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Index, Text, cast, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from ...store.errors import Invalid
from ...store.phrase import joined, phrase
from ..article import Article
from ..issue import Issue
from ..issue_state import IssueState
from ..versions.content_version import ContentVersion

_NAMED: ColumnElement[Any] = func.issue_articles(Issue.__table__.c.blocks, type_=ARRAY(Text))
"""The articles that any block names; ``Issue.article_slugs`` knows those of public blocks only."""
Index("ix_issue_named_articles", _NAMED, postgresql_using="gin")
_NAME = re.compile(r'article(?:"\s*:\s*"|:)([a-z0-9][a-z0-9-]{0,99})')
_MOST_NAMED = 10
"""How many places an error names."""


class UsingIssue(NamedTuple):
    """An issue that uses an article."""

    id: int
    number: int
    subject: str
    state: IssueState


def issues_by_slug(session: Session, newsletter_id: int, slugs: Collection[str]) -> dict[str, list[UsingIssue]]:
    """For each of *slugs* the newsletter's issues that use it, the newest first; in one query."""
    if not slugs:
        return {}
    query = select(Issue.id, Issue.number, Issue.subject, Issue.state, _NAMED).where(
        Issue.newsletter_id == newsletter_id,
        _NAMED.op("&&")(cast(array([literal(one) for one in slugs]), ARRAY(Text))),
    )
    found: dict[str, list[UsingIssue]] = defaultdict(list)
    for *values, named in session.execute(query.order_by(Issue.number.desc())):
        for slug in set(named) & set(slugs):
            found[slug].append(UsingIssue(*values))
    return found


def writers_since(session: Session, since: Sequence[tuple[Issue, datetime]]) -> dict[int, set[int]]:
    """By issue, the members who have changed an article that a letter of it shows or leads to after a moment (aware).

    However many issues there are, they are few queries.
    """
    query = (
        select(Article.newsletter_id, Article.slug, ContentVersion.member_id, func.max(ContentVersion.created_at))
        .join(Article, Article.id == ContentVersion.article_id)
        .where(Article.newsletter_id.in_({issue.newsletter_id for issue, _ in since}))
        .where(ContentVersion.created_at > min(at for _, at in since), ContentVersion.member_id.is_not(None))
    )
    changed = session.execute(query.group_by(*query.selected_columns[:3])).all()
    shown = _shown(session, [issue for issue, _ in since]) if changed else {}
    return {
        issue.id: {
            writer for newsletter_id, slug, writer, last in changed
            if newsletter_id == issue.newsletter_id and slug in shown[issue.id] and last > at and writer is not None
        }
        for issue, at in since
    }  # fmt: skip


def _shown(session: Session, issues: Sequence[Issue]) -> dict[int, set[str]]:
    """By issue, the articles that a block names, also within a template's condition, and that their recaps name."""
    by_blocks = {one.id: set(_NAME.findall(json.dumps(one.blocks_json))) for one in issues}
    by_recap: dict[tuple[int, str], set[str]] = {}
    new = {(one.newsletter_id, slug) for one in issues for slug in by_blocks[one.id]}
    while new:
        by_recap |= {one: set() for one in new}
        key = tuple_(Article.newsletter_id, Article.slug)
        rows = session.execute(select(Article.newsletter_id, Article.slug, Article.recap).where(key.in_(new))).all()
        by_recap |= {(newsletter_id, slug): set(_NAME.findall(recap)) for newsletter_id, slug, recap in rows}
        new = {(newsletter_id, named) for newsletter_id, slug, _ in rows for named in by_recap[newsletter_id, slug]}
        new -= by_recap.keys()
    found: dict[int, set[str]] = {}
    for one in issues:
        reached, waiting = set[str](), by_blocks[one.id]
        while waiting:
            reached |= waiting
            waiting = set().union(*(by_recap[one.newsletter_id, slug] for slug in waiting)) - reached
        found[one.id] = reached
    return found


def issues_with(session: Session, article: Article) -> list[UsingIssue]:
    """The issues that use an article, the newest first."""
    return issues_by_slug(session, article.newsletter_id, [article.slug]).get(article.slug, [])


def issues_leading_to(session: Session, article: Article, states: Collection[IssueState]) -> list[UsingIssue]:
    """The issues in *states* that show an article or lead to it, also by the recap of another, the newest first."""
    query = select(Issue).where(Issue.newsletter_id == article.newsletter_id, Issue.state.in_(states))
    issues = session.scalars(query.order_by(Issue.number.desc())).all()
    shown = _shown(session, issues)
    return [UsingIssue(one.id, one.number, one.subject, one.state) for one in issues if article.slug in shown[one.id]]


def articles_linking_to(session: Session, article: Article) -> Sequence[Article]:
    """Other articles of the newsletter whose recap or text links to this one, or that name it as related."""
    link = rf"article:{re.escape(article.slug)}(?![a-z0-9-])"
    return session.scalars(
        select(Article).where(
            Article.newsletter_id == article.newsletter_id,
            Article.id != article.id,
            or_(
                Article.recap.regexp_match(link),
                Article.body.regexp_match(link),
                Article.related.contains([article.slug]),
            ),
        )
    ).all()


def check_unused(session: Session, article: Article) -> None:
    """Let only an article pass that nothing names; it is locked, so that nothing names it meanwhile.

    Raises:
        Invalid: says which issues and articles use it.
    """
    session.refresh(article, with_for_update=True)
    places = [phrase("issue {number} “{subject}”", number=one.number, subject=one.subject[:60])
              for one in issues_with(session, article) or _hidden(session, article)]  # fmt: skip
    places += [phrase("article “{name}”", name=one.title[:60]) for one in articles_linking_to(session, article)]
    if places:
        listed = joined(places[:_MOST_NAMED], ", ") if len(places) <= _MOST_NAMED else joined(
            [*places[:_MOST_NAMED], phrase("and {count} more", count=len(places) - _MOST_NAMED)], ", ")  # fmt: skip
        raise Invalid(
            phrase("this article is in use: {places}. Take it out of them first; what was sent keeps its articles",
                   places=listed), field="slug",
        )  # fmt: skip


def _hidden(session: Session, article: Article) -> list[UsingIssue]:
    """Issues that name an article within a template's condition, which the index leaves out."""
    pattern = rf'(article:|"article": ")({re.escape(article.slug)})(?![a-z0-9-])'
    query = select(Issue.id, Issue.number, Issue.subject, Issue.state).where(
        Issue.newsletter_id == article.newsletter_id, cast(Issue.__table__.c.blocks, Text).regexp_match(pattern)
    )
    return [UsingIssue(*row) for row in session.execute(query.order_by(Issue.number.desc()))]
