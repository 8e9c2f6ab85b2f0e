"""Manuscripts into the database: what they name is looked up, and the same file twice is one issue."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import manuscript
from ..issues import issue as issues
from ..issues import newsletter as newsletters
from ..issues import repair
from ..issues.issue import Issue
from ..issues.issue_state import EDITABLE, SENT_STATES, IssueState
from ..issues.issue_words import called, wrong_state
from ..issues.newsletter import Newsletter
from ..issues.notifications import notification_events
from ..issues.versions import content_version
from ..staff import audit
from ..staff.member import Member
from ..store.errors import Invalid, NotFound
from ..store.phrase import phrase
from . import Manuscript
from .parse_context import suggestion
from .references import check
from .source_files import ManuscriptFolder, read_text

COMMAND = "kairan issue import"


class ImportAction(enum.Enum):
    """What an import did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Imported:
    """An issue that came from a file; ``returned`` where its approval or schedule was lost by the change."""

    issue: Issue
    outcome: ImportAction
    returned: bool = False


def import_issue(session: Session, path: Path, author: Member | None = None) -> Imported:
    """Read a file and make or change its issue.

    The issue with the newsletter and number of the file is changed; a file without a number changes the draft
    that has its subject. Where neither is there, a draft is made.

    Arguments:
        author: who wrote it, and so cannot approve it; None for the command line.

    Raises:
        Invalid: the file cannot be read or names what there is not; with file and line.
        WrongState: the issue is being sent or was sent or cancelled.
    """
    text = read_text(path)
    found = manuscript.parse(text, path.name, ManuscriptFolder(session, path).load_image)
    newsletter = find_newsletter(session, found.newsletter, path.name, found.line("newsletter"))
    session.execute(select(Newsletter.id).where(Newsletter.id == newsletter.id).with_for_update(key_share=True))
    check(session, newsletter, found, path.name)
    imported = store(session, newsletter, found, author)
    audit.record(
        session,
        author or COMMAND,
        "import issue",
        f"issue/{imported.issue.id}",
        file=path.name,
        outcome=imported.outcome.value,
        digest=imported.issue.digest,
    )
    return imported


def repair_issue(session: Session, issue: Issue, path: Path, author: Member | None = None) -> Imported:
    """Read a file and repair the paused *issue*, which the caller has locked, with what it says.

    Raises:
        Invalid: the file cannot be read, or is another issue's, or says what a repair cannot change.
        WrongState: the issue is not paused.
    """
    if issue.state is not IssueState.PAUSED:
        raise wrong_state(
            issue, phrase("be repaired"), phrase("Pause it first (`kairan issue pause {id}`)", id=issue.id)
        )
    found = manuscript.parse(read_text(path), path.name, ManuscriptFolder(session, path).load_image)
    if found.newsletter not in ("", issue.newsletter.slug) or found.number not in (None, issue.number):
        raise Invalid(
            phrase("this is not {issue} of {slug}", issue=called(issue), slug=issue.newsletter.slug),
            file=path.name,
            line=1,
        )
    check(session, issue.newsletter, found, path.name)
    repaired = change(session, issue, content_of(session, issue.newsletter, found), author)
    audit.record(session, author or "kairan issue repair", "repair issue", f"issue/{issue.id}",
                 file=path.name, digest=issue.digest)  # fmt: skip
    return repaired


def find_newsletter(session: Session, slug: str, file: str, line: int) -> Newsletter:
    """The newsletter that a file names, or the only one that there is.

    Raises:
        Invalid: there is none of that name, or none is named where there are several.
    """
    try:
        return newsletters.find(session, slug) if slug else newsletters.single(session)
    except NotFound as error:
        known = session.scalars(select(Newsletter.slug).order_by(Newsletter.slug)).all()
        hint = suggestion(slug, known) if slug else ""
        raise Invalid(phrase("{error}{hint}", error=error, hint=hint), file=file, line=line) from None


def store(session: Session, newsletter: Newsletter, found: Manuscript, author: Member | None) -> Imported:
    """Make or change the issue that a manuscript, once checked, is about. The newsletter's row is locked.

    Raises:
        WrongState: the issue is being sent or was sent or cancelled.
    """
    content = content_of(session, newsletter, found)
    known = _find_existing(session, newsletter, found)
    if known is None:
        writer = author.id if author else None
        made = issues.create(session, newsletter, number=found.number, author_id=writer, **content)
        return Imported(made, ImportAction.CREATED)
    return change(session, known, content, author)


def content_of(session: Session, newsletter: Newsletter, found: Manuscript) -> dict[str, Any]:
    """What a manuscript says, as attributes of an issue."""
    corrected = _corrected(session, newsletter, found)
    return {
        "blocks": found.blocks,
        "subject": found.subject,
        "preheader": found.preheader,
        "kind": found.kind,
        "language": found.language or newsletter.language,
        "audience": found.audience,
        "dated": found.dated,
        "segment": found.segment,
        "correction_of_id": corrected.id if corrected else None,
        "correction_note": found.correction_note,
        "public": False if found.public is None and corrected and not corrected.for_archive else found.public,
    }


def change(session: Session, known: Issue, content: dict[str, Any], author: Member | None) -> Imported:
    """Give an issue other content: a paused one is repaired, any other is edited. The issue is locked.

    Raises:
        WrongState: the issue is being sent or was sent or cancelled.
        Invalid: a repair cannot change this.
    """
    before, state = known.digest, known.state
    if author is not None:
        content_version.saved_by(known, author)
    if state is IssueState.PAUSED:
        repair.change(known, **content)
    else:
        known.edit(**content)
    outcome = ImportAction.UNCHANGED if known.digest == before else ImportAction.UPDATED
    if author is not None and outcome is ImportAction.UPDATED:
        known.editor_id = author.id
    session.flush()
    if state is IssueState.PAUSED and outcome is ImportAction.UPDATED:
        notification_events.repair_changed(session, known, author or "kairan issue repair")
    return Imported(known, outcome, returned=known.state is not state)


def _find_existing(session: Session, newsletter: Newsletter, found: Manuscript) -> Issue | None:
    """The issue that the file is about, locked; None where it is a new one."""
    query = select(Issue).where(Issue.newsletter_id == newsletter.id).with_for_update(key_share=True)
    if found.number:
        issue = session.scalar(query.where(Issue.number == found.number).execution_options(populate_existing=True))
        if issue is not None and issue.state not in EDITABLE:
            _refuse(issue)
        return issue
    for issue in session.scalars(query.where(Issue.subject == found.subject).order_by(Issue.number.desc())):
        if issue.state in EDITABLE:
            return issue
        if issue.state in SENT_STATES and issue.blocks == found.blocks:
            _refuse(issue)
    return None


def _refuse(issue: Issue) -> None:
    first = phrase("Give the file another number")
    if issue.state is IssueState.PAUSED:
        first = phrase("`kairan issue repair {id} --file FILE` changes what is not yet sent", id=issue.id)
    elif issue.state in SENT_STATES:
        first = phrase(
            "Give the file another number, or write a correction (kind: correction, corrects: {number})",
            number=issue.number,
        )
    elif issue.state is IssueState.PREPARING:
        first = phrase("Wait until it is sent, or cancel it (`kairan issue cancel {id}`)", id=issue.id)
    raise wrong_state(issue, phrase("be imported again"), first)


def _corrected(session: Session, newsletter: Newsletter, found: Manuscript) -> Issue | None:
    if found.corrects is None:
        return None
    return session.scalar(select(Issue).where(Issue.newsletter_id == newsletter.id, Issue.number == found.corrects))
