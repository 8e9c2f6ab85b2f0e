"""From a feed to articles: which of its entries are new, and those that somebody has chosen as articles and a draft."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from ...issues import issue as issues
from ...issues.article import Article, ArticleAddress
from ...issues.block import ArticleCard
from ...issues.issue import Issue
from ...issues.newsletter import Newsletter
from ...staff import audit
from ...staff.member import Member
from ...store.errors import Invalid
from .. import article_edit
from ..article_edit import InvalidArticle
from ..article_file import ArticleFile
from .feed_file import FeedEntry


def new_entries(session: Session, newsletter: Newsletter, entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    """Those whose address no article of the newsletter has, each address once; the latest first."""
    addresses = [one.address for one in entries]
    known = set(session.scalars(union_all(
        select(Article.address).where(Article.newsletter_id == newsletter.id, Article.address.in_(addresses)),
        select(ArticleAddress.address).where(ArticleAddress.address.in_(addresses)),
    )))  # fmt: skip
    found = {one.address: one for one in reversed(entries) if one.address not in known}
    dated = sorted((one for one in found.values() if one.published), key=lambda one: str(one.published), reverse=True)
    return dated + [one for one in reversed(found.values()) if not one.published]


def begin(session: Session, newsletter: Newsletter, subject: str, chosen: Sequence[FeedEntry], author: Member) -> Issue:
    """Make an article of each entry, and a draft that shows them in this order.

    Raises:
        Invalid: none is chosen (field ``entries``), there is no subject (``subject``), or an entry cannot be taken; its
            field is that of :class:`.InvalidArticle` with the entry's place behind a hyphen, such as ``title-0``.
    """
    if not subject.strip():
        raise Invalid("the issue has no subject: write one", field="subject")
    if not chosen:
        raise Invalid("choose at least one article", field="entries")
    made: list[Article] = []
    for place, entry in enumerate(chosen):
        found = ArticleFile("", entry.title, language=newsletter.language, published=entry.published,
                            recap=entry.recap, address=entry.address)  # fmt: skip
        try:
            made.append(article_edit.save(session, newsletter, None, found, author))
        except InvalidArticle as error:
            raise InvalidArticle({f"{name}-{place}": why for name, why in error.faults.items()}) from None
    blocks = tuple(ArticleCard(article=one.slug) for one in made)
    issue = issues.create(session, newsletter, subject=subject.strip(), blocks=blocks, author_id=author.id)
    audit.record(session, author, "create issue", f"issue/{issue.id}", articles=len(made))
    return issue
