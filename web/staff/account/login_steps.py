"""The login behind its first step: a second factor where there is one, setting one up where a role requires it.

The first step is a password, or a login at the identity provider. Between the steps nothing is open: the browser holds
the key of a :mod:`models.staff.pending_login`, which no other page takes. A form that somebody sent with an ended
session is carried through every step.
"""

from __future__ import annotations

from flask import make_response, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

import settings
from models.staff import audit, login_session, membership, pending_login
from models.staff.factors import passkey, second_factor
from models.staff.factors.passkey_challenge import Ceremony
from models.staff.factors.second_factor import CodeKind, TooManyCodes
from models.staff.member import Member
from models.staff.single_sign_on import provider_session
from models.staff.single_sign_on.provider_session import ProviderLogin
from models.store.errors import Invalid

from ... import kept_form
from ...language import language
from ...request import commit, session
from .. import login_limit, login_page
from ..login_session import blueprint, log_in, place, safe_next, session_key
from ..single_sign_on.provider_name import provider_name
from . import challenge, set_up

_PENDING = "pending_login"


def after_first_step(
    person: Member, first_step: str, way: str | None = None, provider_login: ProviderLogin | None = None
) -> ResponseReturnValue:
    """What follows the first step of a login: the second one, or the page that the person wanted.

    Arguments:
        first_step: what they have proved who they are with, for the audit log.
        way: the page to go on to, where the address of this one does not name it.
        provider_login: the login at the identity provider, where that was the first step.
    """
    if not second_factor.is_set_up(session(), person) and not second_factor.is_required(person):
        return complete(person, first_step, way=way, provider_login=provider_login)
    _forget_browser_session()
    pending, cookie[_PENDING] = pending_login.begin(session(), person, first_step)
    if provider_login:
        provider_session.note(session(), pending, provider_login)
    audit.record(session(), person, "pass first step", f"member/{person.id}", factor=first_step)
    if kept_form.opened(_carried(), person.id) is not None:  # a redirect would lose it
        return _page(person)
    return redirect(url_for(_step_of(person), next=_way() if way is None else way))


def complete(
    person: Member,
    factor: str,
    codes: list[str] | None = None,
    way: str | None = None,
    provider_login: ProviderLogin | None = None,
) -> ResponseReturnValue:
    """Log *person* in, and go on to where they wanted.

    Arguments:
        factor: what they have proved who they are with, for the audit log.
        codes: new recovery codes, which are shown first.
        way, provider_login: as in :func:`after_first_step`.
    """
    if cookie.get(_PENDING):
        pending_login.end(session(), cookie[_PENDING])
    _forget_browser_session()
    log_in(person)
    if provider_login and (begun := login_session.find(session(), session_key())):
        provider_session.note(session(), begun, provider_login)
    audit.record(session(), person, "log in", factor=factor)
    goal = (_way() if way is None else way) or ""
    response = make_response(_codes_page(person, codes, goal) if codes else _goal(person, goal))
    login_limit.remember_device(person, response)
    return response


def refuse_beside_provider(person: Member) -> ResponseReturnValue | None:
    """The login for whoever proved who they are without the provider, whose groups give them roles; None for others.

    Only the provider knows whether they still are in these groups.
    """
    if not settings.get().oidc_issuer or not membership.follows_groups(person):
        return None
    audit.record(session(), "login", "fail login", f"member/{person.id}", reason="roles by groups")
    said = _("Your roles come from %(provider)s: log in there, with the button.", provider=provider_name())
    return login_page.show(errors={"": said}, status=403, way=_way())


@blueprint.get("/login/code")
def second_step() -> ResponseReturnValue:
    """Ask for the second factor."""
    person = _pending()
    return _page(person) if person else redirect(url_for("staff.login", next=_way()))


@blueprint.post("/login/code")
def submit_second_step() -> ResponseReturnValue:
    """Take a code, or what a passkey has signed."""
    person = _pending()
    if person is None:
        return login_page.ask_again()
    if not second_factor.is_set_up(session(), person):
        return _page(person)
    try:
        factor = take_second_factor(person, Ceremony.SECOND_STEP)
    except Invalid as error:
        commit()  # a wrong code counts, whatever is answered
        return _page(person, error)
    return _complete_second_step(person, factor)


@blueprint.post("/login/code/passkey")
def second_step_passkey() -> ResponseReturnValue:
    """What a browser needs to sign with a passkey of whoever is half logged in."""
    person = _pending()
    if person is None:
        return login_page.ask_again()
    return challenge.options(
        Ceremony.SECOND_STEP, person, lambda made: passkey.authentication_options(session(), person, made)
    )


@blueprint.get("/login/set-up")
def set_up_at_login() -> ResponseReturnValue:
    """Let somebody whose role requires a second factor set one up; nothing else is open to them."""
    person = _pending()
    return _page(person) if person else redirect(url_for("staff.login", next=_way()))


