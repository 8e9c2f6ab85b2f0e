"""The public archive: what has been sent, found by number, article, topic and words.

An issue is public once letters are on their way, and not while a repair of it is being written; one that only some
readers get is not, unless staff say so. An article is public
from the day that it says it was published, or once an issue that shows it or links to it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    cast,
    exists,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, load_only, selectinload, undefer

from ..issues import newsletter as newsletters
from ..issues.article import Article, article_topic, by_slug
from ..issues.image import SUFFIXES, Image
from ..issues.issue import Issue
from ..issues.issue_state import SENT_STATES, IssueKind, IssueState
from ..issues.newsletter import Newsletter, Topic
from ..store.clock import today
from ..store.errors import NotFound
from ..store.phrase import phrase

EntryT = TypeVar("EntryT")

PAGE_SIZE = 20
"""Entries on a page of a list."""


class PublishedRanking(NamedTuple):
    """A ranking that has been sent: of which year, for which audience (empty: all), and the issue that told it."""

    year: int
    audience: str
    issue: Issue


class ArchivePage(NamedTuple, Generic[EntryT]):
    """A part of a list. Pages count from 1."""

    entries: Sequence[EntryT]
    number: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE_SIZE))


def newsletter_with_archive(session: Session, slug: str) -> Newsletter:
    """The newsletter whose archive is asked for.

    Raises:
        NotFound: there is none, or its archive is not public.
    """
    newsletter = newsletters.find(session, slug)
    if not newsletter.public_archive:
        raise NotFound(phrase("{name} has no public archive", name=newsletter.name))
    return newsletter


def public_newsletters(session: Session) -> Sequence[Newsletter]:
    """The newsletters that anybody may see: open to sign-up, or with a public archive."""
    return session.scalars(
        select(Newsletter)
        .where(or_(Newsletter.open_to_signup, Newsletter.public_archive))
        .order_by(Newsletter.id)
        .options(selectinload(Newsletter.audiences), selectinload(Newsletter.topics))
    ).all()


def issues(session: Session, newsletter: Newsletter, number: int = 1, year: int | None = None) -> ArchivePage[Issue]:
    """A page of the issues that are out, the latest first.

    Arguments:
        number: the page.
        year: only those of this calendar year, in Asia/Tokyo.
    """
    query = select(Issue).where(issue_is_public(newsletter))
    if year is not None:
        query = query.where(extract("year", issue_date()) == year)
    return _page(session, query.order_by(Issue.number.desc()), number)


def years(session: Session, newsletter: Newsletter) -> list[int]:
    """The calendar years that have issues, the latest first."""
    year = extract("year", issue_date())
    return [
        int(one)
        for one in session.scalars(select(year).where(issue_is_public(newsletter)).distinct().order_by(year.desc()))
    ]


def issue(session: Session, newsletter: Newsletter, number: int) -> Issue:
    """An issue that is out, or that was and has been withdrawn (``CANCELLED``) or is being repaired (``in_repair``).

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Issue).where(Issue.newsletter_id == newsletter.id, Issue.number == number))
    if found is None or not found.for_archive or not _has_page(found):
        raise NotFound(phrase("there is no issue {number}", number=number))
    return found


def _has_page(found: Issue) -> bool:
    withdrawn = found.state is IssueState.CANCELLED and found.prepared_at is not None
    return found.state in SENT_STATES or withdrawn


def shown_numbers(session: Session, newsletter: Newsletter, numbers: Collection[int]) -> set[int]:
    """Those of *numbers* for which :func:`issue` has an issue."""
    found = session.scalars(
        select(Issue)
        .where(Issue.newsletter_id == newsletter.id, Issue.number.in_(numbers), Issue.for_archive)
        .options(load_only(Issue.number, Issue.state, Issue.prepared_at))
    )
    return {one.number for one in found if _has_page(one)}


def neighbours(session: Session, of_issue: Issue) -> tuple[Issue | None, Issue | None]:
    """The issues out before and after an issue."""
    before = select(Issue).where(_is_public_in(of_issue.newsletter_id), Issue.number < of_issue.number)
    after = select(Issue).where(_is_public_in(of_issue.newsletter_id), Issue.number > of_issue.number)
    return (
        session.scalar(before.order_by(Issue.number.desc()).limit(1)),
        session.scalar(after.order_by(Issue.number).limit(1)),
    )


def corrections(session: Session, of_issue: Issue) -> Sequence[Issue]:
    """The issues out that correct an issue, the latest first."""
    return session.scalars(
        select(Issue).where(Issue.correction_of_id == of_issue.id, _is_public()).order_by(Issue.number.desc())
    ).all()


def rankings(session: Session, newsletter: Newsletter) -> list[PublishedRanking]:
    """The ranking issues out, the latest year first; of several for a year and an audience, the latest issue."""
    year = _ranking_year()
    audience = func.coalesce(Issue.ranking["query"]["audience"].astext, "")
    rows = session.execute(
        select(year, audience, Issue)
        .where(issue_is_public(newsletter), Issue.kind == IssueKind.RANKING, year.is_not(None))
        .order_by(year.desc(), audience, Issue.number)
    )
    latest = {(found, whose): PublishedRanking(found, whose, one) for found, whose, one in rows if found is not None}
    return list(latest.values())


