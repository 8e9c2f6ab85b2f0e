"""Repairs: the content of a paused issue is changed for the readers who have not got it yet.

The issue stays paused all the while. Its new content needs approvals of its own; then a worker puts it into the
letters that are not yet sent (:func:`models.deliveries.correction.apply_repair`), and the issue may go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..staff import audit
from ..staff.member import Member
from ..store import enqueue
from ..store.clock import now
from ..store.errors import Invalid, WrongState
from ..store.phrase import phrase
from . import approval
from .block import conditions
from .content_digest import ContentDigest
from .issue import Issue
from .issue_state import IssueState
from .issue_words import called, wrong_state
from .notifications import notification_events
from .review import approval_route
from .workflow import Actor

CHANGEABLE = frozenset({"blocks", "subject", "preheader", "dated", "correction_note"})
"""What a repair may change. Who gets the issue was settled when it was frozen."""


def change(issue: Issue, **content: Any) -> None:
    """Take new content. Approvals of the old one do not count for it, and no letter has it yet.

    Arguments:
        content: as for :meth:`Issue.edit`; what :data:`CHANGEABLE` does not name must be as it is.

    Raises:
        WrongState: the issue is not paused.
        Invalid: the change touches who gets the issue, or which kind of reader gets which block.
    """
    _check_paused(issue)
    for name in content.keys() - CHANGEABLE:
        if content[name] != getattr(issue, name):
            raise Invalid(phrase("letters are out already, so “{name}” must stay as it is", name=name), field=name)
    if set(conditions(content.get("blocks", issue.blocks))) != set(conditions(issue.blocks)):
        raise Invalid(
            "letters are out already, so the audiences and topics that blocks are for must stay as they are: "
            "change what a block says, and leave for whom it is",
            field="blocks",
        )
    issue.set_content(content)
    issue.in_repair = issue.digest != issue.frozen_digest
    issue.repair_asked_at, issue.trouble = None, ""


def request(session: Session, issue: Issue, actor: Actor, content: ContentDigest) -> bool:
    """Have a worker put *content*, the present one, into the letters that are not yet sent.

    Without a change of the issue itself this is good too: an article that it shows may have been mended. That is
    content which nobody has approved, so it goes to the approvers first, and whoever asked may not approve it.
    Returns whether a worker was asked.

    Raises:
        Invalid: it must go to the approvers, and nobody says who asks.
        WrongState: the issue is not paused, or too few people have approved its new content.
    """
    _check_paused(issue)
    if not issue.in_repair and not _is_approved(session, issue, content):
        check_named(issue, actor)
        if isinstance(actor, Member):
            issue.submitter_id = actor.id
        issue.in_repair, issue.trouble = True, ""
        entry = audit.record(session, actor, "ask for approval of repair", f"issue/{issue.id}", digest=content.whole)
        notification_events.approval_asked(session, issue, actor, entry, content)
        return False
    check_applicable(session, issue, content)
    issue.repair_asked_at, issue.trouble = now(), ""
    audit.record(session, actor, "ask for repair", f"issue/{issue.id}", digest=content.whole)
    enqueue.enqueue(session, enqueue.REPAIR, issue.id)
    return True


def check_named(issue: Issue, actor: Actor | None) -> None:
    """Let nobody change what is approved without a name: four eyes are two pairs, and one is who asks for it.

    Raises:
        Invalid: *actor* is no person, and the newsletter wants approvals.
    """
    if not isinstance(actor, Member) and approval_route.of_kind(issue.newsletter.approval_routes, issue.kind).steps:
        raise Invalid("say who does this: --as ADDRESS. Somebody else must approve it", field="as")


def check_applicable(session: Session, issue: Issue, content: ContentDigest) -> None:
    """Let only a paused issue pass whose present *content* is approved.

    Raises:
        WrongState: it is not.
    """
    _check_paused(issue)
    if not _is_approved(session, issue, content):
        wording = phrase("the new content of {issue}", issue=called(issue))
        first = phrase("Have it approved first (`kairan issue approve {id}`)", id=issue.id)
        raise WrongState(wording, phrase("not approved"), phrase("go into letters"), first)


def _is_approved(session: Session, issue: Issue, content: ContentDigest) -> bool:
    return approval.is_complete(session, issue, content)


def finish(issue: Issue, trouble: str = "") -> None:
    """The letters not yet sent have the present content; or, with *trouble*, they could not be given it."""
    if not trouble:
        issue.frozen_digest, issue.in_repair = issue.digest, False
    issue.repair_asked_at, issue.trouble = None, trouble


def enqueue_requested(session: Session) -> Sequence[int]:
    """Name the repair of every issue that waits for one; returns their ids. Naming twice does no harm."""
    ids = session.scalars(
        select(Issue.id).where(Issue.state == IssueState.PAUSED, Issue.repair_asked_at.is_not(None))
    ).all()
    for issue_id in ids:
        enqueue.enqueue(session, enqueue.REPAIR, issue_id)
    return ids


def _check_paused(issue: Issue) -> None:
    if issue.state is not IssueState.PAUSED:
        raise wrong_state(
            issue, phrase("be repaired"), phrase("Pause it first (`kairan issue pause {id}`)", id=issue.id)
        )
