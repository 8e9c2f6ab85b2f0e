"""``kairan issue check, preview, submit, withdraw, approve, return, schedule, unschedule``: before it goes out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from models.deliveries import recipients
from models.deliveries.scheduling import send_warnings, usual_readers
from models.issues import issue as issues
from models.issues import send_time, workflow
from models.issues.image import Image
from models.issues.issue import Issue
from models.issues.review import approval_route
from models.staff.permission import Permission
from models.store import clock, db
from models.store.errors import Invalid
from models.store.language import known
from models.store.phrase import phrase
from templates import preflight, preview
from templates.content import compose, segment_words
from templates.content import digest as content_digest
from templates.content.letter import Letter
from templates.content.variant import Variant
from templates.message import mime, stamp
from templates.preflight.finding import Severity
from templates.preflight.http_check import check_url
from templates.render import edition
from worker.sending import ask_relays

from .. import actor
from ..messages import spoken

_SEVERITIES = {Severity.ERROR: phrase("error"), Severity.WARNING: phrase("warning")}
_issue = click.argument("issue_id", metavar="ID", type=int)
_member = click.option("--as", "address", required=True, help="Address of the member of staff who decides.")


@click.command
@_issue
@click.option("--language", type=click.Choice(["ja", "en"]), help="Of the findings; by default that of messages.")
@click.option("--links", is_flag=True, help="Ask the addresses of its links on the web, too.")
def check(issue_id: int, language: str | None, links: bool) -> None:
    """Say what is wrong with issue ID before anybody approves it. Status 1 where there are errors."""
    ask_relays.ask(again=True)
    with db.session_scope() as session:
        findings = preflight.check_issue(session, issues.get(session, issue_id), check_url if links else None)
    said_in = known(language) or spoken.language()
    for finding in findings:
        colour = "red" if finding.severity is Severity.ERROR else "yellow"
        click.echo(
            click.style(_SEVERITIES[finding.severity].say(said_in), fg=colour) + f"  {finding.where.name(said_in)}"
        )
        click.echo(f"  {finding.message(said_in)}\n  → {finding.remedy(said_in)}")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    counted = phrase("{errors} errors, {warnings} warnings.", errors=errors, warnings=len(findings) - errors)
    click.echo(counted.say(said_in), err=bool(findings))
    if preflight.blocks_approval(findings):
        sys.exit(1)


@click.command("preview")
@_issue
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write to.")
@click.option("--audience", default="", help="Slug of the reader's audience.")
@click.option("--topic", "topics", multiple=True, help="Slug of a topic that the reader chose; may be repeated.")
def preview_(issue_id: int, out: Path, audience: str, topics: tuple[str, ...]) -> None:
    """Write issue ID as a reader would see it: HTML, dark, without images, after a gateway, text, raw source."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        letter = compose.compose(session, one, Variant.of_reader(one, audience, topics))
        out.mkdir(parents=True, exist_ok=True)
        _write_pictures(session, letter, out)
        for name, content in _views(letter):
            (out / name).write_bytes(content)
            click.echo(f"{len(content):9,}  {out / name}")


def _write_pictures(session: Session, letter: Letter, out: Path) -> None:
    for address in _addresses(letter):
        image = session.get_one(Image, Path(address).stem)
        (out / "pictures").mkdir(exist_ok=True)
        (out / "pictures" / image.file_name).write_bytes(image.data)


def _addresses(letter: Letter) -> set[str]:
    """Those of the letter's pictures, as they stand in it and at their full size."""
    found = {address for facts in letter.images.values() for address in (facts.address, facts.full_address)}
    return found - {""}


