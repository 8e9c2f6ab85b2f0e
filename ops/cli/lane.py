"""``kairan lane``: destinations and what they take."""

from __future__ import annotations

import json
from typing import Any

import click

from models.deliveries import lane as lanes
from models.deliveries.lane import Lane
from models.staff.permission import Permission
from models.store import clock, db
from models.store.errors import Invalid

from . import actor

_MOMENTS = ("quiet_from", "quiet_until", "warmup_from", "paused_at", "resume_at")


@click.group
def lane() -> None:
    """Lanes: letters to one destination (docomo, Gmail, …), and how fast it takes them."""


@lane.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_lanes(as_json: bool) -> None:
    """List lanes with their limits, paused ones with the reason."""
    with db.session_scope() as session:
        found = lanes.list_all(session)
    for one in found:
        click.echo(json.dumps(_plain(one), ensure_ascii=False) if as_json else _as_lines(one))


def _plain(one: Lane) -> dict[str, Any]:
    names = ("slug", "name", "domains", *lanes.LIMITS, "jitter_seconds", "warmup", "pause_reason")
    moments = {name: getattr(one, name) for name in _MOMENTS}
    return {
        **{name: getattr(one, name) for name in names},
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }


def _as_lines(one: Lane) -> str:
    limits = [
        f"{name.replace('_', ' ')} {value:g}" for name in lanes.LIMITS if (value := getattr(one, name)) is not None
    ]
    if one.quiet_from and one.quiet_until:
        limits.append(f"quiet {one.quiet_from:%H:%M}-{one.quiet_until:%H:%M}")
    if one.jitter_seconds:
        limits.append(f"jitter {one.jitter_seconds} s")
    if one.warmup and one.warmup_from:
        limits.append(
            f"warm-up {','.join(map(str, one.warmup))} from {one.warmup_from.astimezone(clock.TOKYO):%Y-%m-%d}"
        )
    lines = [f"{one.slug:14}  {', '.join(limits) or 'no limits'}", f"{'':14}  {' '.join(one.domains) or 'all others'}"]
    if one.paused_at:
        until = f" until {one.resume_at.astimezone(clock.TOKYO):%Y-%m-%d %H:%M}" if one.resume_at else ""
        word = "rests" if until else "paused"
        lines.append(click.style(f"{'':14}  {word}{until}: {one.pause_reason}", fg="red"))
    return "\n".join(lines)


@lane.command("set")
@click.argument("slug")
@click.option("--name", help="How staff see it.")
@click.option("--domain", "domains", multiple=True, help="What readers' addresses end with; may be repeated.")
@click.option("--connections", help="Connections of all workers together, or “none”.")
@click.option("--letters-per-connection", help="Letters after which a connection is closed, or “none”.")
@click.option("--per-second", help="Letters a second, or “none”.")
@click.option("--per-hour", help="Letters an hour, or “none”.")
@click.option("--quiet", help="Times of day without letters (Asia/Tokyo), as 21:00-08:00, or “none”.")
@click.option("--jitter", type=click.IntRange(0), help="Seconds by which a start on the full hour may be put off.")
@click.option("--warmup", help="Letters allowed on each day from today, as 1000,5000,20000, or “none”.")
@actor.option
def set_(slug: str, address: str, **given: Any) -> None:
    """Change what the lane SLUG takes. It holds within a window, also for issues that go out now."""
    values = _values({name: value for name, value in given.items() if value not in (None, ())})
    if not values:
        raise Invalid("name something to change: `kairan lane set --help` lists what there is")
    with db.session_scope() as session:
        one = lanes.find(session, slug)
        lanes.edit(session, one, by=actor.of(session, address, "lane set", Permission.EDIT_DELIVERY, None), **values)
        click.echo(_as_lines(one))


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """What was typed, as the columns of a lane."""
    kept: dict[str, Any] = {name: given.pop(name) for name in ("name", "domains") if name in given}
    if "domains" in kept:
        kept["domains"] = list(kept["domains"])
    return kept | lanes.read({name: str(typed) for name, typed in given.items()})


@lane.command
@click.argument("slug")
@click.option("--name", required=True, help="How staff see it.")
@click.option("--domain", "domains", multiple=True, required=True, help="What addresses end with; may be repeated.")
@actor.option
def add(slug: str, name: str, domains: tuple[str, ...], address: str) -> None:
    """Add the lane SLUG for some destinations; letters of issues that are out keep to their lanes."""
    with db.session_scope() as session:
        click.echo(
            _as_lines(
                lanes.add(
                    session,
                    slug,
                    name,
                    domains,
                    by=actor.of(session, address, "lane add", Permission.EDIT_DELIVERY, None),
                )
            )
        )


@lane.command
@click.argument("slug")
@click.option("--reason", required=True, help="Why, for whoever looks at it later.")
@actor.option
def pause(slug: str, reason: str, address: str) -> None:
    """Send nothing more to the lane SLUG; others go on."""
    with db.session_scope() as session:
        lanes.pause(
            session,
            lanes.find(session, slug).id,
            reason,
            by=actor.of(session, address, "lane pause", Permission.EDIT_DELIVERY, None),
        )
    click.echo(f"The lane {slug} is paused. Go on: kairan lane resume {slug}")


@lane.command
@click.argument("slug")
@actor.option
def resume(slug: str, address: str) -> None:
    """Go on with the lane SLUG, slowly: one connection, then one more at a time."""
    with db.session_scope() as session:
        lanes.resume(
            session,
            lanes.find(session, slug),
            by=actor.of(session, address, "lane resume", Permission.EDIT_DELIVERY, None),
        )
    click.echo(f"The lane {slug} goes on.")
