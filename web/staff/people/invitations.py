"""What whoever is invited sees: the page behind the letter's link, where they choose a password, or go to the
identity provider."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from models.issues import newsletter as newsletters
from models.staff import invitation
from models.staff.member import Member
from models.staff.password import MIN_LENGTH
from models.store.errors import Invalid, KairanError, NotFound
from web.language import language
from web.request import session

from ..login_session import blueprint


@blueprint.get("/invitations/<key>")
def invited(key: str) -> ResponseReturnValue:
    """The form; opening the link uses nothing up, since mail gateways open links, too."""
    try:
        _used, person = invitation.find(session(), key)
    except KairanError as error:
        return _ended(error)
    return _form(key, person)


@blueprint.post("/invitations/<key>")
def accept_invitation(key: str) -> ResponseReturnValue:
    """Take the password; the login is the next page, with whatever second step it has."""
    try:
        _used, person = invitation.find(session(), key)
    except KairanError as error:
        return _ended(error)
    password, again = request.form.get("new_password", "")[:1000], request.form.get("new_password_again", "")[:1000]
    if password != again:
        return _form(key, person, {"new_password_again": _("The two passwords are not the same.")})
    try:
        invitation.accept(session(), key, request.form.get("name", ""), password)
    except Invalid as error:
        said = {error.field or "new_password": error.say(language())}
        session().rollback()
        return _form(key, invitation.find(session(), key)[1], said)
    flash(_("Your password is set. Log in with it."))
    return redirect(url_for("staff.login"))


def check_sender() -> None:
    """Hold back a letter of invitation that nobody could sign.

    Raises:
        Invalid: there is no newsletter yet, whose sender stands on letters to staff.
    """
    if not newsletters.list_all(session()):
        raise Invalid("make a newsletter first: its sender stands on the letter of invitation", field="address")


def _form(key: str, person: Member, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    other = current_user.is_authenticated and current_user.member.id != person.id
    page = render_template(
        "staff/people/invited.html",
        key=key,
        person=person,
        name=request.form.get("name", person.name),
        other=other,
        least=MIN_LENGTH,
        errors=errors or {},
    )
    return make_response(page, 422 if errors else 200)


def _ended(error: KairanError) -> ResponseReturnValue:
    said = error.say(language())
    session().rollback()
    status = 404 if isinstance(error, NotFound) else 410
    return make_response(render_template("staff/people/invitation_ended.html", said=said), status)
