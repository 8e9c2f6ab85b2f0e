"""``kairan report``: an issue's numbers, and what the last issues mean for the next one."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any

import click

from models.issues import newsletter as newsletters
from models.reports import briefing as briefings
from models.reports import issue_report as reports
from models.reports.issue_report import Hits, Readers
from models.store import db
from models.store.clock import TOKYO


@click.group
def report() -> None:
    """Reports on issues, people and total, and a briefing for the next one."""


@report.command
@click.argument("issue_id", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def issue(issue_id: int, as_json: bool) -> None:
    """Who received issue ID, opened it and followed which links."""
    with db.session_scope() as session:
        found = reports.of_issue(session, issue_id)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=plain))
        return
    as_of = f"  (as of {found.received_at.astimezone(TOKYO):%Y-%m-%d %H:%M})" if found.received_at else ""
    click.echo(f"received  {found.received:,}{as_of}")
    click.echo(f"opens     {hits(found.opens)}; readers {readers(found.openers)}")
    click.echo(f"clicks    {hits(found.clicks)}; readers {readers(found.clickers)}")
    click.echo("links")
    for link in found.links:
        click.echo(f"{link.number:>5}  {hits(link.clicks)}; readers {readers(link.readers)}  {link.title or link.url}")
    if found.replays:
        click.echo(
            f"replays   {found.replays:,} clicks of single devices with many readers' links; the first ones count"
        )
    if found.shared_copies:
        click.echo(
            f"shared    {found.shared_copies:,} letters, followed from up to {found.most_devices:,} devices each"
        )
    if found.excluded:
        click.echo("excluded, by rule")
        for rule, count in found.excluded.items():
            click.echo(f"  {count:>9,}  {rule}")


def plain(value: object) -> Any:
    """A report's parts as values that JSON can hold; people with their range."""
    if isinstance(value, Readers):
        people = {"human": value.human, "total": value.total} if isinstance(value, Hits) else {"readers": value.readers}
        return {**people, "at_least": value.at_least, "at_most": value.at_most}
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)


def hits(counted: Hits) -> str:
    """As ``human 312 (total 1,204)``, with a range where verdicts are not sure."""
    span = "" if counted.is_sure else f", {counted.at_least:,} to {counted.at_most:,}"
    return f"human {counted.human:,}{span} (total {counted.total:,})"


def readers(counted: Readers) -> str:
    """As ``287``, with a range where verdicts are not sure."""
    return f"{counted.readers:,}" + ("" if counted.is_sure else f" ({counted.at_least:,} to {counted.at_most:,})")


@report.command
@click.option("--newsletter", default="", help="Slug; needed where there is more than one.")
@click.option("--last", type=click.IntRange(1, 100), default=6, show_default=True, help="How many issues to look at.")
def briefing(newsletter: str, last: int) -> None:
    """Which topics each audience read more than the others did in the last issues. Silent where too few have read."""
    with db.session_scope() as session:
        slug = newsletter or newsletters.single(session).slug
        found = briefings.compute(session, slug, last=last)
    if not found.interests:
        click.echo(f"Nothing stands out in the last {len(found.issues)} issues, or too few have read.")
    for interest in found.interests:
        click.echo(
            f"{interest.audience_name} read {interest.topic_name} {interest.ratio:.1f} times as much as the rest "
            f"(95%: {interest.low:.1f} to {interest.high:.1f}; "
            f"{interest.readers:,} readers, {interest.expected:,.0f} expected)"
        )
