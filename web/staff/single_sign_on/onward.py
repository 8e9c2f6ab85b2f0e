"""What comes after a login at the provider, and what leads there: a form that was kept, and logging out there, too."""

from __future__ import annotations

from authlib.common.urls import add_params_to_uri
from flask import Response, make_response, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Forbidden as ForbiddenSite

import settings
from models.staff.single_sign_on import provider_session

from ... import base_path, kept_form
from ...request import csrf_exempt, session
from ..login_session import blueprint, member, safe_next
from . import provider
from .bounded_http import ProviderDown, ProviderWrong
from .provider_name import provider_name


@blueprint.get("/signed-in")
def signed_in() -> ResponseReturnValue:
    """Where a login ends that was made beside a page with a form: go back there."""
    return render_template("staff/single_sign_on/signed_in.html")


@blueprint.post("/kept")
@csrf_exempt
def show_kept() -> ResponseReturnValue:
    """Show a form that the login page has kept, after a login beside it. It changes nothing."""
    # The login has ended the session that the page's token belongs to. What another site sends is no form of ours.
    if kept_form.is_foreign():
        raise ForbiddenSite
    kept = kept_form.opened(request.form.get(kept_form.FIELD, ""), member().id)
    if kept is None or safe_next(kept.address) != kept.address:
        raise ForbiddenSite
    return render_template("staff/kept.html", kept=kept, title=_("You can go on"))


def address_of_logout(key: str) -> str:
    """Where the provider logs people out; empty where the session *key* was not begun there, or it tells no address.

    Before the session ends: the provider wants to see with what it began.
    """
    token = provider_session.take_id_token(session(), key) if provider.is_used() else None
    if token is None:
        return ""
    try:
        with provider.question():
            there = provider.addresses().end_session
    except (provider.ProviderBusy, ProviderDown, ProviderWrong):
        return ""
    back = f"{base_path.origin()}{url_for('staff.login')}"
    told = {"client_id": settings.get().oidc_client_id, "post_logout_redirect_uri": back, "id_token_hint": token}
    given = [(name, value) for name, value in told.items() if value]
    return str(add_params_to_uri(there, given)) if there else ""


def lead_on(onward: str, *, leaving: bool = False) -> Response:
    """A page that leads on to the provider: the answer to a form may lead to no other host (CSP, form-action).

    Arguments:
        onward: the address there.
        leaving: whether it is to log out there, too.
    """
    name = provider_name()
    page = render_template("staff/single_sign_on/onward.html", onward=onward, leaving=leaving, provider=name)
    return make_response(page)


def _sign_in_provider() -> str:
    return provider_name() if provider.is_used() else ""


def _password_login() -> bool:
    return settings.get().password_login


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(sign_in_provider=_sign_in_provider, password_login=_password_login)
