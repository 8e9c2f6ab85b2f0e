"""An issue goes to its approvers (起案), back to its author (引戻し, 差戻し), or on (決裁)."""

from __future__ import annotations

from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.issues import issue as model
from models.issues import send_time, workflow
from models.issues.approval import Decision
from models.issues.review.submission import LONGEST_NOTE
from models.store.errors import Forbidden, Invalid
from templates import preflight
from templates.content import digest

from ...language import language
from ...request import session
from ..issues import done, page
from ..login_session import blueprint, member
from . import second_click

REMARK_ROWS = 2
"""Empty rows for reasons at blocks that a form offers."""
MOST_REMARKS = 200


@blueprint.post("/issues/<int:issue_id>/submit")
def submit(issue_id: int) -> ResponseReturnValue:
    """Hand it to the approvers. Preflight's errors stop it here, before anybody's time is spent.

    Whoever submits it answers for what stands in it, so nothing may have been changed since they looked at it.
    """
    one = model.get(session(), issue_id, lock=True)
    typed = {name: _typed(name) for name in ("submit_note", "not_before", "not_after")}
    if second_click.has_submitted(one, typed["submit_note"]):
        return done(one, _("The issue waits for approval."))
    digest.return_if_changed(session(), one, member())
    if preflight.blocks_approval(preflight.check_issue(session(), one)):
        return page(one, {"": _("Preflight found errors. Fix them first; they are listed below.")}, 422, typed=typed)
    if request.form.get("digest", "") not in ("", digest.of(session(), one).whole):
        stale = _("The issue, or what it shows, has changed since you opened it. Read it again, then submit it.")
        return page(one, {"": stale}, 409, typed=typed)
    try:
        if len(typed["submit_note"]) > LONGEST_NOTE:
            raise Invalid(_("Write at most 2,000 characters."), field="submit_note")
        window = [_time(name, typed[name]) for name in ("not_before", "not_after")]
        workflow.submit(session(), one, member(), typed["submit_note"], *window)
    except Invalid as error:
        session().rollback()
        return page(model.get(session(), issue_id), {error.field: error.say(language())}, 422, typed=typed)
    return done(one, _("The issue waits for approval."))


@blueprint.post("/issues/<int:issue_id>/withdraw")
def withdraw(issue_id: int) -> ResponseReturnValue:
    """Take it back from its approvers."""
    one = model.get(session(), issue_id, lock=True)
    said = _("The issue is a draft again, and its approvers are not asked any more.")
    if second_click.has_withdrawn(one):
        return done(one, said)
    try:
        workflow.withdraw(session(), one, member())
    except Forbidden as error:
        session().rollback()
        return page(model.get(session(), issue_id), {"": error.say(language())}, 409)
    return done(one, said)


@blueprint.post("/issues/<int:issue_id>/decide")
def decide(issue_id: int) -> ResponseReturnValue:
    """Approve exactly what was shown, or send it back with a note and with reasons at blocks."""
    one = model.get(session(), issue_id, lock=True)
    seen, note = request.form.get("digest", ""), _typed("note")
    rows = _remark_rows()
    typed = {"note": note, "remarks": rows}
    wanted = request.form.get("decision")
    if wanted == "more":
        typed["remarks"] = [*rows, *[("", "")] * REMARK_ROWS]
        return page(one, typed=typed)
    if len(note) > LONGEST_NOTE:
        return page(one, {"note": _("Write at most 2,000 characters.")}, 422, typed=typed)
    said = _("Your approval is recorded.") if wanted == "approve" else _("The issue is back with its author.")
    if second_click.has_decided(one, Decision.APPROVED if wanted == "approve" else Decision.RETURNED, seen):
        return done(one, said)
    content = digest.of(session(), one)
    try:
        if wanted == "approve":
            if preflight.blocks_approval(preflight.check_issue(session(), one)):
                problem = _("Preflight found errors, so this content cannot be approved.")
                return page(one, {"": problem}, 422, typed=typed)
            workflow.approve(session(), one, member(), content, note, seen)
            return done(one, said)
        remarks = _remarks(rows)
        if not note and not remarks:
            return page(one, {"note": _("Say what the author should change.")}, 422, typed=typed)
        workflow.send_back(session(), one, member(), content, note, seen, remarks)
        return done(one, said)
    except (Forbidden, Invalid) as error:
        session().rollback()
        where = error.field if isinstance(error, Invalid) else ""
        return page(model.get(session(), issue_id), {where: error.say(language())}, 409, typed=typed)


def _typed(name: str) -> str:
    return _one_form(request.form.get(name, ""))


def _one_form(text: str) -> str:
    """A text with each end of a line as one character, as browsers count them against a limit."""
    return text.replace("\r\n", "\n").strip()


def _remark_rows() -> list[tuple[str, str]]:
    """Number of the block and reason, as they were typed."""
    blocks = request.form.getlist("remark_block")[:MOST_REMARKS]
    reasons = [_one_form(reason) for reason in request.form.getlist("remark_text")[:MOST_REMARKS]]
    return [(block, reason) for block, reason in zip(blocks, reasons, strict=False) if block or reason]


def _remarks(rows: list[tuple[str, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for block, reason in rows:
        if not block.isdecimal() or len(block) > 6:
            raise Invalid(_("Choose the block that each reason is about."), field="remarks")
        if reason:
            found[int(block)] = f"{found[int(block)]}\n{reason}" if int(block) in found else reason
    return found


def _time(name: str, typed: str) -> datetime | None:
    if not typed:
        return None
    try:
        return send_time.read(typed)
    except Invalid:
        raise Invalid(_("There is no such time. Write it as in 2026-12-01T09:00."), field=name) from None
