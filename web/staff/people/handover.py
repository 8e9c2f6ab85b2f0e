"""Handing over (人事異動): what somebody holds passes to a successor, after one page that lists exactly what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from models.handover import approvers_left, pass_on
from models.handover.holding import HoldingKind, StayReason, list_held
from models.handover.pass_on import Departure, HoldingsChanged
from models.staff import membership
from models.staff.member import Member
from models.staff.permission import Permission
from models.store.errors import Forbidden, Invalid, NotFound
from web.language import language
from web.request import session

from .. import access
from ..login_session import blueprint, member

_FIELDS = {"term_ends_on": "last_day", "roles": ""}
"""Fields of other forms that say the same, and what stands for them here."""
SHOWN_AT_ONCE = 20
"""More things of a kind than these are folded away; all of them are in the page."""


@blueprint.get("/people/<int:member_id>/handover")
def handover(member_id: int) -> ResponseReturnValue:
    """Choose a successor (``?successor=``), and see what would pass, of one newsletter (``?newsletter=``) or of all."""
    leaver = _leaver(member_id)
    asked = request.args.get("successor", "")
    successor = _successor(leaver, asked)
    if asked and successor is None:
        return _page(leaver, None, {"successor": _("Choose the successor from the list.")}, 422)
    return _page(leaver, successor)


@blueprint.post("/people/<int:member_id>/handover")
def hand_over(member_id: int) -> ResponseReturnValue:
    """Let everything that is ticked pass, exactly as it was shown."""
    leaver = _leaver(member_id)
    successor = _successor(leaver, request.form.get("successor", ""))
    if successor is None:
        return _page(leaver, None, {"successor": _("Choose the successor from the list.")}, 422)
    kinds = {kind for kind in HoldingKind if kind.value in request.form.getlist("kinds")}
    name, again = successor.name, (leaver.id, successor.id)
    try:
        departure = _departure()
        passed = pass_on.pass_on(
            session(), leaver, successor, kinds, member(), seen=request.form.get("seen", ""), departure=departure,
            newsletter_id=_newsletter_id(),
        )  # fmt: skip
    except (Invalid, Forbidden) as error:
        field = getattr(error, "field", "")
        said = {_FIELDS.get(field, field): error.say(language())}
        status = 409 if isinstance(error, HoldingsChanged) else 422
        session().rollback()
        leaver, successor = _leaver(again[0]), _successor(leaver, str(again[1]))
        return _page(leaver, successor, said, status, kinds)
    done = _("%(count)s things have passed to %(name)s.", count=f"{len(passed.passing):,}", name=name)
    flash(done if passed.passing else _("Saved."))
    left = membership.may_see(member(), leaver)
    return redirect(url_for("staff.person", member_id=leaver.id) if left else url_for("staff.home"))


def _leaver(member_id: int) -> Member:
    """Somebody whom the person who asks may see, or who has left something with a newsletter that they manage.

    Raises:
        NotFound: there is nobody, or nothing of theirs is here.
    """
    found = session().get(Member, member_id)
    scope = access.scope(Permission.MANAGE_PEOPLE)
    if found is None or not (membership.may_see(member(), found) or list_held(session(), found, None, scope).passing):
        raise NotFound("there is nobody here by this number")
    return found


def _newsletter_id() -> int | None:
    """Of which newsletter alone things pass; None: of all. One that the list does not offer is none at all."""
    typed = request.values.get("newsletter", "")
    return next((one.id for one in access.list_newsletters() if str(one.id) == typed), 0) if typed else None


def _newsletters() -> list[tuple[str, str]]:
    found = [(str(one.id), one.name) for one in access.list_newsletters()]
    return [("", _("All newsletters")), *found] if len(found) > 1 else []


def _departure() -> Departure:
    """What the form says of the leaving person's access.

    Raises:
        Invalid: there is no such day.
    """
    chosen, typed = request.form.get("access", "stay"), request.form.get("last_day", "").strip()
    if chosen == "now":
        return Departure(at_once=True)
    if chosen != "day":
        return pass_on.STAYS
    try:
        return Departure(last_day=date.fromisoformat(typed))
    except ValueError:
        problem = _("Choose the last day from the calendar, or another answer above.")
        raise Invalid(problem, field="last_day") from None


def _candidates(leaver: Member) -> list[Member]:
    found = membership.list_managed(session(), access.scope(Permission.MANAGE_PEOPLE))
    return [one for one in found if one.id != leaver.id and one.may_enter]


def _successor(leaver: Member, typed: str) -> Member | None:
    """Who was chosen, among those whom the list offers."""
    return next((one for one in _candidates(leaver) if str(one.id) == typed), None)


def _options(leaver: Member) -> list[tuple[str, str]]:
    return [("", _("Choose somebody")), *((str(one.id), _named(one)) for one in _candidates(leaver))]


def _named(one: Member) -> str:
    """Who it is; of somebody who leaves, too, the last day."""
    if one.term_ends_on is None:
        return str(_("%(name)s (%(address)s)", name=one.name, address=one.address))
    day = format_date(one.term_ends_on, "medium")
    return str(_("%(name)s (%(address)s), last day: %(day)s", name=one.name, address=one.address, day=day))


def _page(
    leaver: Member,
    successor: Member | None,
    errors: dict[str, str] | None = None,
    status: int = 200,
    ticked: Collection[HoldingKind] = tuple(HoldingKind),
) -> ResponseReturnValue:
    """The page: first the choice of a successor, then also the list of what passes.

    Arguments:
        ticked: the kinds that are chosen.
    """
    newsletter_id = _newsletter_id()
    held = list_held(session(), leaver, successor, pass_on.managed_by(member(), newsletter_id))
    missing = pass_on.missing_roles(session(), held, successor) if successor else {}
    said = {kind.value: problem.say(language()) for kind, problem in missing.items() if kind in ticked}
    page = render_template(
        "staff/people/handover.html", leaver=leaver, successor=successor, candidates=_options(leaver),
        newsletters=_newsletters(), newsletter="" if newsletter_id is None else str(newsletter_id),
        held=held, kinds=[kind for kind in HoldingKind if kind in held.kinds], ticked=ticked, missing=missing,
        too_few=approvers_left.look(session(), held, leaver, successor) if successor else None,
        names={one.id: one.name for one in access.list_newsletters()}, shown_at_once=SHOWN_AT_ONCE,
        stay_reasons=StayReason, errors={**said, **(errors or {})},
        may_see=membership.may_see(member(), leaver),
        may_end_access=leaver.may_enter and membership.may_manage(member(), leaver),
        access=request.form.get("access", "stay"), last_day=request.form.get("last_day", ""),
    )  # fmt: skip
    return make_response(page, status)
