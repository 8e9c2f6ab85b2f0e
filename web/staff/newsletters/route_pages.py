"""The routes of approval (決裁ルート) of a newsletter, one for each kind of issue, and who substitutes for whom."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.issues.newsletter_edit import digest_of
from models.issues.review import approval_route, route_edit, route_progress, substitute
from models.issues.review.approval_route import ALL, LONGEST_NAME, MOST_STEPS, ApprovalRoute, RouteStep
from models.issues.review.route_progress import Bench
from models.staff import member as members
from models.staff.member import Member
from models.store import input_rule
from models.store.errors import Invalid, NotFound

from ...language import language
from ...request import session
from ..approval import approval_view
from ..login_session import blueprint, member
from . import section as frame

EMPTY_STEPS = 2


class TypedStep(NamedTuple):
    """A step as the form has it."""

    name: str = ""
    approvers: tuple[str, ...] = ()
    needed: str = "1"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said about it."""
        return self.needed == ""


@blueprint.get("/newsletters/<slug>/route")
def newsletter_route(slug: str) -> ResponseReturnValue:
    """The routes, and the form for the one of a kind."""
    newsletter, kind = frame.find(slug), _kind()
    return _page(newsletter, kind)


@blueprint.post("/newsletters/<slug>/route")
def save_newsletter_route(slug: str) -> ResponseReturnValue:
    """Keep the route of a kind; issues in review keep the one that they were submitted with."""
    newsletter, kind = frame.find(slug, lock=True), _kind()
    own, steps = request.form.get("own", "yes") == "yes", _typed_steps()
    version = request.form.get("version", "")
    try:
        route = _route(newsletter, steps) if own or kind is IssueKind.REGULAR else None
        if frame.is_stale(_version(newsletter, kind)):
            return _page(newsletter, kind, 409, steps=steps, own=own, errors=frame.stale_error(), stale=True,
                         version=version)  # fmt: skip
        warnings = _warnings(newsletter, route)
        question = frame.keep(
            newsletter, lambda: route_edit.set_route(session(), newsletter, kind, route, member()), warnings
        )
    except Invalid as error:
        session().rollback()
        return _page(frame.find(slug), kind, 422, steps=steps, own=own, errors={error.field: error.say(language())},
                     version=version)  # fmt: skip
    if question:
        return _page(newsletter, kind, 409, steps=steps, own=own, question=question)
    return frame.done(url_for("staff.newsletter_route", slug=slug, kind=kind.value))


@blueprint.post("/newsletters/<slug>/substitutes")
def appoint_substitute(slug: str) -> ResponseReturnValue:
    """Let somebody say yes in another's place for some days."""
    newsletter = frame.find(slug, lock=True)
    typed = {name: request.form.get(name, "") for name in ("absent", "substitute", "first_day", "last_day")}
    try:
        people = {str(one.id): one for one in _people(newsletter)}
        for name in ("absent", "substitute"):
            if typed[name] not in people:
                raise Invalid(_("Choose a person."), field=name)
        days = (_day("first_day", typed["first_day"]), _day("last_day", typed["last_day"]))
        substitute.appoint(session(), newsletter, people[typed["absent"]], people[typed["substitute"]], days, member())
    except Invalid as error:
        session().rollback()
        return _page(frame.find(slug), _kind(), 422, errors={error.field: error.say(language())}, typed=typed)
    return frame.done(url_for("staff.newsletter_route", slug=slug, _anchor="substitutes"))


@blueprint.post("/newsletters/<slug>/substitutes/<int:substitute_id>/end")
def dismiss_substitute(slug: str, substitute_id: int) -> ResponseReturnValue:
    """End a substitution at once; one that somebody else has ended is ended."""
    newsletter = frame.find(slug, lock=True)
    with suppress(NotFound):
        substitute.dismiss(session(), newsletter, substitute_id, member())
    return frame.done(url_for("staff.newsletter_route", slug=slug, _anchor="substitutes"), _("It is ended."))


def _kind() -> IssueKind:
    wanted = request.args.get("kind", IssueKind.REGULAR.value)
    return next((one for one in IssueKind if one.value == wanted), None) or abort(404)


def _day(name: str, typed: str) -> date:
    try:
        return date.fromisoformat(input_rule.line(typed).replace("/", "-"))
    except ValueError:
        raise Invalid(_("Write a day that exists, such as 2026-12-01."), field=name) from None


