"""One person: what they may do, how long, and their door: shutting them out, letting them in, a new invitation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.staff import invitation, membership
from models.staff.factors import second_factor
from models.staff.member import Member
from models.staff.permission import Permission, Role
from models.staff.single_sign_on import provider_identity
from models.store.errors import Forbidden, Invalid, KairanError, NotFound
from web.language import language
from web.request import session

from .. import access
from ..login_session import blueprint, member
from .invitations import check_sender
from .role_form import chosen_roles, present_roles, role_tables


def managed(member_id: int) -> Member:
    """Somebody whom the person who asks may see.

    Raises:
        NotFound: there is nobody, or they work for other newsletters alone.
    """
    found = session().get(Member, member_id)
    if found is None or not membership.may_see(member(), found):
        raise NotFound("there is nobody here by this number")
    return found


@blueprint.get("/people/<int:member_id>")
def person(member_id: int) -> ResponseReturnValue:
    """One person."""
    return show(managed(member_id))


def show(
    one: Member,
    errors: dict[str, str] | None = None,
    status: int = 200,
    chosen: Mapping[int | None, Set[Role]] | None = None,
) -> ResponseReturnValue:
    """The page of one person.

    Arguments:
        chosen: roles that are ticked in place of the present ones.
    """
    page = render_template(
        "staff/people/person.html",
        person=one,
        tables=role_tables(present_roles(one) if chosen is None else chosen),
        seen=_seen(one),
        invitation=invitation.latest(session(), [one.id]).get(one.id),
        names={one.id: one.name for one in access.list_newsletters()},
        connected=provider_identity.has_any(session(), one),
        has_second_factor=second_factor.is_set_up(session(), one),
        may_change=membership.may_manage(member(), one),
        typed_term=request.form.get("term_ends_on"),
        errors=errors or {},
    )
    return make_response(page, status)


@blueprint.post("/people/<int:member_id>/roles")
def save_roles(member_id: int) -> ResponseReturnValue:
    """Give somebody the roles that are ticked, for the newsletters that the form shows."""
    one = managed(member_id)
    wanted = chosen_roles()
    if request.form.get("seen") != _seen(one):
        problem = _("Somebody else has changed these roles since you opened the page. Look at the present ones below.")
        return show(one, {"roles": problem}, 409)
    try:
        for number, roles in wanted.items():
            membership.set_roles(session(), one, roles, number, member())
    except (Invalid, Forbidden) as error:
        session().rollback()
        return show(managed(member_id), {"roles": error.say(language())}, 422, wanted)
    flash(_("The roles are changed."))
    left = membership.may_see(member(), one)
    return redirect(url_for("staff.person", member_id=one.id) if left else url_for("staff.home"))


@blueprint.post("/people/<int:member_id>/term")
def save_term(member_id: int) -> ResponseReturnValue:
    """Set the last day on which somebody comes in, or take it away."""
    typed = request.form.get("term_ends_on", "").strip()
    try:
        last = date.fromisoformat(typed) if typed else None
    except ValueError:
        problem = _("“%(typed)s” is no day: choose one from the calendar, or leave it empty.", typed=typed)
        return show(managed(member_id), {"term_ends_on": problem}, 422)
    return _change(
        member_id, lambda one: membership.set_term(session(), one, last, member()), _("Saved."), "term_ends_on"
    )


@blueprint.post("/people/<int:member_id>/deactivate")
def deactivate_person(member_id: int) -> ResponseReturnValue:
    """Shut somebody out at once."""
    done = _("This person cannot come in any more. Everything that they did keeps their name.")
    return _change(member_id, lambda one: membership.deactivate(session(), one, member()), done)


@blueprint.post("/people/<int:member_id>/activate")
def activate_person(member_id: int) -> ResponseReturnValue:
    """Let somebody in again."""
    done = _("This person can come in again, with the roles that they had.")
    return _change(member_id, lambda one: membership.reactivate(session(), one, member()), done)


@blueprint.post("/people/<int:member_id>/invite")
def invite_again(member_id: int) -> ResponseReturnValue:
    """Send another invitation; the one before works no more."""
    done = _("Another invitation is on its way. The link of the one before works no more.")
    return _change(member_id, _send_invitation, done)


@blueprint.post("/people/<int:member_id>/second-factor/reset")
def reset_second_factor(member_id: int) -> ResponseReturnValue:
    """Take app, passkeys and recovery codes from somebody who has lost them."""
    return _change(member_id, _reset_second_factor, _("The second factor is reset. A letter tells this person."))


def _seen(one: Member) -> str:
    """The roles of somebody that the form is about; those for other newsletters are nobody's business here."""
    return " ".join(membership.describe(one, access.scope(Permission.MANAGE_PEOPLE)))


def _reset_second_factor(one: Member) -> None:
    if not membership.may_manage(member(), one):
        raise Forbidden(_("Your role does not allow this. Ask an administrator."))
    second_factor.reset(session(), one, member())


def _send_invitation(one: Member) -> None:
    if not membership.may_manage(member(), one):
        raise Forbidden(_("Your role does not allow this. Ask an administrator."))
    check_sender()
    invitation.send(session(), one, member())


def _change(member_id: int, change: Callable[[Member], None], done: str, field: str = "") -> ResponseReturnValue:
    """Do something to somebody, and say so; or say why not."""
    one = managed(member_id)
    try:
        change(one)
    except (Invalid, Forbidden) as error:
        session().rollback()
        return show(managed(member_id), {field: _said(error)}, 422)
    flash(done)
    return redirect(url_for("staff.person", member_id=one.id))


def _said(error: KairanError) -> str:
    return error.say(language())
