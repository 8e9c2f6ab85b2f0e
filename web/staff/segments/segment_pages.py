"""The segments that a newsletter saves: their list, and the form of each with its versions."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.issues.segments import saved_segment
from models.issues.segments.segment_version import SavedSegment
from models.store.errors import Invalid, NotFound

from ...language import _, language
from ...request import session
from ..login_session import blueprint, member
from . import form_page, segment_rows
from .form_page import Counted
from .segment_rows import SegmentForm


@blueprint.get("/newsletters/<slug>/segments")
def segments(slug: str) -> ResponseReturnValue:
    """Every saved segment in words."""
    newsletter = newsletters.find(session(), slug)
    found = [
        (one, form_page.in_words(newsletter, "", one.latest.segment))
        for one in saved_segment.list_shown(session(), newsletter)
    ]
    return render_template("staff/segments/list.html", edited=newsletter, found=found)


@blueprint.get("/newsletters/<slug>/segments/new")
def new_segment(slug: str) -> ResponseReturnValue:
    """The form for a new one."""
    return _page(newsletters.find(session(), slug), None)


@blueprint.get("/newsletters/<slug>/segments/<int:segment_id>")
def segment(slug: str, segment_id: int) -> ResponseReturnValue:
    """One segment, with what it was before."""
    newsletter = newsletters.find(session(), slug)
    return _page(newsletter, saved_segment.get(session(), newsletter, segment_id))


@blueprint.post("/newsletters/<slug>/segments/try")
def try_segment(slug: str) -> ResponseReturnValue:
    """Change the form by one of its buttons, or count; nothing is saved."""
    newsletter, action = newsletters.find(session(), slug), request.form.get("action", "")
    saved = _named(newsletter)
    typed = form_page.typed(newsletter, saved.latest.segment if saved else {})
    if action in ("count", form_page.EXACTLY):
        counted = None if typed.errors else form_page.count(None, newsletter, "", typed.kept)
        return _page(newsletter, saved, typed.form, typed.errors, typed.kept, counted=counted)
    at = segment_rows.act(typed.form, action)
    return _page(newsletter, saved, typed.form, at=at)


@blueprint.post("/newsletters/<slug>/segments/samples")
def sample_segment(slug: str) -> ResponseReturnValue:
    """Ten of the readers that the form chooses, with their addresses masked."""
    newsletter = newsletters.find(session(), slug)
    saved = _named(newsletter)
    typed = form_page.typed(newsletter, saved.latest.segment if saved else {})
    counted = None if typed.errors else form_page.count(None, newsletter, "", typed.kept, samples=True)
    return _page(newsletter, saved, typed.form, typed.errors, typed.kept, counted=counted)


@blueprint.get("/newsletters/<slug>/segments/<any(try, samples):_left>")
def segments_again(slug: str, _left: str) -> ResponseReturnValue:
    """Lead on whoever loads an address again that a button of the form has left in the browser."""
    return redirect(url_for("staff.segments", slug=slug))


@blueprint.post("/newsletters/<slug>/segments/new")
def create_segment(slug: str) -> ResponseReturnValue:
    """Save it under its name."""
    newsletter = newsletters.find(session(), slug)
    typed = form_page.typed(newsletter, {})
    if typed.errors:
        return _page(newsletter, None, typed.form, typed.errors, status=422)
    said = form_page.sentence(newsletter, "", typed.kept)
    try:
        saved_segment.create(session(), newsletter, request.form.get("name", ""), typed.kept, member(), said)
    except Invalid as error:
        session().rollback()
        return _page(newsletters.find(session(), slug), None, typed.form, _error(error), typed.kept, status=422)
    flash(_("Saved."))
    return redirect(url_for("staff.segments", slug=slug))


@blueprint.post("/newsletters/<slug>/segments/<int:segment_id>")
def save_segment(slug: str, segment_id: int) -> ResponseReturnValue:
    """Save other conditions as a new version, or another name."""
    newsletter = newsletters.find(session(), slug)
    saved = saved_segment.get(session(), newsletter, segment_id, lock=True)
    typed = form_page.typed(newsletter, saved.latest.segment)
    if typed.errors:
        return _page(newsletter, saved, typed.form, typed.errors, status=422)
    if str(saved.latest.number) not in (request.form.get("number", ""), request.form.get("overwrite")):
        stale = _("Somebody else has saved a version since you opened it. What you entered is still here. Look at the "
                  "versions below; save again to make yours the latest.")  # fmt: skip
        return _page(newsletter, saved, typed.form, {"": stale}, typed.kept, status=409, stale=True)
    said = form_page.sentence(newsletter, "", typed.kept)
    try:
        name = request.form.get("name", "")
        changed = saved_segment.change(session(), newsletter, saved, name, typed.kept, member(), said)
    except Invalid as error:
        session().rollback()
        return _page(newsletter, saved, typed.form, _error(error), typed.kept, status=422)
    flash(_("Saved. Issues that use an earlier version keep it until somebody takes the new one.") if changed
          else _("Nothing was changed."))  # fmt: skip
    return redirect(url_for("staff.segments", slug=slug))


@blueprint.post("/newsletters/<slug>/segments/<int:segment_id>/hide")
def hide_segment(slug: str, segment_id: int) -> ResponseReturnValue:
    """Take it from the list."""
    newsletter = newsletters.find(session(), slug)
    saved_segment.hide(session(), saved_segment.get(session(), newsletter, segment_id, lock=True), member())
    flash(_("It is no longer in the list. Issues that use it go on as they are."))
    return redirect(url_for("staff.segments", slug=slug))


def _error(error: Invalid) -> dict[str, str]:
    return {"name" if error.field == "name" else "": error.say(language())}


def _named(newsletter: Newsletter) -> SavedSegment | None:
    """The segment whose form was sent; None for a new one."""
    sent = request.form.get("id", "")
    if not sent:
        return None
    if not sent.isdecimal() or len(sent) > 9:
        raise NotFound("there is no such saved segment")
    return saved_segment.get(session(), newsletter, int(sent))


def _page(
    newsletter: Newsletter,
    saved: SavedSegment | None,
    form: SegmentForm | None = None,
    errors: dict[str, str] | None = None,
    kept: dict[str, Any] | None = None,
    *,
    status: int = 200,
    counted: Counted | None = None,
    at: str = "",
    stale: bool = False,
) -> ResponseReturnValue:
    now = saved.latest.segment if saved else {}
    versions = [
        (one, form_page.in_words(newsletter, "", one.segment)) for one in reversed(saved.versions if saved else [])
    ]
    page = render_template(
        "staff/segments/edit.html", edited=newsletter, saved=saved, errors=errors or {}, counted=counted, at=at,
        stale=stale, versions=versions, name=request.form.get("name", "") if form else saved.name if saved else "",
        number=request.form.get("number", "") if form else str(saved.latest.number) if saved else "",
        tried=form_page.in_words(newsletter, "", kept) if kept is not None else "",
        changeable=saved is None or saved.hidden_at is None,
        **form_page.values(newsletter, form if form is not None else form_page.shown(now)),
    )  # fmt: skip
    return make_response(page, status)
