"""``kairan issue test``: a test letter to whoever asks, or to a test group."""

from __future__ import annotations

import click

from models.issues import issue as issues
from models.readers import test_letter_request
from models.staff.permission import Permission
from models.store import clock, db
from templates.render import test_letter as rendering

from .. import actor


@click.command("test")
@click.argument("issue_id", metavar="ID", type=int)
@click.option("--group", default="", help="The test group that gets it; by default, the person of --as.")
@click.option("--audience", default="", help="Slug of the reader's audience.")
@click.option("--topic", "topics", multiple=True, help="Slug of a topic that the reader chose; may be repeated.")
@actor.option
def test_(issue_id: int, group: str, audience: str, topics: tuple[str, ...], address: str) -> None:
    """Send issue ID as a test letter, marked in its subject. Nothing in it is counted."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        by = actor.of(session, address, "issue test", Permission.SEND_TESTS, one.newsletter_id)
        letter = rendering.compose_test(session, one, audience, topics)
        rendering.write(letter, to=one.newsletter.sender_address, number=0, moment=clock.now())
        test_letter_request.post(session, one, by, group=group, audience=audience, topics=topics)
    click.echo(f"Test letters of issue {issue_id} are on their way to {group or address}.")
