"""``kairan issue import, export, list``: issues from files, to files, and on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import manuscript
from models.issues import issue as issues
from models.issues.image import Image
from models.issues.issue import Issue
from models.issues.issue_state import IssueState
from models.issues.newsletter import Newsletter
from models.manuscript.import_issue import Imported, import_issue
from models.staff.member import Member
from models.staff.permission import Permission
from models.store import clock, db
from templates.content import digest

from .. import actor


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--author", default="", help="Address of the member of staff who wrote it, and so cannot approve it.")
def import_files(files: tuple[Path, ...], author: str) -> None:
    """Read issues from Markdown FILES; see docs/manuscript.md. All of them, or none where one is wrong.

    The same file again changes the draft that it made before.
    """
    with db.session_scope() as session:
        writer = actor.active(session, author) if author else None
        done = [_describe(_import(session, file, writer)) for file in files]
    click.echo("\n".join(done))


def _import(session: Session, file: Path, writer: Member | None) -> Imported:
    imported = import_issue(session, file, writer)
    if writer is not None:
        actor.check(writer, Permission.WRITE, imported.issue.newsletter_id)
    return imported


def _describe(imported: Imported) -> str:
    found = imported.issue
    text = f"Issue {found.id} (no. {found.number} of {found.newsletter.slug}): {imported.outcome.value}."
    return text + (" It is a draft again: its approval was for other content." if imported.returned else "")


@click.command
@click.argument("issue_id", metavar="ID", type=int)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write to.")
def export(issue_id: int, out: Path) -> None:
    """Write issue ID as a Markdown file with its figures, as `import` reads it."""
    with db.session_scope() as session:
        found = issues.get(session, issue_id)
        names: dict[str, str] = {}

        def name(digest: str) -> str:
            if digest not in names:
                image = session.get_one(Image, digest)
                names[digest] = f"figures/{image.file_name[:12]}.{image.file_name.rpartition('.')[2]}"
                (out / "figures").mkdir(parents=True, exist_ok=True)
                (out / names[digest]).write_bytes(image.data)
            return names[digest]

        text = manuscript.write(manuscript.of_issue(found), name)
        out.mkdir(parents=True, exist_ok=True)
        file = out / f"{found.newsletter.slug}-{found.number}.md"
    file.write_text(text, encoding="utf-8")
    click.echo(str(file))


@click.command("list")
@click.option("--newsletter", default="", help="Only issues of the newsletter with this slug.")
@click.option("--state", type=click.Choice([state.value for state in IssueState]), help="Only issues in this state.")
@click.option("--limit", default=50, show_default=True, help="At most so many; 0 means all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_issues(newsletter: str, state: str | None, limit: int, as_json: bool) -> None:
    """List issues, the newest first."""
    query = select(Issue).join(Newsletter).order_by(Issue.id.desc())
    if newsletter:
        query = query.where(Newsletter.slug == newsletter)
    if state:
        query = query.where(Issue.state == IssueState(state))
    with db.session_scope() as session:
        found = session.scalars(query.limit(limit) if limit else query).all()
        if found and not as_json:
            click.echo(f"{'ID':>5}  {'no.':>4}  {'newsletter':16}  {'state':10}  {'time (Tokyo)':16}  subject")
        for one in found:
            click.echo(_as_json(session, one) if as_json else _as_line(one))
    if not found and not as_json:
        click.echo("There are no such issues.", err=True)


def _as_line(one: Issue) -> str:
    at = one.sent_at or one.scheduled_at
    when = at.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M") if at else ""
    # The subject stands last: its letters are two columns wide.
    return f"{one.id:5}  {one.number:4}  {one.newsletter.slug:16}  {one.state.value:10}  {when:16}  {one.subject}"


def _as_json(session: Session, one: Issue) -> str:
    moments = {"scheduled_at": one.scheduled_at, "sent_at": one.sent_at}
    return json.dumps(
        {
            "id": one.id,
            "number": one.number,
            "newsletter": one.newsletter.slug,
            "kind": one.kind.value,
            "state": one.state.value,
            "subject": one.subject,
            "trouble": one.trouble,
            "digest": digest.of(session, one).whole,
            **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        },
        ensure_ascii=False,
    )
