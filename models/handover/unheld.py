"""Things without a holder: what people left behind who have gone without handing it over."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import Session

from ..deliveries.proposal import Proposal
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..staff.invitation import Invitation
from ..staff.member import Member
from ..staff.permission import Scope
from ..store.clock import now
from .holding import OPEN, HoldingKind


class Unheld(NamedTuple):
    """What one person left behind."""

    member: Member
    counts: dict[HoldingKind, int]


def list_unheld(session: Session, scope: Scope) -> list[Unheld]:
    """Everybody who cannot come in any more and still holds something in *scope*, by name.

    Places among approvers are nothing that waits: others are asked. Invitations count where all newsletters are in
    *scope*, as whom they invite may work for several.
    """
    if not scope:
        return []
    counts: dict[int, dict[HoldingKind, int]] = defaultdict(dict)
    for kind, query in _queries(scope).items():
        for member_id, count in session.execute(query):
            counts[member_id][kind] = count
    if not counts:
        return []
    gone = session.scalars(select(Member).where(Member.id.in_(counts)).order_by(Member.name, Member.id))
    return [Unheld(one, counts[one.id]) for one in gone]


def _queries(scope: Scope) -> dict[HoldingKind, Select[int, int]]:
    here, gone = scope.where(Issue.newsletter_id), not_(Member.may_enter)
    by_member = select(Member.id, func.count()).select_from(Member).where(gone).group_by(Member.id)
    issues = by_member.join(Issue, Issue.author_id == Member.id).where(Issue.state.in_(OPEN), here)
    corrections = by_member.join(Proposal, Proposal.proposer_id == Member.id).join(Issue, Issue.id == Proposal.issue_id)
    scheduled = by_member.join(Issue, Issue.scheduler_id == Member.id).where(here)
    found = {
        HoldingKind.ISSUES: issues,
        HoldingKind.CORRECTIONS: corrections.where(Proposal.decided_at.is_(None), here),
        HoldingKind.SCHEDULES: scheduled.where(Issue.state == IssueState.SCHEDULED),
    }
    if scope.every:
        found[HoldingKind.INVITATIONS] = by_member.join(Invitation, Invitation.invited_by_id == Member.id).where(
            Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now()
        )
    return found
