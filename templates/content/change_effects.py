"""What a change of a newsletter or an article does to issues that wait: told before it is kept, done once it is.

An approval is bound to what is mailed (decision 32). So a change of the sender's address, the tracking mode or a
topic's name voids it, and staff must know of which issues before they save.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.issues.content_digest import ContentDigest
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.issues.workflow import Actor
from models.store.errors import Invalid
from models.store.language import Language

from . import digest

WAITING = (IssueState.IN_REVIEW, IssueState.APPROVED, IssueState.SCHEDULED)
"""Issues that somebody has looked at, or looks at now."""


class WaitingIssue(NamedTuple):
    """An issue before a change."""

    issue: Issue
    content: ContentDigest | None
    """None where it cannot be put together; then nothing can be said of it."""
    holds: bool
    """Whether its approval is good."""


class TouchedIssue(NamedTuple):
    """An issue that a change touches."""

    id: int
    number: int
    subject: str
    state: IssueState
    parts: tuple[str, ...]
    """The parts of the letter that change, as :data:`templates.content.digest.PARTS` names them; none where only the
    number of approvals does."""

    def words(self, language: Language) -> str:
        """What changes in it, as people call it."""
        return digest.words(self.parts, language)


def waiting(session: Session, newsletter: Newsletter) -> list[WaitingIssue]:
    """The newsletter's issues that wait, locked, as they would be mailed before a change."""
    return [_look_at(session, issue) for issue in lock(session, newsletter.id) if issue.state in WAITING]


def lock(session: Session, newsletter_id: int | None = None) -> Sequence[Issue]:
    """Lock the issues that wait, of one newsletter or of all.

    Whoever changes what they say calls it before anything is written to the audit log, which one at a time holds:
    whoever decides on an issue has locked that first, too.
    """
    repairs = (Issue.state == IssueState.PAUSED) & Issue.in_repair
    query = select(Issue).where(Issue.state.in_(WAITING) | repairs).order_by(Issue.id)
    if newsletter_id is not None:
        query = query.where(Issue.newsletter_id == newsletter_id)
    return session.scalars(query.with_for_update(key_share=True)).all()


def touched(session: Session, before: list[WaitingIssue]) -> list[TouchedIssue]:
    """Those that a change has touched, which is made in *session* and perhaps not kept."""
    session.flush()
    session.expire_all()
    found = []
    for one in before:
        after = _look_at(session, one.issue)
        if one.content and after.content and (after.content != one.content or (one.holds and not after.holds)):
            issue, parts = one.issue, after.content.changed_since(one.content.parts)
            found.append(TouchedIssue(issue.id, issue.number, issue.subject, issue.state, tuple(parts)))
    return found


def return_changed(session: Session, actor: Actor, newsletter_id: int | None = None) -> list[Issue]:
    """Make every issue a draft again whose approval is void now; where one is decided on, ask anew.

    Whoever changes what letters say besides the issue itself (articles, the newsletter) calls it in the same
    transaction. It looks at every issue that waits, as an article may be in one by the recap of another.

    Arguments:
        newsletter_id: only issues of this newsletter; of all where None.

    Returns:
        those that are drafts again.
    """
    session.flush()
    session.expire_all()  # What was loaded before the change may be stale.
    return [issue for issue in lock(session, newsletter_id) if digest.return_if_changed(session, issue, actor)]


def list_in_review(session: Session) -> Sequence[int]:
    """The numbers of all issues that are decided on."""
    return session.scalars(select(Issue.id).where(Issue.state == IssueState.IN_REVIEW).order_by(Issue.id)).all()


def look_again(session: Session, issue_id: int, actor: Actor) -> None:
    """Ask anew where what is in review has changed by what tells nobody: an update, another address of this site.

    One that somebody has locked is left for the next time.
    """
    query = select(Issue).where(Issue.id == issue_id, Issue.state == IssueState.IN_REVIEW)
    for issue in session.scalars(query.with_for_update(key_share=True, skip_locked=True)).all():
        digest.return_if_changed(session, issue, actor)


def _look_at(session: Session, issue: Issue) -> WaitingIssue:
    try:
        content = digest.of(session, issue)
    except Invalid:
        return WaitingIssue(issue, None, holds=False)
    approved = issue.state is not IssueState.IN_REVIEW
    return WaitingIssue(issue, content, approved and digest.reason(session, issue, content) is None)
