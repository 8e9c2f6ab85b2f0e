"""Changing the routes of a newsletter, each change with its entry in the audit log.

Issues that are in review keep the route that they were submitted with. When somebody's place among the approvers passes
to a successor, it passes in those, too: otherwise they would wait for nobody.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...staff import audit
from ...staff import member as members
from ...staff.member import Member
from ...store.errors import Invalid
from ...store.phrase import Phrase, phrase
from ..issue import Issue
from ..issue_state import IssueKind, IssueState
from ..newsletter import Newsletter
from . import approval_route, route_progress, submission, substitute
from .approval_route import ALL, MOST_YESES, ApprovalRoute, RouteStep
from .route_progress import Bench, StepProgress


def fault(step: RouteStep) -> Phrase | None:
    """Why a step can be none; None where it can."""
    if not step.approvers and step.needed == ALL:
        return phrase("“all” is of people who are named: name them, or say how many approvers must say yes")
    if not step.approvers and step.needed > MOST_YESES:
        return phrase("choose a number from 0 to {most}", most=MOST_YESES)
    if step.approvers and step.needed > len(step.approvers):
        return phrase("{needed} of {named} people cannot say yes: name more, or ask fewer",
                      needed=step.needed, named=len(step.approvers))  # fmt: skip
    return None


def set_route(
    session: Session, newsletter: Newsletter, kind: IssueKind, route: ApprovalRoute | None, by: Member | str
) -> bool:
    """Give a newsletter's issues of a kind another route; returns whether it is another one.

    Arguments:
        route: None where they go by the route of regular issues.

    Raises:
        Invalid: a step of it cannot be, or regular issues would have none.
    """
    if route is None and kind is IssueKind.REGULAR:
        raise Invalid("regular issues need a route: without any step, nobody must approve them", field="steps")
    for step in route.steps if route else ():
        if (why := fault(step)) is not None:
            raise Invalid(why, field="steps")
    before = newsletter.approval_routes
    after = approval_route.with_kind(before, kind, route)
    if after == before:
        return False
    newsletter.approval_routes = after
    session.flush()
    old = before.get(kind.value)
    _record(session, newsletter, kind, approval_route.parse(old) if old is not None else None, route, by)
    return True


def stuck(session: Session, newsletter: Newsletter, route: ApprovalRoute) -> list[StepProgress]:
    """The steps of a route that the newsletter's present approvers and substitutes cannot complete."""
    approvers = {one.id: one for one in members.list_approvers(session, newsletter.id)}
    bench = Bench(approvers, substitute.list_in_force(session, newsletter.id))
    return bench.stuck(route_progress.along(route, ()))


def pass_place(session: Session, newsletter: Newsletter, leaver: Member, successor: Member, by: Member | str) -> None:
    """Put *successor* where routes name *leaver*, in the newsletter's and in those of issues that are in review."""
    for kind in [one for one in IssueKind if one.value in newsletter.approval_routes]:
        route = approval_route.of_kind(newsletter.approval_routes, kind)
        set_route(session, newsletter, kind, route.with_successor(leaver.id, successor.id), by)
    in_review = select(Issue).where(Issue.newsletter_id == newsletter.id, Issue.state == IssueState.IN_REVIEW)
    for issue in session.scalars(in_review):
        if (submitted := submission.last(session, issue)) is not None:
            submitted.route_steps = submitted.route.with_successor(leaver.id, successor.id).stored()


def words(session: Session, route: ApprovalRoute | None) -> str:
    """A route as the audit log and commands have it: ``課長: a@example.jp, b@example.jp (1); any (2)``."""
    if route is None:
        return "as regular"
    ids = {one for step in route.steps for one in step.approvers}
    known = {one.id: one.address for one in session.scalars(select(Member).where(Member.id.in_(ids)))}
    return "; ".join(_step_words(step, known) for step in route.steps) or "none"


def _step_words(step: RouteStep, known: dict[int, str]) -> str:
    who = ", ".join(known.get(one, f"member/{one}") for one in step.approvers) or "any"
    how = "all" if step.needed == ALL else str(step.needed)
    return f"{step.name}: {who} ({how})" if step.name else f"{who} ({how})"


def _record(
    session: Session, newsletter: Newsletter, kind: IssueKind, before: ApprovalRoute | None,
    after: ApprovalRoute | None, by: Member | str,
) -> None:  # fmt: skip
    changed = {"approval_routes": [words(session, before), words(session, after)]}
    audit.record(session, by, "set approval route", f"newsletter/{newsletter.id}", kind=kind.value, changed=changed)
