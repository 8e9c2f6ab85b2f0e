"""Repairing: the approved content of a paused issue goes into the letters that are not yet sent, or into none."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models.deliveries import correction
from models.deliveries.edition import Edition, Link
from models.issues import issue as issues
from models.issues import repair as repairs
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.notifications import notification_events
from models.staff import audit
from models.store import db
from models.store.errors import Invalid, WrongState
from templates.content import compose, digest
from templates.content.variant import Variant

from .editions import link_rows, render_edition, stored_links

log = structlog.get_logger(__name__)


def repair(issue_id: int) -> None:
    """Render every edition of an issue anew and hand it to the letters not yet sent, where a sender asked for it.

    Asking twice does no harm. What cannot be rendered leaves every letter as it is, with the reason for staff. While
    a worker still has letters of the issue on the wire, nothing is done: the sweep asks again.

    Raises:
        sqlalchemy.exc.DBAPIError: the database failed; the sweep asks again.
    """
    try:
        with db.session_scope() as session:
            issue = issues.get(session, issue_id, lock=True)
            if issue.state is IssueState.PAUSED and issue.repair_asked_at is not None:
                moved = _apply(session, issue)
                log.info("issue repaired", issue=issue_id, letters=moved)
    except correction.OnTheWire as error:
        log.info("repair waits", issue=issue_id, reason=str(error))
    except DBAPIError:
        raise
    except Exception as error:  # Whatever it is: no letter has changed, and staff see why.
        log.exception("issue could not be repaired", issue=issue_id)
        _fail(issue_id, error)


def _apply(session: Session, issue: Issue) -> int:
    found = tuple(link_rows(session.scalars(select(Link).where(Link.issue_id == issue.id).order_by(Link.number))))
    whole = compose.everything(session, issue)
    renewed: dict[int, Edition] = {}
    for edition in correction.list_editions(session, issue):
        if edition.superseded_at is None:
            letter = compose.narrow(whole, Variant.of_stored(issue, edition.variant))
            renewed[edition.number], found = render_edition(letter, found)
    return correction.apply_repair(session, issue, renewed, stored_links(issue, found), digest.of_letter(issue, whole))


def _fail(issue_id: int, error: Exception) -> None:
    with db.session_scope() as session:
        issue = issues.get(session, issue_id, lock=True)
        trouble = (
            error.say(issue.newsletter.staff_language)
            if isinstance(error, Invalid | WrongState)
            else f"unforeseen: {type(error).__name__}: {error}"
        )
        repairs.finish(issue, trouble[:2000])
        entry = audit.record(session, "worker", "fail repair", f"issue/{issue.id}")
        notification_events.not_prepared(session, issue, entry, issue.trouble)
