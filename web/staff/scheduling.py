"""When an issue goes out, and to whom: nothing leaves before somebody has seen the number of its readers."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.deliveries import handover
from models.deliveries.scheduling import recipient_count, send_warnings, usual_readers
from models.deliveries.scheduling.recipient_count import RecipientCount
from models.issues import issue as model
from models.issues import send_time, workflow
from models.issues.calendar import slot_opening
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.issue_words import wrong_state
from models.issues.review import send_window
from models.store.clock import TOKYO, now, today
from models.store.errors import Invalid
from models.store.phrase import phrase
from templates.content import digest, segment_words

from ..language import language
from ..navigation import with_query
from ..request import session
from . import counting, warning_words
from .issues import done, page
from .login_session import blueprint, member

DEFAULT_TIME = "10:10"
"""Of an issue that gets its first time by a day of the calendar: in the morning, and not on the full hour."""


@blueprint.post("/issues/<int:issue_id>/schedule")
def schedule(issue_id: int) -> ResponseReturnValue:
    """Put it into the timetable; a time that is unusual is asked about once more."""
    one = model.get(session(), issue_id, lock=True)
    _check_sendable(one)
    typed = request.form.get("at", "").strip()
    try:
        at = _read(typed)
        found = _recipients(one)
    except Invalid as error:
        return page(one, {error.field: error.say(language())}, 422, typed={"at": typed})
    if digest.return_if_changed(session(), one, member()):
        return _returned(one)
    if problem := _outside(one, at):
        return page(one, {"at": problem}, 422, typed={"at": typed})
    wrong = _wrong_number(found, one)
    asks = send_warnings.of(session(), one, at).asks or wrong
    if request.form.get("sure") != typed and asks:
        return _confirmation(one, found, at=at, typed=typed)
    if wrong:
        return _confirmation(one, found, at=at, typed=typed, problem=wrong)
    workflow.schedule(session(), one, at, member())
    if request.form.get("from") == "calendar":
        flash(_("The issue is in the timetable."))
        return redirect(url_for("staff.calendar", month=f"{at:%Y-%m}"))
    return done(one, _("The issue is in the timetable."))


@blueprint.get("/issues/<int:issue_id>/move")
def move(issue_id: int) -> ResponseReturnValue:
    """The question before an issue gets another time: by a day of the calendar, or by a time that is typed."""
    one = model.get(session(), issue_id)
    _check_sendable(one)
    typed = request.args.get("at", "").strip() or _on_day(one, request.args.get("day", "").strip())
    try:
        return _confirmation(one, _shown(one), at=_read(typed), typed=typed, moving=True)
    except Invalid as error:
        field = {"at": error.say(language())} if error.field == "at" else {"": error.say(language())}
        return _move_form(one, typed, field)


def _on_day(one: Issue, day: str) -> str:
    """The issue's time of day on another day; without a day, its time as it is or as its slot plans it."""
    planned = one.scheduled_at or slot_opening.planned_at(session(), one.id)
    there = planned.astimezone(TOKYO) if planned else None
    if day:
        return f"{day[:10]}T{there:%H:%M}" if there else f"{day[:10]}T{DEFAULT_TIME}"
    return f"{there:%Y-%m-%dT%H:%M}" if there else f"{today() + timedelta(days=1)}T{DEFAULT_TIME}"


@blueprint.get("/issues/<int:issue_id>/send")
def confirm_sending(issue_id: int) -> ResponseReturnValue:
    """The question before an issue goes out at once."""
    one = model.get(session(), issue_id)
    _check_sendable(one)
    if problem := _outside(one, now()):
        return page(one, {"at": problem}, 422)
    try:
        return _confirmation(one, _shown(one))
    except Invalid as error:
        return page(one, {error.field: error.say(language())}, 422)


@blueprint.post("/issues/<int:issue_id>/send")
def send(issue_id: int) -> ResponseReturnValue:
    """Send it at once to the number of readers that was confirmed."""
    one = model.get(session(), issue_id, lock=True)
    _check_sendable(one)
    try:
        found = _recipients(one)
    except Invalid as error:
        return page(one, {error.field: error.say(language())}, 422)
    if digest.return_if_changed(session(), one, member()):
        return _returned(one)
    if problem := _outside(one, now()):
        return page(one, {"at": problem}, 422)
    if request.form.get("readers") != str(found.found.mailed):
        return _confirmation(one, found, problem=_("The number of readers has changed. Look again, then send."))
    if wrong := _wrong_number(found, one):
        return _confirmation(one, found, problem=wrong)
    workflow.schedule(session(), one, now(), member())
    return done(one, _("The issue goes out now."))


