"""The page of the login, which other steps lead back to when their time is over. It carries a form on."""

from __future__ import annotations

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.staff.factors import passkey

from .. import kept_form
from ..kept_form import KeptForm
from .login_session import last_member_id


def show(
    address: str = "",
    errors: dict[str, str] | None = None,
    status: int = 200,
    kept: KeptForm | None = None,
    way: str | None = None,
) -> ResponseReturnValue:
    """The page.

    Arguments:
        address: what was typed.
        errors: what is wrong, by field.
        kept: a form to be carried on; else the one that this request carries.
        way: the page to go on to.
    """
    carried = kept_form.sealed(kept, last_member_id()) or request.form.get(kept_form.FIELD, "")
    page = render_template(
        "staff/login.html",
        address=address,
        errors=errors or {},
        kept=carried,
        way=way,
        passkeys=passkey.is_available(),
    )
    return make_response(page, status)


def ask_again() -> ResponseReturnValue:
    """The login in place of a page whose session, or half of a login, has ended. It carries the form that came."""
    ended = _("Your session has ended. Log in once more: what you entered is kept.")
    return show("", {"": ended}, 401, kept=kept_form.of_request(), way=request.args.get("next"))
