"""``kairan newsletter route`` and ``substitute``: whose yes issues need, and who says it in somebody's place."""

from __future__ import annotations

from datetime import date, datetime

import click
from sqlalchemy.orm import Session

from models.issues import newsletter as newsletters
from models.issues.issue_state import IssueKind
from models.issues.newsletter import Newsletter
from models.issues.review import approval_route, route_edit, substitute
from models.issues.review.approval_route import ALL, ApprovalRoute, RouteStep
from models.staff import member as members
from models.staff.permission import Permission
from models.store import db
from models.store.errors import Invalid
from models.store.phrase import phrase

from . import actor

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command
@click.argument("slug")
@click.option("--kind", type=click.Choice([one.value for one in IssueKind]), default="regular", show_default=True,
              help="The issues whose route it is.")  # fmt: skip
@click.option("--step", "steps", multiple=True, metavar="WHO=HOW",
              help="A step: addresses with commas between, or any; then =1, =2, … or =all. May be repeated, in order. "
                   "A name may stand before: 課長:kacho@city.example.jp=1")  # fmt: skip
@click.option("--none", "no_step", is_flag=True, help="Nobody must approve issues of this kind.")
@click.option("--as-regular", is_flag=True, help="Issues of this kind go by the route of regular issues again.")
@actor.option
def route(slug: str, kind: str, steps: tuple[str, ...], no_step: bool, as_regular: bool, address: str) -> None:
    """Show the approval routes (決裁ルート) of a newsletter, or change the one for a kind of issue.

    Issues that are in review keep the route that they were submitted with.
    """
    if bool(steps) + no_step + as_regular > 1:
        raise Invalid("say one thing: steps, or --none, or --as-regular")
    with db.session_scope() as session:
        one = newsletters.find(session, slug)
        if steps or no_step or as_regular:
            who = actor.of(session, address, "newsletter route", Permission.EDIT_NEWSLETTER, one.id)
            made = None if as_regular else ApprovalRoute(steps=tuple(_step(session, typed) for typed in steps))
            route_edit.set_route(session, one, IssueKind(kind), made, who)
        shown = list(_shown(session, one))
    for name, words, stuck in shown:
        click.echo(f"{name:12}  {words}")
        for number in stuck:
            click.echo(f"  Step {number} cannot be completed: too few of its people may approve.", err=True)


def _shown(session: Session, one: Newsletter) -> list[tuple[str, str, list[int]]]:
    """For each kind with a route: its name, the route in words, and the steps that nobody can complete."""
    found: list[tuple[str, str, list[int]]] = []
    for kind in IssueKind:
        if kind.value in one.approval_routes:
            there = approval_route.of_kind(one.approval_routes, kind)
            stuck = [at.number for at in route_edit.stuck(session, one, there)]
            found.append((kind.value, route_edit.words(session, there), stuck))
    return found


def _step(session: Session, typed: str) -> RouteStep:
    rest, _equals, how = typed.rpartition("=")
    name, _colon, who = rest.rpartition(":")
    if not who or not (how == "all" or (how.isdecimal() and 1 <= int(how) <= approval_route.MOST_NAMED)):
        raise Invalid(phrase("“{typed}” is no step: write it as any=1, or as kacho@city.example.jp=all", typed=typed))
    addresses = [] if who.strip() == "any" else who.split(",")
    named = tuple(dict.fromkeys(members.find(session, one).id for one in addresses))
    if len(name.strip()) > approval_route.LONGEST_NAME or len(named) > approval_route.MOST_NAMED:
        raise Invalid(phrase("“{typed}” is too long for a step", typed=typed[:80]))
    return RouteStep(name=name.strip(), approvers=named, needed=ALL if how == "all" else int(how))


@click.command("substitute")
@click.argument("slug")
@click.option("--of", "absent", help="Address of the person in whose place somebody says yes.")
@click.option("--by", "present", help="Address of the one who says it.")
@click.option("--from", "first", type=_DAY, help="The first day, as 2026-12-01.")
@click.option("--until", "last", type=_DAY, help="The last day.")
@click.option("--end", "ended", type=int, metavar="NUMBER", help="End the substitution of this number at once.")
@actor.option
def substitute_(
    slug: str, absent: str | None, present: str | None, first: datetime | None, last: datetime | None,
    ended: int | None, address: str,
) -> None:  # fmt: skip
    """List the substitutes (代理) of a newsletter's approvers, appoint one, or end that."""
    with db.session_scope() as session:
        one = newsletters.find(session, slug)
        who = actor.of(session, address, "newsletter substitute", Permission.EDIT_NEWSLETTER, one.id)
        if ended is not None:
            substitute.dismiss(session, one, ended, who)
        elif absent or present:
            if not (absent and present and first and last):
                raise Invalid("say all four: --of ADDRESS --by ADDRESS --from DAY --until DAY")
            days: tuple[date, date] = (first.date(), last.date())
            substitute.appoint(session, one, members.find(session, absent), members.find(session, present), days, who)
        session.flush()
        rows = [
            f"{row.id:6}  {row.first_day} to {row.last_day}  {row.substitute.address} for {row.member.address}"
            for row in substitute.list_all(session, one.id)
        ]
    click.echo("\n".join(rows) or "There are no substitutes.")
