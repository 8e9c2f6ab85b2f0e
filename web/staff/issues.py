"""The list of issues, and the page of one: what it is, what preflight says, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.issues import approval, issue_list, issue_state, workflow
from models.issues import issue as model
from models.issues import newsletter as newsletters
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.staff.member import Member, Role
from models.store.clock import TOKYO, now
from models.store.errors import Forbidden, Invalid, WrongState
from templates import preflight
from templates.preflight.http_check import Reached, check_url

from ..language import language
from ..request import session
from .login_session import blueprint, has_role, member, roles_required

STEPS: dict[str, tuple[Role, Callable[[Session, Issue, Member], None]]] = {
    "unschedule": (Role.SENDER, workflow.unschedule),
    "pause": (Role.SENDER, workflow.pause),
    "resume": (Role.SENDER, workflow.resume),
    "cancel": (Role.SENDER, workflow.cancel),
}
"""Steps that need nothing but a button."""


@blueprint.get("/")
@roles_required()
def home() -> ResponseReturnValue:
    """Staff begin with the issues."""
    return redirect(url_for("staff.issues"))


@blueprint.get("/issues")
@roles_required()
def issues() -> ResponseReturnValue:
    """All issues, those that are on their way first, then the newest."""
    state = next((one for one in IssueState if one.value == request.args.get("state")), None)
    page = max(1, request.args.get("page", 1, type=int))
    shown = issue_list.page(session(), page, state)
    return render_template(
        "staff/issues.html",
        issues=shown.issues,
        more=shown.more,
        page=page,
        state=state,
        states=IssueState,
        counts=issue_list.count_by_state(session()),
        several=len(newsletters.list_all(session())) > 1,
    )


@blueprint.get("/issues/<int:issue_id>")
@roles_required()
def issue(issue_id: int) -> ResponseReturnValue:
    """One issue. With ``?links=1``, the addresses of its links are asked on the web, which may take a while."""
    return _page(model.get(session(), issue_id), ask_links=bool(request.args.get("links")))


@blueprint.post("/issues/<int:issue_id>/submit")
@roles_required(Role.AUTHOR)
def submit(issue_id: int) -> ResponseReturnValue:
    """Hand it to the approvers. Preflight's errors stop it here, before anybody's time is spent."""
    one = model.get(session(), issue_id, lock=True)
    if preflight.blocks_approval(preflight.check_issue(session(), one)):
        return _page(one, {"": _("Preflight found errors. Fix them first; they are listed below.")}, 422)
    workflow.submit(session(), one, member())
    return _done(one, _("The issue waits for approval."))


@blueprint.post("/issues/<int:issue_id>/decide")
@roles_required(Role.APPROVER)
def decide(issue_id: int) -> ResponseReturnValue:
    """Approve exactly what was shown, or send it back with a note."""
    one = model.get(session(), issue_id, lock=True)
    seen, note = request.form.get("digest", ""), request.form.get("note", "").strip()[:2000]
    try:
        if request.form.get("decision") == "approve":
            if preflight.blocks_approval(preflight.check_issue(session(), one)):
                return _page(one, {"": _("Preflight found errors, so this content cannot be approved.")}, 422)
            workflow.approve(session(), one, member(), seen, note)
            return _done(one, _("Your approval is recorded."))
        if not note:
            return _page(one, {"note": _("Say what the author should change.")}, 422)
        workflow.send_back(session(), one, member(), seen, note)
        return _done(one, _("The issue is back with its author."))
    except (Forbidden, Invalid) as error:
        session().rollback()
        return _page(model.get(session(), issue_id), {"": str(error)}, 409)


@blueprint.post("/issues/<int:issue_id>/schedule")
@roles_required(Role.SENDER)
def schedule(issue_id: int) -> ResponseReturnValue:
    """Put it into the timetable; an empty time means now."""
    one = model.get(session(), issue_id, lock=True)
    typed = request.form.get("at", "").strip()
    try:
        at = datetime.fromisoformat(typed).replace(tzinfo=TOKYO) if typed else now()
    except ValueError:
        return _page(one, {"at": _("Write the time as in 2026-12-01T09:00.")}, 422)
    if typed and at < now():
        return _page(one, {"at": _("This time has passed. Choose a later one, or leave it empty to send now.")}, 422)
    workflow.schedule(session(), one, at, member())
    return _done(one, _("The issue is in the timetable."))


@blueprint.post("/issues/<int:issue_id>/<any(unschedule, pause, resume, cancel):step>")
@roles_required(Role.SENDER)
def take_step(issue_id: int, step: str) -> ResponseReturnValue:
    """One of the steps that need nothing but a button."""
    one = model.get(session(), issue_id, lock=True)
    role, act = STEPS[step]
    assert has_role(role)
    act(session(), one, member())
    return _done(one, _("Done. It takes hold within moments."))


def _done(one: Issue, message: str) -> ResponseReturnValue:
    flash(message)
    return redirect(url_for("staff.issue", issue_id=one.id))


def _page(
    one: Issue,
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    ask_links: bool = False,
) -> ResponseReturnValue:
    """The issue's page. An issue that cannot be rendered still has one: preflight says why."""
    asked: list[str] = []

    def reach(url: str) -> Reached:
        asked.append(url)
        return check_url(url)

    checked = one.in_repair or one.state not in (*issue_state.SENT_STATES, IssueState.CANCELLED)
    findings = preflight.check_issue(session(), one, reach if ask_links else None) if checked else []
    page = render_template(
        "staff/issue.html", issue=one, findings=findings, errors=errors or {},
        approvals=approval.history(session(), one),
        states=IssueState, own=one.is_written_by(member().id), out=one.state in issue_state.SENT_STATES,
        language_code=language(),
        blocked=preflight.blocks_approval(findings), checked=checked, links_asked=len(asked) if ask_links else None,
        approved=one.in_repair and approval.count(session(), one) >= one.newsletter.approvals_needed,
    )  # fmt: skip
    return make_response(page, status)


@blueprint.errorhandler(WrongState)
def _on_wrong_state(error: WrongState) -> ResponseReturnValue:
    """Somebody, or the timetable, was faster: show the issue as it is now."""
    session().rollback()
    issue_id = (request.view_args or {}).get("issue_id")
    if issue_id is None:
        raise error
    message = _("The issue has changed its state in the meantime. This is how it stands now.")
    return _page(model.get(session(), issue_id), {"": message}, 409)
