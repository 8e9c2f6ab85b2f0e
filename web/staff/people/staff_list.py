"""The list of the staff, and the form by which somebody is invited."""

from __future__ import annotations

from collections.abc import Set

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.staff import invitation, membership
from models.staff.permission import Permission, Role
from models.store.errors import Forbidden, Invalid
from web.language import language
from web.request import session

from .. import access
from ..login_session import blueprint, member
from .invitations import check_sender
from .role_form import chosen_roles, role_tables


@blueprint.get("/people")
def people() -> ResponseReturnValue:
    """Everybody with a role for a newsletter whose people the person who asks manages."""
    found = membership.list_managed(session(), access.scope(Permission.MANAGE_PEOPLE))
    invitations = invitation.latest(session(), [one.id for one in found])
    return render_template("staff/people/list.html", people=found, invitations=invitations, names=_newsletter_names())


@blueprint.get("/people/new")
def new_person() -> ResponseReturnValue:
    """The form for an invitation."""
    return _form()


@blueprint.post("/people/new")
def invite_person() -> ResponseReturnValue:
    """Add somebody with their roles, and send them a letter."""
    typed = {name: request.form.get(name, "").strip() for name in ("address", "name")}
    wanted = chosen_roles()
    problems = {}
    if not typed["name"]:
        problems["name"] = _("Enter how the person is called.")
    if not any(wanted.values()):
        problems["roles"] = _("Choose at least one role.")
    if problems:
        return _form(typed, wanted, problems)
    try:
        check_sender()
        made = membership.add(session(), typed["address"], typed["name"], wanted, member())
        invitation.send(session(), made, member())
    except (Invalid, Forbidden) as error:
        session().rollback()
        return _form(typed, wanted, {getattr(error, "field", "") or "address": error.say(language())})
    flash(_("An invitation is on its way to %(address)s. Its link works for %(hours)s hours.",
            address=made.address, hours=invitation.VALID_HOURS))  # fmt: skip
    return redirect(url_for("staff.person", member_id=made.id))


def _form(
    typed: dict[str, str] | None = None,
    wanted: dict[int | None, Set[Role]] | None = None,
    errors: dict[str, str] | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "staff/people/new.html", typed=typed or {}, tables=role_tables(wanted or {}), errors=errors or {}
    )
    return make_response(page, 422 if errors else 200)


def _newsletter_names() -> dict[int, str]:
    return {one.id: one.name for one in access.list_newsletters()}
