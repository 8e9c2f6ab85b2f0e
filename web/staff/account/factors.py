"""My account: the second factor. Authenticator app, passkeys and recovery codes, added and taken away."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.staff import audit
from models.staff.factors import passkey, recovery_code, second_factor
from models.store.errors import Invalid

from ...language import language
from ...request import session
from ..login_session import blueprint, member, place
from . import set_up


@blueprint.get("/account/second-factor")
def second_factors() -> ResponseReturnValue:
    """What there is, and what can be added."""
    return _page()


@blueprint.get("/account/second-factor/app")
def set_up_app() -> ResponseReturnValue:
    """The picture that an app reads."""
    return _app_page()


@blueprint.post("/account/second-factor/app")
def save_app() -> ResponseReturnValue:
    """Take the first code of the app."""
    try:
        codes = set_up.take_app(member())
    except Invalid as error:
        return _app_page(error)
    return _added(codes, _("The authenticator app is set up."))


@blueprint.post("/account/second-factor/app/remove")
def remove_app() -> ResponseReturnValue:
    """Forget the app."""
    second_factor.remove_app(session(), member(), place())
    flash(_("The authenticator app is removed."))
    return redirect(url_for("staff.second_factors"))


@blueprint.post("/account/second-factor/codes")
def make_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them this once."""
    codes = second_factor.new_codes(session(), member(), place())
    return set_up.codes_page(codes, url_for("staff.second_factors"))


@blueprint.get("/account/passkeys/new")
def new_passkey() -> ResponseReturnValue:
    """The form that adds a passkey."""
    return _passkey_page()


@blueprint.post("/account/passkeys/options")
def new_passkey_options() -> ResponseReturnValue:
    """What a browser needs to make a passkey."""
    return set_up.passkey_options(member())


@blueprint.post("/account/passkeys/new")
def save_passkey() -> ResponseReturnValue:
    """Add the passkey that the browser has made."""
    try:
        codes = set_up.take_passkey(member())
    except Invalid as error:
        return _passkey_page(error)
    return _added(codes, _("The passkey is added."))


@blueprint.post("/account/passkeys/<int:passkey_id>/name")
def rename_passkey(passkey_id: int) -> ResponseReturnValue:
    """Call a passkey something else."""
    found = passkey.get(session(), member(), passkey_id)
    try:
        before, found.name = found.name, set_up.checked_name(request.form.get("name", "").strip())
    except Invalid as error:
        return _page({f"name-{passkey_id}": error.say(language())}, 422)
    audit.record(session(), member(), "rename passkey", f"member/{member().id}",
                 passkey=passkey_id, before=before, name=found.name)  # fmt: skip
    flash(_("The name is saved."))
    return redirect(url_for("staff.second_factors"))


@blueprint.post("/account/passkeys/<int:passkey_id>/remove")
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget a passkey."""
    second_factor.remove_passkey(session(), member(), passkey_id, place())
    flash(_("The passkey is removed."))
    return redirect(url_for("staff.second_factors"))


def _added(codes: list[str], message: str) -> ResponseReturnValue:
    if codes:
        return set_up.codes_page(codes, url_for("staff.second_factors"))
    flash(message)
    return redirect(url_for("staff.second_factors"))


def _app_page(error: Invalid | None = None) -> ResponseReturnValue:
    errors = {error.field: error.say(language())} if error else {}
    replaces = second_factor.has_app(session(), member())
    page = render_template(
        "staff/account/app.html", person=member(), errors=errors, replaces=replaces, **set_up.shown(member(), error)
    )
    return make_response(page, 422 if error else 200)


def _passkey_page(error: Invalid | None = None) -> ResponseReturnValue:
    errors = {error.field: error.say(language())} if error else {}
    page = render_template("staff/account/passkey.html", errors=errors, **set_up.shown(member(), error, app=False))
    return make_response(page, 422 if error else 200)


def _page(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    person = member()
    page = render_template(
        "staff/account/second_factor.html",
        errors=errors or {},
        has_app=second_factor.has_app(session(), person),
        own_passkeys=passkey.list_of(session(), person),
        available=passkey.is_available(),
        codes_left=recovery_code.left(session(), person),
        required=second_factor.is_required(person),
    )
    return make_response(page, status)
