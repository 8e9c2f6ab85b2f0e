"""Things without a holder: of people who have gone, or have lost the role for it, and did not hand it over."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, not_, or_, select
from sqlalchemy.orm import Session

from ..deliveries.proposal import Proposal
from ..issues.issue import Issue
from ..issues.issue_state import IssueState
from ..staff.invitation import Invitation
from ..staff.member import Member
from ..staff.permission import Permission, Scope, roles_with
from ..staff.role_grant import RoleGrant
from ..store.clock import now
from .holding import OPEN, HoldingKind
from .pass_on import NEEDS


class Unheld(NamedTuple):
    """What one person left behind."""

    member: Member
    counts: dict[HoldingKind, int]


def list_unheld(session: Session, scope: Scope) -> list[Unheld]:
    """Everybody who holds something in *scope* and cannot come in or lacks the role that it takes, by name.

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
    here, counted = scope.where(Issue.newsletter_id), select(Member.id, func.count()).group_by(Member.id)
    issues = counted.join(Issue, Issue.author_id == Member.id).where(Issue.state.in_(OPEN), here)
    corrections = counted.join(Proposal, Proposal.proposer_id == Member.id).join(Issue, Issue.id == Proposal.issue_id)
    scheduled = counted.join(Issue, Issue.scheduler_id == Member.id).where(here)
    found = {
        HoldingKind.ISSUES: issues,
        HoldingKind.CORRECTIONS: corrections.where(Proposal.decided_at.is_(None), here),
        HoldingKind.SCHEDULES: scheduled.where(Issue.state == IssueState.SCHEDULED),
    }
    found = {kind: query.where(_may_not(NEEDS[kind])) for kind, query in found.items()}
    if scope.every:
        found[HoldingKind.INVITATIONS] = counted.join(Invitation, Invitation.invited_by_id == Member.id).where(
            not_(Member.may_enter),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(),
        )
    return found


def _may_not(permission: Permission) -> ColumnElement[bool]:
    """Whether the person of a query may not do something with the newsletter of its issue."""
    here = or_(RoleGrant.newsletter_id.is_(None), RoleGrant.newsletter_id == Issue.newsletter_id)
    able = select(RoleGrant.id).where(
        RoleGrant.member_id == Member.id, RoleGrant.role.in_(roles_with(permission)), here, Member.may_enter
    )
    return ~able.correlate(Member, Issue).exists()
