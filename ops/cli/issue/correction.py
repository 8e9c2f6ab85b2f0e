"""``kairan issue repair, correct, stamp, relink``: putting right what is out."""

from __future__ import annotations

from pathlib import Path

import click

from models.deliveries import correction, proposal
from models.deliveries.proposal import Proposal, ProposalKind
from models.issues import issue as issues
from models.issues import repair as repairs
from models.manuscript.import_issue import ImportAction, repair_issue
from models.staff.permission import Permission
from models.store import db
from models.store.errors import Invalid
from models.store.phrase import phrase
from templates.content import digest
from worker.preparing import repair as repairing

from .. import actor

_issue = click.argument("issue_id", metavar="ID", type=int)


@click.command
@_issue
@click.option("--file", type=click.Path(path_type=Path), help="The manuscript with the right content.")
@actor.option
def repair(issue_id: int, file: Path | None, address: str) -> None:
    """Change the letters of the paused issue ID that are not yet sent.

    With --file, take the new content; it then needs `kairan issue approve`. Without it, put the approved content into
    the letters; `kairan issue resume` sends them.
    """
    if file is not None:
        click.echo(_read_manuscript(issue_id, file, address))
        return
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        content = digest.of(session, one)
        asked = repairs.request(
            session, one, actor.of(session, address, "issue repair", Permission.SEND, one.newsletter_id), content
        )
    if not asked:
        click.echo(f"What issue {issue_id} shows has changed and waits for approval: {content.whole[:16]}")
        return
    repairing.repair(issue_id)
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        waits, trouble = one.repair_asked_at is not None, one.trouble
    if trouble:
        raise Invalid(phrase("no letter was changed: {trouble}", trouble=trouble))
    if waits:
        click.echo("Letters are still on the wire. A worker changes the others within moments.")
    else:
        click.echo(f"The letters not yet sent have the new content. Go on: kairan issue resume {issue_id}")


def _read_manuscript(issue_id: int, file: Path, address: str) -> str:
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        author = actor.find(session, address, Permission.WRITE, one.newsletter_id) if address else None
        repairs.check_named(one, author)
        outcome = repair_issue(session, one, file, author).outcome
        waits, content = one.in_repair, digest.of(session, one)
    if outcome is ImportAction.UNCHANGED:
        return f"Issue {issue_id}: unchanged."
    if not waits:
        return f"Issue {issue_id} says again what its letters say. Go on: kairan issue resume {issue_id}"
    return f"The new content of issue {issue_id} waits for approval: {content.whole[:16]}"


@click.command
@_issue
@click.option("--note", required=True, help="What was wrong, and what is right; stands at the top of the letter.")
@click.option("--everybody", is_flag=True, help="Also for those who got the issue repaired.")
@actor.option
def correct(issue_id: int, note: str, everybody: bool, address: str) -> None:
    """Draft a correction of issue ID, for those who got what was wrong."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        author = actor.find(session, address, Permission.WRITE, one.newsletter_id) if address else None
        made = correction.draft(session, one, note, author, everybody=everybody)
        readers = correction.count_readers(session, one, everybody=everybody)
    click.echo(f"Issue {made.id} (no. {made.number}) is drafted: “{made.subject}”, for {readers:,} readers.")


def _waits(one: Proposal) -> str:
    return f"This waits for approval: kairan issue decide {one.issue_id} {one.id} --as APPROVER"


@click.command
@_issue
@click.argument("proposal_id", metavar="[PROPOSAL]", type=int, required=False)
@click.option("--refuse", is_flag=True, help="Say no.")
@actor.option
def decide(issue_id: int, proposal_id: int | None, refuse: bool, address: str) -> None:
    """Approve, or refuse, a link or a note that somebody proposed for issue ID. Without PROPOSAL, list them."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=proposal_id is not None)
        if proposal_id is None:
            for waiting in proposal.list_open(session, one):
                what = f"link {waiting.number}" if waiting.kind is ProposalKind.LINK else "note"
                click.echo(f"{waiting.id:>5}  {what:10}  {waiting.proposer.address}  {waiting.value}")
            return
        if not address:
            raise Invalid("say who decides: --as ADDRESS", field="as")
        who = actor.find(session, address, Permission.APPROVE, one.newsletter_id)
        if refuse:
            proposal.refuse(session, one, proposal_id, who)
            click.echo("The correction is refused.")
        elif proposal.approve(session, one, proposal_id, who):
            click.echo("The correction is made. Readers see it within a minute.")
        else:
            click.echo("Your approval is recorded. It waits for further ones.")


@click.command
@_issue
@click.option("--note", required=True, help="What was wrong; empty removes the note.")
@actor.option
def stamp(issue_id: int, note: str, address: str) -> None:
    """Say on the archive's page of issue ID what was wrong."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        waiting = proposal.propose(
            session,
            one,
            ProposalKind.NOTE,
            note,
            actor.of(session, address, "issue stamp", Permission.SEND, one.newsletter_id),
        )
        stamped = bool(one.correction_note)
        if waiting is not None:
            click.echo(_waits(waiting))
            return
    click.echo("The archive shows it within a minute." if stamped else "The note is removed.")


@click.command
@_issue
@click.argument("number", type=int, required=False)
@click.argument("url", required=False)
@actor.option
def relink(issue_id: int, number: int | None, url: str | None, address: str) -> None:
    """Let link NUMBER of issue ID's letters lead to URL, also of letters that are out; "" undoes it.

    Without NUMBER and URL, list the links.
    """
    if number is not None and url is None:
        raise Invalid(
            phrase(
                "say where link {number} leads to: kairan issue relink {issue_id} {number} URL",
                number=number,
                issue_id=issue_id,
            )
        )
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=number is not None)
        if number is not None and url is not None:
            who = actor.of(session, address, "issue relink", Permission.SEND, one.newsletter_id)
            waiting = proposal.propose(session, one, ProposalKind.LINK, url, who, number)
            click.echo(_waits(waiting) if waiting else f"Link {number} leads there within a minute.")
            return
        for link in correction.list_links(session, one):
            click.echo(f"{link.number:>5}  {link.kind:8}  {link.url}")
            if link.corrected_url:
                click.echo(f"{'':15}  → {link.corrected_url}")
