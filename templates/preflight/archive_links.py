"""Links to our own archive: whether they lead to a page is told by the database, and not by asking ourselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from sqlalchemy import Select, Text, cast, exists, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from models.archive import published
from models.issues.article import Article
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.store.errors import NotFound

from ..content.letter import Letter
from ..render.edition import Rendered
from .finding import LETTER, Finding, error

_PAGE = re.compile(
    r"/archive/(?P<home>[^/]+)"
    r"(?:/?|/search|/(?P<number>[0-9]{1,9})|/articles/(?P<article>[^/]+)|/topics/(?P<topic>[^/]+)"
    r"|/ranking/(?P<year>[0-9]{4}))"
)


def leads_to_us(letter: Letter, url: str) -> bool:
    """Whether *url* is one of our own addresses, which are never asked for over the network."""
    return url.startswith(letter.base_url.rstrip("/") + "/")


def check(session: Session, issue: Issue, letter: Letter, rendered: Rendered) -> Iterator[Finding]:
    """Links into the archive that lead to no page there, as all do where it is not public.

    What goes out with *issue* is there by then, unless only some readers get it. The database is asked once for each
    kind of page, however many links there are.
    """
    paths = {}
    for url in dict.fromkeys(row.url for row in rendered.links):
        path = unquote(urlsplit(url).path).removeprefix(urlsplit(letter.base_url).path.rstrip("/"))
        if leads_to_us(letter, url) and path.startswith("/archive/"):
            paths[url] = _PAGE.fullmatch(path)
    pages = [found for found in paths.values() if found]
    archives = {home: _Archive(session, issue, home, pages) for home in {found["home"] for found in pages}}
    for url, found in paths.items():
        if found is None or not archives[found["home"]].has(found):
            yield error("link.archive", LETTER, url=url)


class _Archive:
    """Which of the pages that links lead to are in the archive of one newsletter."""

    def __init__(self, session: Session, issue: Issue, home: str, pages: list[re.Match[str]]) -> None:
        self._newsletter: Newsletter | None = None
        with suppress(NotFound):
            self._newsletter = published.newsletter_with_archive(session, home)
        if self._newsletter is None:
            return
        wanted = [found for found in pages if found["home"] == home]
        own = self._newsletter.id == issue.newsletter_id
        shown = own and issue.for_archive
        self._own_number = issue.number if shown else 0
        self._own_ranking = shown and issue.kind is IssueKind.RANKING
        numbers = [int(found["number"]) for found in wanted if found["number"]]
        self._numbers = published.shown_numbers(session, self._newsletter, numbers)
        slugs = [found["article"] for found in wanted if found["article"]]
        self._articles = set(session.scalars(_articles_by_then(self._newsletter, slugs, issue if shown else None)))
        self._topics = {one.slug for one in (*self._newsletter.topics, *self._newsletter.merged_topics)}
        self._years: set[int] = set()
        if any(found["year"] for found in wanted):
            self._years = {one.year for one in published.rankings(session, self._newsletter)}

    def has(self, page: re.Match[str]) -> bool:
        """Whether it has this page."""
        if self._newsletter is None:
            return False
        if page["number"]:
            return int(page["number"]) in {*self._numbers, self._own_number}
        if page["topic"]:
            return page["topic"] in self._topics
        if page["year"]:
            return self._own_ranking or int(page["year"]) in self._years
        return not page["article"] or page["article"] in self._articles


def _articles_by_then(newsletter: Newsletter, slugs: list[str], issue: Issue | None) -> Select[str]:
    """Those of *slugs* that are public, or will be as soon as *issue* is out, which shows them to everybody."""
    public = published.article_is_public()
    if issue is not None:
        shows = Issue.article_slugs.contains(array([cast(Article.slug, Text)]))
        public |= exists().where(Issue.id == issue.id, shows)
    return select(Article.slug).where(Article.newsletter_id == newsletter.id, Article.slug.in_(slugs), public)
