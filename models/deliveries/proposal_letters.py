"""Letters to staff about corrections of what is out: to the issue's author, its approvers, and whoever may approve.

Nobody is told of what they have just done themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

import settings

from ..issues import approval
from ..issues.approval import Decision
from ..issues.issue import Issue
from ..issues.workflow import Actor
from ..outbox import transactional
from ..readers import subscriber  # noqa: F401 (the outbox refers to its table, which a command has not loaded otherwise)
from ..staff import member as members
from ..staff.member import Member
from ..staff.permission import Permission

PROPOSED = "correction_proposed"
DECIDED = "correction_decided"


def tell_proposed(session: Session, issue: Issue, proposer: Member, **what: str) -> None:
    """Ask every approver but *proposer* to decide, and let the author know.

    Arguments:
        what: ``number``, ``before`` and ``after``: see :class:`templates.transactional.kinds.CorrectionProposed`.
    """
    for one in _concerned(session, issue, [], proposer):
        decides = "yes" if one.may(Permission.APPROVE, issue.newsletter_id) else ""
        _post(session, issue, PROPOSED, one, by=proposer.name, decides=decides, **what)


def tell_decided(
    session: Session, issue: Issue, actor: Actor, outcome: str, proposer: Member | None = None, **what: str
) -> None:
    """Say that a correction was approved and made, refused, or made at once, because it needs no approval.

    Arguments:
        actor: who decided, or made it at once.
        outcome: ``approved``, ``refused`` or ``made``.
        proposer: who had proposed it.
        what: as for :func:`tell_proposed`.
    """
    by = actor.name if isinstance(actor, Member) else actor
    for one in _concerned(session, issue, [proposer], actor):
        _post(session, issue, DECIDED, one, by=by, outcome=outcome, **what)


def _concerned(session: Session, issue: Issue, also: Iterable[Member | None], actor: Actor) -> list[Member]:
    author = session.get(Member, issue.author_id) if issue.author_id else None
    have_approved = [one.member for one in approval.history(session, issue) if one.decision is Decision.APPROVED]
    every = [*also, author, *have_approved, *members.list_approvers(session, issue.newsletter_id)]
    found = {one.id: one for one in every if one is not None and one.may_enter and one is not actor}
    return list(found.values())


def _post(session: Session, issue: Issue, kind: str, to: Member, **values: Any) -> None:
    transactional.post(
        session,
        kind,
        to.address,
        language=issue.newsletter.language,
        newsletter_id=issue.newsletter_id,
        link=f"{settings.get().base_url.rstrip('/')}/staff/issues/{issue.id}/correction",
        issue=str(issue.number),
        subject=issue.subject,
        name=to.name,
        **values,
    )
