"""The first start: while nobody is on the staff, whoever has the link that ``kairan run`` prints makes the first
administrator. As soon as there is somebody, no such link works."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import settings
from models.staff import first_member, invitation
from models.staff.password import MIN_LENGTH
from models.store.errors import Invalid
from web.language import language
from web.request import session

from ..login_session import blueprint


@blueprint.get("/first/<key>")
def first(key: str) -> ResponseReturnValue:
    """The form."""
    first_member.check_key(session(), key)
    return _form({})


@blueprint.post("/first/<key>")
def make_first(key: str) -> ResponseReturnValue:
    """Make the first administrator."""
    first_member.check_key(session(), key)
    typed = {name: request.form.get(name, "").strip() for name in ("address", "name")}
    password, again = request.form.get("new_password", "")[:1000], request.form.get("new_password_again", "")[:1000]
    if not settings.get().password_login:
        password = again = ""  # nobody could use it
    if password != again:
        return _form(typed, {"new_password_again": _("The two passwords are not the same.")})
    if not password and settings.get().password_login:
        return _form(typed, {"new_password": _("Choose a password.")})
    try:
        made = first_member.make(session(), typed["address"], typed["name"], password, _("the page of the first start"))
    except Invalid as error:
        session().rollback()
        return _form(typed, {error.field or "address": error.say(language())})
    if not settings.get().password_login:
        return redirect(url_for("staff.invited", key=invitation.make(session(), made, None).rpartition("/")[2]))
    flash(_("You are the first administrator. Log in with your password."))
    return redirect(url_for("staff.login"))


def _form(typed: dict[str, str], errors: dict[str, str] | None = None) -> ResponseReturnValue:
    page = render_template("staff/people/first.html", typed=typed, least=MIN_LENGTH, errors=errors or {})
    return make_response(page, 422 if errors else 200)
