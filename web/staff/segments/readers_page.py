"""Who gets an issue (だれに送るか): its audience and its conditions, by a form with a count."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import issue as model
from models.issues import issue_state
from models.issues.issue import Issue
from models.issues.segments import issue_readers, saved_segment
from models.issues.segments.segment_version import SegmentVersion
from models.store.errors import Invalid, NotFound

from ...language import _, language
from ...request import session
from ..login_session import blueprint, member
from . import form_page, segment_rows
from .form_page import Counted
from .segment_rows import SegmentForm


@blueprint.get("/issues/<int:issue_id>/readers")
def issue_readers_form(issue_id: int) -> ResponseReturnValue:
    """The conditions of an issue."""
    return _page(model.get(session(), issue_id))


@blueprint.post("/issues/<int:issue_id>/readers/try")
def try_issue_readers(issue_id: int) -> ResponseReturnValue:
    """Change the form by one of its buttons, take over a saved segment, or count; nothing is saved."""
    one, action = model.get(session(), issue_id), request.form.get("action", "")
    if action == "use":
        return _use(one)
    typed = form_page.typed(one.newsletter, one.segment, _audience())
    if action in ("count", form_page.EXACTLY):
        counted = None if typed.errors else form_page.count(one, one.newsletter, _audience(), typed.kept)
        return _page(one, typed.form, typed.errors, typed.kept, counted=counted)
    at = segment_rows.act(typed.form, action)
    return _page(one, typed.form, at=at)


@blueprint.post("/issues/<int:issue_id>/readers/samples")
def sample_issue_readers(issue_id: int) -> ResponseReturnValue:
    """Ten of the readers that the form chooses, with their addresses masked."""
    one = model.get(session(), issue_id)
    typed = form_page.typed(one.newsletter, one.segment, _audience())
    counted = None if typed.errors else form_page.count(one, one.newsletter, _audience(), typed.kept, samples=True)
    return _page(one, typed.form, typed.errors, typed.kept, counted=counted)


@blueprint.get("/issues/<int:issue_id>/readers/<any(try, samples):_left>")
def issue_readers_again(issue_id: int, _left: str) -> ResponseReturnValue:
    """Lead on whoever loads an address again that a button of the form has left in the browser."""
    return redirect(url_for("staff.issue_readers_form", issue_id=issue_id))


@blueprint.post("/issues/<int:issue_id>/readers")
def save_issue_readers(issue_id: int) -> ResponseReturnValue:
    """Let the issue go to the readers that the form says."""
    one = model.get(session(), issue_id, lock=True)
    typed = form_page.typed(one.newsletter, one.segment, _audience())
    if typed.errors:
        return _page(one, typed.form, typed.errors, status=422)
    if str(one.revision) not in (request.form.get("revision", ""), request.form.get("overwrite")):
        stale = _("Somebody else has saved this issue since you opened it. What you entered is still here. Look at the "
                  "issue first; save again to overwrite its readers.")  # fmt: skip
        return _page(one, typed.form, {"": stale}, typed.kept, status=409, stale=True)
    version = _version(one)
    if version is not None and version.segment != typed.kept:
        version = None
    said = form_page.sentence(one.newsletter, _audience(), typed.kept)
    changed = issue_readers.change(session(), one, _audience(), typed.kept, member(), said, version)
    flash(_("Saved.") if changed else _("Nothing was changed."))
    return redirect(url_for("staff.issue", issue_id=one.id))


@blueprint.post("/issues/<int:issue_id>/readers/newer")
def take_newer_segment(issue_id: int) -> ResponseReturnValue:
    """Take the latest version of the saved segment that the issue has a copy of."""
    one = model.get(session(), issue_id, lock=True)
    version = issue_readers.newer_version(one)
    if version is not None:
        said = form_page.sentence(one.newsletter, one.audience, version.segment)
        try:
            issue_readers.change(session(), one, one.audience, version.segment, member(), said, version)
        except Invalid as error:
            session().rollback()
            return _page(model.get(session(), issue_id), errors={"": error.say(language())}, status=422)
        flash(_("The issue goes to the readers of version %(number)s now.", number=version.number))
    return redirect(url_for("staff.issue", issue_id=one.id))


def _use(one: Issue) -> ResponseReturnValue:
    """Fill the form from a saved segment; what it said is replaced."""
    try:
        chosen = int(request.form.get("saved", "") or 0)
        version = saved_segment.get(session(), one.newsletter, chosen).latest
    except (ValueError, NotFound):
        typed = form_page.typed(one.newsletter, one.segment, _audience())
        return _page(one, typed.form, {"saved": _("Choose a saved segment.")}, status=422)
    return _page(one, form_page.shown(version.segment), kept=version.segment, version=version)


def _audience() -> str:
    return request.form.get("audience", "")


def _version(one: Issue) -> SegmentVersion | None:
    """The version that the form says it is a copy of."""
    sent = request.form.get("version", "")
    version = session().get(SegmentVersion, int(sent)) if sent.isdecimal() and len(sent) < 10 else None
    return version if version and version.saved.newsletter_id == one.newsletter_id else None


def _page(
    one: Issue,
    form: SegmentForm | None = None,
    errors: dict[str, str] | None = None,
    kept: dict[str, Any] | None = None,
    *,
    status: int = 200,
    counted: Counted | None = None,
    at: str = "",
    version: SegmentVersion | None = None,
    stale: bool = False,
) -> ResponseReturnValue:
    posted = request.method == "POST" and form is not None
    audience = one.audience if not posted else _audience()
    if version is None:
        version = _version(one) if posted else one.segment_version
    saved = saved_segment.list_shown(session(), one.newsletter)
    page = render_template(
        "staff/segments/issue.html", issue=one, errors=errors or {}, audience=audience, counted=counted, at=at,
        version=version, newer=issue_readers.newer_version(one), stale=stale,
        changeable=one.state in issue_state.EDITABLE, saved=saved,
        saved_choices=[(str(each.id), each.name) for each in saved],
        audience_choices=[(each.slug, each.name) for each in one.newsletter.audiences],
        revision=request.form.get("revision", "") if posted else str(one.revision),
        said=form_page.in_words(one.newsletter, one.audience, one.segment),
        tried=form_page.in_words(one.newsletter, audience, kept) if kept is not None else "",
        **form_page.values(one.newsletter, form if form is not None else form_page.shown(one.segment)),
    )  # fmt: skip
    return make_response(page, status)
