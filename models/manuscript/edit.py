"""An issue's manuscript on a page: shown with its pictures by their stored names, and taken back when saved."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from .. import manuscript
from ..issues.image import SUFFIXES, Image
from ..issues.issue import Issue
from ..issues.issue_state import EDITABLE, IssueState
from ..issues.issue_words import wrong_state
from ..staff import audit
from ..staff.member import Member
from ..store.errors import Invalid
from ..store.phrase import phrase
from .import_issue import Imported, change, content_of
from .references import check

FILE = "manuscript"
"""How errors call a text that is no file."""


def text_of(session: Session, issue: Issue) -> str:
    """The manuscript of *issue*."""
    return manuscript.write(manuscript.of_issue(issue), lambda digest: name_of(session, digest))


def save(session: Session, issue: Issue, text: str, author: Member) -> Imported:
    """Change *issue*, which the caller has locked, to what the manuscript says; a paused one is repaired.

    Raises:
        Invalid: it cannot be read, with its line, or it is another issue's, or no repair can change this.
        WrongState: the issue can no longer be edited.
    """
    check_changeable(issue)
    found = manuscript.parse(text, FILE, lambda name, line: digest_of(session, name, line))
    if (found.newsletter or issue.newsletter.slug, found.number) != (issue.newsletter.slug, issue.number):
        raise Invalid(
            phrase(
                "this is issue {number} of {slug}: leave its number and newsletter as they are",
                number=issue.number,
                slug=issue.newsletter.slug,
            ),
            file=FILE,
            line=1,
        )
    check(session, issue.newsletter, found, FILE)
    return save_content(session, issue, content_of(session, issue.newsletter, found), author)


def save_content(session: Session, issue: Issue, content: dict[str, Any], author: Member) -> Imported:
    """Give *issue*, which the caller has locked, other content; a paused one is repaired.

    Arguments:
        content: attributes of the issue, such as its ``blocks``, checked (:mod:`.block_check`).

    Raises:
        Invalid: no repair can change this.
        WrongState: the issue can no longer be edited.
    """
    check_changeable(issue)
    saved = change(session, issue, content, author)
    action = "repair issue" if issue.state is IssueState.PAUSED else "edit issue"
    audit.record(session, author, action, f"issue/{issue.id}", digest=issue.digest)
    return saved


def check_changeable(issue: Issue) -> None:
    """Let only an issue pass whose content can still change.

    Raises:
        WrongState: it is on its way, or out, or cancelled.
    """
    if issue.state not in EDITABLE and issue.state is not IssueState.PAUSED:
        raise wrong_state(issue, phrase("be edited"))


def name_of(session: Session, digest: str) -> str:
    """How a stored picture is named in a text."""
    image = session.get(Image, digest)
    return image.file_name if image else f"{digest}.png"


def digest_of(session: Session, name: str, line: int) -> str:
    """The digest of the stored picture that a text names in that line.

    Raises:
        Invalid: there is none.
    """
    digest, _dot, suffix = name.partition(".")
    if suffix not in SUFFIXES.values() or session.get(Image, digest) is None:
        raise Invalid(
            phrase("there is no picture “{name}”: upload it below, and use the name it gets", name=name),
            file=FILE,
            line=line,
        )
    return digest
