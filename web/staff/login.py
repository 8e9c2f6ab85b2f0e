"""Logging in and out."""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

import settings
from models.staff import audit
from models.staff import member as members

from ..request import commit, limiter, session
from .login_session import blueprint, log_in, member, roles_required, safe_next


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The form."""
    if current_user.is_authenticated:
        return redirect(url_for("staff.issues"))
    return render_template("staff/login.html", address="", errors={})


@blueprint.post("/login")
@limiter.limit(lambda: settings.get().login_limit)
def submit_login() -> ResponseReturnValue:
    """Check the password. Every try is written down; a wrong one says nothing about which half was wrong."""
    address = request.form.get("address", "").strip()[:320]
    person = members.authenticate(session(), address, request.form.get("password", "")[:1000])
    if person is None:
        audit.record(session(), address or "?", "fail login")
        commit()
        errors = {"address": _("The address or the password is wrong. Check both and try again.")}
        return make_response(render_template("staff/login.html", address=address, errors=errors), 422)
    cookie.clear()  # a session that somebody planted before the login is worth nothing after it
    log_in(person)
    audit.record(session(), person, "log in")
    return redirect(safe_next(request.args.get("next", "")))


@blueprint.post("/logout")
@roles_required()
def logout() -> ResponseReturnValue:
    """End this session."""
    audit.record(session(), member(), "log out")
    logout_user()
    cookie.clear()
    return redirect(url_for("staff.login"))
