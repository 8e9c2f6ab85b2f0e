"""Routes of approval in a newsletter's file: people by their addresses, as numbers mean nothing elsewhere.

::

    approvals_needed: 1
    approval_routes:
      regular:
        - name: 係長
          approvers: [tanaka@city.example.jp, sato@city.example.jp]
          needed: 1
        - name: 課長
          approvers: [kacho@city.example.jp]
          needed: all
      correction:
        - needed: 1

Without ``regular`` such issues go by ``approvals_needed``. Substitutes are not here: they are for some days only.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from ...issues.issue_state import IssueKind
from ...issues.newsletter import Newsletter
from ...issues.review import approval_route, route_edit
from ...issues.review.approval_route import ALL, RouteStep
from ...staff.member import Member
from ...store.errors import Invalid
from ...store.phrase import Phrase, phrase
from ..front_matter import FrontMatter

KEY = "approval_routes"


def to_file(newsletter: Newsletter) -> dict[str, Any]:
    """The routes of a newsletter as its file has them."""
    routes = {kind: approval_route.parse(stored) for kind, stored in newsletter.approval_routes.items()}
    ids = {one for route in routes.values() for step in route.steps for one in step.approvers}
    session = object_session(newsletter)
    known = dict(session.execute(select(Member.id, Member.address).where(Member.id.in_(ids))).all()) if session else {}
    return {
        kind: [_step_to_file(step, known) for step in route.steps]
        for kind, route in routes.items()
        if kind != IssueKind.REGULAR.value or not route.is_number
    }


def _step_to_file(step: RouteStep, known: dict[int, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": step.name} if step.name else {}
    if step.approvers:
        found["approvers"] = [known[one] for one in step.approvers if one in known]
    return {**found, "needed": "all" if step.needed == ALL else step.needed}


def from_file(session: Session, front: FrontMatter, kept: dict[str, Any] | None, yeses: int | None) -> dict[str, Any]:
    """The routes that a file gives, as :attr:`.Newsletter.approval_routes` keeps them.

    Arguments:
        kept: those that the newsletter has; None in a new one.
        yeses: the file's ``approvals_needed``; None where it does not say.

    Raises:
        Invalid: with file and line.
    """
    routes = kept or {IssueKind.REGULAR.value: approval_route.of_number(1).stored()}
    if yeses is not None and yeses != approval_route.of_kind(routes, IssueKind.REGULAR).yeses:
        routes = {**routes, IssueKind.REGULAR.value: approval_route.of_number(yeses).stored()}
    if KEY not in front.nodes:
        return routes
    given = front.data(KEY) or {}
    kinds = {kind.value for kind in IssueKind}
    if not isinstance(given, dict) or not given.keys() <= kinds:
        raise front.wrong(
            phrase("“{key}” has, for each of {names}, a list of steps", key=KEY, names=", ".join(kinds)), KEY
        )
    regular = approval_route.of_kind(routes, IssueKind.REGULAR)
    plain = approval_route.of_number(min(regular.yeses if yeses is None else yeses, approval_route.MOST_YESES))
    found = {IssueKind.REGULAR.value: plain.stored()}
    for kind, steps in given.items():
        if not isinstance(steps, list):
            raise front.wrong(phrase("“{key}” has, for each of {names}, a list of steps", key=KEY, names=kind), KEY)
        try:
            found[kind] = [_step_from_file(session, step).model_dump(mode="json") for step in steps]
            approval_route.parse(found[kind])
        except ValidationError:
            raise front.wrong(_cannot_be(kind), KEY) from None
        except Invalid as error:
            raise front.wrong(error.phrase, KEY) from None
    return found


def _step_from_file(session: Session, given: Any) -> RouteStep:
    if not isinstance(given, dict) or not given.keys() <= {"name", "approvers", "needed"}:
        raise Invalid("a step has “name”, “approvers” (a list of addresses) and “needed” (a number, or all)")
    addresses = given.get("approvers") or []
    if not isinstance(addresses, list):
        raise Invalid("a step has “name”, “approvers” (a list of addresses) and “needed” (a number, or all)")
    needed = given.get("needed", 1)
    found = [_member_id(session, str(one)) for one in addresses]
    step = RouteStep(name=str(given.get("name") or ""), approvers=tuple(dict.fromkeys(found)),
                     needed=ALL if needed == "all" else needed)  # fmt: skip
    if not step.yeses:
        raise Invalid("a step without names needs a number of yeses, from 1")
    if (why := route_edit.fault(step)) is not None:
        raise Invalid(why)
    return step


def _member_id(session: Session, address: str) -> int:
    found = session.scalar(select(Member.id).where(Member.address == address.strip().lower()))
    if found is None:
        said = phrase("nobody on the staff has the address {address}: put them on the staff first, or write another "
                      "address in the route", address=address[:200])  # fmt: skip
        raise Invalid(said)
    return found


def _cannot_be(kind: str) -> Phrase:
    return phrase("the route of “{kind}” cannot be read: each step has a name of up to 50 characters, up to 50 "
                  "approvers and a number or all, and there are up to 9 steps", kind=kind)  # fmt: skip
