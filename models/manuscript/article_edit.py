"""An article on a page: made, changed by a form or as a file, brought back to an earlier state, deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

import settings

from ..issues.article import Article
from ..issues.articles import article_use
from ..issues.block import SLUG
from ..issues.image import Image
from ..issues.newsletter import Newsletter
from ..issues.versions import content_version
from ..staff import audit
from ..staff.member import Member
from ..store import input_rule, link_address
from ..store.clock import now, today
from ..store.errors import Invalid, NotFound
from ..store.phrase import Phrase, phrase
from . import article_file, article_text, dialect, edit
from .article_file import ArticleFile
from .import_article import check_addresses_free, fill
from .parse_context import ParseContext, Reference
from .references import check_links

MAX_TITLE = 500
MAX_TEXT = 200_000
MAX_RELATED = 20
Faults = dict[str, Phrase]
"""By field what is wrong with it."""


class InvalidArticle(Invalid):
    """Fields of an article that cannot be taken, each with what is wrong."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        field, why = next(iter(faults.items()))
        super().__init__(why, field=field)


def get(session: Session, article_id: int, *, lock: bool = False) -> Article:
    """The article, locked for a change where *lock*, as imports do: its newsletter first.

    Raises:
        NotFound: there is none.
    """
    if lock:
        of = select(Article.newsletter_id).where(Article.id == article_id).scalar_subquery()
        session.execute(select(Newsletter.id).where(Newsletter.id == of).with_for_update(key_share=True))
    found = session.get(Article, article_id, with_for_update={"key_share": True} if lock else None,
                        populate_existing=lock)  # fmt: skip
    if found is None:
        raise NotFound(phrase("there is no article with the ID {article_id}", article_id=article_id))
    return found


def newsletter_id(session: Session, article_id: int) -> int | None:
    """The newsletter of an article; None where there is no such article."""
    return session.scalar(select(Article.newsletter_id).where(Article.id == article_id))


def text_of(session: Session, article: Article) -> str:
    """The article as its file says it."""
    newsletter = session.get_one(Newsletter, article.newsletter_id)
    return article_text.write(
        article_text.of_article(article, newsletter.slug), lambda digest: edit.name_of(session, digest)
    )


def read(session: Session, newsletter: Newsletter, text: str, article: Article | None = None) -> ArticleFile:
    """What the text of a file says.

    Raises:
        Invalid: it cannot be read, with its line, or it is another newsletter's.
    """
    default = article.slug if article else free_slug(session, newsletter, "")
    found = article_file.parse(text, edit.FILE, lambda name, line: edit.digest_of(session, name, line), default)
    if found.newsletter not in ("", newsletter.slug):
        raise Invalid(
            phrase("this is an article of {slug}: leave its newsletter as it is", slug=newsletter.slug),
            file=edit.FILE,
            line=found.lines.get("newsletter", 1),
        )
    return found


def save(
    session: Session, newsletter: Newsletter, article: Article | None, found: ArticleFile, author: Member,
    restored_from: int | None = None,
) -> Article:  # fmt: skip
    """Make an article, or change one, which the caller has locked, to what *found* says.

    Arguments:
        restored_from: the number of the version that *found* is.

    Raises:
        InvalidArticle: with all that is wrong.
    """
    session.execute(select(Newsletter.id).where(Newsletter.id == newsletter.id).with_for_update(key_share=True))
    if not found.slug:
        found = replace(found, slug=free_slug(session, newsletter, found.title))
    if faults := dict(_faults(session, newsletter, article, found)):
        raise InvalidArticle(faults)
    if article is not None and article.slug != found.slug:
        article_use.check_unused(session, article)
    saved = article or Article(newsletter_id=newsletter.id, slug=found.slug, title=found.title)
    before = content_version.content_of(article) if article else {}
    saved.slug = found.slug
    fill(saved, newsletter, found)
    if content_version.content_of(saved) == before:
        return saved
    if article is None:
        session.add(saved)
    saved.updated_at = now()  # so that its revision counts, although perhaps only its topics are other ones
    content_version.saved_by(saved, author, restored_from)
    session.flush()
    detail = {"restored": restored_from} if restored_from else {}
    audit.record(session, author, "edit article" if article else "create article", f"article/{saved.id}", **detail)
    return saved


def delete(session: Session, article: Article, author: Member) -> None:
    """Delete an article that nothing uses, with its versions.

    Raises:
        Invalid: something does; the text says what.
    """
    article_use.check_unused(session, article)
    number, slug, title = article.id, article.slug, article.title
    session.delete(article)
    session.flush()
    audit.record(session, author, "delete article", f"article/{number}", slug=slug, title=title[:200])


