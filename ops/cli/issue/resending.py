"""``kairan issue retry``: letters that failed for a reason that is not the reader's, sent again."""

from __future__ import annotations

import json

import click

from models.deliveries import lane as lanes
from models.deliveries.letters import failed
from models.deliveries.letters.failed import FailedLetters
from models.issues import issue as issues
from models.staff.permission import Permission
from models.store import db
from models.store.errors import Invalid

from .. import actor


@click.command
@click.argument("issue_id", metavar="ID", type=int)
@click.option("--lane", "slug", default="", metavar="SLUG", help="Send the letters of this lane again.")
@click.option("--all", "everything", is_flag=True, help="Send the letters of all lanes again.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--note", default="", help="Why, for the log.")
@actor.option
def retry(issue_id: int, slug: str, everything: bool, as_json: bool, note: str, address: str) -> None:
    """List the letters of issue ID that failed for a reason that is not the reader's, or send them again.

    Each was refused for certain, so nobody gets a letter twice. Mend the reason first.
    """
    if slug and everything:
        raise Invalid("choose --lane or --all, not both")
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        if slug or everything:
            lane = lanes.find(session, slug) if slug else None
            number = failed.retry(
                session,
                one,
                lane,
                by=actor.of(session, address, "issue retry", Permission.SEND, one.newsletter_id),
                note=note,
            )
            click.echo(f"{number:,} letters of issue {issue_id} are sent again.", err=as_json)
            return
        found = failed.count_by_lane(session, one)
    for letters in found:
        click.echo(json.dumps(letters._asdict(), ensure_ascii=False) if as_json else _as_line(letters))
    if not found and not as_json:
        click.echo(f"No letter of issue {issue_id} has failed for a reason that is not the reader's.", err=True)


def _as_line(letters: FailedLetters) -> str:
    return f"{letters.slug:14}  {letters.letters:9,}  {letters.answer}"
