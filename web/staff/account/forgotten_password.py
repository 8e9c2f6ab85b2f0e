"""A new password by mail: asking for the letter, and the page that its link opens."""

from __future__ import annotations

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.staff import password, password_reset
from models.staff.factors import passkey, second_factor
from models.staff.factors.passkey_challenge import Ceremony
from models.staff.factors.second_factor import TooManyCodes
from models.staff.member import Member
from models.store.errors import Invalid
from models.store.token import BadToken

from ...language import language
from ...request import commit, limiter, session
from ..login_session import blueprint, place
from . import challenge, login_steps, own_account

_LIMIT = "5 per minute; 30 per hour"
"""Letters asked for from one network; one person gets three an hour."""


@blueprint.get("/login/forgotten")
def forgotten_password() -> ResponseReturnValue:
    """Ask for the address."""
    return render_template("staff/account/forgotten.html", address="", errors={}, asked=False)


@blueprint.post("/login/forgotten")
@limiter.limit(_LIMIT)
def ask_for_new_password() -> ResponseReturnValue:
    """Post the letter, where the address is known; the answer is the same where it is not."""
    address = request.form.get("address", "").strip()[:320]
    if "@" not in address:
        errors = {"address": _("Enter the mail address with which you log in.")}
        page = render_template("staff/account/forgotten.html", address=address, errors=errors, asked=False)
        return make_response(page, 422)
    password_reset.request(session(), address)
    return render_template("staff/account/forgotten.html", address=address, errors={}, asked=True)


@blueprint.get("/login/new-password/<int:member_id>/<link_token>")
def new_password(member_id: int, link_token: str) -> ResponseReturnValue:
    """The form behind the letter's link; looking at it changes nothing."""
    try:
        return _page(password_reset.find_member(session(), member_id, link_token))
    except BadToken:
        return _too_late()


@blueprint.post("/login/new-password/<int:member_id>/<link_token>")
def save_new_password(member_id: int, link_token: str) -> ResponseReturnValue:
    """Take the new password and, where there is one, the second factor; then log in."""
    try:
        person = password_reset.find_member(session(), member_id, link_token, lock=True)
    except BadToken:
        return _too_late()
    has_factor = second_factor.is_set_up(session(), person)
    try:
        new = own_account.typed_password()
        password.check(new, (person.name, person.address), "new_password")  # before a recovery code is used up
        factor = login_steps.take_second_factor(person, Ceremony.NEW_PASSWORD) if has_factor else ""
    except Invalid as error:
        commit()  # a wrong code counts, whatever is answered
        return _page(person, error)
    password_reset.finish(session(), person, new, place(), "new_password")
    if page := login_steps.refuse_beside_provider(person):
        return page
    if not factor:
        return login_steps.after_first_step(person, "password")
    return login_steps.complete(person, f"letter and {factor}")


@blueprint.post("/login/new-password/<int:member_id>/<link_token>/passkey")
def new_password_passkey(member_id: int, link_token: str) -> ResponseReturnValue:
    """What a browser needs to sign with a passkey of the person whose link it is."""
    person = password_reset.find_member(session(), member_id, link_token)
    return challenge.options(
        Ceremony.NEW_PASSWORD, person, lambda made: passkey.authentication_options(session(), person, made)
    )


def _page(person: Member, error: Invalid | None = None) -> ResponseReturnValue:
    page = render_template(
        "staff/account/new_password.html",
        person=person,
        errors={error.field: error.say(language())} if error else {},
        least=password.MIN_LENGTH,
        has_app=second_factor.has_app(session(), person),
        has_factor=second_factor.is_set_up(session(), person),
        passkeys=passkey.is_available() and passkey.has_any(session(), person),
        kept="",
        way=None,
    )
    return make_response(page, 429 if isinstance(error, TooManyCodes) else 422 if error else 200)


def _too_late() -> ResponseReturnValue:
    """A link that was used, is too old, or was never good: all three say the same, and how to get another."""
    return make_response(render_template("staff/account/link_ended.html"), 410)
