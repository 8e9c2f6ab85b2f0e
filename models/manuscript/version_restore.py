"""Bringing a kept state of an issue or article back: an edit like any other, that makes a version of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from .. import manuscript
from ..issues.article import Article
from ..issues.block import BLOCKS
from ..issues.issue import Issue
from ..issues.issue_state import IssueKind
from ..issues.newsletter import Newsletter
from ..issues.versions import content_version
from ..staff.member import Member
from ..store.errors import Invalid
from . import Manuscript, article_edit, article_text, edit
from .import_issue import Imported


def restore_issue(session: Session, issue: Issue, number: int, author: Member) -> Imported:
    """Give *issue*, which the caller has locked, the content of its version *number*.

    It goes the way of every edit: what it names must still be there, approvals are void, a paused issue is repaired.

    Raises:
        NotFound: there is no such version.
        Invalid: something that it names is gone, or a repair cannot change this.
        WrongState: the issue can no longer be edited.
    """
    version = content_version.get(session, issue, number)
    content_version.saved_by(issue, author, number)
    found = of_version(session, issue.newsletter, issue.number, version.content)
    text = manuscript.write(found, lambda digest: edit.name_of(session, digest))
    return edit.save(session, issue, text, author)


def restore_article(session: Session, article: Article, number: int, author: Member) -> Article:
    """Give *article*, which the caller has locked, the content of its version *number*.

    Raises:
        NotFound: there is no such version.
        Invalid: something that it names is gone, or its name was another one and it is in use.
    """
    newsletter = session.get_one(Newsletter, article.newsletter_id)
    content = content_version.get(session, article, number).content
    return article_edit.save(session, newsletter, article, article_text.of_version(content), author, number)


def of_version(session: Session, newsletter: Newsletter, number: int | None, content: dict[str, Any]) -> Manuscript:
    """The manuscript of a kept state.

    Arguments:
        number: of the issue that it becomes, or is.

    Raises:
        Invalid: it was kept by a version of Kairan whose blocks this one does not know.
    """
    try:
        blocks = BLOCKS.validate_python(content["blocks"])
    except ValidationError:
        raise Invalid("this state was kept by another version of Kairan, and cannot be read any more") from None
    corrected = session.get(Issue, content["correction_of_id"]) if content["correction_of_id"] else None
    return Manuscript(
        subject=content["subject"],
        blocks=blocks,
        newsletter=newsletter.slug,
        number=number,
        kind=IssueKind(content["kind"]),
        preheader=content["preheader"],
        language=content["language"],
        audience=content["audience"],
        dated=date.fromisoformat(content["dated"]) if content["dated"] else None,
        corrects=corrected.number if corrected else None,
        correction_note=content["correction_note"],
        segment=content["segment"],
        public=content["public"],
    )
