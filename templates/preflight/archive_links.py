"""Links to our own archive: whether they lead to a page is told by the database, and not by asking ourselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from sqlalchemy import exists, literal, select
from sqlalchemy.orm import Session

from models.archive import published
from models.issues.article import Article
from models.issues.issue import Issue
from models.issues.issue_state import IssueKind
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

    What goes out with *issue* is there by then, unless only some readers get it.
    """
    for url in dict.fromkeys(row.url for row in rendered.links):
        path = unquote(urlsplit(url).path).removeprefix(urlsplit(letter.base_url).path.rstrip("/"))
        if leads_to_us(letter, url) and path.startswith("/archive/"):
            try:
                _find(session, issue, path)
            except NotFound:
                yield error("link.archive", LETTER, url=url)


def _find(session: Session, issue: Issue, path: str) -> None:
    """Look for the page at *path*.

    Raises:
        NotFound: there is none.
    """
    match = _PAGE.fullmatch(path)
    if match is None:
        raise NotFound(path)
    newsletter = published.newsletter_with_archive(session, match["home"])
    own = newsletter.id == issue.newsletter_id
    shown = own and issue.for_archive
    if match["number"] and not (shown and int(match["number"]) == issue.number):
        published.issue(session, newsletter, int(match["number"]))
    elif match["topic"]:
        published.topic(session, newsletter, match["topic"])
    elif match["year"] and not (shown and issue.kind is IssueKind.RANKING):
        published.ranking(session, newsletter, int(match["year"]))
    elif match["article"]:
        # One that is not public yet will be as soon as an issue is out that shows it to everybody.
        known = (Article.newsletter_id == newsletter.id) & (Article.slug == match["article"])
        by_then = exists().where(Issue.id == issue.id, Issue.article_slugs.contains([match["article"]]), literal(shown))
        if not session.scalar(select(exists().where(known, published.article_is_public() | by_then))):
            raise NotFound(path)
