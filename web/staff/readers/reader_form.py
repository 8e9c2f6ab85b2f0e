"""The form of a reader's profile, and the one that adds a reader by hand."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.readers import profile
from models.readers.by_staff import manual_entry, reader_edit
from models.readers.by_staff.manual_entry import KnownReader, Suppressed
from models.readers.by_staff.reader_edit import ChangedValue
from models.readers.profile import Profile, custom_fields
from models.readers.subscriber import Subscription
from models.store import mail_address
from models.store.clock import today
from models.store.errors import Invalid

from ...language import _, language
from ...request import session
from ..login_session import blueprint, member
from . import list_query, reader_words, sealed_words
from .reader_page import found, note_look


@blueprint.get("/newsletters/<slug>/readers/<int:reader_id>/edit")
def edit_reader(slug: str, reader_id: int) -> ResponseReturnValue:
    """The form, filled in with what is known."""
    one = found(slug, reader_id)
    return _edit_page(one, reader_edit.values(one))


@blueprint.post("/newsletters/<slug>/readers/<int:reader_id>/edit")
def save_reader(slug: str, reader_id: int) -> ResponseReturnValue:
    """Save it, unless somebody else has changed something since the form was shown."""
    one = found(slug, reader_id, lock=True)
    typed = _typed(one.newsletter)
    before = sealed_words.opened_values(one.id, request.form.get("before", ""))
    if changed := reader_edit.changed_meanwhile(one, before, typed):
        shown = typed if before is None else _rest_anew(typed, before, one)
        return _edit_page(one, shown, status=409, changed=changed, is_foreign=before is None)
    try:
        answers = _profile(one.newsletter, typed)
    except Invalid as error:
        return _edit_page(one, typed, {_form_field(one.newsletter, error): error.say(language())}, 422)
    flash(_("Saved.") if reader_edit.edit(session(), one, answers, member()) else _("Nothing was changed."))
    return redirect(url_for("staff.reader", slug=slug, reader_id=reader_id, **list_query.carried()))


@blueprint.get("/newsletters/<slug>/readers/new")
def new_reader(slug: str) -> ResponseReturnValue:
    """An empty form."""
    newsletter = newsletters.find(session(), slug)
    empty = {"language": newsletter.language, "topics": [], "audience": "", "day": today().isoformat()}
    return _new_page(newsletter, empty)


@blueprint.post("/newsletters/<slug>/readers/new")
def add_reader(slug: str) -> ResponseReturnValue:
    """Let somebody subscribe who has agreed elsewhere."""
    newsletter = newsletters.find(session(), slug)
    typed = {**_typed(newsletter), **{name: request.form.get(name, "")[:500] for name in ("address", "way", "day",
             "evidence", "lift")}}  # fmt: skip
    try:
        one = manual_entry.add(
            session(), newsletter, mail_address.parse(typed["address"]), _profile(newsletter, typed),
            manual_entry.evidence(typed["way"], typed["day"], typed["evidence"]), member(), lift=typed["lift"] == "yes",
        )  # fmt: skip
    except Invalid as error:
        said = {_form_field(newsletter, error): error.say(language())}
        session().rollback()
        known = error.reader_id if isinstance(error, KnownReader) else 0
        reason = reader_words.suppressed(error.reason) if isinstance(error, Suppressed) else ""
        return _new_page(newsletters.find(session(), slug), typed, said, 422, known=known, reason=reason)
    flash(_("The reader is added. A letter of welcome is on its way."))
    return redirect(url_for("staff.reader", slug=slug, reader_id=one.subscriber_id))


def _rest_anew(typed: dict[str, Any], before: dict[str, Any], one: Subscription) -> dict[str, Any]:
    """What was typed; where somebody has left a field alone, what it is now, so that no change is undone by nobody."""
    now = reader_edit.values(one)
    return {name: now[name] if typed[name] == before.get(name, "") else typed[name] for name in now}


def _typed(newsletter: Newsletter) -> dict[str, Any]:
    """What the form of this request says, under the names that :func:`reader_edit.values` has."""
    names = ("name", "kana", "organisation", "language", "audience")
    own = [f"field-{one.name}" for one in custom_fields(newsletter)]
    return {
        **{name: request.form.get(name, "")[:1000] for name in (*names, *own)},
        "topics": [slug[:100] for slug in request.form.getlist("topics")[:200]],
        "tracking_refused": request.form.get("tracking_refused") == "yes",
    }


def _profile(newsletter: Newsletter, typed: dict[str, Any]) -> Profile:
    return profile.validate(
        newsletter,
        name=typed["name"],
        kana=typed["kana"],
        organisation=typed["organisation"],
        audience=typed["audience"],
        topics=typed["topics"],
        fields={one.name: typed[f"field-{one.name}"] for one in custom_fields(newsletter)},
        language="en" if typed["language"] == "en" else "ja",
        tracking_refused=typed["tracking_refused"],
        complete=False,  # whoever is asked on the telephone need not answer everything
    )


def _form_field(newsletter: Newsletter, error: Invalid) -> str:
    own = {one.name for one in custom_fields(newsletter)}
    return f"field-{error.field}" if error.field in own else error.field


def _edit_page(
    one: Subscription,
    typed: dict[str, Any],
    errors: dict[str, str] | None = None,
    status: int = 200,
    changed: list[ChangedValue] | None = None,
    *,
    is_foreign: bool = False,
) -> ResponseReturnValue:
    note_look(one, status)
    page = render_template(
        "staff/readers/edit.html", edited=one.newsletter, one=one, reader=one.subscriber, typed=typed,
        errors=errors or {}, changed=changed or [], is_foreign=is_foreign, words=reader_words,
        carried=list_query.carried(),
        before=sealed_words.seal_values(one.id, reader_edit.values(one)), **_choices(one.newsletter),
    )  # fmt: skip
    return make_response(page, status)


def _new_page(
    newsletter: Newsletter,
    typed: dict[str, Any],
    errors: dict[str, str] | None = None,
    status: int = 200,
    *,
    known: int = 0,
    reason: str = "",
) -> ResponseReturnValue:
    page = render_template(
        "staff/readers/new.html", edited=newsletter, typed=typed, errors=errors or {}, known=known, reason=reason,
        ways=reader_words.ways(), today=today().isoformat(), **_choices(newsletter),
    )  # fmt: skip
    return make_response(page, status)


def _choices(newsletter: Newsletter) -> dict[str, Any]:
    return {
        "own_fields": [(f"field-{one.name}", one.label) for one in custom_fields(newsletter)],
        "audiences": [("", _("(none)")), *((one.slug, one.name) for one in newsletter.audiences)],
        "topics": [(one.slug, one.name) for one in newsletter.topics],
        "letter_languages": [("ja", "日本語"), ("en", "English")],
    }
