"""Articles from files into the database; the same slug again changes the same article."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ..issues.article import Article, ArticleAddress
from ..issues.newsletter import Newsletter
from ..staff import audit
from ..staff.member import Member
from ..store.errors import Invalid
from ..store.phrase import phrase
from . import article_file
from .article_file import ArticleFile
from .import_issue import ImportAction, find_newsletter
from .references import check_links
from .source_files import ManuscriptFolder, read_text

COMMAND = "kairan article import"


def import_article(session: Session, path: Path, author: Member | None = None) -> tuple[Article, ImportAction]:
    """Read a file and make or change its article.

    Raises:
        Invalid: the file cannot be read, or names what there is not or what belongs to another article.
    """
    found = article_file.parse(read_text(path), path.name, ManuscriptFolder(session, path).load_image, path.stem)
    newsletter = find_newsletter(session, found.newsletter, path.name, found.lines.get("newsletter", 1))
    check_links(session, newsletter, found.references, found.slug, path.name)
    session.execute(select(Newsletter.id).where(Newsletter.id == newsletter.id).with_for_update(key_share=True))
    known = session.scalar(select(Article).where(Article.newsletter_id == newsletter.id, Article.slug == found.slug))
    article = known or Article(newsletter_id=newsletter.id, slug=found.slug, title=found.title)
    check_addresses_free(session, newsletter, found, path.name)
    before = _content(article)
    fill(article, newsletter, found)
    if known is None:
        session.add(article)
    session.flush()
    outcome = ImportAction.CREATED if known is None else ImportAction.UPDATED
    if known is not None and _content(article) == before:
        return article, ImportAction.UNCHANGED
    audit.record(
        session, author or COMMAND, "import article", f"article/{article.id}", file=path.name, outcome=outcome.value
    )
    return article, outcome


def fill(article: Article, newsletter: Newsletter, found: ArticleFile) -> None:
    """Give *article* what a file says; the topics that it names are there."""
    by_slug = newsletter.known_topics
    article.title = found.title
    article.language = found.language or newsletter.language
    article.published_on = found.published
    article.recap, article.address, article.body = found.recap, found.address, found.body
    article.figure_image, article.figure_alt = found.figure_image, found.figure_alt
    article.figure_caption, article.figure_source = found.figure_caption, found.figure_source
    article.related = list(found.related)
    article.topics = sorted({by_slug[slug] for slug in found.topics}, key=lambda topic: topic.position)
    kept = {row.address: row for row in article.addresses}
    article.addresses = [kept.get(address) or ArticleAddress(address=address) for address, _ in found.addresses]
    for row, (_, language) in zip(article.addresses, found.addresses, strict=True):
        row.language = language


def _content(article: Article) -> tuple[Any, ...]:
    return (
        article.title, article.language, article.published_on, article.recap, article.address, article.body,
        article.figure_image, article.figure_alt, article.figure_caption, article.figure_source,
        article.related, [topic.slug for topic in article.topics],
        [(row.address, row.language) for row in article.addresses],
    )  # fmt: skip


def check_addresses_free(session: Session, newsletter: Newsletter, found: ArticleFile, file: str) -> None:
    """An address stands for one article, or clicks on it would count for the wrong one.

    Raises:
        Invalid: another article has one of these.
    """
    wanted = [address for address in (found.address, *(address for address, _ in found.addresses)) if address]
    taken = session.execute(
        select(Article.slug)
        .outerjoin(ArticleAddress)
        .where(
            or_(Article.newsletter_id != newsletter.id, Article.slug != found.slug),
            or_(
                and_(Article.newsletter_id == newsletter.id, Article.address.in_(wanted)),
                ArticleAddress.address.in_(wanted),
            ),
        )
        .limit(1)
    ).scalar()
    if wanted and taken is not None:
        line = found.lines.get("address", found.lines.get("addresses", 1))
        raise Invalid(
            phrase("the article “{taken}” has one of these addresses already", taken=taken), file=file, line=line
        )
