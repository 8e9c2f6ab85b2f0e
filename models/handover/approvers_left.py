"""Whether enough people are left to approve, once a handover is made: looked at before it is confirmed."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from ..issues import approval
from ..issues.issue import Issue
from ..issues.issue_state import IssueKind
from ..issues.newsletter import Newsletter
from ..issues.review import approval_route, route_progress, substitute
from ..issues.review.approval_route import ApprovalRoute
from ..issues.review.route_progress import Bench
from ..staff import member as members
from ..staff.member import Member
from .holding import HoldingKind, Holdings


class TooFewApprovers(NamedTuple):
    """Where an approval would wait for people who are not there."""

    newsletters: list[Newsletter]
    """Whose route for regular issues has a step that too few could complete."""
    issues: list[Issue]
    """That wait for approval, and which too few may approve who did not write them."""

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.newsletters or self.issues)


def look(session: Session, held: Holdings, leaver: Member, successor: Member) -> TooFewApprovers:
    """Where too few would be left if all that is *held* passed to *successor*."""
    newsletters: dict[int, Newsletter] = {}
    for one in held.passing:
        if one.issue is not None:
            newsletters[one.issue.newsletter_id] = one.issue.newsletter
        elif one.is_place and one.newsletter_id is not None:
            newsletters[one.newsletter_id] = session.get_one(Newsletter, one.newsletter_id)
    gives_place = {one.newsletter_id for one in held.passing if one.is_place}
    becoming = {one.issue.id for one in held.of(HoldingKind.ISSUES) if one.issue}
    waiting = {one.issue.id: one.issue for one in held.passing if one.issue and one.issue.awaits_decision}

    def after(route: ApprovalRoute, newsletter_id: int) -> ApprovalRoute:
        passes = newsletter_id in gives_place or None in gives_place
        return route.with_successor(leaver.id, successor.id) if passes else route

    def bench(newsletter_id: int, issue: Issue | None = None) -> Bench:
        able = {one.id: one for one in members.list_approvers(session, newsletter_id) if one.id != leaver.id}
        authors = {one for one in able if issue and approval.is_author(session, issue, one)}
        if issue and issue.id in becoming:
            authors.add(successor.id)
        return Bench(able, substitute.list_in_force(session, newsletter_id), authors)

    short = []
    for number, newsletter in newsletters.items():
        route = after(approval_route.of_kind(newsletter.approval_routes, IssueKind.REGULAR), number)
        if bench(number).stuck(route_progress.along(route, ())):
            short.append(newsletter)
    stuck = []
    for issue in waiting.values():
        so_far = approval.progress(session, issue, None)
        route = after(ApprovalRoute(steps=tuple(one.step for one in so_far.steps)), issue.newsletter_id)
        if bench(issue.newsletter_id, issue).stuck(route_progress.along(route, so_far.yeses)):
            stuck.append(issue)
    return TooFewApprovers(short, stuck)
