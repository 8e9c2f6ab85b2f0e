"""My account: name and language, and the way to password, second factor and sessions."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import settings
from models.staff import audit, login_session, password, password_reset
from models.staff.factors import passkey, second_factor
from models.staff.member import Member, NotificationTiming, checked_name
from models.staff.single_sign_on import provider_identity
from models.store.errors import Invalid
from models.store.language import known

from ...language import language, remember_own
from ...request import session
from ..login_session import blueprint, log_in, member, place
from . import step_up


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """The page."""
    return _page(member().name, member().language, member().notification_timing)


@blueprint.post("/account")
def save_account() -> ResponseReturnValue:
    """Take another name or language, or another time for letters about what waits."""
    person, name = member(), request.form.get("name", "").strip()
    chosen, timing = known(request.form.get("language")) or "", _typed_timing()
    try:
        checked_name(name)
    except Invalid as error:
        return _page(name, chosen, timing, {"name": error.say(language())}, 422)
    before = _choices(person)
    person.name, person.language, person.notification_timing = name, chosen, timing
    if before != (after := _choices(person)):
        audit.record(session(), person, "change own account", f"member/{person.id}", before=before, **after)
    remember_own(chosen)
    flash(_("Your account is saved."))
    return redirect(url_for("staff.account", lang=None))


def _choices(person: Member) -> dict[str, str]:
    """What this page changes, for the audit log."""
    timing = person.notification_timing.value
    return {"name": person.name, "language": person.language, "notification_timing": timing}


def _typed_timing() -> NotificationTiming:
    """The time for letters that was chosen; the present one where the form names none that there is."""
    typed = request.form.get("notification_timing")
    return next((one for one in NotificationTiming if one.value == typed), member().notification_timing)


@blueprint.get("/account/password")
def own_password() -> ResponseReturnValue:
    """The form for a new password."""
    return step_up_with_factor() or _password_page()


@blueprint.post("/account/password")
def save_own_password() -> ResponseReturnValue:
    """Take a new password. It ends every session but this one, which begins anew."""
    if page := step_up_with_factor():
        return page
    person = member()
    try:
        if person.password_hash:
            step_up.check_password(person, request.form.get("password", ""))
        password_reset.finish(session(), person, typed_password(), place(), "new_password")
    except Invalid as error:
        return _password_page({error.field: error.say(language())}, 422)
    log_in(person)
    flash(_("Your password is changed. Other devices have been logged out."))
    return redirect(url_for("staff.account"))


def step_up_with_factor() -> ResponseReturnValue | None:
    """The page that asks for a proof, where there is more to ask for than the password that this form asks for."""
    return step_up.require_recent_proof() if second_factor.is_set_up(session(), member()) else None


def typed_password() -> str:
    """The new password of this form.

    Raises:
        Invalid: it was not typed twice alike.
    """
    new, again = request.form.get("new_password", ""), request.form.get("new_password_again", "")
    if new != again:
        raise Invalid("The two passwords differ. Enter the new one twice alike.", field="new_password_again")
    return new


def _password_page(errors: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "staff/account/password.html", person=member(), errors=errors or {}, least=password.MIN_LENGTH
    )
    return make_response(page, status)


def _page(
    name: str,
    chosen: str,
    timing: NotificationTiming,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    person = member()
    page = render_template(
        "staff/account/account.html",
        person=person,
        name=name,
        chosen=chosen,
        timing=timing.value,
        digest_time=f"{settings.get().notification_digest_time:%H:%M}",
        errors=errors or {},
        connected=provider_identity.has_any(session(), person),
        has_app=second_factor.has_app(session(), person),
        passkey_count=len(passkey.list_of(session(), person)),
        session_count=len(login_session.list_running(session(), person)),
    )
    return make_response(page, status)
