"""Logging in and out."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, logout_user

from models.staff import audit, login_session, login_warning
from models.staff import member as members

from ..request import client_address, commit, network, session
from . import login_limit, login_page
from .account import login_steps
from .login_session import blueprint, member, session_key
from .single_sign_on.onward import address_of_logout, lead_on


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """The form."""
    if current_user.is_authenticated:
        return redirect(url_for("staff.home"))
    return _page()


@blueprint.post("/login")
def submit_login() -> ResponseReturnValue:
    """Check the password. Every try is written down; a wrong one says nothing about which half was wrong."""
    address = request.form.get("address", "").strip()[:320]
    if not login_limit.slow_down(address):
        return _wait(address, 5)
    if wait := login_limit.begin_try(address):
        return _wait(address, wait)
    person = members.authenticate(session(), address, request.form.get("password", "")[:1000])
    if person is None:
        login_limit.note_wrong()
        _record_failure(address)
        return _page(address, {"address": _("The address or the password is wrong. Check both and try again.")}, 422)
    login_limit.forget_wrong(address)
    return login_steps.refuse_beside_provider(person) or login_steps.after_first_step(person, "password")


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End this session, in every copy of its cookie."""
    audit.record(session(), member(), "log out")
    there = address_of_logout(session_key())
    login_session.end(session(), session_key())
    logout_user()
    cookie.clear()
    return lead_on(there, leaving=True) if there else redirect(url_for("staff.login"))


def _record_failure(typed: str) -> None:
    """Write a wrong try down without what was typed, which may be a password."""
    known = members.known_id(session(), typed)
    subject = f"member/{known}" if known else f"unknown/{login_limit.keyed_hash(typed)}"
    audit.record(session(), "login", "fail login", subject, client=client_address())
    if known:
        login_warning.warn(session(), known, network())
    commit()


def _wait(address: str, seconds: int) -> ResponseReturnValue:
    message = _("There were many wrong tries. Wait %(seconds)s seconds, then enter the password once more.",
                seconds=seconds)  # fmt: skip
    response = make_response(_page(address, {"password": message}, 429))
    response.headers["Retry-After"] = str(seconds)
    return response


def _page(address: str = "", errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    return login_page.show(address, errors, status, way=request.args.get("next"))
