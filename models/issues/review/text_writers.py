"""Who has written what would be mailed, and so has no say in its approval."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from .. import newsletter_edit
from ..articles import article_use
from ..issue import Issue
from ..versions import content_version
from .submission import Submission


def find(session: Session, submitted: Sequence[tuple[Issue, Submission | None]]) -> dict[int, set[int]]:
    """By issue, who has written what would be mailed, besides those whom the issue itself names.

    That is whoever has saved its text: at any time, as no earlier yes counts for what is not out yet; where it is out,
    since the submission whose yeses let it out. And whoever has since the submission, whose submitter answers for them,
    changed an article, or the sender, look or topics of the newsletter.
    """
    found: dict[int, set[int]] = {issue.id: set() for issue, _ in submitted}
    since = [(issue, last.at) for issue, last in submitted if last is not None]
    saved = {issue.id: last.at if last is not None and issue.frozen_digest else None for issue, last in submitted}
    changed = [content_version.members_since(session, saved)]
    if since:
        changed += [article_use.writers_since(session, since), newsletter_edit.changers_since(session, since)]
    for one in changed:
        for issue_id, people in one.items():
            found[issue_id] |= people
    return found
