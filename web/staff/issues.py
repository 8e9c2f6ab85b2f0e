"""The list of issues, and the page of one: what it is, what preflight says, and the next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.deliveries import handover, proposal
from models.handover import authorship, unheld
from models.issues import approval, issue_list, issue_state, workflow
from models.issues import issue as model
from models.issues.calendar import slot_opening
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.review import send_window
from models.issues.segments import issue_readers
from models.issues.writing import working_copy
from models.staff.member import Member
from models.staff.permission import Permission
from templates import preflight
from templates.content import digest, segment_words
from templates.preflight.http_check import Reached, check_url

from ..input_check import page_number
from ..language import language
from ..request import session
from . import access, counting, next_step, stop_reasons
from .approval import approval_view
from .login_session import blueprint, member

STEPS: dict[str, Callable[[Session, Issue, Member], None]] = {
    "unschedule": workflow.unschedule,
    "pause": workflow.pause,
    "resume": workflow.resume,
    "cancel": workflow.cancel,
}
"""Steps that need nothing but a button."""
_TO_GO = (IssueState.APPROVED, IssueState.SCHEDULED)


@blueprint.get("/issues")
def issues() -> ResponseReturnValue:
    """The issues of the newsletters that a person works for, those that are on their way first, then the newest."""
    wanted, number = request.args.get("state", ""), page_number()
    state = next((one for one in IssueState if one.value == wanted), None)
    if wanted and state is None:
        abort(404)
    seen = access.scope(Permission.READ_ISSUES)
    shown = issue_list.page(session(), number, state, seen)
    return render_template(
        "staff/issues.html",
        issues=shown.issues,
        more=shown.more,
        page=number,
        state=state,
        states=IssueState,
        counts=issue_list.count_by_state(session(), seen),
        orphaned=[(one, handover.scheduler(session(), one)) for one in handover.list_orphaned(session(), seen)],
        unheld=unheld.list_unheld(session(), access.scope(Permission.MANAGE_PEOPLE)),
        stuck=approval.list_stuck(session(), access.scope(Permission.EDIT_NEWSLETTER)),
        several=len(access.list_newsletters()) > 1,
    )


@blueprint.get("/issues/<int:issue_id>")
def issue(issue_id: int) -> ResponseReturnValue:
    """One issue."""
    return page(model.get(session(), issue_id))


@blueprint.post("/issues/<int:issue_id>/check-links")
def check_links(issue_id: int) -> ResponseReturnValue:
    """One issue, once the addresses of its links have been asked on the web, which may take a while."""
    return page(model.get(session(), issue_id), ask_links=True)


@blueprint.post("/issues/<int:issue_id>/<any(unschedule, pause, resume, cancel):step>")
def take_step(issue_id: int, step: str) -> ResponseReturnValue:
    """One of the steps that need nothing but a button."""
    one = model.get(session(), issue_id, lock=True)
    STEPS[step](session(), one, member())
    return done(one, _("Done. It takes hold within moments."))


def done(one: Issue, message: str) -> ResponseReturnValue:
    """Back to the issue's page, which shows *message* once."""
    flash(message)
    return redirect(url_for("staff.issue", issue_id=one.id))


def page(
    one: Issue,
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    ask_links: bool = False,
    typed: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    """The issue's page. An issue that cannot be rendered still has one: preflight says why."""
    asked: list[str] = []

    def reach(url: str) -> Reached:
        asked.append(url)
        return check_url(url)

    checked = one.in_repair or one.state not in (*issue_state.SENT_STATES, IssueState.CANCELLED)
    look = counting.of_request(one)
    findings = preflight.check_issue(session(), one, reach if ask_links else None, count=look.told) if checked else []
    rendered = render_template(
        "staff/issue.html", issue=one, findings=findings, authors=authorship.of(session(), one), errors=errors or {},
        approvals=approval.history(session(), one), explain=stop_reasons.explain,
        states=IssueState, out=one.state in issue_state.SENT_STATES, language_code=language(),
        blocked=preflight.blocks_approval(findings), checked=checked, links_asked=len(asked) if ask_links else None,
        proposals=len(proposal.list_open(session(), one)), typed=typed or {},
        unsaved_by=working_copy.unsaved_by(session(), one.id),
        conditions=segment_words.describe(one, language()), planned_at=slot_opening.planned_at(session(), one.id),
        editable=one.state in issue_state.EDITABLE, newer_segment=issue_readers.newer_version(one),
        orphaned_by=handover.scheduler(session(), one) if handover.is_orphaned(session(), one) else None,
        **(look.values() if one.state in issue_state.EDITABLE else {}), **_decisions(one),
    )  # fmt: skip
    return make_response(rendered, status)


def _decisions(one: Issue) -> dict[str, object]:
    """How far its approval is, what voided it, and what comes next for the person who asks."""
    content = digest.of(session(), one)
    progress = approval.progress(session(), one, content)
    last = approval.last_approved(session(), one)
    changed = content.changed_since(last.parts) if last and last.parts and not progress.is_complete else []
    asked = approval.asked(session(), one, content) if one.awaits_decision else []
    own = approval.is_author(session(), one, member().id)
    step = next_step.of(one, member().permissions(one.newsletter_id), own=own,
                        asked=member() in asked, decided=progress.has_said_yes(member().id),
                        approved=progress.is_complete and not (one.state in _TO_GO and send_window.is_over(one)),
                        returned=approval.is_returned(session(), one, content))  # fmt: skip
    return {
        "content": content,
        "progress": progress,
        "part_name": lambda name: digest.words([name], language()),
        "shown": approval_view.of(one, content, progress),
        "withdrawable": one.state in (IssueState.IN_REVIEW, IssueState.APPROVED) and one.is_written_by(member().id),
        "asked": asked,
        "changed": digest.words(changed, language()),
        "before": bool(last and last.digest == content.whole and not progress.yeses),
        "outdated": bool(last and not last.parts and not progress.is_complete),
        "step_name": step.value,
        "step_words": next_step.WORDS.get(step, ""),
    }


def page_as_it_is(issue_id: int) -> ResponseReturnValue:
    """The issue's page after a step that its state does not allow: somebody, or the timetable, was faster.

    Raises:
        NotFound: the issue is not there any more.
    """
    session().rollback()
    message = _("The issue has changed its state in the meantime. This is how it stands now.")
    return page(model.get(session(), issue_id), {"": message}, 409)