def _typed_steps() -> list[TypedStep]:
    found = []
    for number in range(1, MOST_STEPS + EMPTY_STEPS + 1):
        if f"needed-{number}" in request.form:
            name = input_rule.line(request.form.get(f"name-{number}", ""))
            found.append(TypedStep(name, tuple(request.form.getlist(f"approvers-{number}")),
                                   request.form[f"needed-{number}"]))  # fmt: skip
    return found


def _route(newsletter: Newsletter, typed: Sequence[TypedStep]) -> ApprovalRoute:
    """The route that was typed; a step whose number is empty is left out.

    Raises:
        Invalid: a step cannot be; the field is the one of its number.
    """
    known = {str(one.id) for one in _people(newsletter)}
    steps = []
    for number, one in enumerate(typed, 1):
        if one.is_empty and not one.approvers:
            continue
        if one.is_empty:
            raise Invalid(_("Say how many of them must say yes."), field=f"needed-{number}")
        if len(one.name) > LONGEST_NAME:
            raise Invalid(_("Write a name of at most 50 characters."), field=f"name-{number}")
        if not (one.needed == "all" or (one.needed.isdecimal() and 1 <= int(one.needed) <= MOST_STEPS)):
            raise Invalid(_("Choose one of what the page offers."), field=f"needed-{number}")
        named = tuple(int(person) for person in dict.fromkeys(one.approvers) if person in known)
        step = RouteStep(name=one.name, approvers=named, needed=ALL if one.needed == "all" else int(one.needed))
        if (why := route_edit.fault(step)) is not None:
            raise Invalid(why, field=f"needed-{number}")
        steps.append(step)
    if len(steps) > MOST_STEPS:
        raise Invalid(_("A route has at most 9 steps."), field="needed-10")
    return ApprovalRoute(steps=tuple(steps))


def _shown_steps(route: ApprovalRoute) -> list[TypedStep]:
    kept = [TypedStep(one.name, tuple(map(str, one.approvers)), "all" if one.needed == ALL else str(one.needed))
            for one in route.steps]  # fmt: skip
    return [*kept, *[TypedStep(needed="")] * EMPTY_STEPS]


def _people(newsletter: Newsletter) -> Sequence[Member]:
    """Who can stand in a route: approvers, and whoever stands in one already."""
    approvers = members.list_approvers(session(), newsletter.id)
    named = {one for stored in newsletter.approval_routes.values()
             for step in approval_route.parse(stored).steps for one in step.approvers}  # fmt: skip
    gone = members.list_by_id(session(), named - {one.id for one in approvers})
    return [*approvers, *gone]


def _warnings(newsletter: Newsletter, route: ApprovalRoute | None) -> list[str]:
    """What must be said before, though it touches no issue."""
    if route is None:
        return []
    if not route.steps:
        return [_("Nobody must approve these issues then: whoever submits one makes it ready to be sent.")]
    return [
        _("Step %(number)s cannot be completed at present: too few of its people may approve.", number=one.number)
        for one in route_edit.stuck(session(), newsletter, route)
    ]


def _version(newsletter: Newsletter, kind: IssueKind) -> str:
    return digest_of([newsletter.approval_routes.get(kind.value)])


def _page(newsletter: Newsletter, kind: IssueKind, status: int = 200, **values: Any) -> ResponseReturnValue:
    routes = newsletter.approval_routes
    approvers = members.list_approvers(session(), newsletter.id)
    bench = Bench({one.id: one for one in approvers}, substitute.list_in_force(session(), newsletter.id))
    present = approval_route.of_kind(routes, kind)
    version = _version(newsletter, kind)
    defaults = {
        "steps": _shown_steps(present),
        "own": kind is IssueKind.REGULAR or kind.value in routes,
        "version": version,
        "typed": {},
    }
    return frame.page(
        "route", newsletter, "route", status, kind=kind, kinds=IssueKind, current=version,
        shown=approval_view.of_route(route_progress.along(present, ()), bench),
        own_kinds=[one for one in IssueKind if one.value in routes],
        people=_people(newsletter), approvers=approvers, most=range(1, MOST_STEPS + 1),
        substitutes=substitute.list_all(session(), newsletter.id), **{**defaults, **values},
    )  # fmt: skip