@blueprint.post("/login/set-up")
def submit_set_up_at_login() -> ResponseReturnValue:
    """Take the first code of an app, or a new passkey."""
    person = _pending()
    if person is None:
        return login_page.ask_again()
    if second_factor.is_set_up(session(), person):  # meanwhile, in another window
        return _page(person)
    try:
        factor, codes = set_up.take(person)
    except Invalid as error:
        return _page(person, error)
    return _complete_second_step(person, factor, codes)


@blueprint.post("/login/set-up/passkey")
def set_up_passkey_at_login() -> ResponseReturnValue:
    """What a browser needs to make a passkey for whoever is half logged in."""
    person = _pending()
    if person is None or second_factor.is_set_up(session(), person):
        return login_page.ask_again()
    return set_up.passkey_options(person)


@blueprint.post("/login/passkey/options")
def login_passkey() -> ResponseReturnValue:
    """What a browser needs to log in with a passkey alone."""
    return challenge.options(Ceremony.LOG_IN, None, lambda made: passkey.authentication_options(session(), None, made))


@blueprint.post("/login/passkey")
def submit_login_passkey() -> ResponseReturnValue:
    """Log in with a passkey alone: the device has made sure who holds it, so it is both factors at once."""
    try:
        made = challenge.take(Ceremony.LOG_IN, None)
        used = passkey.authenticate(session(), challenge.answer(), made, None, alone=True)
        person = passkey.owner_of(session(), used)
        if not person.may_enter:
            raise passkey.BadPasskey("this passkey is not known here: choose another one, or go another way")
    except Invalid as error:
        return login_page.show(errors={"": error.say(language())}, status=422, way=_way())
    return refuse_beside_provider(person) or complete(person, "passkey")


def take_second_factor(person: Member, ceremony: Ceremony, alone: bool = False) -> str:
    """Take the code or the passkey that this form brings.

    Arguments:
        ceremony: what the passkey's challenge was made for.
        alone: whether the passkey stands in for the password, too.

    Returns:
        What it was, for the audit log.

    Raises:
        Invalid: it is wrong; the caller commits, so that this counts.
    """
    if answer := challenge.answer():
        made = challenge.take(ceremony, person)
        passkey.authenticate(session(), answer, made, person, alone)
        return "passkey"
    code, known = request.form.get("code", "")[:100], login_limit.is_known_device(person)
    kind: CodeKind = second_factor.use_code(session(), person, code, known, place())
    return kind.value


def _page(person: Member, error: Invalid | None = None) -> ResponseReturnValue:
    """The step that *person* is at."""
    errors = {error.field: error.say(language())} if error else {}
    around = {"person": person, "errors": errors, "kept": _carried(), "way": _way()}
    if _step_of(person) == "staff.second_step":
        page = render_template(
            "staff/account/second_step.html",
            has_app=second_factor.has_app(session(), person),
            passkeys=passkey.is_available() and passkey.has_any(session(), person),
            **around,
        )
    else:
        page = render_template("staff/account/set_up_at_login.html", **set_up.shown(person, error), **around)
    status = 429 if isinstance(error, TooManyCodes) else 422 if error else 200
    response = make_response(page, status)
    if isinstance(error, TooManyCodes):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _step_of(person: Member) -> str:
    return "staff.second_step" if second_factor.is_set_up(session(), person) else "staff.set_up_at_login"


def _pending() -> Member | None:
    return pending_login.find_member(session(), cookie.get(_PENDING, ""))


def _forget_browser_session() -> None:
    """End the session that this browser had, if any, and whatever somebody planted in it before the login."""
    if current_user.is_authenticated:  # nobody could log it out any more
        login_session.end(session(), session_key())
    cookie.clear()


def _complete_second_step(person: Member, factor: str, codes: list[str] | None = None) -> ResponseReturnValue:
    """Log *person* in whose login was half done, with what their first step has brought."""
    pending = pending_login.find(session(), cookie.get(_PENDING, ""))
    if pending is None:
        return login_page.ask_again()
    first = provider_session.of_pending(session(), pending)
    return complete(person, f"{pending.first_step} and {factor}", codes, provider_login=first)


def _goal(person: Member, way: str) -> ResponseReturnValue:
    kept = kept_form.opened(_carried(), person.id)
    if kept is not None and safe_next(kept.address) == kept.address:
        return render_template("staff/kept.html", kept=kept, title=_("You are logged in again"))
    return redirect(safe_next(way))


def _codes_page(person: Member, codes: list[str], way: str) -> ResponseReturnValue:
    kept = kept_form.opened(_carried(), person.id)
    inside = kept is not None and safe_next(kept.address) == kept.address
    return set_up.codes_page(codes, safe_next(way), kept if inside else None)


def _carried() -> str:
    return request.form.get(kept_form.FIELD, "")


def _way() -> str | None:
    return request.args.get("next")
