"""Whether enough people are left to approve, once a handover is made: looked at before it is confirmed."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from ..issues.issue import Issue
from ..issues.newsletter import Newsletter
from ..staff import member as members
from ..staff.member import Member
from .holding import HoldingKind, Holdings, approved_by


class TooFewApprovers(NamedTuple):
    """Where an approval would wait for people who are not there."""

    newsletters: list[Newsletter]
    """With fewer approvers than approvals needed."""
    issues: list[Issue]
    """That wait for approval, and which too few may approve who did not write them."""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.newsletters or self.issues)


def look(session: Session, held: Holdings, leaver: Member, successor: Member) -> TooFewApprovers:
    """Where too few would be left if all that is *held* passed to *successor*."""
    able: dict[int, list[Member]] = {}
    newsletters: dict[int, Newsletter] = {}
    for one in held.passing:
        if one.issue is not None:
            newsletters[one.issue.newsletter_id] = one.issue.newsletter
        elif one.is_place and one.newsletter_id is not None:
            newsletters[one.newsletter_id] = session.get_one(Newsletter, one.newsletter_id)
    for number in newsletters:
        able[number] = [one for one in members.list_approvers(session, number) if one.id != leaver.id]
    short = [one for number, one in newsletters.items() if len(able[number]) < one.approvals_needed]
    becoming = {one.issue.id for one in held.of(HoldingKind.ISSUES) if one.issue}
    waiting = {one.issue.id: one.issue for one in held.passing if one.issue and one.issue.awaits_decision}
    said_yes = approved_by(session, leaver, list(waiting))
    stuck = []
    for issue in waiting.values():
        fit = {one.id for one in able[issue.newsletter_id] if not issue.is_written_by(one.id)}
        if issue.id in becoming:
            fit.discard(successor.id)
        if issue.id in said_yes:
            fit.add(leaver.id)
        if len(fit) < issue.newsletter.approvals_needed:
            stuck.append(issue)
    return TooFewApprovers(short, stuck)
