"""Who may ask for what: the one place that holds to the table of access (:mod:`.access_table`).

A line of the table says which permission a page wants, and how the newsletter is found with which it is wanted. What
belongs to a newsletter for which somebody has no role is answered as what is not there at all (404); a permission that
is lacking in one's own newsletter is refused in words (403). A page without a line is refused to everybody.

Pages that show several newsletters keep their lists, counts and choices to :func:`scope`.
"""

from __future__ import annotations

import structlog
from flask import g, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import Unauthorized

import settings
from models.issues import newsletter as newsletters
from models.issues.newsletter import Newsletter
from models.staff.permission import Permission, Scope
from models.store.errors import Forbidden, NotFound

from ..request import session
from . import login_page
from .access_rule import AccessPlace, AccessRule
from .access_table import PASSWORD_PAGES, RULES, of_query, rule
from .account import step_up
from .login_session import blueprint, member, redirect_to_login, second_factor_missing

log = structlog.get_logger("web")


def scope(permission: Permission) -> Scope:
    """The newsletters with which the person who asks may do something."""
    return member().scope(permission)


def may(permission: Permission, newsletter_id: int | None = None) -> bool:
    """Whether a page shows the way to something: whether the person who asks may do it.

    Arguments:
        newsletter_id: with which newsletter; None: with the one that the page is about, or else with any.
    """
    about = newsletter_id if newsletter_id is not None else g.get("newsletter_id")
    if about is None or not current_user.is_authenticated:
        return may_somewhere(permission)
    return member().may(permission, about)


def may_somewhere(permission: Permission) -> bool:
    """Whether the person who asks may do something with any newsletter at all: whether the menu shows the way to it."""
    return bool(current_user.is_authenticated) and bool(scope(permission))


def newsletter() -> Newsletter:
    """The newsletter that the request is about: found by the table, or else named by ``?newsletter=``.

    Raises:
        NotFound: there is none, or the person who asks has no role for it.
        Forbidden: they may not do this with it.
    """
    if "newsletter_id" not in g:
        _hold(_wanted(), of_query())
    return session().get_one(Newsletter, g.newsletter_id)


def list_newsletters() -> list[Newsletter]:
    """The newsletters among which the page that is asked for lets a person choose, the oldest first."""
    return list(newsletters.list_all(session(), scope(_wanted())))


def _wanted() -> Permission:
    wanted = rule().permission
    assert wanted is not None, request.endpoint
    return wanted


@blueprint.before_request
def _check() -> ResponseReturnValue | None:
    """Hold to the table before any view is asked."""
    if request.endpoint in PASSWORD_PAGES and not settings.get().password_login:
        return _passwords_off()
    line = RULES.get(request.endpoint or "")
    if line is not None and line.place is AccessPlace.PUBLIC:
        return None
    if not current_user.is_authenticated:
        if request.method == "GET":
            return redirect_to_login()
        raise Unauthorized  # its page is the login, which carries the form
    if line is None:
        log.error("a page stands in no line of the table of access", endpoint=request.endpoint)
        raise _forbidden()
    if second_factor_missing():
        return redirect(url_for("staff.second_factors"))
    if line.place is AccessPlace.ANY and not member().grants:
        return make_response(render_template("staff/no_role.html"), 403)
    if line.permission is not None and isinstance(line.place, AccessPlace):
        _hold_everywhere(line, line.permission)
    elif line.permission is not None and not isinstance(line.place, AccessPlace):
        _hold(line.permission, line.place())
    return step_up.require_recent_proof() if line.step_up else None


def _passwords_off() -> ResponseReturnValue:
    if current_user.is_authenticated:
        raise Forbidden(_("Passwords are switched off here: you log in at the identity provider."))
    said = _("Passwords are switched off here: log in with the button below.")
    return login_page.show(errors={"": said}, status=403, way=request.args.get("next"))


def _hold_everywhere(line: AccessRule, wanted: Permission) -> None:
    """Refuse a page about no newsletter in particular to whom *line* does not allow it."""
    if not (scope(wanted) if line.place is AccessPlace.ANY else member().may(wanted, None)):
        raise _forbidden()


def _hold(wanted: Permission, newsletter_id: int | None) -> None:
    """Refuse a page about a newsletter, as what is not there or in words; else note the newsletter."""
    if newsletter_id is None or not member().roles(newsletter_id):
        raise NotFound("there is no such newsletter, or it is somebody else's")
    if not member().may(wanted, newsletter_id):
        raise _forbidden()
    g.newsletter_id = newsletter_id


def _forbidden() -> Forbidden:
    return Forbidden(_("Your role does not allow this. Ask an administrator."))


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(may=may, may_somewhere=may_somewhere, Permission=Permission)