def _views(letter: Letter) -> Iterator[tuple[str, bytes]]:
    """Each view's file name and content. Pictures are those beside the files, so that no server is needed."""
    rendered = edition.render(replace(letter, embed_images=False))
    html = preview.fill_sample(rendered.html, rendered.slots, {})
    for address in _addresses(letter):
        html = html.replace(address, f"pictures/{address.rpartition('/')[2]}")
    yield "letter.html", html.encode()
    yield "dark.html", preview.dark(html).encode()
    yield "without-images.html", preview.without_images(html).encode()
    yield "sanitised.html", preview.sanitised(html).encode()
    yield "letter.txt", preview.fill_sample(rendered.text, rendered.slots, {}).encode()
    reader = stamp.Reader(0, "reader@example.jp")
    values = stamp.slot_values(reader, letter.issue_id, format_datetime(clock.now()).encode())
    yield "letter.eml", mime.write(edition.render(letter).message, values).raw


@click.command
@_issue
@actor.option
@click.option("--note", default="", help="Why it is to be sent (起案理由), for the approvers.")
@click.option("--not-before", default="", help='It may go out from then on, in Asia/Tokyo: "2026-12-01 09:00".')
@click.option("--not-after", default="", help="It may go out until then.")
def submit(issue_id: int, address: str, note: str, not_before: str, not_after: str) -> None:
    """Hand issue ID to the approvers (起案)."""
    window = [send_time.read(one) if one else None for one in (not_before, not_after)]
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        if not address and approval_route.of_kind(one.newsletter.approval_routes, one.kind).steps:
            raise Invalid("say who submits it: --as ADDRESS. Somebody else must approve it", field="as")
        who = actor.of(session, address, "issue submit", Permission.WRITE, one.newsletter_id)
        content_digest.return_if_changed(session, one, who)
        _refuse_errors(session, one)
        workflow.submit(session, one, who, note, *window)
        content = content_digest.of(session, one)
    click.echo(f"Issue {issue_id} waits for approval. Its content: {content.whole[:16]}")


@click.command
@_issue
@actor.option
def withdraw(issue_id: int, address: str) -> None:
    """Take issue ID back from its approvers (引戻し): it is a draft again."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        workflow.withdraw(
            session, one, actor.of(session, address, "issue withdraw", Permission.WRITE, one.newsletter_id)
        )
    click.echo(f"Issue {issue_id} is a draft again.")


@click.command
@_issue
@_member
@click.option(
    "--digest", default="", help="The content that was read, as `submit` prints it; the present one if empty."
)
@click.option("--note", default="", help="A note that is kept with the decision.")
def approve(issue_id: int, address: str, digest: str, note: str) -> None:
    """Approve exactly the present content of issue ID (決裁)."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        _refuse_errors(session, one)
        content = content_digest.of(session, one)
        seen = content.whole if content.whole.startswith(digest) else digest
        workflow.approve(
            session, one, actor.find(session, address, Permission.APPROVE, one.newsletter_id), content, note, seen
        )
        state = one.state.value
    click.echo(f"Your approval is recorded. Issue {issue_id} is {state}.")


@click.command("return")
@_issue
@_member
@click.option("--note", required=True, help="What the author should change.")
@click.option("--block", "blocks", multiple=True, metavar="NUMBER=REASON",
              help="What to change at a block, by its number from 1; may be repeated.")  # fmt: skip
