"""Confirm that it is you: asked before steps that matter, where the last proof is older than ten minutes.

The password and, where there is one, a code of the second factor; or a passkey alone; or a new login at the identity
provider, which asks in any case. A form that was held up is
carried through, and sent once more after it.
"""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

import settings
from models.staff import audit, login_session, password
from models.staff.factors import passkey, second_factor
from models.staff.factors.passkey_challenge import Ceremony
from models.staff.factors.second_factor import TooManyCodes
from models.staff.member import Member
from models.store.errors import Invalid
from models.store.phrase import phrase

from ... import kept_form
from ...language import language
from ...request import commit, session
from .. import login_limit
from ..login_session import blueprint, member, safe_next, session_key
from ..single_sign_on import own_identity
from ..single_sign_on.provider_name import provider_name
from . import challenge, login_steps


def step_up_due() -> bool:
    """Whether the person who asks has not proved lately who they are. Only for whoever is logged in."""
    return not login_session.is_proved(session(), session_key())


def require_recent_proof() -> ResponseReturnValue | None:
    """The page that asks for a proof, in place of the one that was asked for; None where a proof is recent."""
    if not step_up_due():
        return None
    if request.method == "GET":
        return redirect(url_for("staff.confirm", next=request.script_root + request.full_path.rstrip("?")))
    return _page(kept_form.sealed(kept_form.of_request(even_empty=True), member().id), status=401)


@blueprint.get("/account/confirm")
def confirm() -> ResponseReturnValue:
    """Ask who it is."""
    return _page()


@blueprint.post("/account/confirm")
def submit_confirm() -> ResponseReturnValue:
    """Take the proof, and go on."""
    person, carried = member(), request.form.get(kept_form.FIELD, "")
    try:
        factor = _prove(person)
    except Invalid as error:
        commit()  # a wrong code counts, whatever is answered
        status = 429 if isinstance(error, TooManyCodes) else 422
        return _page(carried, {error.field: error.say(language())}, status)
    login_session.note_proof(session(), session_key())
    audit.record(session(), person, "confirm identity", f"member/{person.id}", factor=factor)
    kept = kept_form.opened(carried, person.id)
    if kept is not None and safe_next(kept.address) == kept.address:
        return render_template("staff/kept.html", kept=kept, title=_("It is you"))
    return redirect(safe_next(request.args.get("next", "")))


@blueprint.post("/account/confirm/passkey")
def confirm_passkey() -> ResponseReturnValue:
    """What a browser needs to sign with a passkey of the person who asks, alone."""
    return challenge.options(
        Ceremony.CONFIRM, member(), lambda made: passkey.authentication_options(session(), member(), made, alone=True)
    )


def check_password(person: Member, typed: str, field: str = "password") -> None:
    """Refuse *typed* where it is not *person*'s password; wrong ones count as those of the login do.

    Raises:
        Invalid: it is wrong, or there were too many.
    """
    if seconds := login_limit.begin_try(person.address):
        raise Invalid(
            phrase("There were many wrong tries. Wait {seconds} seconds, then enter the password once more.",
                   seconds=seconds), field=field,
        )  # fmt: skip
    if not password.fits(person.password_hash, typed[:1000]):
        raise Invalid("This is not your password. Check it and try again.", field=field)
    login_limit.forget_wrong(person.address)


def _prove(person: Member) -> str:
    """What *person* has proved who they are with."""
    has_factor = second_factor.is_set_up(session(), person)
    if challenge.answer():
        return login_steps.take_second_factor(person, Ceremony.CONFIRM, alone=True)
    if not has_factor and not _has_password(person):
        raise Invalid("Log out and log in again: there is nothing else by which we could know you.")
    factors = []
    if _has_password(person):
        check_password(person, request.form.get("password", ""))
        factors.append("password")
    if has_factor:
        factors.append(login_steps.take_second_factor(person, Ceremony.CONFIRM))
    return " and ".join(factors)


def _has_password(person: Member) -> bool:
    return bool(person.password_hash) and settings.get().password_login


def _page(carried: str = "", errors: dict[str, str] | None = None, status: int = 200) -> Response:
    person = member()
    page = render_template(
        "staff/account/confirm.html",
        person=person,
        has_password=_has_password(person),
        has_app=second_factor.has_app(session(), person),
        has_factor=second_factor.is_set_up(session(), person),
        passkeys=passkey.is_available() and passkey.has_any(session(), person),
        provider=provider_name() if own_identity.may_confirm(person) else "",
        errors=errors or {},
        kept=carried,
        way=request.args.get("next") if request.endpoint in ("staff.confirm", "staff.submit_confirm") else None,
    )
    return make_response(page, status)