def free_slug(session: Session, newsletter: Newsletter, title: str) -> str:
    """A slug that no article of the newsletter has: the Latin words of *title*, or today's date."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60].strip("-")
    stem = words if len(words) > 2 else f"article-{today():%Y%m%d}"
    query = select(Article.slug).where(Article.newsletter_id == newsletter.id, Article.slug.startswith(stem))
    taken = set(session.scalars(query))
    return next(one for one in (stem, *(f"{stem}-{count}" for count in range(2, 100_000))) if one not in taken)


def _faults(
    session: Session, newsletter: Newsletter, article: Article | None, found: ArticleFile
) -> Iterator[tuple[str, Phrase]]:
    if not input_rule.is_visible(found.title):
        yield "title", phrase("the article has no title: write one")
    elif len(found.title) > MAX_TITLE:
        yield "title", phrase("the title is longer than {limit} characters: shorten it", limit=MAX_TITLE)
    if not re.fullmatch(SLUG, found.slug):
        yield "slug", phrase("“{slug}” cannot be a slug: use small letters, digits and hyphens", slug=found.slug[:100])
    elif _is_taken(session, newsletter, article, found.slug):
        yield "slug", phrase("another article is called “{slug}”: choose another name", slug=found.slug)
    if unknown := [one for one in found.topics if one not in newsletter.known_topics]:
        yield "topics", phrase("there is no topic “{name}”{hint}", name=unknown[0], hint="")
    yield from _place_faults(found)
    if found.figure_image and session.get(Image, found.figure_image) is None:
        yield "figure", phrase("there is no such picture any more: upload it again")
    elif found.figure_image and not input_rule.is_visible(found.figure_alt):
        yield "figure_alt", phrase("the figure has no words for those who do not see it: say what it shows")
    try:
        check_addresses_free(session, newsletter, replace(found, slug=article.slug if article else found.slug), "")
    except Invalid as error:
        yield "address", _words(error)
    if why := _related_fault(session, newsletter, found):
        yield "related", why
    for name, text in (("recap", found.recap), ("body", found.body)):
        if why := _text_fault(session, newsletter, found, name, text):
            yield name, why


def _place_faults(found: ArticleFile) -> Iterator[tuple[str, Phrase]]:
    """Whether it says in one way where it is read, and by addresses that readers can follow."""
    if bool(found.address) == bool(found.body.strip()):
        both = phrase("the article has an address and a text: take one out")
        yield "address", both if found.address else phrase(
            "the article has neither an address nor a text: add one")  # fmt: skip
    named = [("address", found.address)] if found.address else []
    for field, address in [*named, *(("addresses", address) for address, _ in found.addresses)]:
        wrong = link_address.fault(address, settings.get().base_url)
        if wrong or not address.lower().startswith("http"):
            whole = phrase("“{address}” is no whole address: begin it with https://", address=address[:80])
            yield field, wrong or whole
            return


def _related_fault(session: Session, newsletter: Newsletter, found: ArticleFile) -> Phrase | None:
    if found.slug in found.related:
        return phrase("an article is not related to itself: take “{slug}” out of the list", slug=found.slug)
    if len(found.related) > MAX_RELATED:
        return phrase("more than {limit} related articles: keep those that help most", limit=MAX_RELATED)
    named = tuple(Reference("article", slug, 1) for slug in found.related)
    try:
        check_links(session, newsletter, named, found.slug, "related")
    except Invalid as error:
        return _words(error)
    return None


def _text_fault(session: Session, newsletter: Newsletter, found: ArticleFile, name: str, text: str) -> Phrase | None:
    if len(text) > MAX_TEXT:
        return phrase("this is longer than 200,000 characters: shorten it")
    if dialect.PICTURE.search(text):
        return phrase("an article's text has no pictures: upload one as its figure")
    context = ParseContext(name, lambda _path, _line: "")
    try:
        context.note_links(text, 1)
        check_links(session, newsletter, tuple(context.references), found.slug, name)
    except Invalid as error:
        return _words(error)
    return None


def _words(error: Invalid) -> Phrase:
    return error.message if isinstance(error.message, Phrase) else Phrase(error.message)


def _is_taken(session: Session, newsletter: Newsletter, article: Article | None, slug: str) -> bool:
    known = session.scalar(select(Article.id).where(Article.newsletter_id == newsletter.id, Article.slug == slug))
    return known is not None and (article is None or known != article.id)