def return_(issue_id: int, address: str, note: str, blocks: tuple[str, ...]) -> None:
    """Send issue ID back to its author (差戻し)."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        workflow.send_back(
            session,
            one,
            actor.find(session, address, Permission.APPROVE, one.newsletter_id),
            content_digest.of(session, one),
            note,
            remarks=dict(map(_remark, blocks)),
        )
    click.echo(f"Issue {issue_id} is back with its author.")


def _remark(typed: str) -> tuple[int, str]:
    number, equals, reason = typed.partition("=")
    if not equals or not number.strip().isdecimal():
        raise Invalid(phrase("“{typed}” is no reason at a block: write it as 3=REASON", typed=typed[:80]))
    return int(number), reason


@click.command
@_issue
@click.option("--at", required=True, help='When, in Asia/Tokyo: "2026-12-01 09:00".')
@click.option("--yes", is_flag=True, help="Do not ask about an unusual time.")
@actor.option
def schedule(issue_id: int, at: str, yes: bool, address: str) -> None:
    """Put the approved issue ID into the timetable."""
    moment = send_time.read(at)
    if moment < clock.now():
        raise Invalid(
            phrase(
                "{at} has passed: choose a later time, or send it now with `kairan issue send {issue_id}`",
                at=at,
                issue_id=issue_id,
            )
        )
    send_time.check(moment)
    readers = show_recipients(issue_id, address)
    _warn(issue_id, moment, at, yes=yes)
    confirm_number(issue_id, readers, yes=yes)
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        content_digest.check_approved(session, one)
        workflow.schedule(
            session, one, moment, actor.of(session, address, "issue schedule", Permission.SEND, one.newsletter_id)
        )
    click.echo(f"Issue {issue_id} goes out at {moment.strftime('%Y-%m-%d %H:%M')} (Asia/Tokyo).")


def _warn(issue_id: int, moment: datetime, typed: str, *, yes: bool) -> None:
    """Say what is unusual about a time, and ask whether it is right."""
    with db.session_scope() as session:
        found = send_warnings.of(session, issues.get(session, issue_id), moment)
        for other in found.same_day:
            click.echo(f"On the same day: issue {other.id} of {other.newsletter.slug}, {other.subject}")
    if not found.why:
        return
    sentence = f"{typed} is {' and '.join(why.value for why in found.why)}."
    if yes or not found.asks:
        click.echo(sentence)
    else:
        click.confirm(f"{sentence} Is this right", abort=True)


def confirm_number(issue_id: int, readers: int, *, yes: bool) -> None:
    """Have the number of readers typed where it is far above the usual one.

    Raises:
        Invalid: another number was typed.
    """
    with db.session_scope() as session:
        usual = usual_readers.usual(session, issues.get(session, issue_id).newsletter_id)
    if yes or not usual_readers.is_unusual(readers, usual):
        return
    typed = click.prompt(
        f"Usually about {usual:,} readers get an issue, this time {readers:,}. Type the number", type=str
    )
    if typed.replace(",", "").strip() != str(readers):
        raise Invalid("this is not the number of readers: look at it again")


@click.command
@_issue
@actor.option
def unschedule(issue_id: int, address: str) -> None:
    """Take issue ID out of the timetable; its approval stays."""
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        workflow.unschedule(
            session, one, actor.of(session, address, "issue unschedule", Permission.SEND, one.newsletter_id)
        )
    click.echo(f"Issue {issue_id} is out of the timetable.")


def show_recipients(issue_id: int, address: str) -> int:
    """Say who would get issue ID, and how many that is; an issue whose approval is void becomes a draft.

    Raises:
        Invalid: nobody would, or what would be mailed is not what was approved.
    """
    with db.session_scope() as session:
        one = issues.get(session, issue_id, lock=True)
        returned = content_digest.return_if_changed(
            session, one, actor.of(session, address, "issue send", Permission.SEND, one.newsletter_id)
        )
        trouble = one.trouble
    if returned:
        raise Invalid(phrase("the issue is a draft again, and nothing was sent: {trouble}", trouble=trouble))
    with db.session_scope() as session:
        one = issues.get(session, issue_id)
        found = recipients.count(session, one)
        recipients.check_any(found)
        click.echo(f"For: {', '.join(segment_words.describe(one, 'en'))}")
    audiences = ", ".join(f"{name or 'without audience'} {size:,}" for name, size in found.by_audience.items())
    click.echo(f"Readers now: {found.mailed:,} ({audiences}); {found.left_out:,} get no letter.")
    return found.mailed


def _refuse_errors(session: Session, one: Issue) -> None:
    if preflight.blocks_approval(preflight.check_issue(session, one)):
        raise Invalid(phrase("the issue has errors: `kairan issue check {id}` lists them", id=one.id))