def ranking(session: Session, newsletter: Newsletter, year: int, audience: str | None = None) -> PublishedRanking:
    """The ranking of *year* (calendar or fiscal) that has been sent.

    Arguments:
        audience: slug of the audience whose ranking is wanted, empty for that of all readers; the first there is by
            default.

    Raises:
        NotFound: there is none.
    """
    for found in rankings(session, newsletter):
        if found.year == year and audience in (None, found.audience):
            return found
    raise NotFound(phrase("there is no ranking of {year}", year=year))


def article(session: Session, newsletter: Newsletter, slug: str) -> Article:
    """A public article.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(Article)
        .where(Article.newsletter_id == newsletter.id, Article.slug == slug, article_is_public())
        .options(selectinload(Article.topics))
    )
    if found is None:
        raise NotFound(phrase("there is no article “{slug}”", slug=slug))
    return found


def related_articles(session: Session, found: Article) -> list[Article]:
    """The public ones of the articles that an article leads to, in its order."""
    related = by_slug(session, found.newsletter_id, found.related)
    public = public_among(session, [one.id for one in related])
    return [one for one in related if one.id in public]


def public_among(session: Session, article_ids: Collection[int]) -> set[int]:
    """Those of these articles that anybody may read."""
    return set(session.scalars(select(Article.id).where(Article.id.in_(article_ids), article_is_public())))


def issues_with_article(session: Session, found: Article) -> Sequence[Issue]:
    """The issues out that show an article or link to it, the latest first."""
    return session.scalars(
        select(Issue)
        .where(_is_public_in(found.newsletter_id), Issue.article_slugs.contains([found.slug]))
        .order_by(Issue.number.desc())
    ).all()


def topic(session: Session, newsletter: Newsletter, slug: str) -> Topic:
    """A topic of the newsletter.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(select(Topic).where(Topic.newsletter_id == newsletter.id, Topic.slug == slug))
    if found is None:
        raise NotFound(phrase("there is no topic “{slug}”", slug=slug))
    return found


def articles(session: Session, found: Topic, number: int = 1) -> ArchivePage[Article]:
    """A page of the public articles of a topic, the latest first."""
    query = (
        select(Article)
        .join(article_topic, article_topic.c.article_id == Article.id)
        .where(article_topic.c.topic_id == found.id, article_is_public())
        .order_by(Article.published_on.desc().nulls_last(), Article.id.desc())
        .options(selectinload(Article.topics))
    )
    return _page(session, query, number)


def image(session: Session, file_name: str) -> Image:
    """A stored picture by its name in addresses, ``DIGEST.png``, with its bytes.

    Raises:
        NotFound: there is none.
    """
    digest, _, suffix = file_name.rpartition(".")
    found = session.get(Image, digest, options=[undefer(Image.data)]) if len(digest) == 64 else None
    if found is None or SUFFIXES[found.media_type] != suffix:
        raise NotFound("there is no such picture")
    return found


def images_beginning(session: Session, digests: Collection[str]) -> Sequence[Image]:
    """The pictures whose digests begin so; without their bytes."""
    if not digests:
        return []
    return session.scalars(select(Image).where(or_(*(Image.digest.startswith(one) for one in digests)))).all()


def _page(session: Session, query: Select[EntryT], number: int) -> ArchivePage[EntryT]:
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return ArchivePage(session.scalars(query.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all(), number, total)


def _is_public() -> ColumnElement[bool]:
    return Issue.state.in_(SENT_STATES) & Issue.in_repair.is_(False) & Issue.for_archive


def _is_public_in(newsletter_id: int) -> ColumnElement[bool]:
    return (Issue.newsletter_id == newsletter_id) & _is_public()


def issue_is_public(newsletter: Newsletter) -> ColumnElement[bool]:
    """Whether an issue is one of the newsletter's that anybody may read."""
    return _is_public_in(newsletter.id)


def issue_date() -> ColumnElement[date]:
    """The day that stands on an issue, in Asia/Tokyo; as :func:`templates.content.compose.dated` works it out."""
    sent: ColumnElement[datetime] = func.timezone("Asia/Tokyo", func.coalesce(Issue.sent_at, Issue.prepared_at))
    return func.coalesce(Issue.dated, func.date(sent))


def _ranking_year() -> ColumnElement[int | None]:
    """The year with which the period of a ranking issue's ranking begins: ``2021``, ``2021-fiscal``, ``2021-q2``."""
    period = Issue.ranking["query"]["period"].astext
    return cast(func.substring(period, "^[0-9]{4}"), Integer)


def article_is_public() -> ColumnElement[bool]:
    """Whether anybody may read an article."""
    shown = exists().where(
        Issue.newsletter_id == Article.newsletter_id,
        _is_public(),
        Issue.article_slugs.contains(array([cast(Article.slug, Text)])),
    )
    return or_(Article.published_on <= today(), shown)