@blueprint.post("/issues/<int:issue_id>/take-over")
def take_over(issue_id: int) -> ResponseReturnValue:
    """Let an issue go out in one's own name whose sender has gone."""
    one = model.get(session(), issue_id, lock=True)
    if handover.take_over(session(), one, member()):
        return done(one, _("The issue goes out at its time, in your name."))
    return done(one, _("The issue is yours. Its time had passed while it waited, so choose another one."))


def _read(typed: str) -> datetime:
    if not typed:
        raise Invalid(_("Choose a time. To send at once, choose “Send now…”."), field="at")
    try:
        at = send_time.read(typed)
    except Invalid:
        raise Invalid(_("There is no such time. Write it as in 2026-12-01T09:00."), field="at") from None
    if at < now():
        raise Invalid(_("This time has passed. Choose a later one, or “Send now…”."), field="at")
    if at > now() + send_time.LATEST:
        raise Invalid(_("This is more than two years away. Choose an earlier time."), field="at")
    return at


def _outside(one: Issue, at: datetime) -> str:
    """Why *at* is no time that approvers said yes to; empty where it is one."""
    try:
        send_window.check_inside(one, at)
    except Invalid as error:
        return error.say(language())
    return ""


def _recipients(one: Issue) -> RecipientCount:
    """The readers as they are now, however long it takes to count them: before anything goes out."""
    found = recipient_count.count(session(), one)
    _refuse_nobody(found)
    return found


def _shown(one: Issue) -> RecipientCount | None:
    """The readers as a page can tell at once; None where they must be counted first."""
    look = counting.of_request(one)
    found = look.found
    if look.problem:
        raise look.problem
    if found:
        _refuse_nobody(found)
    return found


def _refuse_nobody(count: RecipientCount) -> None:
    if not count.found.mailed:
        raise Invalid(_("Nobody would get this issue. Look at whom it is for, and at who subscribes."), field="")


def _check_sendable(one: Issue) -> None:
    if one.state not in (IssueState.APPROVED, IssueState.SCHEDULED):
        raise wrong_state(one, phrase("be sent"))


def _returned(one: Issue) -> ResponseReturnValue:
    flash(_("What would be mailed has changed since it was approved. The issue is a draft again; nothing was sent."))
    return redirect(url_for("staff.issue", issue_id=one.id))


def _wrong_number(count: RecipientCount, one: Issue) -> str:
    """What is wrong with the number of readers that was typed; empty where it is right, or not asked for."""
    mailed = count.found.mailed
    if not usual_readers.is_unusual(mailed, usual_readers.usual(session(), one.newsletter_id)):
        return ""
    typed = unicodedata.normalize("NFKC", request.form.get("number", "")).replace(",", "").replace("、", "").strip()
    if typed == str(mailed):
        return ""
    return str(_("Type the number of readers exactly as it stands here, to show that you have seen it."))


def _move_form(one: Issue, typed: str, errors: dict[str, str]) -> ResponseReturnValue:
    """The form for another time, where there is nothing to confirm yet."""
    shown = render_template(
        "staff/send.html", issue=one, moving=True, typed=typed, errors=errors, counted=None, countable=False, at=None,
        unusual=[], conditions=segment_words.describe(one, language()),
    )  # fmt: skip
    return make_response(shown, 422)


def _confirmation(
    one: Issue,
    counted: RecipientCount | None,
    *,
    at: datetime | None = None,
    typed: str = "",
    problem: str = "",
    moving: bool = False,
) -> ResponseReturnValue:
    usual = usual_readers.usual(session(), one.newsletter_id)
    asked = counted is not None and usual_readers.is_unusual(counted.found.mailed, usual)
    warnings = send_warnings.of(session(), one, at or now())
    shown = render_template(
        "staff/send.html", issue=one, counted=counted, countable=True, count_address=with_query(count="now"),
        conditions=segment_words.describe(one, language()), at=at,
        typed=typed, unusual=warning_words.sentences(warnings, one.newsletter), asks=warnings.asks, moving=moving,
        usual=usual if asked else None, number=request.form.get("number", ""), origin=request.values.get("from", ""),
        errors={"number" if asked and problem else "": problem} if problem else {},
    )  # fmt: skip
    return make_response(shown, 409 if problem else 200)
